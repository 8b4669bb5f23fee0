// SPDX-License-Identifier: MIT
// Kernel prelude: exp, 2^x, expm1, exprel and its reciprocal, sigmoid.
//
// double: e^x = 2^k T (1 + p), T = 2^(j/16) from a table, |r| <= ln2/32, p = r + r^2 q(r).
// float: e^x = 2^k (1 + p), |r| <= ln2/2. Coefficients: scripts/fit_prelude.py exp.
// Adding the magic 1.5*2^48 rounds n = 16 x/ln2 to an integer and leaves it in the low bits, where
// both the table index and the exponent can be read.

static constexpr double hhk_exp2_table[16] __attribute__((aligned(64))) = {
    0x1.0000000000000p+0, 0x1.0b5586cf9890fp+0, 0x1.172b83c7d517bp+0, 0x1.2387a6e756238p+0,
    0x1.306fe0a31b715p+0, 0x1.3dea64c123422p+0, 0x1.4bfdad5362a27p+0, 0x1.5ab07dd485429p+0,
    0x1.6a09e667f3bcdp+0, 0x1.7a11473eb0187p+0, 0x1.8ace5422aa0dbp+0, 0x1.9c49182a3f090p+0,
    0x1.ae89f995ad3adp+0, 0x1.c199bdd85529cp+0, 0x1.d5818dcfba487p+0, 0x1.ea4afa2a490dap+0};

// What the table above lacks of 2^(j/16).
static constexpr double hhk_exp2_table_low[16] __attribute__((aligned(64))) = {
    0x0.0000000000000p+0,   0x1.8a62e4adc610bp-54,  -0x1.19041b9d78a76p-55, 0x1.9b07eb6c70573p-54,
    0x1.6f46ad23182e4p-55,  0x1.ada0911f09ebcp-55,  0x1.d4397afec42e2p-56,  0x1.6324c054647adp-54,
    -0x1.bdd3413b26456p-54, -0x1.41577ee04992fp-55, 0x1.6e9f156864b27p-54,  0x1.c7c46b071f2bep-56,
    0x1.7a1cd345dcc81p-54,  0x1.11065895048ddp-55,  0x1.2ed02d75b3707p-55,  -0x1.e9c23179c2893p-54};

// table[low four bits of index]
template <class V> HHK_INLINE V hhk_table16(const double* table, typename hhk_lane<V>::U index) {
    if constexpr (hhk_is_scalar<V>) {
        return table[index & 15];
    } else {
#if defined(__AVX512F__) && HHK_WIDTH == 8
        const V* rows = reinterpret_cast<const V*>(table);
        return __builtin_ia32_vpermi2varpd512(rows[0], index, rows[1]);
#else
        index &= 15;
        V values = V(0.0);
        for (int i = 0; i < HHK_WIDTH; ++i) {
            values[i] = table[index[i]];
        }
        return values;
#endif
    }
}

// y 2^k with one rounding; bits(rounded) holds k floor'd in the bits above the low four, as left by
// the magic 1.5*2^48; scaled is the same number as a real. |k| < 1100.
template <class V>
HHK_INLINE V hhk_scale(V y, typename hhk_lane<V>::U rounded, [[maybe_unused]] V scaled) {
#if defined(__AVX512F__) && HHK_WIDTH == 8
    if constexpr (!hhk_is_scalar<V>) {
        return __builtin_ia32_scalefpd512_mask(y, scaled, y, (unsigned char)-1, 4);
    }
#endif
    using U = typename hhk_lane<V>::U;
    const U one = U(0x3ff0000000000000);
    const U top = U(0xfff0000000000000);
    const U half = (rounded << 47) & top;
    const U rest = ((rounded << 48) & top) - half;
    return y * hhk_from_bits<V>(half + one) * hhk_from_bits<V>(rest + one);
}

template <class V> HHK_INLINE V hhk_exp_f64(V x) {
    x = hhk_at_most(hhk_at_least(x, V(-746.0)), V(710.0));
    const V rounded = hhk_fma(x, V(0x1.71547652b82fep+0), V(0x1.8p48));
    const V n = rounded - V(0x1.8p48);
    V r = hhk_fma(n, V(-0x1.62e42fefa39efp-1), x);
    r = hhk_fma(n, V(-0x1.abc9e3b39803fp-56), r);
    const V r2 = r * r;
    const V q01 = hhk_fma(V(0x1.555555548f72bp-3), r, V(0x1.0000000000005p-1));
    const V q23 = hhk_fma(V(0x1.11123abfda32fp-7), r, V(0x1.555555545afeep-5));
    const V q = hhk_fma(hhk_fma(V(0x1.6c18606eb466ap-10), r2, q23), r2, q01);
    const V p = hhk_fma(q, r2, r);
    const auto bits = hhk_bits(rounded);
    const V t = hhk_table16<V>(hhk_exp2_table, bits);
    return hhk_scale(hhk_fma(t, p, t), bits, n);
}

// 2^x: as e^x, but the reduction is exact and |f| <= 1/32. One product after the other, because
// kernels have other work to do meanwhile and none to spare.
template <class V> HHK_INLINE V hhk_exp2_f64(V x) {
    x = hhk_at_most(hhk_at_least(x, V(-1076.0)), V(1025.0));
    const V rounded = x + V(0x1.8p48);
    const V n = rounded - V(0x1.8p48);
    const V f = x - n;
    V q = V(0x1.43081750688f4p-13);
    q = hhk_fma(q, f, V(0x1.5d89bde407d73p-10));
    q = hhk_fma(q, f, V(0x1.3b2ab6fe29b47p-7));
    q = hhk_fma(q, f, V(0x1.c6b08d6e8b733p-5));
    q = hhk_fma(q, f, V(0x1.ebfbdff82c553p-3));
    q = hhk_fma(q, f, V(0x1.62e42fefa39fdp-1));
    const auto bits = hhk_bits(rounded);
    const V t = hhk_table16<V>(hhk_exp2_table, bits);
    return hhk_scale(hhk_fma(t * f, q, t), bits, n);
}

// 2^k for an integral k within the exponents of normal numbers; rounded = k + 1.5*2^23 (float) or
// k + 1.5*2^52 (double) holds k in its low bits.
template <class V> HHK_INLINE V hhk_pow2_of(V rounded) {
    using U = typename hhk_lane<V>::U;
    if constexpr (hhk_is_f64<V>) {
        return hhk_from_bits<V>((hhk_bits(rounded) << 52) + U(0x3ff0000000000000));
    } else {
        return hhk_from_bits<V>((hhk_bits(rounded) << 23) + U(0x3f800000));
    }
}

// y 2^k with one rounding for float, |k| < 250.
#if HHK_REAL == 32
template <class V> HHK_INLINE V hhk_scale_f32(V y, V k) {
#if defined(__AVX512F__) && HHK_WIDTH == 16
    if constexpr (!hhk_is_scalar<V>) {
        return __builtin_ia32_scalefps512_mask(y, k, y, (unsigned short)-1, 4);
    }
#endif
    const V half = (k * V(0.5f) + V(0x1.8p23f));
    const V rest = (k - (half - V(0x1.8p23f))) + V(0x1.8p23f);
    return y * hhk_pow2_of(half) * hhk_pow2_of(rest);
}
#endif

// q in e^r = 1 + r + r^2 q(r)
#if HHK_REAL == 32
template <class V> HHK_INLINE V hhk_exp_tail_f32(V r) {
    const V r2 = r * r;
    const V q01 = hhk_fma(V(0x1.5554aep-3f), r, V(0.5f));
    const V q23 = hhk_fma(V(0x1.12284ap-7f), r, V(0x1.55547ap-5f));
    return hhk_fma(hhk_fma(V(0x1.6da6f8p-10f), r2, q23), r2, q01);
}
#endif

#if HHK_REAL == 32
template <class V> HHK_INLINE V hhk_exp_f32(V x) {
    x = hhk_at_most(hhk_at_least(x, V(-104.0f)), V(89.0f));
    const V rounded = hhk_fma(x, V(0x1.715476p+0f), V(0x1.8p23f));
    const V k = rounded - V(0x1.8p23f);
    V r = hhk_fma(k, V(-0x1.62e430p-1f), x);
    r = hhk_fma(k, V(0x1.05c610p-29f), r);
    const V p = hhk_fma(hhk_exp_tail_f32(r), r * r, r);
    return hhk_scale_f32(V(1.0f) + p, k);
}
#endif

#if HHK_REAL == 32
template <class V> HHK_INLINE V hhk_exp2_f32(V x) {
    x = hhk_at_most(hhk_at_least(x, V(-151.0f)), V(129.0f));
    const V k = (x + V(0x1.8p23f)) - V(0x1.8p23f);
    const V f = x - k;
    V q = V(0x1.41fba4p-13f);
    q = hhk_fma(q, f, V(0x1.5f3e6ap-10f));
    q = hhk_fma(q, f, V(0x1.3b2d4ep-7f));
    q = hhk_fma(q, f, V(0x1.c6aee8p-5f));
    q = hhk_fma(q, f, V(0x1.ebfbdcp-3f));
    q = hhk_fma(q, f, V(0x1.62e430p-1f));
    return hhk_scale_f32(hhk_fma(q, f, V(1.0f)), k);
}
#endif

// 2^k (high + low), with 2^-k in one (0 or tiny where it no longer matters) and what scales by 2^k.
template <class V> struct hhk_parts {
    V high, low, one, k;
};

// k as a real -> y 2^k, one rounding, |k| < 1100 (double) or 250 (float).
template <class V> HHK_INLINE V hhk_scale_by(V y, V k) {
    if constexpr (hhk_is_f64<V>) {
        const V rounded = k + V(0x1.8p48);
        return hhk_scale(y, hhk_bits(rounded), k);
    } else {
        return hhk_scale_f32(y, k);
    }
}

// 2^-k for k >= -250; below 2^-100 it is held there, since one + T then is T anyway.
template <class V> HHK_INLINE V hhk_inverse_pow2(V k) {
    constexpr double magic = hhk_is_f64<V> ? 0x1.8p52 : 0x1.8p23;
    return hhk_pow2_of(hhk_const<V>(magic) - hhk_at_most(k, hhk_const<V>(100.0)));
}

// q in e^r = 1 + r + r^2 q(r), closer by one degree: expm1 divides its error by r.
#if HHK_REAL == 32
template <class V> HHK_INLINE V hhk_expm1_tail_f32(V r) {
    const V r2 = r * r;
    const V q01 = hhk_fma(V(0x1.555556p-3f), r, V(0.5f));
    const V q23 = hhk_fma(V(0x1.111086p-7f), r, V(0x1.5554aep-5f));
    const V q45 = hhk_fma(V(0x1.a1b196p-13f), r, V(0x1.6d74cep-10f));
    return hhk_fma(hhk_fma(q45, r2, q23), r2, q01);
}
#endif

// e^(x + low) = 2^k T (1 + r0 + s): r0 is exact, s small and rounded.
template <class V> struct hhk_exp_reduced {
    V t, t_low, r0, s, k;
};

template <class V> HHK_INLINE hhk_exp_reduced<V> hhk_exp_reduce(V x, V x_low) {
    using U = typename hhk_lane<V>::U;
    if constexpr (hhk_is_f64<V>) {
        const V rounded = hhk_fma(x, V(0x1.71547652b82fep+0), V(0x1.8p48));
        const auto bits = hhk_bits(rounded);
        const V n = rounded - V(0x1.8p48);
        const V r0 = hhk_fma(n, V(-0x1.62e42fefa39efp-1), x);
        const V c = hhk_fma(n, V(-0x1.abc9e3b39803fp-56), x_low);
        const V r = r0 + c;
        const V r2 = r * r;
        const V q01 = hhk_fma(V(0x1.5555555555559p-3), r, V(0x1.0000000000003p-1));
        const V q23 = hhk_fma(V(0x1.111111108f939p-7), r, V(0x1.55555554ad3ddp-5));
        const V q45 = hhk_fma(V(0x1.a01b88bdd4c25p-13), r, V(0x1.6c181f4d33a1ap-10));
        const V q = hhk_fma(hhk_fma(q45, r2, q23), r2, q01);
        return {hhk_table16<V>(hhk_exp2_table, bits), hhk_table16<V>(hhk_exp2_table_low, bits), r0,
                hhk_fma(r2, q, c), hhk_from_bits<V>(bits & ~U(15)) - V(0x1.8p48)};
    } else {
        const V k = hhk_fma(x, V(0x1.715476p+0f), V(0x1.8p23f)) - V(0x1.8p23f);
        const V r0 = hhk_fma(k, V(-0x1.62e430p-1f), x);
        const V c = hhk_fma(k, V(0x1.05c610p-29f), x_low);
        const V r = r0 + c;
        return {V(1.0f), V(0.0f), r0, hhk_fma(r * r, hhk_expm1_tail_f32(r), c), k};
    }
}

// e^x as parts, for |x| < 760 (double), 170 (float); high is about 1 to 2.
template <class V> HHK_INLINE hhk_parts<V> hhk_exp_parts(V x) {
    const hhk_exp_reduced<V> e = hhk_exp_reduce(x, V(0));
    const V rest = hhk_fma(e.t, e.r0, hhk_fma(e.t, e.s, e.t_low));
    const V high = e.t + rest;
    return {high, rest - (high - e.t), hhk_inverse_pow2(e.k), e.k};
}

// e^x - 1 as parts, for -40 <= x < 760 (double), -20 <= x < 170 (float).
template <class V> HHK_INLINE hhk_parts<V> hhk_expm1_parts(V x) {
    const hhk_exp_reduced<V> e = hhk_exp_reduce(x, V(0));
    const V one = hhk_inverse_pow2(e.k);
    const V a = e.t - one;
    const V a_low = e.t - (a + one);
    const V w = hhk_fma(e.t, e.s, e.t_low);
    const V b = hhk_fma(e.t, e.r0, w);
    const V b_low = hhk_fma(e.t, e.r0, -b) + w;
    const V high = a + b;
    return {high, (b - (high - a)) + (a_low + b_low), one, e.k};
}

// (n + n_low) / (d + d_low), nearly correctly rounded; r is 1/d.
template <class V> HHK_INLINE V hhk_divide(V n, V n_low, V d, V d_low, V r) {
    const V q = n * r;
    const V rest = hhk_fma(-q, d, n) + hhk_fma(-q, d_low, n_low);
    return hhk_fma(rest, r, q);
}

template <class V> HHK_INLINE V hhk_expm1(V x) {
    const V lowest = hhk_const<V>(hhk_is_f64<V> ? -40.0 : -20.0);
    const V highest = hhk_const<V>(hhk_is_f64<V> ? 760.0 : 170.0);
    const hhk_parts<V> m = hhk_expm1_parts(hhk_at_most(hhk_at_least(x, lowest), highest));
    return hhk_copysign(hhk_scale_by(m.high, m.k), x);
}

// precision="fast": relative error below 4e-13 for |x| < 700, no special values, double only. ln2
// in one part; q one degree lower where only e^x is wanted.
#if defined(HHK_FAST_MATH) || HHK_WIDTH == 1
template <class V> HHK_INLINE V hhk_fast_exp(V x) {
    const V rounded = hhk_fma(x, V(0x1.71547652b82fep+0), V(0x1.8p48));
    const V n = rounded - V(0x1.8p48);
    const V r = hhk_fma(n, V(-0x1.62e42fefa39efp-1), x);
    const V q01 = hhk_fma(V(0x1.55555553a14bbp-3), r, V(0x1.fffffffe5b8f0p-2));
    const V q23 = hhk_fma(V(0x1.1112ee5ecdc15p-7), r, V(0x1.55570aefb59f6p-5));
    const V r2 = r * r;
    const V p = hhk_fma(hhk_fma(q23, r2, q01), r2, r);
    const auto bits = hhk_bits(rounded);
    const V t = hhk_table16<V>(hhk_exp2_table, bits);
    return hhk_scale(hhk_fma(t, p, t), bits, n);
}
#endif

#if defined(HHK_FAST_MATH) || HHK_WIDTH == 1
template <class V> HHK_INLINE V hhk_fast_exp2(V x) {
    const V rounded = x + V(0x1.8p48);
    const V n = rounded - V(0x1.8p48);
    const V f = x - n;
    V q = V(0x1.5d862e87eaf05p-10);
    q = hhk_fma(q, f, V(0x1.3b2c78d53184ap-7));
    q = hhk_fma(q, f, V(0x1.c6b08d771767ep-5));
    q = hhk_fma(q, f, V(0x1.ebfbdff5ff842p-3));
    q = hhk_fma(q, f, V(0x1.62e42fefa3981p-1));
    const auto bits = hhk_bits(rounded);
    const V t = hhk_table16<V>(hhk_exp2_table, bits);
    return hhk_scale(hhk_fma(t * f, q, t), bits, n);
}
#endif

// 2^k (value) = e^x - 1
#if defined(HHK_FAST_MATH) || HHK_WIDTH == 1
template <class V> struct hhk_fast_parts {
    V value, k;
};
template <class V> HHK_INLINE hhk_fast_parts<V> hhk_fast_expm1_parts(V x) {
    using U = typename hhk_lane<V>::U;
    const V rounded = hhk_fma(x, V(0x1.71547652b82fep+0), V(0x1.8p48));
    const V n = rounded - V(0x1.8p48);
    const V r = hhk_fma(n, V(-0x1.62e42fefa39efp-1), x);
    const V r2 = r * r;
    const V q01 = hhk_fma(V(0x1.555555548f72bp-3), r, V(0x1.0000000000005p-1));
    const V q23 = hhk_fma(V(0x1.11123abfda32fp-7), r, V(0x1.555555545afeep-5));
    const V q = hhk_fma(hhk_fma(V(0x1.6c18606eb466ap-10), r2, q23), r2, q01);
    const V p = hhk_fma(q, r2, r);
    const auto bits = hhk_bits(rounded);
    const V k = hhk_from_bits<V>(bits & ~U(15)) - V(0x1.8p48);
    const V t = hhk_table16<V>(hhk_exp2_table, bits);
    return {hhk_fma(t, p, t - hhk_inverse_pow2(k)), k};
}
#endif

// exprel(x) for -15/16 <= x <= 1/16 is 1 + x q(x): no division, no reduction. Coefficients:
// scripts/fit_prelude.py exprel.
template <class V> HHK_INLINE V hhk_exprel_near(V x) {
    const V x2 = x * x;
    const V x4 = x2 * x2;
    if constexpr (hhk_is_f64<V>) {
        const V q01 = hhk_fma(V(0x1.5555555555732p-3), x, V(0x1.0000000000001p-1));
        const V q23 = hhk_fma(V(0x1.1111110f9d385p-7), x, V(0x1.5555555556f9bp-5));
        const V q45 = hhk_fma(V(0x1.a019e5d86d483p-13), x, V(0x1.6c16c0d215958p-10));
        const V q67 = hhk_fma(V(0x1.71af4c5888296p-19), x, V(0x1.a01724b03ac54p-16));
        const V q89 = hhk_fma(V(0x1.9582e4d81a7a7p-26), x, V(0x1.25fbd8d948f72p-22));
        const V q03 = hhk_fma(q23, x2, q01);
        const V q47 = hhk_fma(q67, x2, q45);
        const V q8a = hhk_fma(V(0x1.80d74aab9e969p-30), x2, q89);
        return hhk_fma(hhk_fma(hhk_fma(q8a, x4, q47), x4, q03), x, V(1));
    } else {
        const V q01 = hhk_fma(V(0x1.5555a6p-3f), x, V(0x1.fffffep-2f));
        const V q23 = hhk_fma(V(0x1.10d580p-7f), x, V(0x1.5559e6p-5f));
        const V q45 = hhk_fma(V(0x1.36dbccp-13f), x, V(0x1.627d7ep-10f));
        return hhk_fma(hhk_fma(q45, x4, hhk_fma(q23, x2, q01)), x, V(1));
    }
}

#if defined(HHK_FAST_MATH) || HHK_WIDTH == 1
template <class V> HHK_INLINE V hhk_fast_exprel_near(V x) {
    const V x2 = x * x;
    const V x4 = x2 * x2;
    const V q01 = hhk_fma(V(0x1.55555555c442cp-3), x, V(0x1.0000000003012p-1));
    const V q23 = hhk_fma(V(0x1.111106e879bb7p-7), x, V(0x1.5555552c2550dp-5));
    const V q45 = hhk_fma(V(0x1.9fed425c4ab32p-13), x, V(0x1.6c14ebdababb1p-10));
    const V q67 = hhk_fma(V(0x1.5d30f86d0404fp-19), x, V(0x1.9d9fe0f2efdb2p-16));
    const V q03 = hhk_fma(q23, x2, q01);
    const V q47 = hhk_fma(q67, x2, q45);
    return hhk_fma(hhk_fma(hhk_fma(V(0x1.8e9b8568800ddp-23), x4, q47), x4, q03), x, V(1));
}
#endif

// exprel near zero and elsewhere. The exponential update of a membrane asks for x = -dt/tau, which
// is near in every step of most cells, spikes included (so the domain reaches farther below zero):
// where all lanes are near, the far formula is jumped over, and the near one where none is. A lane
// gets the same bits whatever its neighbours are.
template <class V, class Near, class Far> HHK_INLINE V hhk_exprel_by(V x, Near near, Far far) {
    const auto inside = hhk_mask(hhk_abs(x + hhk_const<V>(0.4375)) <= hhk_const<V>(0.5));
    if (__builtin_expect(!hhk_any(!inside), 1)) {
        return near(x);
    }
    const V distant = far(x);
    if (!hhk_any(inside)) {
        return distant;
    }
    return hhk_select(inside, near(x), distant);
}

#if defined(HHK_FAST_MATH) || HHK_WIDTH == 1
template <class V> HHK_INLINE V hhk_fast_exprel_far(V x) {
    const hhk_fast_parts<V> m = hhk_fast_expm1_parts(x);
    return hhk_scale_by(m.value / x, m.k);
}
#endif

#if defined(HHK_FAST_MATH) || HHK_WIDTH == 1
template <class V> HHK_INLINE V hhk_fast_exprel(V x) {
    return hhk_exprel_by(
        x, [](V y) __attribute__((always_inline)) { return hhk_fast_exprel_near(y); },
        [](V y) __attribute__((always_inline)) { return hhk_fast_exprel_far(y); });
}
#endif

#if defined(HHK_FAST_MATH) || HHK_WIDTH == 1
template <class V> HHK_INLINE V hhk_fast_inv_exprel(V x) {
    const hhk_fast_parts<V> m = hhk_fast_expm1_parts(x);
    return hhk_select(hhk_abs(x) < V(0x1p-54), V(1.0), hhk_scale_by(x / m.value, -m.k));
}
#endif

// The functions that a kernel calls.
template <class V> HHK_INLINE V hhk_exp(V x) {
    if constexpr (!hhk_is_f64<V>) {
        return hhk_exp_f32(x);
    } else {
#if defined(HHK_FAST_MATH)
        return hhk_fast_exp(x);
#else
        return hhk_exp_f64(x);
#endif
    }
}

// Passes write exponentials of linear arguments so (passes/use_powers_of_two.h).
template <class V> HHK_INLINE V hhk_exp2(V x) {
    if constexpr (!hhk_is_f64<V>) {
        return hhk_exp2_f32(x);
    } else {
#if defined(HHK_FAST_MATH)
        return hhk_fast_exp2(x);
#else
        return hhk_exp2_f64(x);
#endif
    }
}

// Full precision, any x. The correction step of the quotient is left out below lowest, where the
// quotient -1/x is right and x may be infinite.
template <class V> HHK_INLINE V hhk_exprel_far(V x) {
    const V lowest = hhk_const<V>(hhk_is_f64<V> ? -40.0 : -20.0);
    const V highest = hhk_const<V>(hhk_is_f64<V> ? 760.0 : 170.0);
    const V top = hhk_at_most(x, highest);
    const hhk_parts<V> m = hhk_expm1_parts(hhk_at_least(top, lowest));
    const V r = V(1) / top;
    const V q = m.high * r;
    const V rest = hhk_fma(-q, top, m.high) + m.low;
    const V quotient = hhk_select(top < lowest, q, hhk_fma(rest, r, q));
    return hhk_scale_by(quotient, m.k);
}

// exprel(x) = (e^x - 1)/x, 1 at 0.
template <class V> HHK_INLINE V hhk_exprel(V x) {
#if defined(HHK_FAST_MATH)
    if constexpr (hhk_is_f64<V>) {
        return hhk_fast_exprel(x);
    }
#endif
    return hhk_exprel_by(
        x, [](V y) __attribute__((always_inline)) { return hhk_exprel_near(y); },
        [](V y) __attribute__((always_inline)) { return hhk_exprel_far(y); });
}

// 1/exprel(x) = x/(e^x - 1), 1 at 0.
template <class V> HHK_INLINE V hhk_inv_exprel(V x) {
#if defined(HHK_FAST_MATH)
    if constexpr (hhk_is_f64<V>) {
        return hhk_fast_inv_exprel(x);
    }
#endif
    const V lowest = hhk_const<V>(hhk_is_f64<V> ? -40.0 : -20.0);
    const V highest = hhk_const<V>(hhk_is_f64<V> ? 760.0 : 170.0);
    const V tiny = hhk_const<V>(hhk_is_f64<V> ? 0x1p-54 : 0x1p-25);
    const V top = hhk_at_most(x, highest);
    const hhk_parts<V> m = hhk_expm1_parts(hhk_at_least(top, lowest));
    const V r = V(1) / m.high;
    const V q = top * r;
    const V rest = hhk_fma(-q, m.high, top) - q * m.low;
    const V quotient = hhk_select(top < lowest, q, hhk_fma(rest, r, q));
    return hhk_select(hhk_abs(x) < tiny, V(1), hhk_scale_by(quotient, -m.k));
}

// 1/(1 + e^-x)
template <class V> HHK_INLINE V hhk_sigmoid(V x) {
    const V lowest = hhk_const<V>(hhk_is_f64<V> ? -746.0 : -104.0);
    const hhk_parts<V> e = hhk_exp_parts(hhk_at_least(-hhk_abs(x), lowest));
    const V small = hhk_scale_by(e.high, e.k);
    const V d = V(1) + small;
    const V d_low = small - (d - V(1));
    const auto positive = x >= V(0);
    const V r = V(1) / d;
    const V n = hhk_select(positive, V(1), e.high);
    const V n_low = hhk_select(positive, V(0), e.low);
    return hhk_scale_by(hhk_divide(n, n_low, d, d_low, r), hhk_select(positive, V(0), e.k));
}
