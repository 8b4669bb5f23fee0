// SPDX-License-Identifier: MIT
// What generated kernels need beside the prelude: lanes from and to the interface's arrays, event
// bits, integer arithmetic that reports faults. Embedded as text after kernel_abi.h and the
// prelude, under Clang only. A blank line ends a unit (see prelude_text.h): of them a text holds
// those that it needs, because Clang's front end is a third of the time of a compilation.

using Real = hhk_f;
using Int = hhk_l;
using Mask = hhk_m;

// ---- the same in all lanes ----------------------------------------------------------------------
HHK_INLINE Real hhk_all(double x) {
    return hhk_const<Real>(x);
}

HHK_INLINE Int hhk_all(int64_t x) {
    return Int(x);
}

HHK_INLINE Mask hhk_all(bool x) {
    return hhk_splat_mask(x);
}

// ---- fields and entities ------------------------------------------------------------------------
template <class T> HHK_INLINE T* hhk_values(const hhk_context* context, int field) {
    return static_cast<T*>(__builtin_assume_aligned(context->slab + context->offsets[field], 64));
}

// Padding repeats the last entity, in its number too: what depends on it comes out the same.
HHK_INLINE int64_t hhk_entity(const hhk_context* context, int64_t i) {
    return i < context->count ? i : context->count - 1;
}

HHK_INLINE Int hhk_entities(const hhk_context* context, int64_t i) {
    const Int here = Int(i) + hhk_iota();
    const Int last = Int(context->count - 1);
    return hhk_select(hhk_lt(here, last), here, last);
}

// ---- event bits ---------------------------------------------------------------------------------
static constexpr uint64_t hhk_every_lane = (1ULL << HHK_WIDTH) - 1;
// Bits of the entities that exist among the 64 from `word` on.
HHK_INLINE uint64_t hhk_inside(int64_t count, int64_t word) {
    const int64_t left = count - word;
    return left >= 64 ? ~0ULL : left <= 0 ? 0ULL : (1ULL << left) - 1;
}

// Lane k holds bit k.
HHK_INLINE Mask hhk_mask_of(uint64_t bits) {
#if HHK_WIDTH == 1
    return (bits & 1) != 0;
#elif HHK_WIDTH == 8
    const auto lanes = __builtin_bit_cast(hhk_boolv, static_cast<unsigned char>(bits));
    return hhk_ne(__builtin_convertvector(lanes, Int), Int(0));
#elif HHK_WIDTH == 16
    const auto lanes = __builtin_bit_cast(hhk_boolv, static_cast<unsigned short>(bits));
    return hhk_ne(__builtin_convertvector(lanes, Int), Int(0));
#else
    return hhk_ne((Int(static_cast<int64_t>(bits)) >> hhk_iota()) & Int(1), Int(0));
#endif
}

// In place of last spikes, where bits tell who is not refractory: never, or now. Who asks whether
// it was long enough ago gets the same answer.
HHK_INLINE Int hhk_rested_since(const uint64_t* rested, int64_t i, int64_t step) {
    const uint64_t bits = rested[static_cast<uint64_t>(i) / 64] >> (i % 64);
    return hhk_select(hhk_mask_of(bits), Int(HHK_NEVER), Int(step));
}

// Bit k tells whether count k of 64 is above `least`.
HHK_INLINE uint64_t hhk_counts_above(const uint8_t* counts, int least) {
    typedef uint8_t bytes __attribute__((vector_size(64)));
    typedef bool bits __attribute__((ext_vector_type(64)));
    const bytes all = *reinterpret_cast<const bytes*>(counts);
    const auto above = all > static_cast<uint8_t>(least);
    return __builtin_bit_cast(uint64_t, __builtin_convertvector(above, bits));
}

// What a guard looks at: padding may hold anything, as no event handler resets it. The test is a
// branch that is only taken in the last vector.
HHK_INLINE Real hhk_guarded(int64_t count, int64_t i, Real x) {
    if (__builtin_expect(i + HHK_WIDTH <= count, 1)) {
        return x;
    }
    return hhk_select(hhk_mask_of(hhk_inside(count, i)), x, Real(0));
}

// ---- synapses -----------------------------------------------------------------------------------
HHK_INLINE Int hhk_entities_below(int64_t entities, int64_t i) {
    const Int here = Int(i) + hhk_iota();
    const Int last = Int(entities - 1);
    return hhk_select(hhk_lt(here, last), here, last);
}

// A synapse's number for random draws does not depend on where it is stored.
HHK_INLINE int64_t hhk_synapse_number(const hhk_context* context, int64_t i) {
    const int64_t here = hhk_entity(context, i);
    return context->creation ? context->creation[here] : here;
}

HHK_INLINE Int hhk_synapse_numbers_at(const hhk_context* context, Int at) {
    return context->creation ? hhk_gather_int(context->creation, at) : at;
}

HHK_INLINE Int hhk_synapse_numbers(const hhk_context* context, int64_t i) {
    return hhk_synapse_numbers_at(context, hhk_entities(context, i));
}

// Lanes from i on that lie before `end`.
HHK_INLINE int hhk_last_lane(int64_t i, int64_t end) {
    return end - i < HHK_WIDTH ? static_cast<int>(end - i) : HHK_WIDTH;
}

HHK_INLINE Mask hhk_lanes(int first, int last) {
    return hhk_mask_of(((1ULL << last) - 1) & ~((1ULL << first) - 1));
}

// A vector in memory, for loops over lanes.
template <class T> struct alignas(HHK_WIDTH * sizeof(T)) hhk_lanes_of {
    T at[HHK_WIDTH];
};

HHK_INLINE hhk_lanes_of<hhk_real> hhk_in_lanes(Real x) {
    hhk_lanes_of<hhk_real> lanes;
    hhk_store(lanes.at, x);
    return lanes;
}

HHK_INLINE hhk_lanes_of<int64_t> hhk_in_lanes(Int x) {
    hhk_lanes_of<int64_t> lanes;
    hhk_store(lanes.at, x);
    return lanes;
}

// Indices that were loaded lane by lane go to memory in the same way.
HHK_INLINE hhk_lanes_of<int64_t> hhk_index_lanes(Int x) {
    hhk_lanes_of<int64_t> lanes;
    for (int lane = 0; lane < HHK_WIDTH; ++lane) {
        lanes.at[lane] = hhk_get(x, lane);
    }
    return lanes;
}

// The synapse of a range: an item of it, or itself.
HHK_INLINE int64_t hhk_item(const uint32_t* items, int64_t k) {
    return items == nullptr ? k : static_cast<int64_t>(items[k]);
}

// Items k, k + 1, ...; lanes beyond the end repeat the last one.
HHK_INLINE Int hhk_items(const uint32_t* items, int64_t k, int64_t end) {
    Int at = Int(0);
    for (int lane = 0; lane < HHK_WIDTH; ++lane) {
        const int64_t place = k + lane < end ? k + lane : end - 1;
        hhk_set(at, lane, hhk_item(items, place));
    }
    return at;
}

// ---- timed arrays: the row that holds t, the nearest column ------------------------------------
struct hhk_table_row {
    const double* values;
    int64_t last_column;
};

HHK_INLINE hhk_table_row hhk_table_row_at(const hhk_context* context, int table, double t) {
    static constexpr double nothing = 0;
    const hhk_table_data& data = context->tables[table];
    if (data.rows <= 0 || data.columns <= 0) {
        return {&nothing, 0};
    }
    const double place = hhk_floor((t + 0.001 * context->dt) / data.dt);
    const int64_t row = hhk_to_int(place);
    const int64_t last_row = data.rows - 1;
    const int64_t r = row < 0 ? 0 : row > last_row ? last_row : row;
    return {data.values + r * data.columns, data.columns - 1};
}

HHK_INLINE double hhk_table_column(hhk_table_row row, int64_t column) {
    return row.values[column < 0 ? 0 : column > row.last_column ? row.last_column : column];
}

// Neighbouring entities mostly read neighbouring columns.
HHK_INLINE Real hhk_table_columns(hhk_table_row row, Int column) {
    hhk_doubles<Int>::D values = hhk_doubles<Int>::D(0);
    const int64_t first = hhk_get(column, 0);
    const bool in_row = first >= 0 && first + HHK_WIDTH <= row.last_column + 1;
    if (in_row && !hhk_any(column != first + hhk_iota())) {
        __builtin_memcpy(&values, row.values + first, sizeof values);
    } else {
        for (int lane = 0; lane < HHK_WIDTH; ++lane) {
            hhk_set(values, lane, hhk_table_column(row, hhk_get(column, lane)));
        }
    }
    return hhk_narrow<Real>(values);
}

// V and the arguments: for the population, a vector or one entity. The time differs between
// entities.
template <class V, class T, class C>
HHK_INLINE V hhk_table_at(const hhk_context* context, int table, T t, C column) {
    V values = V(0);
    for (int lane = 0; lane < hhk_lane<V>::width; ++lane) {
        const hhk_table_row row =
            hhk_table_row_at(context, table, static_cast<double>(hhk_get(t, lane)));
        const double value = hhk_table_column(row, hhk_get(column, lane));
        hhk_set(values, lane, static_cast<typename hhk_lane<V>::real>(value));
    }
    return values;
}

template <class V, class T> HHK_INLINE V hhk_table_at(const hhk_context* context, int table, T t) {
    return hhk_table_at<V>(context, table, t, int64_t(0));
}

// ---- outputs: double arrays of `count` values ---------------------------------------------------
HHK_INLINE void hhk_output(const hhk_context* context, int k, int64_t i, double x) {
    if (i < context->count) {
        context->outputs[k][i] = x;
    }
}

HHK_INLINE void hhk_output(const hhk_context* context, int k, int64_t i, float x) {
    hhk_output(context, k, i, static_cast<double>(x));
}

HHK_INLINE void hhk_output(const hhk_context* context, int k, int64_t i, int64_t x) {
    hhk_output(context, k, i, static_cast<double>(x));
}

HHK_INLINE void hhk_output(const hhk_context* context, int k, int64_t i, bool x) {
    hhk_output(context, k, i, static_cast<double>(x));
}

#if HHK_WIDTH > 1
typedef hhk_f64v hhk_f64v_anywhere __attribute__((aligned(8)));
HHK_INLINE void hhk_output_f64(const hhk_context* context, int k, int64_t i, hhk_f64v x) {
    double* const to = context->outputs[k] + i;
    if (i + HHK_WIDTH <= context->count) {
        *reinterpret_cast<hhk_f64v_anywhere*>(to) = x;
        return;
    }
    for (int lane = 0; lane < context->count - i; ++lane) {
        to[lane] = x[lane];
    }
}
HHK_INLINE void hhk_output(const hhk_context* context, int k, int64_t i, Real x) {
    hhk_output_f64(context, k, i, hhk_widen(x));
}
HHK_INLINE void hhk_output(const hhk_context* context, int k, int64_t i, Int x) {
    hhk_output_f64(context, k, i, hhk_to_f64(x));
}
HHK_INLINE void hhk_output_mask(const hhk_context* context, int k, int64_t i, Mask x) {
    hhk_output_f64(context, k, i, hhk_to_f64(hhk_mask_to_int(x)));
}
#else
HHK_INLINE void hhk_output_mask(const hhk_context* context, int k, int64_t i, Mask x) {
    hhk_output(context, k, i, x);
}
#endif

// ---- integers: a result that does not fit wraps and raises the fault ----------------------------
HHK_INLINE int64_t hhk_iadd(int64_t a, int64_t b, bool& fault) {
    int64_t sum = 0;
    fault |= __builtin_add_overflow(a, b, &sum);
    return sum;
}

HHK_INLINE int64_t hhk_isub(int64_t a, int64_t b, bool& fault) {
    int64_t difference = 0;
    fault |= __builtin_sub_overflow(a, b, &difference);
    return difference;
}

HHK_INLINE int64_t hhk_imul(int64_t a, int64_t b, bool& fault) {
    int64_t product = 0;
    fault |= __builtin_mul_overflow(a, b, &product);
    return product;
}

#if HHK_WIDTH > 1
HHK_INLINE Int hhk_iadd(Int a, Int b, Mask& fault) {
    const Int sum = hhk_iadd(a, b);
    fault |= hhk_lt((a ^ sum) & (b ^ sum), Int(0));
    return sum;
}
HHK_INLINE Int hhk_isub(Int a, Int b, Mask& fault) {
    const Int difference = hhk_isub(a, b);
    fault |= hhk_lt((a ^ b) & (a ^ difference), Int(0));
    return difference;
}
HHK_INLINE Int hhk_imul(Int a, Int b, Mask& fault) {
    Int product = Int(0);
    for (int lane = 0; lane < HHK_WIDTH; ++lane) {
        bool lost = false;
        product[lane] = hhk_imul(a[lane], b[lane], lost);
        fault[lane] |= lost ? -1 : 0;
    }
    return product;
}
#endif

template <class L, class M> HHK_INLINE L hhk_ineg(L a, M& fault) {
    return hhk_isub(L(0), a, fault);
}

// By repeated squaring from the lowest bit of the exponent.
template <int64_t exponent, class L, class M> HHK_INLINE L hhk_ipow(L a, M& fault) {
    if (exponent < 0) {
        fault = hhk_eq(a, a);
        return L(0);
    }
    L result = L(1);
    L square = a;
    for (uint64_t left = exponent; left != 0;) {
        if (left & 1) {
            result = hhk_imul(result, square, fault);
        }
        left >>= 1;
        if (left != 0) {
            square = hhk_imul(square, square, fault);
        }
    }
    return result;
}
