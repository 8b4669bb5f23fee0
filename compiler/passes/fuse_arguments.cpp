// SPDX-License-Identifier: MIT
#include "passes/fuse_arguments.h"

#include "ir/linear_atoms.h"
#include "passes/rewrite.h"

namespace hhc::passes {
namespace {

bool feels_absolute_error(ir::MathOp op) {
    return op == ir::MathOp::Exp || op == ir::MathOp::Exprel || op == ir::MathOp::InvExprel ||
           op == ir::MathOp::Sigmoid;
}

bool has_argument(const ir::Value& value) {
    return value.op == ir::Op::Math && feels_absolute_error(static_cast<ir::MathOp>(value.symbol));
}

} // namespace

bool fuse_arguments(ir::Module& module, const Context& context) {
    if (context.options.strict) {
        return false;
    }
    bool changed = false;
    for (ir::Kernel& kernel : module.kernels) {
        if (!any_value(kernel, has_argument)) {
            continue;
        }
        Rewrite rewrite(module, kernel);
        ir::Builder& b = rewrite.builder();
        changed |=
            rewrite.run([&](const ir::Value& value, ir::ValueId) -> std::optional<ir::ValueId> {
                const auto op = static_cast<ir::MathOp>(value.symbol);
                if (value.op != ir::Op::Math || !feels_absolute_error(op) ||
                    b.binding(value.args[0]) != ir::Binding::Entity) {
                    return std::nullopt;
                }
                const std::optional<ir::ValueId> argument = fused_form(b, value.args[0]);
                return argument
                           ? std::optional(b.math(static_cast<ir::MathOp>(value.symbol), *argument))
                           : std::nullopt;
            });
    }
    return changed;
}

} // namespace hhc::passes
