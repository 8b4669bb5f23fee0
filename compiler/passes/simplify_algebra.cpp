// SPDX-License-Identifier: MIT
#include "passes/simplify_algebra.h"

#include "passes/rewrite.h"

#include <cmath>

namespace hhc::passes {
namespace {

using ir::Op;
using ir::ValueId;

/// 1/x if x is a power of two whose reciprocal is exact in the real type.
std::optional<double> exact_reciprocal(const ir::Builder& b, ValueId id) {
    const std::optional<double> x = b.constant(id);
    if (!x || !std::isfinite(*x) || *x == 0) {
        return std::nullopt;
    }
    int exponent = 0;
    const bool is_power = std::abs(std::frexp(*x, &exponent)) == 0.5;
    const int limit = b.module().real_size == 4 ? 125 : 1021;
    if (!is_power || std::abs(exponent) > limit) {
        return std::nullopt;
    }
    return 1 / *x;
}

Op mirrored(Op comparison) {
    switch (comparison) {
    case Op::Less:
        return Op::Greater;
    case Op::LessEqual:
        return Op::GreaterEqual;
    case Op::Greater:
        return Op::Less;
    case Op::GreaterEqual:
        return Op::LessEqual;
    default:
        return comparison;
    }
}

std::optional<ValueId> simplified(ir::Builder& b, const ir::Value& value) {
    const auto is_neg = [&](std::size_t i) { return b[value.args[i]].op == Op::Neg; };
    const auto inside = [&](std::size_t i) { return b[value.args[i]].args[0]; };
    const bool is_real = value.type == ir::Type::Real;
    switch (value.op) {
    case Op::Mul:
        if (is_real && is_neg(0) && !is_neg(1)) {
            return b.neg(b.mul(inside(0), value.args[1]));
        }
        if (is_real && is_neg(1) && !is_neg(0)) {
            return b.neg(b.mul(value.args[0], inside(1)));
        }
        return std::nullopt;
    case Op::Div:
        if (const auto factor = exact_reciprocal(b, value.args[1])) {
            return b.mul(value.args[0], b.real(*factor));
        }
        if (is_neg(0) && !is_neg(1)) {
            return b.neg(b.div(inside(0), value.args[1]));
        }
        if (is_neg(1) && !is_neg(0)) {
            return b.neg(b.div(value.args[0], inside(1)));
        }
        return std::nullopt;
    case Op::Math:
        if (static_cast<ir::MathOp>(value.symbol) == ir::MathOp::Abs && is_neg(0)) {
            return b.math(ir::MathOp::Abs, inside(0));
        }
        return std::nullopt;
    case Op::Less:
    case Op::LessEqual:
    case Op::Greater:
    case Op::GreaterEqual:
    case Op::Equal:
    case Op::NotEqual:
        if (b[value.args[0]].op <= Op::ConstBool && b[value.args[1]].op > Op::ConstBool) {
            return b.compare(mirrored(value.op), value.args[1], value.args[0]);
        }
        return std::nullopt;
    default:
        return std::nullopt;
    }
}

} // namespace

bool simplify_algebra(ir::Module& module, const Context& /*context*/) {
    bool changed = false;
    for (ir::Kernel& kernel : module.kernels) {
        Rewrite rewrite(module, kernel);
        ir::Builder& b = rewrite.builder();
        changed |= rewrite.run([&](const ir::Value& value, ValueId) -> std::optional<ValueId> {
            if (const auto other = simplified(b, value)) {
                return other;
            }
            return b.simplify(value);
        });
    }
    return changed;
}

} // namespace hhc::passes
