// SPDX-License-Identifier: MIT
// The stage: layout, equations, plan, kernels, description.
#include "lower/lower.h"

#include "ir/host_states.h"
#include "lower/checks.h"
#include "lower/describe.h"
#include "lower/equations.h"
#include "lower/kernels.h"
#include "lower/plan.h"
#include "lower/propagators.h"
#include "lower/scope.h"
#include "lower/signs.h"
#include "lower/synapse.h"
#include "lower/time_constants.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace hhc::lower {

namespace {

/// The host's solver writes the states of t + dt into fields of their own; `advance` takes them
/// from there, so that events see both ends of the step. The potential of a cell needs none.
void reserve_solved(Equations& equations, Plan& plan) {
    plan.solved.resize(equations.size());
    const auto& cell = equations.scope().model().cell;
    for (const StateIndex state : plan.with(Method::Cvode)) {
        if (cell && equations[state].variable == cell->potential) {
            continue;
        }
        plan.solved[state] = equations.scope().add_hidden_field(std::string(ir::solved_prefix) +
                                                                equations.name(state));
    }
}

void add_kernels(Equations& equations, Plan& plan) {
    Scope& scope = equations.scope();
    reserve_solved(equations, plan);
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

/// "0.24 ms"
std::string milliseconds(double seconds) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2g ms", 1e3 * seconds);
    return text.data();
}

} // namespace

Lowered lower(const model::CheckedModel& model, const Options& options, diag::Sink& sink) {
    if (model.kind == "synapse") {
        return lower_synapse(model, options, sink);
    }
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
        Plan plan = make_plan(equations);
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
    const std::optional<TimeConstant> fastest = fastest_time_constant(scope, result.methods);
    if (fastest) {
        result.methods.remarks.push_back("fastest time constant at the start: `" + fastest->state +
                                         "`, " + milliseconds(fastest->seconds) +
                                         "; dt should be at most half of it");
    }
    result.module = std::move(scope.module());
    result.module.description = describe(model, result.module, result.methods, observed, fastest);
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
