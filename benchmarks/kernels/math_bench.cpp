// SPDX-License-Identifier: MIT
// Nanoseconds per element of the prelude's functions at the width and target it is compiled for, in
// cache, best of 40 passes; libm one element at a time beside them at width 1:
//   clang++-19 -std=c++20 -O3 -march=native -mprefer-vector-width=512 -ffp-contract=off
//     -fno-math-errno -DHHK_WIDTH=8 -DHHK_REAL=64 -I compiler/codegen/prelude math_bench.cpp
// (-fno-vectorize at width 1, -DHHK_FAST_MATH=1 for precision="fast").
#include "kernel_prelude.h"

#include <chrono>
#include <cmath>
#include <cstdio>

namespace {

constexpr int count = 1024;
alignas(128) hhk_real inputs[count], results[count];

template <class F>
__attribute__((noinline)) void time_of(const char* name, double low, double high, F f) {
    for (int i = 0; i < count; ++i) {
        inputs[i] = static_cast<hhk_real>(low + (high - low) * ((i * 619) % count + 0.5) / count);
    }
    double best = 1e9;
    for (int pass = 0; pass < 40; ++pass) {
        const auto start = std::chrono::steady_clock::now();
        for (int repeat = 0; repeat < 50; ++repeat) {
            for (int i = 0; i < count; i += HHK_WIDTH) {
                f(i);
            }
            __asm__ volatile("" ::"r"(inputs), "r"(results) : "memory");
        }
        const std::chrono::duration<double, std::nano> taken =
            std::chrono::steady_clock::now() - start;
        best = std::min(best, taken.count() / (50.0 * count));
    }
    std::printf("%s %.3f\n", name, best);
}

} // namespace

#define PRELUDE(name, low, high)                                                                   \
    time_of(#name, low, high, [](int i) __attribute__((always_inline)) {                           \
        hhk_store(results + i, hhk_##name(hhk_load(inputs + i)));                                  \
    })
#define LIBM(name, low, high)                                                                      \
    time_of("libm_" #name, low, high,                                                              \
            [](int i) __attribute__((always_inline)) { results[i] = std::name(inputs[i]); })

int main() {
    PRELUDE(exp, -10, 10);
    PRELUDE(exprel, -5, 5);
    time_of("exprel_near", -0.5, 0.5, [](int i) __attribute__((always_inline)) {
        hhk_store(results + i, hhk_exprel(hhk_load(inputs + i)));
    });
    PRELUDE(inv_exprel, -5, 5);
    PRELUDE(expm1, -5, 5);
    PRELUDE(sigmoid, -10, 10);
    PRELUDE(tanh, -5, 5);
    PRELUDE(sinh, -5, 5);
    PRELUDE(cosh, -5, 5);
    PRELUDE(log, 0.1, 10);
    PRELUDE(log1p, -0.5, 5);
    PRELUDE(log10, 0.1, 10);
    PRELUDE(sin, -10, 10);
    PRELUDE(cos, -10, 10);
    PRELUDE(tan, -10, 10);
    PRELUDE(arcsin, -1, 1);
    PRELUDE(arccos, -1, 1);
    PRELUDE(arctan, -5, 5);
    PRELUDE(erf, -3, 3);
    time_of("pow", 0.1, 10, [](int i) __attribute__((always_inline)) {
        hhk_store(results + i, hhk_pow(hhk_load(inputs + i), hhk_const<hhk_f>(2.7)));
    });
    time_of("uniform", 0, 1, [](int i) __attribute__((always_inline)) {
        const hhk_l entity = hhk_l(i) + hhk_iota();
        hhk_store(results + i, hhk_draw_uniform<hhk_f>(hhk_random_stream(1, 2, 3), entity, 7));
    });
    time_of("normal", 0, 1, [](int i) __attribute__((always_inline)) {
        const hhk_l entity = hhk_l(i) + hhk_iota();
        hhk_store(results + i, hhk_draw_normal<hhk_f>(hhk_random_stream(1, 2, 3), entity, 7));
    });
#if HHK_WIDTH == 1
    LIBM(exp, -10, 10);
    LIBM(expm1, -5, 5);
    LIBM(log, 0.1, 10);
    LIBM(log1p, -0.5, 5);
    LIBM(log10, 0.1, 10);
    LIBM(tanh, -5, 5);
    LIBM(sinh, -5, 5);
    LIBM(cosh, -5, 5);
    LIBM(sin, -10, 10);
    LIBM(cos, -10, 10);
    LIBM(tan, -10, 10);
    LIBM(erf, -3, 3);
#endif
    return 0;
}
