// SPDX-License-Identifier: MIT
#include "passes/open_tangents.h"

#include "passes/rewrite.h"

namespace hhc::passes {
namespace {

using ir::MathOp;
using ir::Op;
using ir::ValueId;

bool is_tangent(const ir::Value& value) {
    return is_math(value, MathOp::Tanh);
}

/// x and the sign of 1 + tanh(x) or 1 - tanh(x), where nothing else uses the tangent.
std::optional<std::pair<ValueId, double>>
step_argument(const ir::Builder& b, const ir::Value& value, const std::vector<bool>& only_use) {
    if (value.op != Op::Add && value.op != Op::Sub) {
        return std::nullopt;
    }
    for (const std::size_t one : {std::size_t{0}, std::size_t{1}}) {
        const ValueId tangent = value.args[1 - one];
        if (b.is_real(value.args[one], 1.0) && is_tangent(b[tangent]) && only_use[1 - one] &&
            (value.op == Op::Add || one == 0)) {
            return std::pair{b[tangent].args[0], value.op == Op::Add ? 2.0 : -2.0};
        }
    }
    return std::nullopt;
}

} // namespace

bool open_tangents(ir::Module& module, const Context& context) {
    if (context.options.strict) {
        return false;
    }
    bool changed = false;
    for (ir::Kernel& kernel : module.kernels) {
        if (!any_value(kernel, is_tangent)) {
            continue;
        }
        const std::vector<std::uint32_t> uses = use_counts(kernel);
        std::vector<std::vector<bool>> only_use;
        for (const ir::Value& value : kernel.values) {
            std::vector<bool>& own = only_use.emplace_back();
            for (const ValueId arg : value.args) {
                own.push_back(uses[arg.index] == 1);
            }
        }
        Rewrite rewrite(module, kernel);
        ir::Builder& b = rewrite.builder();
        changed |= rewrite.run([&](const ir::Value& value, ValueId id) -> std::optional<ValueId> {
            const auto step = step_argument(b, value, only_use[id.index]);
            if (!step) {
                return std::nullopt;
            }
            const ValueId twice = b.mul(b.real(step->second), step->first);
            return b.mul(b.real(2.0), b.math(MathOp::Sigmoid, twice));
        });
    }
    return changed;
}

} // namespace hhc::passes
