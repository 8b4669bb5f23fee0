// SPDX-License-Identifier: MIT
// Rigorous Taylor series of a kernel's function of one variable: each coefficient is an interval
// that contains f^(k)(t)/k! for every t of an interval. From the last one follows how far a
// polynomial can be from the function.
#pragma once

#include "ir/ir.h"

#include <array>
#include <optional>
#include <span>

namespace hhc::ir {

struct Interval {
    double low = 0;
    double high = 0;
    [[nodiscard]] double width() const { return high - low; }
    [[nodiscard]] double middle() const { return low + (high - low) / 2; }
    /// The largest absolute value.
    [[nodiscard]] double magnitude() const;
};

inline constexpr int max_taylor_order = 14;

/// Coefficients 0 to the order that was asked for.
using Series = std::array<Interval, max_taylor_order + 1>;

/// A function of the prelude at width 1, for what is known before the entity.
using Evaluate = double (*)(MathOp op, const double* arguments);

/// What a function of one variable is made of: output 0 of `kernel`, whose loads are the
/// variable. Its uniforms have the values given, by number.
struct FunctionOfOne {
    const Kernel* kernel = nullptr;
    std::span<const double> uniforms;
    double dt = 0;
    Evaluate evaluate = nullptr;
};

/// Coefficients 0 to `order` over `at`; nothing where an operation has no bounded series there (a
/// zero in a divisor) or is not known here.
[[nodiscard]] std::optional<Series> taylor_series(const FunctionOfOne& function, Interval at,
                                                  int order);

/// The same of sum c_k x^k with x = (t - middle)/half.
[[nodiscard]] Series polynomial_series(std::span<const double> coefficients, double middle,
                                       double half, Interval at, int order);

/// Coefficients 0 to `order` of a - b.
[[nodiscard]] Series minus(const Series& a, const Series& b, int order);

/// Whether taylor_series knows this operation of entity values.
[[nodiscard]] bool has_taylor_series(const Value& value);

} // namespace hhc::ir
