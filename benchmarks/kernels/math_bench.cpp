// SPDX-License-Identifier: MIT
// Time of the prelude's functions at the width and target it is compiled for, 1024 numbers in
// cache: Google Benchmark, `number` is for one. libm, one number at a time, beside them at
// width 1. CMake builds it for 8 doubles, 16 floats and single doubles of this machine; by hand:
//   clang++-19 -std=c++20 -O3 -march=native -mprefer-vector-width=512 -ffp-contract=off
//     -fno-math-errno -DHHK_WIDTH=8 -DHHK_REAL=64 -I compiler/codegen/prelude math_bench.cpp
//     -lbenchmark -lpthread
// (-fno-vectorize at width 1, -DHHK_FAST_MATH=1 for precision="fast").
#include "kernel_prelude.h"

#include <benchmark/benchmark.h>

#include <cmath>

namespace {

constexpr int count = 1024;
alignas(128) hhk_real inputs[count], results[count];

template <class F>
__attribute__((noinline)) void time_of(benchmark::State& state, double low, double high, F f) {
    for (int i = 0; i < count; ++i) {
        inputs[i] = static_cast<hhk_real>(low + (high - low) * ((i * 619) % count + 0.5) / count);
    }
    for ([[maybe_unused]] auto pass : state) {
        for (int i = 0; i < count; i += HHK_WIDTH) {
            f(i);
        }
        __asm__ volatile("" ::"r"(inputs), "r"(results) : "memory");
    }
    state.counters["number"] = benchmark::Counter(
        count * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

} // namespace

#define MEASURE(name, low, high, ...)                                                              \
    void name##_time(benchmark::State& state) {                                                    \
        time_of(state, low, high, [](int i) __attribute__((always_inline)) { __VA_ARGS__; });      \
    }                                                                                              \
    BENCHMARK(name##_time)->Name(#name)
#define PRELUDE(name, low, high)                                                                   \
    MEASURE(name, low, high, hhk_store(results + i, hhk_##name(hhk_load(inputs + i))))
#define LIBM(name, low, high) MEASURE(libm_##name, low, high, results[i] = std::name(inputs[i]))

PRELUDE(exp, -10, 10);
PRELUDE(exp2, -10, 10);
PRELUDE(exprel, -5, 5);
MEASURE(exprel_near, -0.9, 0.06, hhk_store(results + i, hhk_exprel(hhk_load(inputs + i))));
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
MEASURE(pow, 0.1, 10, hhk_store(results + i, hhk_pow(hhk_load(inputs + i), hhk_const<hhk_f>(2.7))));
MEASURE(draw_uniform, 0, 1,
        hhk_store(results + i,
                  hhk_draw_uniform<hhk_f>(hhk_random_stream(1, 2, 3), hhk_l(i) + hhk_iota(), 7)));
MEASURE(draw_normal, 0, 1,
        hhk_store(results + i,
                  hhk_draw_normal<hhk_f>(hhk_random_stream(1, 2, 3), hhk_l(i) + hhk_iota(), 7)));
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

BENCHMARK_MAIN();
