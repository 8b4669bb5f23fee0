// SPDX-License-Identifier: MIT
// Kernel prelude: sinh, cosh, tanh, from the parts of exp and expm1.

// e = expm1(-2|x|); tanh|x| = -e/(2 + e)
template <class V> HHK_INLINE V hhk_tanh(V x) {
    const V lowest = hhk_const<V>(hhk_is_f64<V> ? -40.0 : -20.0);
    const hhk_parts<V> e = hhk_expm1_parts(hhk_at_least(V(-2) * hhk_abs(x), lowest));
    const V two = e.one + e.one;
    const V d = two + e.high;
    const V d_low = (e.high - (d - two)) + e.low;
    return hhk_copysign(hhk_divide(-e.high, -e.low, d, d_low, V(1) / d), x);
}

// e = expm1|x|; sinh|x| = (e + e/(e + 1))/2
template <class V> HHK_INLINE V hhk_sinh(V x) {
    const V highest = hhk_const<V>(hhk_is_f64<V> ? 760.0 : 170.0);
    const hhk_parts<V> e = hhk_expm1_parts(hhk_at_most(hhk_abs(x), highest));
    const V d = e.high + e.one;
    const V part = d - e.high;
    const V d_low = ((e.one - part) + (e.high - (d - part))) + e.low;
    const V inverse = e.one * hhk_divide(e.high, e.low, d, d_low, V(1) / d);
    return hhk_copysign(hhk_scale_by(e.high + (e.low + inverse), e.k - V(1)), x);
}

// (e^|x| + e^-|x|)/2
template <class V> HHK_INLINE V hhk_cosh(V x) {
    const V highest = hhk_const<V>(hhk_is_f64<V> ? 760.0 : 170.0);
    const hhk_parts<V> e = hhk_exp_parts(hhk_at_most(hhk_abs(x), highest));
    const V inverse = e.one * (e.one / e.high);
    return hhk_scale_by(e.high + (e.low + inverse), e.k - V(1));
}
