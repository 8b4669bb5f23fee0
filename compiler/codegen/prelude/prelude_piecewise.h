// SPDX-License-Identifier: MIT
// Kernel prelude: certified piecewise polynomials (ir/piecewise.h makes them): 16 pieces of equal
// width. A polynomial has 16 numbers a coefficient: `doubles` rows of doubles, the lowest powers,
// then rows of floats up to `degree`. Horner's rule, the floats first and in single precision.
// With AVX-512 a coefficient is one permutation by the piece: of two registers for eight doubles,
// of one for sixteen floats, so that two vectors go together.

// The type of as many floats.
template <class V> struct hhk_single {
    using F = float;
};
#if HHK_WIDTH > 1
template <> struct hhk_single<hhk_f64v> {
    using F = hhk_f32v;
};
#endif

#if defined(__AVX512F__) && HHK_WIDTH == 8
typedef float hhk_f32x16 __attribute__((ext_vector_type(16)));
typedef hhk_i32 hhk_i32x16 __attribute__((ext_vector_type(16)));
#endif

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

// table[low four bits of index] as floats.
template <class V>
HHK_INLINE typename hhk_single<V>::F hhk_singles16(const float* table,
                                                   typename hhk_lane<V>::U index) {
    if constexpr (hhk_is_scalar<V>) {
        return table[index & 15];
    } else {
#if defined(__AVX512F__) && HHK_WIDTH == 8
        const hhk_i32v low = __builtin_convertvector(index, hhk_i32v);
        const hhk_i32x16 both =
            __builtin_shufflevector(low, low, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
        const auto row = *reinterpret_cast<const hhk_f32x16*>(table);
        return hhk_f32x16(__builtin_ia32_permvarsf512(row, both)).lo;
#else
        typename hhk_single<V>::F values = typename hhk_single<V>::F(0.0F);
        for (int i = 0; i < HHK_WIDTH; ++i) {
            values[i] = table[index[i] & 15];
        }
        return values;
#endif
    }
}

template <class V>
HHK_INLINE V hhk_piecewise(int degree, int doubles, const double* pieces,
                           const hhk_place<V>& place) {
    V sum = V(0.0);
    hhk_i64 k = degree;
    if (degree >= doubles) {
        using F = typename hhk_single<V>::F;
        const hhk_i64 first = doubles;
        const float* const rows = reinterpret_cast<const float*>(pieces + 16 * first);
        const F x = hhk_narrow<F>(place.x);
        F tail = hhk_singles16<V>(rows + 16 * (k - first), place.piece);
        for (k = degree - 1; k >= first; --k) {
            tail = hhk_fma(tail, x, hhk_singles16<V>(rows + 16 * (k - first), place.piece));
        }
        sum = hhk_widen(tail);
    } else {
        sum = hhk_table16<V>(pieces + 16 * k, place.piece);
        --k;
    }
    for (; k >= 0; --k) {
        sum = hhk_fma(sum, place.x, hhk_table16<V>(pieces + 16 * k, place.piece));
    }
    return sum;
}

// The places of a word of 64 arguments.
template <class V> struct hhk_places {
    hhk_place<V> of[64 / HHK_WIDTH];
#if defined(__AVX512F__) && HHK_WIDTH == 8
    hhk_f32x16 x[4]; // of two vectors
    hhk_i32x16 piece[4];
#endif
};

// Completes them when `of` is known for the first `count` vectors.
template <class V> HHK_INLINE void hhk_complete(hhk_places<V>& places, hhk_i64 count) {
#if defined(__AVX512F__) && HHK_WIDTH == 8
    for (hhk_i64 i = 0; i < count; i += 2) {
        const hhk_place<V>& a = places.of[i];
        const hhk_place<V>& b = places.of[i + 1 < count ? i + 1 : i];
        places.x[i / 2] = __builtin_shufflevector(__builtin_convertvector(a.x, hhk_f32v),
                                                  __builtin_convertvector(b.x, hhk_f32v), 0, 1, 2,
                                                  3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        places.piece[i / 2] = __builtin_shufflevector(
            __builtin_convertvector(a.piece, hhk_i32v), __builtin_convertvector(b.piece, hhk_i32v),
            0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    }
#else
    (void)places;
    (void)count;
#endif
}

// A polynomial whose numbers stay in registers over a loop.
template <int degree, int doubles, class V> struct hhk_polynomial {
    const double* pieces;
#if defined(__AVX512F__) && HHK_WIDTH == 8
    V low[doubles + 1]; // halves of the rows; one more than there are
    V high[doubles + 1];
    hhk_f32x16 singles[degree + 2 - doubles];
#endif
};

template <int degree, int doubles, class V>
HHK_INLINE void hhk_read(hhk_polynomial<degree, doubles, V>& polynomial, const double* pieces) {
    polynomial.pieces = pieces;
#if defined(__AVX512F__) && HHK_WIDTH == 8
    for (hhk_i64 k = 0; k < doubles; ++k) {
        polynomial.low[k] = *reinterpret_cast<const V*>(pieces + 16 * k);
        polynomial.high[k] = *reinterpret_cast<const V*>(pieces + 16 * k + 8);
    }
    for (hhk_i64 k = 0; k <= degree - doubles; ++k) {
        polynomial.singles[k] = *reinterpret_cast<const hhk_f32x16*>(pieces + 16 * doubles + 8 * k);
    }
#endif
}

// At one place, and at two of them from `first` on.
template <int degree, int doubles, class V>
HHK_INLINE V hhk_at(const hhk_polynomial<degree, doubles, V>& polynomial,
                    const hhk_place<V>& place) {
    return hhk_piecewise(degree, doubles, polynomial.pieces, place);
}
template <int degree, int doubles, class V>
HHK_INLINE void hhk_at_pair(const hhk_polynomial<degree, doubles, V>& polynomial,
                            const hhk_places<V>& places, hhk_i64 first, V* results) {
    const hhk_place<V>& a = places.of[first];
    const hhk_place<V>& b = places.of[first + 1];
#if defined(__AVX512F__) && HHK_WIDTH == 8
    if constexpr (degree >= doubles) {
        using F = hhk_f32x16;
        const F x = places.x[first / 2];
        const hhk_i32x16 piece = places.piece[first / 2];
        constexpr hhk_i64 top = degree - doubles;
        F tail = __builtin_ia32_permvarsf512(polynomial.singles[top], piece);
        for (hhk_i64 k = top - 1; k >= 0; --k) {
            tail = hhk_fma(tail, x, F(__builtin_ia32_permvarsf512(polynomial.singles[k], piece)));
        }
        results[0] = __builtin_convertvector(tail.lo, V);
        results[1] = __builtin_convertvector(tail.hi, V);
        for (hhk_i64 k = doubles - 1; k >= 0; --k) {
            const V low = polynomial.low[k];
            const V high = polynomial.high[k];
            results[0] =
                hhk_fma(results[0], a.x, V(__builtin_ia32_vpermi2varpd512(low, a.piece, high)));
            results[1] =
                hhk_fma(results[1], b.x, V(__builtin_ia32_vpermi2varpd512(low, b.piece, high)));
        }
        return;
    }
#endif
    results[0] = hhk_at(polynomial, a);
    results[1] = hhk_at(polynomial, b);
}

// Where the polynomials hold; false for NaN.
template <class V> HHK_INLINE auto hhk_certified(V t, V low, V high) {
    return hhk_and(hhk_ge(t, low), hhk_lt(t, high));
}
