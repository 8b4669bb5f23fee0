// SPDX-License-Identifier: MIT
#include "passes/use_powers_of_two.h"

#include "passes/rewrite.h"

#include <numbers>

namespace hhc::passes {
namespace {

using ir::Builder;
using ir::Op;
using ir::ValueId;

bool is_exponential(const ir::Value& value) {
    return value.op == Op::Math && static_cast<ir::MathOp>(value.symbol) == ir::MathOp::Exp;
}

bool is_early(const Builder& b, ValueId id) {
    return b.binding(id) != ir::Binding::Entity;
}

/// u log2(e) for something known before the entity.
ValueId scaled(Builder& b, ValueId u) {
    const std::optional<double> literal = b.constant(u);
    return literal ? b.real(*literal * std::numbers::log2e) : b.mul(u, b.real(std::numbers::log2e));
}

/// u log2(e) where that costs nothing more than u: nothing elsewhere.
std::optional<ValueId> scaled_argument(Builder& b, ValueId id) {
    const ir::Value value = b[id];
    switch (value.op) {
    case Op::Mul:
        for (const std::size_t factor : {0, 1}) {
            if (is_early(b, value.args[factor])) {
                return b.mul(value.args[1 - factor], scaled(b, value.args[factor]));
            }
        }
        return std::nullopt;
    case Op::Fma:
        for (const std::size_t factor : {0, 1}) {
            if (is_early(b, value.args[factor]) && is_early(b, value.args[2])) {
                return b.fma(value.args[1 - factor], scaled(b, value.args[factor]),
                             scaled(b, value.args[2]));
            }
        }
        return std::nullopt;
    case Op::Add:
        for (const std::size_t term : {0, 1}) {
            if (is_early(b, value.args[term])) {
                return b.fma(value.args[1 - term], b.real(std::numbers::log2e),
                             scaled(b, value.args[term]));
            }
        }
        return std::nullopt;
    default:
        return std::nullopt;
    }
}

} // namespace

bool use_powers_of_two(ir::Module& module, const Context& context) {
    if (context.options.strict) {
        return false;
    }
    bool changed = false;
    for (ir::Kernel& kernel : module.kernels) {
        if (!any_value(kernel, is_exponential)) {
            continue;
        }
        Rewrite rewrite(module, kernel);
        Builder& b = rewrite.builder();
        changed |= rewrite.run([&](const ir::Value& value, ValueId) -> std::optional<ValueId> {
            if (!is_exponential(value) || is_early(b, value.args[0])) {
                return std::nullopt;
            }
            const std::optional<ValueId> argument = scaled_argument(b, value.args[0]);
            return argument ? std::optional(b.math(ir::MathOp::Exp2, *argument)) : std::nullopt;
        });
    }
    return changed;
}

} // namespace hhc::passes
