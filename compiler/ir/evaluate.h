// SPDX-License-Identifier: MIT
// What single operations give: the definition that the builder folds by and the interpreter runs
// by. The functions of math_ops.def are not here, they belong to the kernel prelude.
#pragma once

#include "ir/ir.h"

#include <cmath>
#include <cstdint>

namespace hhc::ir {

/// x // y as Python: floor(x/y) of the rounded quotient.
template <class Real> [[nodiscard]] Real floor_div_real(Real x, Real y) {
    return std::floor(x / y);
}

/// x % y with the sign of y: x - y*floor(x/y) with one rounding (fma).
template <class Real> [[nodiscard]] Real mod_real(Real x, Real y) {
    return std::fma(-y, std::floor(x / y), x);
}

/// Products by repeated squaring from the lowest bit of the exponent, in this order; a negative
/// exponent takes the reciprocal of the result. The pass expand_powers writes the same as IR.
template <class Real> [[nodiscard]] Real powi_real(Real x, std::int64_t exponent) {
    std::uint64_t left = exponent < 0 ? 0 - static_cast<std::uint64_t>(exponent)
                                      : static_cast<std::uint64_t>(exponent);
    Real square = x;
    Real result = 1;
    bool any = false;
    while (left != 0) {
        if ((left & 1U) != 0) {
            result = any ? result * square : square;
            any = true;
        }
        left >>= 1U;
        if (left != 0) {
            square = square * square;
        }
    }
    return exponent < 0 ? Real(1) / result : result;
}

/// Add, Sub, Mul, Neg, FloorDiv, Mod, PowInt of 64-bit integers; `fault` is set (never cleared) on
/// division by zero (result 0) and on overflow (result wrapped; not of the smallest integer // -1).
[[nodiscard]] std::int64_t integer_operation(Op op, std::int64_t x, std::int64_t y,
                                             std::int64_t exponent, bool& fault);

/// Towards zero, saturating at +-(2^63 - 1024) as generated code does; NaN gives 0.
[[nodiscard]] std::int64_t real_to_int(double x);

template <class T> [[nodiscard]] bool compare_any(Op op, T x, T y) {
    switch (op) {
    case Op::Less:
        return x < y;
    case Op::LessEqual:
        return x <= y;
    case Op::Greater:
        return x > y;
    case Op::GreaterEqual:
        return x >= y;
    case Op::Equal:
        return x == y;
    default:
        return x != y;
    }
}
[[nodiscard]] inline bool compare_real(Op op, double x, double y) {
    return compare_any(op, x, y);
}
[[nodiscard]] inline bool compare_int(Op op, std::int64_t x, std::int64_t y) {
    return compare_any(op, x, y);
}

} // namespace hhc::ir
