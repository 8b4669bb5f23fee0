// SPDX-License-Identifier: MIT
// Kernel prelude: pow for any exponent (special values as C's pow), integer powers.
//
// log|x| as a sum of two with a relative error of 2^-63: r = z/c - 1 exactly, r^2/2 in two parts.

template <class V> HHK_INLINE hhk_log_sum<V> hhk_log_precise(V x) {
    const hhk_log_reduced<V> e = hhk_log_reduce_any(x);
    const V product = e.z * e.inverse;
    const V r = product - V(1.0);
    const V r_low = hhk_fma(e.z, e.inverse, -product);
    const V r2 = r * r;
    const V half = V(0.5) * r2;
    const V half_low = V(0.5) * hhk_fma(r, r, -r2);
    const V a = e.high + r;
    const V a_low = (e.high - a) + r;
    const V b = a - half;
    const V b_low = (a - b) - half;
    V q = V(0x1.3d178f73bff78p-4);
    q = hhk_fma(q, r, V(-0x1.5652cad0d06f2p-4));
    q = hhk_fma(q, r, V(0x1.745bfa987ceacp-4));
    q = hhk_fma(q, r, V(-0x1.999946bd73ee4p-4));
    q = hhk_fma(q, r, V(0x1.c71c720b3db01p-4));
    q = hhk_fma(q, r, V(-0x1.000000064a9fap-3));
    q = hhk_fma(q, r, V(0x1.249249248e7b5p-3));
    q = hhk_fma(q, r, V(-0x1.5555555554e68p-3));
    q = hhk_fma(q, r, V(0x1.999999999999dp-3));
    q = hhk_fma(q, r, V(-0.25));
    q = hhk_fma(q, r, V(0x1.5555555555555p-2));
    const V rest = hhk_fma(r * r2, q, hhk_fma(-r, r_low, r_low) - half_low);
    const V low = (a_low + b_low) + (e.low + rest);
    const V high = b + low;
    return {high, low - (high - b)};
}

// e^(w + w_low)
template <class V> HHK_INLINE V hhk_exp_sum(V w, V w_low) {
    const hhk_exp_reduced<V> e = hhk_exp_reduce(w, w_low);
    const V high = hhk_fma(e.t, e.r0, hhk_fma(e.t, e.s, e.t_low)) + e.t;
    return hhk_scale_by(high, e.k);
}

template <class V> HHK_INLINE V hhk_pow_f64(V x, V y) {
    const V infinity = V(__builtin_inf());
    const V size = hhk_abs(x);
    const hhk_log_sum<V> s = hhk_log_precise(size);
    const auto zero = size == V(0);
    const auto regular = (size > V(0)) & (size < infinity);
    const V high = hhk_select(regular, s.high, hhk_select(zero, -infinity, size));
    const V w = high * y;
    const V w_low = hhk_fma(s.high, y, -w) + s.low * y;
    const auto bounded = hhk_abs(w) < V(750.0);
    const V limited = hhk_at_most(hhk_at_least(w, V(-750.0)), V(750.0));
    V value = hhk_exp_sum(limited, hhk_select(bounded, w_low, V(0)));
    const V half = y * V(0.5);
    const auto whole = hhk_floor(y) == y;
    const auto odd = whole & (hhk_floor(half) != half);
    const auto below = (x < V(0)) & (size < infinity);
    value = hhk_select(below & (hhk_abs(y) < infinity) & ((y < V(0)) | (y > V(0))) &
                           (hhk_floor(y) != y),
                       V(__builtin_nan("")), value);
    const auto negative = odd & (hhk_copysign(V(1.0), x) < V(0));
    value = hhk_select(negative, -value, value);
    const auto one = (x == V(1.0)) | (y == V(0)) | ((x == V(-1.0)) & (hhk_abs(y) == infinity));
    return hhk_select(one, V(1.0), value);
}

template <class V> HHK_INLINE V hhk_pow(V x, V y) {
    return hhk_narrow<V>(hhk_pow_f64(hhk_widen(x), hhk_widen(y)));
}

// x^n by repeated squaring from the lowest bit of n, then a reciprocal for n < 0: the definition of
// the IR's powi (ir/evaluate.h), product by product.
template <class V> HHK_INLINE V hhk_power(V x, int n) {
    V square = x;
    V result = V(1);
    bool any = false;
    for (int left = n < 0 ? -n : n; left != 0;) {
        if ((left & 1) != 0) {
            result = any ? result * square : square;
            any = true;
        }
        left >>= 1;
        if (left != 0) {
            square = square * square;
        }
    }
    return n < 0 ? V(1) / result : result;
}

template <hhk_i64 exponent, class V> HHK_INLINE V hhk_powi(V x) {
    return hhk_power(x, static_cast<int>(exponent));
}
