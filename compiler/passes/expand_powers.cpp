// SPDX-License-Identifier: MIT
#include "passes/expand_powers.h"

#include "passes/rewrite.h"

#include <cmath>

namespace hhc::passes {
namespace {

using ir::Op;
using ir::Type;
using ir::ValueId;

constexpr std::int64_t largest_chain = 1024; // twenty products at most
constexpr double largest_power = 16;

/// The chain of products that defines powi (ir/evaluate.h).
ValueId chain(ir::Builder& b, ValueId x, std::uint64_t exponent) {
    ValueId square = x;
    ValueId result;
    while (exponent != 0) {
        if ((exponent & 1U) != 0) {
            result = result.valid() ? b.mul(result, square) : square;
        }
        exponent >>= 1U;
        if (exponent != 0) {
            square = b.mul(square, square);
        }
    }
    return result;
}

std::optional<ValueId> expanded_powi(ir::Builder& b, const ir::Value& value) {
    const std::int64_t n = value.payload;
    const bool is_real = value.type == Type::Real;
    if (std::abs(n) > largest_chain || (!is_real && n < 0)) {
        return std::nullopt;
    }
    if (n == 0) {
        return is_real ? b.real(1.0) : b.integer(1);
    }
    const ValueId product = chain(b, value.args[0], static_cast<std::uint64_t>(std::abs(n)));
    return n < 0 ? b.div(b.real(1.0), product) : product;
}

std::optional<ValueId> expanded_pow(ir::Builder& b, const ir::Value& value) {
    const std::optional<double> y = b.constant(value.args[1]);
    if (!y || !(std::abs(*y) <= largest_power) || *y * 2 != std::floor(*y * 2)) {
        return std::nullopt;
    }
    const ValueId x = value.args[0];
    const double size = std::abs(*y);
    if (size == 0) {
        return b.real(1.0);
    }
    ValueId power;
    if (size >= 1) {
        power = chain(b, x, static_cast<std::uint64_t>(size));
    }
    if (size != std::floor(size)) {
        const ValueId root = b.math(ir::MathOp::Sqrt, x);
        power = power.valid() ? b.mul(power, root) : root;
    }
    return *y < 0 ? b.div(b.real(1.0), power) : power;
}

} // namespace

namespace {

bool is_power(const ir::Value& value) {
    return value.op == Op::PowInt ||
           (value.op == Op::Math && static_cast<ir::MathOp>(value.symbol) == ir::MathOp::Pow);
}

} // namespace

bool expand_powers(ir::Module& module, const Context& /*context*/) {
    bool changed = false;
    for (ir::Kernel& kernel : module.kernels) {
        if (!any_value(kernel, is_power)) {
            continue;
        }
        Rewrite rewrite(module, kernel);
        ir::Builder& b = rewrite.builder();
        changed |= rewrite.run([&](const ir::Value& value, ValueId) -> std::optional<ValueId> {
            if (value.op == Op::PowInt) {
                return expanded_powi(b, value);
            }
            return is_power(value) ? expanded_pow(b, value) : std::nullopt;
        });
    }
    return changed;
}

} // namespace hhc::passes
