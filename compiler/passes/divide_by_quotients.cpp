// SPDX-License-Identifier: MIT
#include "passes/divide_by_quotients.h"

#include "passes/rewrite.h"

#include <cmath>
#include <optional>

namespace hhc::passes {
namespace {

using ir::Binding;
using ir::Op;
using ir::ValueId;

/// A divisor that is made of something early, c, and something of the entity, y.
struct Divisor {
    Op op = Op::Div;
    ValueId early;
    ValueId late;
    bool early_first = false; // c/y, not y/c
};

bool moderate(std::optional<double> literal) {
    constexpr double limit = 1e30; // its reciprocal is far from the ends of float32, too
    return !literal || (std::abs(*literal) < limit && std::abs(*literal) > 1 / limit);
}

std::optional<Divisor> split(const ir::Builder& b, ValueId id) {
    const ir::Value& value = b[id];
    if ((value.op != Op::Div && value.op != Op::Mul) || b.binding(id) != Binding::Entity) {
        return std::nullopt;
    }
    const ValueId first = value.args[0];
    const ValueId second = value.args[1];
    const bool early_first = b.binding(first) != Binding::Entity;
    if (early_first == (b.binding(second) != Binding::Entity)) {
        return std::nullopt;
    }
    const Divisor found{.op = value.op,
                        .early = early_first ? first : second,
                        .late = early_first ? second : first,
                        .early_first = early_first};
    return moderate(b.constant(found.early)) ? std::optional(found) : std::nullopt;
}

} // namespace

bool divide_by_quotients(ir::Module& module, const Context& context) {
    if (context.options.strict) {
        return false;
    }
    bool changed = false;
    for (ir::Kernel& kernel : module.kernels) {
        if (!any_value(kernel, [](const ir::Value& value) { return value.op == Op::Div; })) {
            continue;
        }
        Rewrite rewrite(module, kernel);
        ir::Builder& b = rewrite.builder();
        changed |= rewrite.run([&](const ir::Value& value, ValueId) -> std::optional<ValueId> {
            if (value.op != Op::Div) {
                return std::nullopt;
            }
            const std::optional<Divisor> divisor = split(b, value.args[1]);
            if (!divisor) {
                return std::nullopt;
            }
            const ValueId a = value.args[0];
            const auto inverse = [&] { return b.div(b.real(1.0), divisor->early); };
            if (divisor->op == Op::Mul) {
                return b.div(b.mul(a, inverse()), divisor->late);
            }
            if (divisor->early_first) {
                return b.mul(b.mul(a, divisor->late), inverse());
            }
            return b.div(b.mul(a, divisor->early), divisor->late);
        });
    }
    return changed;
}

} // namespace hhc::passes
