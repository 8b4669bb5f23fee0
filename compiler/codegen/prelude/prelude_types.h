// SPDX-License-Identifier: MIT
// Kernel prelude: lane types, masks, bits, conversions, memory.
//
// The prelude is freestanding text: every generated kernel embeds what it needs of it, and the
// interpreter compiles it at width 1. Set before it: HHK_WIDTH (lanes: 1, 2, 4, 8, 16) and
// HHK_REAL (64 or 32).
// Rounding promise: only +, -, *, /, fma, sqrt, comparisons, conversions and bit operations occur,
// so that every width, optimisation level and target gives the same bits (contraction off).
// A blank line ends a unit of text: the emitter takes the units that define the names it uses, so
// a unit is a whole definition, with its overloads and its #if, and stands after what it needs.
#if defined(__clang__)
#pragma clang fp contract(off)
#endif
#define HHK_INLINE static inline __attribute__((always_inline))
#define HHK_CALLED static __attribute__((noinline, unused))

using hhk_i64 = __INT64_TYPE__;
using hhk_u64 = __UINT64_TYPE__;
using hhk_i32 = __INT32_TYPE__;
using hhk_u32 = __UINT32_TYPE__;

#if HHK_WIDTH > 1
typedef double hhk_f64v __attribute__((ext_vector_type(HHK_WIDTH)));
typedef float hhk_f32v __attribute__((ext_vector_type(HHK_WIDTH)));
typedef hhk_i64 hhk_i64v __attribute__((ext_vector_type(HHK_WIDTH)));
typedef hhk_u64 hhk_u64v __attribute__((ext_vector_type(HHK_WIDTH)));
typedef hhk_i32 hhk_i32v __attribute__((ext_vector_type(HHK_WIDTH)));
typedef hhk_u32 hhk_u32v __attribute__((ext_vector_type(HHK_WIDTH)));
typedef unsigned char hhk_u8v __attribute__((ext_vector_type(HHK_WIDTH)));
typedef bool hhk_boolv __attribute__((ext_vector_type(HHK_WIDTH)));
#endif

// What belongs to a type: the type of one lane, integers of the same lane size, its mask, int64
// with as many lanes.
template <class R, class Signed, class Unsigned, class Mask, class Long, int Width>
struct hhk_lane_types {
    using real = R;
    using I = Signed;
    using U = Unsigned;
    using M = Mask;
    using L = Long;
    static constexpr int width = Width;
};
template <class V> struct hhk_lane;
template <> struct hhk_lane<double> : hhk_lane_types<double, hhk_i64, hhk_u64, bool, hhk_i64, 1> {};
template <> struct hhk_lane<float> : hhk_lane_types<float, hhk_i32, hhk_u32, bool, hhk_i64, 1> {};
template <>
struct hhk_lane<hhk_i64> : hhk_lane_types<hhk_i64, hhk_i64, hhk_u64, bool, hhk_i64, 1> {};
#if HHK_WIDTH > 1
template <>
struct hhk_lane<hhk_f64v>
    : hhk_lane_types<double, hhk_i64v, hhk_u64v, hhk_i64v, hhk_i64v, HHK_WIDTH> {};
template <>
struct hhk_lane<hhk_f32v>
    : hhk_lane_types<float, hhk_i32v, hhk_u32v, hhk_i32v, hhk_i64v, HHK_WIDTH> {};
template <>
struct hhk_lane<hhk_i64v>
    : hhk_lane_types<hhk_i64, hhk_i64v, hhk_u64v, hhk_i64v, hhk_i64v, HHK_WIDTH> {};
#endif

template <class A, class B> constexpr bool hhk_same = false;
template <class A> constexpr bool hhk_same<A, A> = true;

template <class V> constexpr bool hhk_is_f64 = hhk_same<typename hhk_lane<V>::real, double>;

template <class V> constexpr bool hhk_is_scalar = hhk_lane<V>::width == 1;

// The types of a kernel: real numbers, integers and masks of all lanes; their uniform counterparts
// are hhk_real, hhk_i64 and bool.
#if HHK_REAL == 64
using hhk_real = double;
#else
using hhk_real = float;
#endif
#if HHK_WIDTH == 1
using hhk_f = hhk_real;
using hhk_l = hhk_i64;
#else
#if HHK_REAL == 64
using hhk_f = hhk_f64v;
#else
using hhk_f = hhk_f32v;
#endif
using hhk_l = hhk_i64v;
#endif
using hhk_m = hhk_lane<hhk_f>::M;

// ---- bits and constants -------------------------------------------------------------------------
template <class V> HHK_INLINE typename hhk_lane<V>::U hhk_bits(V x) {
    return __builtin_bit_cast(typename hhk_lane<V>::U, x);
}

template <class V> HHK_INLINE V hhk_from_bits(typename hhk_lane<V>::U x) {
    return __builtin_bit_cast(V, x);
}

template <class V> HHK_INLINE V hhk_const(double x) {
    return V(static_cast<typename hhk_lane<V>::real>(x));
}

template <class V> constexpr auto hhk_sign_bit = hhk_is_f64<V> ? 1ULL << 63 : 1ULL << 31;

// ---- select -------------------------------------------------------------------------------------
// Under the mask of a float kernel integers (always 64 bits) and double values may be chosen too.
template <class V> HHK_INLINE V hhk_select(bool m, V a, V b) {
    return m ? a : b;
}
#if HHK_WIDTH > 1
HHK_INLINE hhk_f64v hhk_select(hhk_i64v m, hhk_f64v a, hhk_f64v b) {
    return m ? a : b;
}
HHK_INLINE hhk_i64v hhk_select(hhk_i64v m, hhk_i64v a, hhk_i64v b) {
    return m ? a : b;
}
HHK_INLINE hhk_u64v hhk_select(hhk_i64v m, hhk_u64v a, hhk_u64v b) {
    return m ? a : b;
}
#if HHK_REAL == 32
HHK_INLINE hhk_f32v hhk_select(hhk_i32v m, hhk_f32v a, hhk_f32v b) {
    return m ? a : b;
}
HHK_INLINE hhk_i32v hhk_select(hhk_i32v m, hhk_i32v a, hhk_i32v b) {
    return m ? a : b;
}
HHK_INLINE hhk_i64v hhk_select(hhk_i32v m, hhk_i64v a, hhk_i64v b) {
    return __builtin_convertvector(m, hhk_i64v) ? a : b;
}
#endif
#endif

// ---- masks --------------------------------------------------------------------------------------
HHK_INLINE bool hhk_not(bool m) {
    return !m;
}
#if HHK_WIDTH > 1
HHK_INLINE hhk_m hhk_not(hhk_m m) {
    return ~m;
}
#endif

HHK_INLINE bool hhk_and(bool a, bool b) {
    return a & b;
}
#if HHK_WIDTH > 1
HHK_INLINE hhk_m hhk_and(hhk_m a, hhk_m b) {
    return a & b;
}
#endif

HHK_INLINE bool hhk_or(bool a, bool b) {
    return a | b;
}
#if HHK_WIDTH > 1
HHK_INLINE hhk_m hhk_or(hhk_m a, hhk_m b) {
    return a | b;
}
#endif

// Bit i is lane i.
HHK_INLINE unsigned hhk_mask_bits(bool m) {
    return m;
}
#if HHK_WIDTH > 1
template <class M> HHK_INLINE unsigned hhk_mask_bits(M m) {
#if HHK_WIDTH == 16
    return __builtin_bit_cast(unsigned short, __builtin_convertvector(m != 0, hhk_boolv));
#else
    return __builtin_bit_cast(unsigned char, __builtin_convertvector(m != 0, hhk_boolv)) &
           ((1U << HHK_WIDTH) - 1);
#endif
}
#endif

template <class M> HHK_INLINE bool hhk_any(M m) {
    return hhk_mask_bits(m) != 0;
}

HHK_INLINE hhk_m hhk_splat_mask(bool m) {
#if HHK_WIDTH > 1
    return hhk_m(m ? -1 : 0);
#else
    return m;
#endif
}

// Comparisons give hhk_m for any operands with lanes, bool for scalars.
HHK_INLINE bool hhk_mask(bool m) {
    return m;
}
#if HHK_WIDTH > 1
HHK_INLINE hhk_m hhk_mask(hhk_i64v m) {
    return __builtin_convertvector(m, hhk_m);
}
#if HHK_REAL == 32
HHK_INLINE hhk_m hhk_mask(hhk_i32v m) {
    return m;
}
#endif
#endif

template <class V> HHK_INLINE auto hhk_lt(V a, V b) {
    return hhk_mask(a < b);
}

template <class V> HHK_INLINE auto hhk_le(V a, V b) {
    return hhk_mask(a <= b);
}

template <class V> HHK_INLINE auto hhk_gt(V a, V b) {
    return hhk_mask(a > b);
}

template <class V> HHK_INLINE auto hhk_ge(V a, V b) {
    return hhk_mask(a >= b);
}

template <class V> HHK_INLINE auto hhk_eq(V a, V b) {
    return hhk_mask(a == b);
}

template <class V> HHK_INLINE auto hhk_ne(V a, V b) {
    return hhk_mask(a != b);
}

// ---- correctly rounded operations ---------------------------------------------------------------
// The most frequent call: a macro, because a function takes longer to compile.
#if defined(__clang__)
#define hhk_fma(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
HHK_INLINE double hhk_fma(double a, double b, double c) {
    return __builtin_fma(a, b, c);
}
HHK_INLINE float hhk_fma(float a, float b, float c) {
    return __builtin_fmaf(a, b, c);
}
#endif

#if defined(__clang__)
template <class V> HHK_INLINE V hhk_sqrt(V x) {
    return __builtin_elementwise_sqrt(x);
}
#else
HHK_INLINE double hhk_sqrt(double x) {
    return __builtin_sqrt(x);
}
HHK_INLINE float hhk_sqrt(float x) {
    return __builtin_sqrtf(x);
}
#endif

#if defined(__clang__)
template <class V> HHK_INLINE V hhk_floor(V x) {
    return __builtin_elementwise_floor(x);
}
#else
HHK_INLINE double hhk_floor(double x) {
    return __builtin_floor(x);
}
HHK_INLINE float hhk_floor(float x) {
    return __builtin_floorf(x);
}
#endif

#if defined(__clang__)
template <class V> HHK_INLINE V hhk_ceil(V x) {
    return __builtin_elementwise_ceil(x);
}
#else
HHK_INLINE double hhk_ceil(double x) {
    return __builtin_ceil(x);
}
HHK_INLINE float hhk_ceil(float x) {
    return __builtin_ceilf(x);
}
#endif

template <class V> HHK_INLINE V hhk_abs(V x) {
    return hhk_from_bits<V>(hhk_bits(x) & ~typename hhk_lane<V>::U(hhk_sign_bit<V>));
}

template <class V> HHK_INLINE V hhk_copysign(V magnitude, V sign) {
    using U = typename hhk_lane<V>::U;
    return hhk_from_bits<V>((hhk_bits(magnitude) & ~U(hhk_sign_bit<V>)) |
                            (hhk_bits(sign) & U(hhk_sign_bit<V>)));
}

// max(low, x) and min(high, x) that keep a NaN in x.
template <class V> HHK_INLINE V hhk_at_least(V x, V low) {
    return hhk_select(x < low, low, x);
}
template <class V> HHK_INLINE V hhk_at_most(V x, V high) {
    return hhk_select(x > high, high, x);
}

// ---- conversions --------------------------------------------------------------------------------
HHK_INLINE double hhk_widen(float x) {
    return x;
}
HHK_INLINE double hhk_widen(double x) {
    return x;
}
#if HHK_WIDTH > 1
HHK_INLINE hhk_f64v hhk_widen(hhk_f32v x) {
    return __builtin_convertvector(x, hhk_f64v);
}
HHK_INLINE hhk_f64v hhk_widen(hhk_f64v x) {
    return x;
}
#endif

template <class V> HHK_INLINE V hhk_narrow(double x) {
    return static_cast<V>(x);
}
#if HHK_WIDTH > 1
template <class V> HHK_INLINE V hhk_narrow(hhk_f64v x) {
    return __builtin_convertvector(x, V);
}
#endif

HHK_INLINE double hhk_to_f64(hhk_i64 x) {
    return static_cast<double>(x);
}
#if HHK_WIDTH > 1
HHK_INLINE hhk_f64v hhk_to_f64(hhk_i64v x) {
    return __builtin_convertvector(x, hhk_f64v);
}
#endif

// Integers and truth values as the kernel's real numbers.
HHK_INLINE hhk_real hhk_to_real(hhk_i64 x) {
    return static_cast<hhk_real>(x);
}
HHK_INLINE hhk_real hhk_to_real(bool x) {
    return static_cast<hhk_real>(x);
}
#if HHK_WIDTH > 1
HHK_INLINE hhk_f hhk_to_real(hhk_i64v x) {
    return __builtin_convertvector(x, hhk_f);
}
#endif

HHK_INLINE hhk_f hhk_mask_to_real(hhk_m x) {
    return hhk_select(x, hhk_f(1), hhk_f(0));
}

HHK_INLINE hhk_l hhk_mask_to_int(hhk_m x) {
    return hhk_select(x, hhk_l(1), hhk_l(0));
}

HHK_INLINE hhk_i64 hhk_cast_i64(double x) {
    return static_cast<hhk_i64>(x);
}
#if HHK_WIDTH > 1
HHK_INLINE hhk_i64v hhk_cast_i64(hhk_f64v x) {
    return __builtin_convertvector(x, hhk_i64v);
}
#endif

// int(x): toward zero, saturated to +-(2^63 - 1024), 0 for NaN.
template <class V> HHK_INLINE typename hhk_lane<V>::L hhk_to_int(V value) {
    auto x = hhk_widen(value);
    using D = decltype(x);
    x = hhk_select(x == x, x, D(0.0));
    x = hhk_at_most(hhk_at_least(x, D(-0x1.fffffffffffffp62)), D(0x1.fffffffffffffp62));
    return hhk_cast_i64(x);
}

// ---- memory -------------------------------------------------------------------------------------
// hhk_load and hhk_store want whole aligned vectors; int32 and byte fields widen on the way.
HHK_INLINE hhk_f hhk_load(const hhk_real* p) {
    return *reinterpret_cast<const hhk_f*>(p);
}
HHK_INLINE hhk_l hhk_load(const hhk_i64* p) {
    return *reinterpret_cast<const hhk_l*>(p);
}
HHK_INLINE hhk_l hhk_load(const hhk_i32* p) {
#if HHK_WIDTH > 1
    return __builtin_convertvector(*reinterpret_cast<const hhk_i32v*>(p), hhk_l);
#else
    return *p;
#endif
}

HHK_INLINE void hhk_store(hhk_real* p, hhk_f x) {
    *reinterpret_cast<hhk_f*>(p) = x;
}
HHK_INLINE void hhk_store(hhk_i64* p, hhk_l x) {
    *reinterpret_cast<hhk_l*>(p) = x;
}
HHK_INLINE void hhk_store(hhk_i32* p, hhk_l x) {
#if HHK_WIDTH > 1
    *reinterpret_cast<hhk_i32v*>(p) = __builtin_convertvector(x, hhk_i32v);
#else
    *p = static_cast<hhk_i32>(x);
#endif
}

HHK_INLINE hhk_m hhk_load_mask(const unsigned char* p) {
#if HHK_WIDTH > 1
    return __builtin_convertvector(*reinterpret_cast<const hhk_u8v*>(p), hhk_m) != 0;
#else
    return *p != 0;
#endif
}

HHK_INLINE void hhk_store_mask(unsigned char* p, hhk_m x) {
#if HHK_WIDTH > 1
    *reinterpret_cast<hhk_u8v*>(p) = __builtin_convertvector(x, hhk_u8v) & hhk_u8v(1);
#else
    *p = x;
#endif
}

// ---- lanes --------------------------------------------------------------------------------------
template <class V> HHK_INLINE auto hhk_get(V x, [[maybe_unused]] int lane) {
    if constexpr (hhk_is_scalar<V>) {
        return x;
    } else {
        return x[lane];
    }
}

template <class V, class R> HHK_INLINE void hhk_set(V& x, [[maybe_unused]] int lane, R value) {
    if constexpr (hhk_is_scalar<V>) {
        x = value;
    } else {
        x[lane] = value;
    }
}

// 0, 1, 2, ...
HHK_INLINE hhk_l hhk_iota() {
    hhk_l lanes = hhk_l(0);
    for (int i = 0; i < HHK_WIDTH; ++i) {
        hhk_set(lanes, i, hhk_i64(i));
    }
    return lanes;
}

HHK_INLINE hhk_f hhk_gather(const hhk_real* p, hhk_l index) {
    hhk_f values = hhk_f(0);
    for (int i = 0; i < HHK_WIDTH; ++i) {
        hhk_set(values, i, p[hhk_get(index, i)]);
    }
    return values;
}

// The same with the indices from memory: there a lane's is a load, and in a vector, an extraction.
// The row has so many values, and at least 16: a short one needs no load for each lane.
HHK_INLINE hhk_f hhk_gather_row(const hhk_real* p, const hhk_i32* index,
                                [[maybe_unused]] hhk_i64 count) {
#if defined(__AVX512F__) && HHK_WIDTH == 8 && HHK_REAL == 64
    if (count <= 16) {
        const hhk_f* rows = reinterpret_cast<const hhk_f*>(p);
        return __builtin_ia32_vpermi2varpd512(rows[0], hhk_load(index), rows[1]);
    }
#endif
    hhk_f values = hhk_f(0);
    for (int i = 0; i < HHK_WIDTH; ++i) {
        hhk_set(values, i, p[index[i]]);
    }
    return values;
}

// The same where little else is to be done: the instruction has fewer shuffles than lanes that are
// put together, and keeps the units of arithmetic busy for longer.
HHK_INLINE hhk_f hhk_gather_row_alone(const hhk_real* p, const hhk_i32* index,
                                      [[maybe_unused]] hhk_i64 count) {
#if defined(HHK_FAST_GATHER) && HHK_WIDTH == 8 && HHK_REAL == 64
    if (count > 32) {
        const hhk_i32v at = *reinterpret_cast<const hhk_i32v*>(index);
        return __builtin_ia32_gathersiv8df(hhk_f(0), p, at, -1, 8);
    }
    if (count > 16) {
        const hhk_f* rows = reinterpret_cast<const hhk_f*>(p);
        const hhk_l at = hhk_load(index);
        const hhk_f low = __builtin_ia32_vpermi2varpd512(rows[0], at, rows[1]);
        const hhk_f high = __builtin_ia32_vpermi2varpd512(rows[2], at, rows[3]);
        return (at & 16) != 0 ? high : low;
    }
#elif defined(HHK_FAST_GATHER) && HHK_WIDTH == 16 && HHK_REAL == 32
    const hhk_i32v at = *reinterpret_cast<const hhk_i32v*>(index);
    return __builtin_ia32_gathersiv16sf(hhk_f(0), p, at, -1, 4);
#endif
    return hhk_gather_row(p, index, count);
}

// A loop of its own for rows that are read without a load for each lane: how is asked once.
template <class F> HHK_INLINE void hhk_by_length(hhk_i64 count, const F& loop) {
#if defined(__AVX512F__) && HHK_WIDTH == 8 && HHK_REAL == 64
    if (count <= 16) {
        loop(16);
        return;
    }
#if defined(HHK_FAST_GATHER)
    if (count <= 32) {
        loop(32);
        return;
    }
#endif
#endif
    loop(count);
}

template <class T> HHK_INLINE hhk_l hhk_gather_int(const T* p, hhk_l index) {
    hhk_l values = hhk_l(0);
    for (int i = 0; i < HHK_WIDTH; ++i) {
        hhk_set(values, i, hhk_i64(p[hhk_get(index, i)]));
    }
    return values;
}

// Stores in lane order: of equal indices the last lane wins.
HHK_INLINE void hhk_scatter(hhk_real* p, hhk_l index, hhk_f x, hhk_m where) {
    const unsigned bits = hhk_mask_bits(where);
    for (int i = 0; i < HHK_WIDTH; ++i) {
        if ((bits >> i & 1) != 0) {
            p[hhk_get(index, i)] = hhk_get(x, i);
        }
    }
}
