// SPDX-License-Identifier: MIT
// The kernel prelude at width 1, for whoever computes without generated code (interpreter, constant
// folding, tests): the same bits as every kernel.
#pragma once

#include "ir/ir.h"

#include <cstdint>
#include <span>

namespace hhc::codegen {

/// A function of ir/math_ops.def; `arguments` holds as many values as its arity. `fast` gives what
/// kernels compiled with precision="fast" compute (exp, exprel and inv_exprel in double differ).
template <class R> using MathFunction = R (*)(const R* arguments);
template <class R> [[nodiscard]] MathFunction<R> math_function(ir::MathOp op, bool fast = false);

/// The remaining arithmetic, for R = double and float.
template <class R> struct ScalarMath {
    [[nodiscard]] static R fma(R a, R b, R c);
    [[nodiscard]] static R floor_divide(R a, R b);
    [[nodiscard]] static R modulo(R a, R b);
    [[nodiscard]] static R power(R x, int n);
    /// Towards zero, saturating, 0 for NaN.
    [[nodiscard]] static std::int64_t to_integer(R x);
    /// hhk_piecewise.
    [[nodiscard]] static double approximate(int degree, int doubles, const double* pieces, double t,
                                            double scale, double shift);
    /// The step that holds time t.
    [[nodiscard]] static std::int64_t timestep(R t, R dt);
};

/// Floor division and its remainder; a zero divisor gives 0 and sets `fault`.
[[nodiscard]] std::int64_t integer_divide(std::int64_t a, std::int64_t b, bool& fault);
[[nodiscard]] std::int64_t integer_modulo(std::int64_t a, std::int64_t b, bool& fault);

/// The key of one stream of one object (prelude_random.h).
struct RandomKey {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
};
[[nodiscard]] RandomKey random_stream(std::uint64_t seed, std::uint32_t object,
                                      std::uint64_t stream);

/// A draw of an entity in a step; `arguments` as in ir/distributions.def. Distributions with an
/// integer result give it as an exact double; binomial's n is truncated.
template <class R>
[[nodiscard]] double random_draw(ir::Distribution distribution, RandomKey key, std::int64_t entity,
                                 std::int64_t step, std::span<const R> arguments);

/// e^(a h) and the integral of e^(a s) from 0 to h, n x n row by row.
void matrix_exp(std::int64_t n, std::span<const double> a, double h, std::span<double> result);
void matrix_exp_integral(std::int64_t n, std::span<const double> a, double h,
                         std::span<double> result);

} // namespace hhc::codegen
