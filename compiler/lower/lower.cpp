// SPDX-License-Identifier: MIT
// The stage: layout, equations, plan, kernels, description.
#include "lower/lower.h"

#include "ir/derivative.h"
#include "lower/describe.h"
#include "lower/equations.h"
#include "lower/kernels.h"
#include "lower/plan.h"
#include "lower/propagators.h"
#include "lower/scope.h"
#include "lower/signs.h"

#include <algorithm>

namespace hhc::lower {

namespace {

constexpr std::size_t most_states = 1000;

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

void add_kernels(Equations& equations, const Plan& plan) {
    Scope& scope = equations.scope();
    mark_staggered(equations, plan);
    const Propagators propagators(equations, plan);
    add_init(scope);
    add_half_step(equations, plan, propagators);
    add_advance(equations, plan, propagators);
    add_events(scope);
    add_observe(scope);
    if (scope.model().cell) {
        add_cable(equations, plan, propagators);
    } else {
        add_rhs(equations);
        add_jacobian(equations);
        add_linear(equations);
    }
    check_kernels(scope);
}

} // namespace

Lowered lower(const model::CheckedModel& model, const Options& options, diag::Sink& sink) {
    Scope scope(model, options, sink);
    for (const model::VariableId id : model.evaluation_order) { // shallow: each after what it reads
        if (model.variables[id].role == model::Role::Subexpression) {
            (void)scope.value(id);
        }
    }
    Equations equations(scope);
    check_updates(scope, equations);
    check_shared_draws(scope);
    Lowered result;
    if (check_size(scope, equations) && !sink.has_errors()) {
        const Plan plan = make_plan(equations);
        check_current_signs(equations);
        if (!sink.has_errors()) {
            add_kernels(equations, plan);
        }
        result.methods = plan.report;
    }
    std::vector<std::string> observed;
    for (const model::VariableId id : observables(scope)) {
        observed.push_back(model.variables[id].name);
    }
    result.module = std::move(scope.module());
    result.module.description = describe(model, result.module, result.methods, observed);
    return result;
}

ir::Module lower_expressions(const model::CheckedModel& model,
                             const std::vector<NamedExpression>& expressions,
                             const Options& options, diag::Sink& sink) {
    Scope scope(model, options, sink);
    add_expressions(scope, expressions);
    check_kernels(scope);
    return std::move(scope.module());
}

} // namespace hhc::lower
