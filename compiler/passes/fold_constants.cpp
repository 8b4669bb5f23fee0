// SPDX-License-Identifier: MIT
#include "passes/fold_constants.h"

#include "passes/rewrite.h"

#include <algorithm>
#include <array>

namespace hhc::passes {

using ir::Op;

bool fold_constants(ir::Module& module, const Context& context) {
    bool changed = false;
    for (ir::Kernel& kernel : module.kernels) {
        const auto foldable = [&](const ir::Value& value) {
            return !value.args.empty() && std::ranges::all_of(value.args, [&](ir::ValueId arg) {
                return kernel.values[arg].op <= Op::ConstBool;
            });
        };
        if (!any_value(kernel, foldable)) {
            continue;
        }
        Rewrite rewrite(module, kernel);
        ir::Builder& b = rewrite.builder();
        const auto is_literal = [&](ir::ValueId id) { return b[id].op <= Op::ConstBool; };
        changed |=
            rewrite.run([&](const ir::Value& value, ir::ValueId) -> std::optional<ir::ValueId> {
                if (value.args.empty() || !std::ranges::all_of(value.args, is_literal)) {
                    return std::nullopt;
                }
                if (value.op == Op::Math && context.options.evaluate != nullptr) {
                    std::array<double, 3> args{};
                    std::ranges::transform(value.args, args.begin(),
                                           [&](ir::ValueId id) { return *b.constant(id); });
                    return b.real(context.options.evaluate(static_cast<ir::MathOp>(value.symbol),
                                                           args.data()));
                }
                const ir::ValueId folded = b.emit(value);
                return is_literal(folded) ? std::optional(folded) : std::nullopt;
            });
    }
    return changed;
}

} // namespace hhc::passes
