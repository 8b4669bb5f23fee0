// SPDX-License-Identifier: MIT
// Kernel prelude: min, max, clip, sign, float and integer division with remainder, timestep.

// min and max of numbers; NaN if either is NaN (as numpy).
template <class V> HHK_INLINE V hhk_min(V a, V b) {
    return hhk_select((b < a) | (b != b), b, a);
}

template <class V> HHK_INLINE V hhk_max(V a, V b) {
    return hhk_select((b > a) | (b != b), b, a);
}

// min(max(x, low), high); a NaN in x stays.
template <class V> HHK_INLINE V hhk_clip(V x, V low, V high) {
    return hhk_at_most(hhk_at_least(x, low), high);
}

// -1, 0, 1 or NaN
template <class V> HHK_INLINE V hhk_sign(V x) {
    return hhk_select(x > V(0), V(1), hhk_select(x < V(0), V(-1), hhk_select(x == V(0), V(0), x)));
}

template <class V> HHK_INLINE V hhk_floordiv(V x, V y) {
    return hhk_floor(x / y);
}

// Python's sign; exact where the quotient is below 2^53.
template <class V> HHK_INLINE V hhk_mod(V x, V y) {
    return hhk_fma(-hhk_floor(x / y), y, x);
}

// The step that holds time t, safe against rounding: Brian's (t + 1e-3 dt)/dt, floored.
template <class V> HHK_INLINE typename hhk_lane<V>::L hhk_timestep(V t, V dt) {
    const V late = hhk_const<V>(1e-3) * dt;
    return hhk_to_int(hhk_floor((t + late) / dt));
}

// Integers: floor division and its remainder. A zero divisor gives 0 and raises `fault`; the lowest
// integer by -1 wraps.
HHK_INLINE hhk_i64 hhk_idiv_one(hhk_i64 a, hhk_i64 b) {
    if (b == 0) {
        return 0;
    }
    if (b == -1) {
        return static_cast<hhk_i64>(0 - static_cast<hhk_u64>(a));
    }
    const hhk_i64 q = a / b;
    return q - (a % b != 0 && (a < 0) != (b < 0));
}

HHK_INLINE hhk_i64 hhk_imod_one(hhk_i64 a, hhk_i64 b) {
    if (b == 0 || b == -1) {
        return 0;
    }
    const hhk_i64 r = a % b;
    return (r != 0 && (a < 0) != (b < 0)) ? r + b : r;
}

HHK_INLINE hhk_i64 hhk_idiv(hhk_i64 a, hhk_i64 b, bool& fault) {
    fault |= b == 0;
    return hhk_idiv_one(a, b);
}
#if HHK_WIDTH > 1
HHK_INLINE hhk_l hhk_idiv(hhk_l a, hhk_l b, hhk_m& fault) {
    fault |= hhk_mask(b == 0);
    for (int i = 0; i < HHK_WIDTH; ++i) {
        a[i] = hhk_idiv_one(a[i], b[i]);
    }
    return a;
}
#endif

HHK_INLINE hhk_i64 hhk_imod(hhk_i64 a, hhk_i64 b, bool& fault) {
    fault |= b == 0;
    return hhk_imod_one(a, b);
}
#if HHK_WIDTH > 1
HHK_INLINE hhk_l hhk_imod(hhk_l a, hhk_l b, hhk_m& fault) {
    fault |= hhk_mask(b == 0);
    for (int i = 0; i < HHK_WIDTH; ++i) {
        a[i] = hhk_imod_one(a[i], b[i]);
    }
    return a;
}
#endif

// Integer sums and products wrap.
template <class L> HHK_INLINE L hhk_iadd(L a, L b) {
    using U = typename hhk_lane<L>::U;
    return __builtin_bit_cast(L, __builtin_bit_cast(U, a) + __builtin_bit_cast(U, b));
}

template <class L> HHK_INLINE L hhk_isub(L a, L b) {
    using U = typename hhk_lane<L>::U;
    return __builtin_bit_cast(L, __builtin_bit_cast(U, a) - __builtin_bit_cast(U, b));
}

template <class L> HHK_INLINE L hhk_imul(L a, L b) {
    using U = typename hhk_lane<L>::U;
    return __builtin_bit_cast(L, __builtin_bit_cast(U, a) * __builtin_bit_cast(U, b));
}
