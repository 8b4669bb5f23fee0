// SPDX-License-Identifier: MIT
// Kernel prelude: sin, cos, tan, arcsin, arccos, arctan. Coefficients: scripts/fit_prelude.py trig.
//
// Arguments are reduced to r + r_low = x - n pi/2, |r| <= pi/4: by pi/2 in three parts (the first
// product is exact thanks to fma) below 2^20, lane by lane with 2/pi to 1280 bits beyond.
// float goes through double.

// 2/pi, 64 bits a row.
static constexpr hhk_u64 hhk_two_over_pi[20] = {
    0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561,
    0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484,
    0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b, 0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d, 0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab, 0xf0cfbc209af4361d};

__extension__ typedef unsigned __int128 hhk_u128;

// x = n pi/2 + high + low; bits(rounded) holds n in its low bits.
template <class V> struct hhk_angle {
    V high, low, rounded;
};

// 64 bits of 2/pi from bit `first` on; bits before the first one are zero.
HHK_INLINE hhk_u64 hhk_two_over_pi_bits(int first) {
    if (first < 0) {
        return hhk_two_over_pi[0] >> -first;
    }
    const int row = first >> 6;
    const int shift = first & 63;
    const hhk_u64 next = shift == 0 ? 0 : hhk_two_over_pi[row + 1] >> (64 - shift);
    return (hhk_two_over_pi[row] << shift) | next;
}

// Payne and Hanek: x = m 2^e with an integral m, so whole turns of x 2/pi come from the bits of
// 2/pi above 2^-e and are dropped; 192 bits follow. For 2^20 <= |x| < infinity.
HHK_INLINE void hhk_reduce_far(double x, double& high, double& low, double& rounded) {
    const hhk_u64 bits = hhk_bits(x);
    const int exponent = static_cast<int>(bits >> 52 & 0x7ff) - 1075;
    const hhk_u64 m = (bits & 0xfffffffffffff) | 0x10000000000000;
    const int first = exponent - 2; // two bits remain for n mod 4
    const hhk_u64 p0 = m * hhk_two_over_pi_bits(first);
    const hhk_u128 p1 = static_cast<hhk_u128>(m) * hhk_two_over_pi_bits(first + 64);
    const hhk_u128 p2 = static_cast<hhk_u128>(m) * hhk_two_over_pi_bits(first + 128);
    const hhk_u128 sum = (static_cast<hhk_u128>(p0) << 64) + p1 + (p2 >> 64);
    const hhk_u64 top = static_cast<hhk_u64>(sum >> 64);
    // sum 2^-126 = n + f, n mod 4 in the two top bits; round to the nearest n.
    const hhk_u64 n = (top >> 62) + (top >> 61 & 1);
    hhk_u128 f = sum << 2;
    const bool negative = f >> 127 != 0;
    f = negative ? 0 - f : f;
    const double f_high = static_cast<double>(static_cast<hhk_u64>(f >> 75)) * 0x1p-53;
    const double f_low = static_cast<double>(static_cast<hhk_u64>(f >> 11)) * 0x1p-117;
    const double sign = (negative != (bits >> 63 != 0)) ? -1.0 : 1.0;
    const double a = f_high * 0x1.921fb54442d18p+0;
    const double b = hhk_fma(f_high, 0x1.921fb54442d18p+0, -a) +
                     hhk_fma(f_low, 0x1.921fb54442d18p+0, f_high * 0x1.1a62633145c07p-54);
    high = (a + b) * sign;
    low = (b - ((a + b) - a)) * sign;
    const double turns = static_cast<double>(n & 3);
    rounded = (bits >> 63 != 0 ? -turns : turns) + 0x1.8p52;
}

template <class V> HHK_INLINE hhk_angle<V> hhk_reduce_angle(V x) {
    const auto far = !(hhk_abs(x) < V(0x1p20));
    const V near = hhk_select(far, V(0.0), x);
    V rounded = hhk_fma(near, V(0x1.45f306dc9c883p-1), V(0x1.8p52));
    const V n = rounded - V(0x1.8p52);
    const V r0 = hhk_fma(n, V(-0x1.921fb54442d18p+0), near);
    const V p = n * V(0x1.1a62633145c07p-54);
    const V r1 = r0 - p;
    const V back = r0 - r1;
    // r0 - p - r1, exact whichever is larger, then the rest of n pi/2
    const V r1_low = (back - p) + (r0 - (r1 + back));
    const V rest = hhk_fma(n, V(0x1.1a62633145c07p-54), -p) + n * V(-0x1.f1976b7ed8fbcp-110);
    V low = r1_low - rest;
    V high = r1 + low;
    low = low - (high - r1);
    if (hhk_any(far)) {
        for (int i = 0; i < hhk_lane<V>::width; ++i) {
            const double value = hhk_get(x, i);
            const double size = hhk_abs(value);
            if (size >= 0x1p20 && size < __builtin_inf()) {
                double far_high, far_low, far_rounded;
                hhk_reduce_far(value, far_high, far_low, far_rounded);
                hhk_set(high, i, far_high);
                hhk_set(low, i, far_low);
                hhk_set(rounded, i, far_rounded);
            } else if (!(size < 0x1p20)) {
                hhk_set(high, i, __builtin_nan(""));
            }
        }
    }
    return {high, low, rounded};
}

// A sum of two, high the rounded one.
template <class V> struct hhk_two {
    V high, low;
};

// sin(r + low), |r| <= pi/4
template <class V> HHK_INLINE hhk_two<V> hhk_sin_near(V r, V low) {
    const V z = r * r;
    const V z2 = z * z;
    const V q01 = hhk_fma(V(0x1.111111110f87ap-7), z, V(-0x1.5555555555549p-3));
    const V q23 = hhk_fma(V(0x1.71de3577a6c0bp-19), z, V(-0x1.a01a019c118e4p-13));
    const V q45 = hhk_fma(V(0x1.5d92fc01b5adep-33), z, V(-0x1.ae5e662b44ba5p-26));
    const V q = hhk_fma(hhk_fma(q45, z2, q23), z2, q01);
    const V small = hhk_fma(r * z, q, hhk_fma(V(-0.5) * z, low, low));
    const V high = r + small;
    return {high, small - (high - r)};
}

// cos(r + low), |r| <= pi/4
template <class V> HHK_INLINE hhk_two<V> hhk_cos_near(V r, V low) {
    const V z = r * r;
    const V z2 = z * z;
    const V q01 = hhk_fma(V(-0x1.6c16c16c1517fp-10), z, V(0x1.555555555554cp-5));
    const V q23 = hhk_fma(V(-0x1.27e4f80a02ed0p-22), z, V(0x1.a01a019cb1d71p-16));
    const V q45 = hhk_fma(V(-0x1.8faea2f5f9da9p-37), z, V(0x1.1ee9ebf5ad3b6p-29));
    const V q = hhk_fma(hhk_fma(q45, z2, q23), z2, q01);
    const V half = V(0.5) * z;
    const V half_low = V(0.5) * hhk_fma(r, r, -z);
    const V a = V(1.0) - half;
    const V a_low = (V(1.0) - a) - half;
    const V small = hhk_fma(z2, q, hhk_fma(-r, low, a_low - half_low));
    const V high = a + small;
    return {high, small - (high - a)};
}

// cos with odd quadrants as sine: sine or cosine of the reduced angle by the parity of n, its sign
// by n's second bit.
template <class V> HHK_INLINE V hhk_quadrant(hhk_angle<V> angle, typename hhk_lane<V>::U n) {
    using U = typename hhk_lane<V>::U;
    const V s = hhk_sin_near(angle.high, angle.low).high;
    const V c = hhk_cos_near(angle.high, angle.low).high;
    const V value = hhk_select((n & U(1)) != U(0), c, s);
    return hhk_from_bits<V>(hhk_bits(value) ^ ((n & U(2)) << 62));
}

template <class V> HHK_INLINE V hhk_sin_f64(V x) {
    const hhk_angle<V> angle = hhk_reduce_angle(x);
    return hhk_select(x == V(0), x, hhk_quadrant(angle, hhk_bits(angle.rounded)));
}

template <class V> HHK_INLINE V hhk_cos_f64(V x) {
    using U = typename hhk_lane<V>::U;
    const hhk_angle<V> angle = hhk_reduce_angle(x);
    return hhk_quadrant(angle, hhk_bits(angle.rounded) + U(1));
}

// sin/cos or -cos/sin, each as a sum of two.
template <class V> HHK_INLINE V hhk_tan_f64(V x) {
    using U = typename hhk_lane<V>::U;
    const hhk_angle<V> angle = hhk_reduce_angle(x);
    const hhk_two<V> s = hhk_sin_near(angle.high, angle.low);
    const hhk_two<V> c = hhk_cos_near(angle.high, angle.low);
    const auto odd = (hhk_bits(angle.rounded) & U(1)) != U(0);
    const V d = hhk_select(odd, -s.high, c.high);
    const V value = hhk_divide(hhk_select(odd, c.high, s.high), hhk_select(odd, c.low, s.low), d,
                               hhk_select(odd, -s.low, c.low), V(1.0) / d);
    return hhk_select(x == V(0), x, value);
}

// q in arcsin x = x + x z q(z), z = x^2 <= 1/4
template <class V> HHK_INLINE V hhk_arcsin_tail(V z) {
    const V z2 = z * z;
    const V z4 = z2 * z2;
    const V q01 = hhk_fma(V(0x1.333333336fd39p-4), z, V(0x1.5555555555385p-3));
    const V q23 = hhk_fma(V(0x1.f1c72c7e7bbd0p-6), z, V(0x1.6db6db41a0bcap-5));
    const V q45 = hhk_fma(V(0x1.1c6c419107c14p-6), z, V(0x1.6e89edcfd5f98p-6));
    const V q67 = hhk_fma(V(0x1.8ef25ea06e93cp-7), z, V(0x1.c6f672b3c46f2p-7));
    const V q89 = hhk_fma(V(0x1.41065aa2ed492p-6), z, V(0x1.aa3a8a43e1c68p-8));
    const V qab = hhk_fma(V(0x1.05fd6573b0abcp-5), z, V(-0x1.0b7bca1538048p-6));
    const V q03 = hhk_fma(q23, z2, q01);
    const V q47 = hhk_fma(q67, z2, q45);
    const V q8b = hhk_fma(qab, z2, q89);
    return hhk_fma(hhk_fma(q8b, z4, q47), z4, q03);
}

// Below 1/2 directly; above, arcsin x = pi/2 - 2 arcsin(s), arccos x = 2 arcsin(s) with
// s = sqrt((1 - x)/2), s + s_low to twice the precision.
template <class V> struct hhk_arc {
    V x, low, tail;
};

template <class V> HHK_INLINE hhk_arc<V> hhk_arc_reduce(V size) {
    const V half = hhk_fma(size, V(-0.5), V(0.5)); // exact for size >= 1/2
    const V root = hhk_sqrt(half);
    const V root_low = hhk_select(half > V(0), hhk_fma(-root, root, half) / (root + root), V(0));
    const auto large = size > V(0.5);
    const V s = hhk_select(large, root, size);
    const V z = hhk_select(large, half, size * size);
    return {s, hhk_select(large, root_low, V(0)), s * z * hhk_arcsin_tail(z)};
}

template <class V> HHK_INLINE V hhk_arcsin_f64(V x) {
    const V size = hhk_abs(x);
    const hhk_arc<V> e = hhk_arc_reduce(size);
    const V far_high = V(0x1.921fb54442d18p-1) - e.x; // pi/4 - s, twice
    const V far_low = (V(0x1.921fb54442d18p-1) - far_high) - e.x;
    const V rest = (V(0x1.1a62633145c07p-55) + far_low) - (e.low + e.tail);
    const V far = V(2.0) * (far_high + rest);
    return hhk_copysign(hhk_select(size > V(0.5), far, e.x + e.tail), x);
}

template <class V> HHK_INLINE V hhk_arccos_f64(V x) {
    const V size = hhk_abs(x);
    const hhk_arc<V> e = hhk_arc_reduce(size);
    const V far = V(2.0) * (e.x + (e.low + e.tail));
    const V behind =
        V(2.0) * (V(0x1.921fb54442d18p+0) - (e.x + ((e.low + e.tail) - V(0x1.1a62633145c07p-54))));
    // pi/2 - (x + tail), x signed
    const V tail = hhk_copysign(e.tail, x);
    const V a = V(0x1.921fb54442d18p+0) - x;
    const V a_low = (V(0x1.921fb54442d18p+0) - a) - x;
    const V near = a + (a_low + (V(0x1.1a62633145c07p-54) - tail));
    return hhk_select(size > V(0.5), hhk_select(x < V(0), behind, far), near);
}

// arctan x = base + arctan(n/d), |n/d| <= sqrt(2) - 1: (x, 1), ((x - 1), (x + 1)) or (-1, x).
template <class V> HHK_INLINE V hhk_arctan_f64(V x) {
    const V size = hhk_at_most(hhk_abs(x), V(0x1p80));
    const auto middle = size > V(0x1.a827999fcef32p-2);
    const auto large = size > V(0x1.3504f333f9de6p+1);
    const V n = hhk_select(large, V(-1.0), hhk_select(middle, size - V(1.0), size));
    const V sum = size + V(1.0);
    const V sum_low = hhk_select(size > V(1.0), V(1.0) - (sum - size), size - (sum - V(1.0)));
    const V d = hhk_select(large, size, hhk_select(middle, sum, V(1.0)));
    const V d_low = hhk_select(large, V(0), hhk_select(middle, sum_low, V(0)));
    const V r = V(1.0) / d;
    const V t = n * r;
    const V t_low = (hhk_fma(-t, d, n) - t * d_low) * r;
    const V z = t * t;
    const V z2 = z * z;
    const V z4 = z2 * z2;
    const V q01 = hhk_fma(V(0x1.99999999958f4p-3), z, V(-0x1.555555555553dp-2));
    const V q23 = hhk_fma(V(0x1.c71c70e7bbbd1p-4), z, V(-0x1.24924922b15d3p-3));
    const V q45 = hhk_fma(V(0x1.3b111c9d7540cp-4), z, V(-0x1.745cf90e24e5ep-4));
    const V q67 = hhk_fma(V(0x1.df118f3ae850ap-5), z, V(-0x1.10ebe04159927p-4));
    const V q89 = hhk_fma(V(0x1.37ef1fba515f5p-5), z, V(-0x1.9cdcdf1fce472p-5));
    const V q8a = hhk_fma(V(-0x1.25a17872c3b60p-6), z2, q89);
    const V q = hhk_fma(hhk_fma(q8a, z4, hhk_fma(q67, z2, q45)), z4, hhk_fma(q23, z2, q01));
    const V tail = hhk_fma(t * z, q, t_low);
    const V base = hhk_select(large, V(0x1.921fb54442d18p+0),
                              hhk_select(middle, V(0x1.921fb54442d18p-1), V(0)));
    const V base_low = hhk_select(large, V(0x1.1a62633145c07p-54),
                                  hhk_select(middle, V(0x1.1a62633145c07p-55), V(0)));
    const V a = base + t;
    const V a_low = (base - a) + t;
    return hhk_copysign(a + (a_low + (tail + base_low)), x);
}

template <class V> HHK_INLINE V hhk_sin(V x) {
    return hhk_narrow<V>(hhk_sin_f64(hhk_widen(x)));
}

template <class V> HHK_INLINE V hhk_cos(V x) {
    return hhk_narrow<V>(hhk_cos_f64(hhk_widen(x)));
}

template <class V> HHK_INLINE V hhk_tan(V x) {
    return hhk_narrow<V>(hhk_tan_f64(hhk_widen(x)));
}

template <class V> HHK_INLINE V hhk_arcsin(V x) {
    return hhk_narrow<V>(hhk_arcsin_f64(hhk_widen(x)));
}

template <class V> HHK_INLINE V hhk_arccos(V x) {
    return hhk_narrow<V>(hhk_arccos_f64(hhk_widen(x)));
}

template <class V> HHK_INLINE V hhk_arctan(V x) {
    return hhk_narrow<V>(hhk_arctan_f64(hhk_widen(x)));
}
