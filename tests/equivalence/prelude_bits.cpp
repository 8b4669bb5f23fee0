// SPDX-License-Identifier: MIT
// Prints one hash per function of the kernel prelude over fixed inputs, NaNs made equal. The width,
// the real type and the target are chosen by compiler flags: the output must not depend on them
// (but on the real type). See prelude_bits.py.
#include "kernel_prelude.h"

extern "C" int printf(const char*, ...); // no header: targets without a C++ library are tested too

namespace {

constexpr int count = 4096;
alignas(128) hhk_real inputs[count], others[count], results[count];
alignas(128) hhk_i64 integers[count];

hhk_u64 state = 1;
hhk_u64 next() {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return state ^ state >> 29;
}
double unit() {
    return static_cast<double>(next() >> 11) * 0x1p-53;
}

/// Ordinary numbers, magnitudes of every size, bit patterns, special values.
hhk_real number(int i) {
    const double specials[] = {0.0,
                               -0.0,
                               1.0,
                               -1.0,
                               1e-320,
                               710.0,
                               -746.0,
                               __builtin_inf(),
                               -__builtin_inf(),
                               __builtin_nan("")};
    switch (i % 8) {
    case 0:
        return static_cast<hhk_real>(unit() * 1500 - 750);
    case 1:
        return static_cast<hhk_real>(specials[next() % 10]);
    case 2:
        return static_cast<hhk_real>((unit() - 0.5) * 1e12);
    case 3: {
        const hhk_lane<hhk_real>::U bits = static_cast<hhk_lane<hhk_real>::U>(next());
        return __builtin_bit_cast(hhk_real, bits);
    }
    case 4:
        return static_cast<hhk_real>((unit() - 0.5) * 1e-3);
    default:
        return static_cast<hhk_real>(unit() * 40 - 20);
    }
}

template <class T> void report(const char* name, const T* values) {
    hhk_u64 hash = 0xcbf29ce484222325ULL;
    for (int i = 0; i < count; ++i) {
        const T value = values[i];
        hhk_u64 bits = 0x7ff8000000000000ULL;
        if (value == value) {
            bits = 0;
            __builtin_memcpy(&bits, &value, sizeof value);
        }
        hash = (hash ^ bits) * 0x100000001b3ULL;
    }
    printf("%s %016llx\n", name, static_cast<unsigned long long>(hash));
}

template <class F> __attribute__((noinline)) void unary(const char* name, F f) {
    for (int i = 0; i < count; i += HHK_WIDTH) {
        hhk_store(results + i, f(hhk_load(inputs + i)));
    }
    report(name, results);
}

template <class F> __attribute__((noinline)) void binary(const char* name, F f) {
    for (int i = 0; i < count; i += HHK_WIDTH) {
        hhk_store(results + i, f(hhk_load(inputs + i), hhk_load(others + i)));
    }
    report(name, results);
}

template <class F> __attribute__((noinline)) void draws(const char* name, F f) {
    for (int i = 0; i < count; i += HHK_WIDTH) {
        hhk_store(results + i, f(hhk_random_stream(7, 8, 9), hhk_l(i) + hhk_iota()));
    }
    report(name, results);
}

} // namespace

#define UNARY(f) unary(#f, [](hhk_f x) __attribute__((always_inline)) { return f(x); })
#define BINARY(f)                                                                                  \
    binary(#f, [](hhk_f x, hhk_f y) __attribute__((always_inline)) { return f(x, y); })
#define DRAWS(f, ...)                                                                              \
    draws(#f, [](hhk_random_key key, hhk_l entity) __attribute__((always_inline)) {                \
        return f<hhk_f>(key, entity, 11 __VA_OPT__(, ) __VA_ARGS__);                               \
    })

int main() {
    for (int i = 0; i < count; ++i) {
        inputs[i] = number(i);
        others[i] = number(i / 8);
    }
    UNARY(hhk_exp);
    UNARY(hhk_exp2);
    UNARY(hhk_expm1);
    UNARY(hhk_exprel);
    UNARY(hhk_inv_exprel);
    UNARY(hhk_sigmoid);
    UNARY(hhk_log);
    UNARY(hhk_log1p);
    UNARY(hhk_log10);
    UNARY(hhk_sqrt);
    UNARY(hhk_sin);
    UNARY(hhk_cos);
    UNARY(hhk_tan);
    UNARY(hhk_sinh);
    UNARY(hhk_cosh);
    UNARY(hhk_tanh);
    UNARY(hhk_arcsin);
    UNARY(hhk_arccos);
    UNARY(hhk_arctan);
    UNARY(hhk_erf);
    UNARY(hhk_sign);
    UNARY(hhk_abs);
    UNARY(hhk_floor);
    UNARY(hhk_ceil);
    UNARY(hhk_powi<4>);
    UNARY(hhk_powi<-5>);
    BINARY(hhk_pow);
    BINARY(hhk_min);
    BINARY(hhk_max);
    BINARY(hhk_mod);
    BINARY(hhk_floordiv);
    DRAWS(hhk_draw_uniform);
    DRAWS(hhk_draw_normal);
    DRAWS(hhk_draw_exponential, hhk_const<hhk_f>(2.0));
    DRAWS(hhk_draw_lognormal, hhk_const<hhk_f>(0.5), hhk_const<hhk_f>(0.25));
    DRAWS(hhk_draw_gamma, hhk_const<hhk_f>(0.5), hhk_const<hhk_f>(3.0));
    DRAWS(hhk_draw_truncated_normal, hhk_const<hhk_f>(0.0), hhk_const<hhk_f>(1.0),
          hhk_const<hhk_f>(0.5), hhk_const<hhk_f>(1.5));
    for (int i = 0; i < count; i += HHK_WIDTH) {
        const hhk_l entity = hhk_l(i) + hhk_iota();
        const hhk_random_key key = hhk_random_stream(1, 2, 3);
        const hhk_l few = hhk_draw_poisson<hhk_f>(key, entity, 5, hhk_const<hhk_f>(3.5));
        const hhk_l many = hhk_draw_poisson<hhk_f>(key, entity, 6, hhk_const<hhk_f>(350.0));
        const hhk_l some =
            hhk_draw_binomial<hhk_f>(key, entity, 7, hhk_const<hhk_f>(90.0), hhk_const<hhk_f>(0.7));
        hhk_store(integers + i, hhk_imul(few, hhk_iadd(many, some)));
    }
    report("counts", integers);
    for (int i = 0; i < count; i += HHK_WIDTH) {
        // -1, ..., 14: lanes that search beside lanes that reject
        hhk_f mean = hhk_const<hhk_f>(0.0);
        for (int lane = 0; lane < HHK_WIDTH; ++lane) {
            hhk_set(mean, lane, hhk_real((i + lane) % 16 - 1));
        }
        const hhk_l entity = hhk_l(i) + hhk_iota();
        hhk_store(integers + i,
                  hhk_draw_poisson<hhk_f>(hhk_random_stream(1, 2, 3), entity, 5, mean));
    }
    report("counts of several means", integers);
    for (int i = 0; i < count; i += HHK_WIDTH) {
        hhk_m fault = hhk_splat_mask(false);
        const hhk_l a = hhk_to_int(hhk_load(inputs + i));
        const hhk_l b = hhk_to_int(hhk_load(others + i));
        const hhk_l both = hhk_isub(hhk_idiv(a, b, fault), hhk_imod(a, b, fault));
        hhk_store(integers + i, hhk_iadd(both, hhk_mask_to_int(fault)));
    }
    report("integers", integers);
    for (int i = 0; i < count; i += HHK_WIDTH) {
        const hhk_m less = hhk_lt(hhk_load(inputs + i), hhk_load(others + i));
        const unsigned bits = hhk_mask_bits(less);
        for (int lane = 0; lane < HHK_WIDTH; ++lane) {
            integers[i + lane] = bits >> lane & 1;
        }
    }
    report("mask bits", integers);
}
