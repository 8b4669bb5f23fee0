// SPDX-License-Identifier: MIT
// Kernel prelude: certified piecewise polynomials (ir/piecewise.h makes them): 16 pieces of equal
// width, 16 numbers a coefficient; with AVX-512 a coefficient is two registers and one permutation
// by the piece.

// Where an argument stands: its piece, in the low bits, and x = -1 to 1 within it.
template <class V> struct hhk_place {
    typename hhk_lane<V>::U piece;
    V x;
};

// t scale + shift is 0 to 16 over the range.
template <class V> HHK_INLINE hhk_place<V> hhk_place_of(V t, double scale, double shift) {
    const V at = hhk_fma(t, V(scale), V(shift));
    const V rounded = (at - V(0.5)) + V(0x1.8p52);
    return {hhk_bits(rounded), hhk_fma(V(2.0), at - (rounded - V(0x1.8p52)), V(-1.0))};
}

template <int degree, class V>
HHK_INLINE V hhk_piecewise(const double* pieces, const hhk_place<V>& place) {
    constexpr hhk_i64 top = degree;
    V sum = hhk_table16<V>(pieces + 16 * top, place.piece);
    for (hhk_i64 k = top - 1; k >= 0; --k) {
        sum = hhk_fma(sum, place.x, hhk_table16<V>(pieces + 16 * k, place.piece));
    }
    return sum;
}

// The same for many, four by four: a coefficient is loaded once for all four.
template <int degree, class V>
HHK_INLINE void hhk_piecewise_all(const double* pieces, const hhk_place<V>* places, hhk_i64 count,
                                  V* results) {
    constexpr hhk_i64 top = degree;
    hhk_i64 i = 0;
    for (; i + 4 <= count; i += 4) {
        V sums[4];
        for (int n = 0; n < 4; ++n) {
            sums[n] = hhk_table16<V>(pieces + 16 * top, places[i + n].piece);
        }
        for (hhk_i64 k = top - 1; k >= 0; --k) {
            for (int n = 0; n < 4; ++n) {
                const V next = hhk_table16<V>(pieces + 16 * k, places[i + n].piece);
                sums[n] = hhk_fma(sums[n], places[i + n].x, next);
            }
        }
        for (int n = 0; n < 4; ++n) {
            results[i + n] = sums[n];
        }
    }
    for (; i < count; ++i) {
        results[i] = hhk_piecewise<degree>(pieces, places[i]);
    }
}

// Where the polynomials hold; false for NaN.
template <class V> HHK_INLINE auto hhk_certified(V t, V low, V high) {
    return hhk_and(hhk_ge(t, low), hhk_lt(t, high));
}
