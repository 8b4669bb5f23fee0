// SPDX-License-Identifier: MIT
// Kernel prelude: log, log1p, log2, log10.
//
// x = 2^k z, z in [0.703, 1.406), c = the nearest of 16 points, 1/c rounded to six bits:
// log x = k ln2 - log(1/c) + log1p(r), r = z/c - 1, |r| < 0.034, log1p(r) = r - r^2/2 + r^3 q(r).
// Around 1, c is 1 and k is 0, so that nothing cancels. Numbers: scripts/fit_prelude.py log.
// float goes through double: same code, correctly rounded but for 1 case in 10^8.

static constexpr double hhk_log_inverse[16] __attribute__((aligned(64))) = {
    0x1.64p+0, 0x1.54p+0, 0x1.48p+0, 0x1.3cp+0, 0x1.30p+0, 0x1.24p+0, 0x1.1cp+0, 0x1.10p+0,
    0x1.08p+0, 0x1.00p+0, 0x1.e0p-1, 0x1.c8p-1, 0x1.b0p-1, 0x1.98p-1, 0x1.88p-1, 0x1.78p-1};

// -log of the above in two parts; the first and ln2's first part are multiples of 2^-42.
static constexpr double hhk_log_high[16]
    __attribute__((aligned(64))) = {-0x1.51aad872ep-2,  -0x1.22941fbcf8p-2,
                                    -0x1.fb9186d5e4p-3, -0x1.af3c94e80cp-3,
                                    -0x1.5ff3070a7ap-3, -0x1.0d77e7cd08p-3,
                                    -0x1.a926d3a4acp-4, -0x1.f0a30c0118p-5,
                                    -0x1.f829b0e78p-6,  0x0p+0,
                                    0x1.08598b59e4p-4,  0x1.da72763844p-4,
                                    0x1.5bf406b544p-3,  0x1.d1037f2656p-3,
                                    0x1.1178e8227ep-2,  0x1.3c25277333p-2};

static constexpr double hhk_log_low[16]
    __attribute__((aligned(64))) = {0x1.f4bd8db0a7cc1p-44,  0x1.a6976f5eb0963p-44,
                                    0x1.d572aab993c87p-47,  0x1.a4e633fcd9066p-52,
                                    0x1.8586f183bebf2p-44,  -0x1.cb2cd2ee2f482p-44,
                                    -0x1.563650bd22a9cp-44, 0x1.d599e83368e91p-45,
                                    -0x1.980267c7e09e4p-45, 0x0p+0,
                                    -0x1.7e5dd7009902cp-46, 0x1.a89401fa71733p-46,
                                    -0x1.27023eb68981cp-46, -0x1.84a7e75b6f6e4p-47,
                                    0x1.1ef78ce2d07f2p-44,  0x1.83b54b606bd5cp-46};

// z, 1/c and -log(1/c) + k ln2 in two parts.
template <class V> struct hhk_log_reduced {
    V z, inverse, high, low, k;
};

// x normal and positive (else the fields are meaningless); shift is added to k.
template <class V> HHK_INLINE hhk_log_reduced<V> hhk_log_reduce(V x, V shift) {
    using U = typename hhk_lane<V>::U;
    const U bits = hhk_bits(x);
    const U above = bits - U(0x3fe6800000000000);
    const V biased =
        hhk_from_bits<V>(((above + U(0x4000000000000000)) >> 52) | U(0x4330000000000000));
    const V k = (biased - V(0x1.00000000004p52)) + shift;
    const V z = hhk_from_bits<V>(bits - (above & U(0xfff0000000000000)));
    const U index = above >> 48;
    const V high = hhk_table16<V>(hhk_log_high, index);
    const V low = hhk_table16<V>(hhk_log_low, index);
    return {z, hhk_table16<V>(hhk_log_inverse, index), hhk_fma(k, V(0x1.62e42fefa38p-1), high),
            hhk_fma(k, V(0x1.ef35793c7673p-45), low), k};
}

// Denormal x are scaled by 2^54 first.
template <class V> HHK_INLINE hhk_log_reduced<V> hhk_log_reduce_any(V x) {
    const auto small = x < V(0x1p-1022);
    return hhk_log_reduce(hhk_select(small, x * V(0x1p54), x), hhk_select(small, V(-54.0), V(0.0)));
}

// log1p(r) - r for |r| < 0.034
template <class V> HHK_INLINE V hhk_log_tail(V r) {
    const V r2 = r * r;
    const V r4 = r2 * r2;
    const V q01 = hhk_fma(V(-0x1.ffffffffffe3dp-3), r, V(0x1.5555555555556p-2));
    const V q23 = hhk_fma(V(-0x1.555555588c09cp-3), r, V(0x1.99999999982e4p-3));
    const V q45 = hhk_fma(V(-0x1.ffffc1c4ecd66p-4), r, V(0x1.24924938c1d30p-3));
    const V q67 = hhk_fma(V(-0x1.9a8f5e7b1b542p-4), r, V(0x1.c71b8e1070b56p-4));
    const V q48 = hhk_fma(hhk_fma(V(0x1.765b5345ea480p-4), r2, q67), r2, q45);
    const V q = hhk_fma(q48, r4, hhk_fma(q23, r2, q01));
    return r2 * hhk_fma(r, q, V(-0.5));
}

// The value at 0, below 0, at infinity and for NaN, else `value`.
template <class V> HHK_INLINE V hhk_log_special(V x, V value) {
    const V infinity = V(__builtin_inf());
    const V special =
        hhk_select(x == V(0), -infinity, hhk_select(x < V(0), V(__builtin_nan("")), x));
    return hhk_select((x > V(0)) & (x < infinity), value, special);
}

// log as an unevaluated sum of two, to 2^-59.
template <class V> struct hhk_log_sum {
    V high, low;
};

template <class V> HHK_INLINE hhk_log_sum<V> hhk_log_parts(V x) {
    const hhk_log_reduced<V> e = hhk_log_reduce_any(x);
    const V r = hhk_fma(e.z, e.inverse, V(-1.0));
    const V sum = e.high + r;
    return {sum, hhk_log_tail(r) + (((e.high - sum) + r) + e.low)};
}

template <class V> HHK_INLINE V hhk_log_f64(V x) {
    const hhk_log_sum<V> s = hhk_log_parts(x);
    return hhk_log_special(x, s.high + s.low);
}

// log(x) times a constant given in two parts
template <class V> HHK_INLINE V hhk_log_times(V x, V factor, V factor_low) {
    const hhk_log_sum<V> s = hhk_log_parts(x);
    const V high = s.high + s.low;
    const V low = s.low - (high - s.high);
    const V rest = hhk_fma(low, factor, high * factor_low);
    return hhk_log_special(x, hhk_fma(high, factor, rest));
}

template <class V> HHK_INLINE V hhk_log2_f64(V x) {
    return hhk_log_times(x, V(0x1.71547652b82fep+0), V(0x1.777d0ffda0d24p-56));
}

template <class V> HHK_INLINE V hhk_log10_f64(V x) {
    return hhk_log_times(x, V(0x1.bcb7b1526e50ep-2), V(0x1.95355baaafad3p-57));
}

// log(u + u_low) with u = 1 + x rounded
template <class V> HHK_INLINE V hhk_log1p_f64(V x) {
    const V u = V(1.0) + x;
    const V rounded = u - V(1.0);
    const V u_low = (V(1.0) - (u - rounded)) + (x - rounded);
    const hhk_log_reduced<V> e = hhk_log_reduce(u, V(0.0));
    const V r = hhk_fma(e.z, e.inverse, V(-1.0));
    const V r_low = u_low * hhk_pow2_of(V(0x1.8p52) - hhk_at_most(e.k, V(1000.0))) * e.inverse;
    const V sum = e.high + r;
    const V low = ((e.high - sum) + r) + (e.low + hhk_fma(-r_low, r, r_low));
    const V value = sum + (hhk_log_tail(r) + low);
    return hhk_select(hhk_abs(x) < V(0x1p-54), x, hhk_log_special(u, value));
}

template <class V> HHK_INLINE V hhk_log(V x) {
    return hhk_narrow<V>(hhk_log_f64(hhk_widen(x)));
}

template <class V> HHK_INLINE V hhk_log2(V x) {
    return hhk_narrow<V>(hhk_log2_f64(hhk_widen(x)));
}

template <class V> HHK_INLINE V hhk_log10(V x) {
    return hhk_narrow<V>(hhk_log10_f64(hhk_widen(x)));
}

template <class V> HHK_INLINE V hhk_log1p(V x) {
    return hhk_narrow<V>(hhk_log1p_f64(hhk_widen(x)));
}
