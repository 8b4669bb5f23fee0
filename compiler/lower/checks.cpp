// SPDX-License-Identifier: MIT
#include "lower/checks.h"

#include "ir/derivative.h"

#include <string>

namespace hhc::lower {

namespace {

constexpr std::size_t most_states = 1000;

} // namespace

void check_updates(Scope& scope, const Equations& equations) {
    for (const model::Update& update : scope.model().updates) {
        if (update.place == model::UpdatePlace::Instead && equations.size() > 0) {
            scope.sink()
                .report(diag::Code::UpdateInsteadOfEquations, update.span,
                        "an `update` block stands in the place of the integrator, but `" +
                            equations.name(0) + "` has a differential equation")
                .note("write `update before` or `update after`");
        }
    }
}

void check_shared_draws(Scope& scope) {
    const auto& variables = scope.model().variables;
    for (std::size_t i = 0; i < variables.size(); ++i) {
        const model::Variable& variable = variables[model::VariableId(i)];
        if (variable.role != model::Role::ConstantOverDt || !variable.flags.shared) {
            continue;
        }
        const ir::ValueId value = scope.definition(model::VariableId(i));
        const auto& graph = scope.graph_kernel();
        for (std::size_t k = 0; k <= value.index; ++k) {
            const ir::ValueId id(k);
            if (graph.values[id].op == ir::Op::Random && ir::depends_on(graph, value, id)) {
                scope.sink()
                    .report(diag::Code::SharedRandom, variable.span,
                            "`" + variable.name + "` is shared, but draws are made per neuron")
                    .note("remove `shared`, or give the values as a timed array");
                return;
            }
        }
    }
}

bool check_size(Scope& scope, const Equations& equations) {
    if (equations.size() <= most_states &&
        scope.graph_kernel().values.size() <= ir::max_kernel_values) {
        return true;
    }
    scope.sink().report(diag::Code::ModelTooLarge, {},
                        "model `" + scope.model().name + "` has " +
                            std::to_string(equations.size()) + " states and " +
                            std::to_string(scope.graph_kernel().values.size()) +
                            " operations; the limits are " + std::to_string(most_states) + " and " +
                            std::to_string(ir::max_kernel_values));
    return false;
}

void check_kernels(Scope& scope) {
    for (const ir::Kernel& kernel : scope.module().kernels) {
        if (kernel.values.size() > ir::max_kernel_values) {
            scope.sink().report(diag::Code::ModelTooLarge, {},
                                "kernel `" + kernel.name + "` of model `" + scope.model().name +
                                    "` has " + std::to_string(kernel.values.size()) +
                                    " operations; the limit is " +
                                    std::to_string(ir::max_kernel_values));
        }
    }
}

} // namespace hhc::lower
