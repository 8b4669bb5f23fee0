// SPDX-License-Identifier: MIT
// The smaller kernels: initial values, half step, events, what recorders and solvers ask for.
#include "lower/kernels.h"

#include "abi/kernel_abi.h"
#include "ir/host_states.h"
#include "lower/frame.h"
#include "lower/moment.h"
#include "lower/step.h"

#include <algorithm>
#include <string>
#include <utility>

namespace hhc::lower {

using ir::KernelKind;
using ir::ValueId;
using model::Role;

namespace {

ir::Kernel make_kernel(KernelKind kind) {
    ir::Kernel kernel;
    kernel.kind = kind;
    kernel.name = ir::text(kind);
    return kernel;
}

void add(Scope& scope, ir::Kernel kernel) {
    scope.module().kernels.push_back(std::move(kernel));
}

} // namespace

void mark_staggered(Equations& equations, const Plan& plan) {
    Scope& scope = equations.scope();
    for (const StateIndex state : equations.all()) {
        if (plan.is_staggered(state)) {
            const ir::UniformId flag =
                scope.add_hidden_uniform("stagger:" + equations.name(state), ir::Storage::Boolean);
            ir::Field& field = scope.module().fields[scope.field(equations[state].variable)];
            field.flags |= HHK_STAGGERED;
            field.stagger_flag = flag;
        }
    }
}

void add_init(Scope& scope, ir::Space space) {
    ir::Kernel kernel = make_kernel(KernelKind::Init);
    kernel.space = space;
    if (space != ir::Space::Each) {
        kernel.name += "_" + std::string(ir::text(space));
    }
    ir::Builder builder(scope.module(), kernel);
    Frame frame(scope, builder);
    for (const model::VariableId id : initial_order(scope.model())) {
        const ir::FieldId field = scope.field(id);
        if (!field.valid() || scope.module().fields[field].space != space) {
            continue;
        }
        const ir::Builder::Context context(builder, scope.variable(id).span);
        const ValueId old = builder.load(field);
        const ValueId value =
            of_type(builder, frame.of(scope.variable(id).initial), builder.type(old));
        const ValueId flag =
            builder.to_bool(builder.uniform(scope.module().fields[field].init_flag));
        const ValueId chosen = builder.select(flag, value, old);
        frame.set(scope.leaf(id), chosen);
        builder.store(field, chosen);
    }
    if (!kernel.stores.empty()) {
        add(scope, std::move(kernel));
    }
}

void add_half_step(Equations& equations, const Plan& plan, const Propagators& propagators) {
    if (plan.split.gates.empty()) {
        return;
    }
    Scope& scope = equations.scope();
    ir::Kernel kernel = make_kernel(KernelKind::HalfStep);
    ir::Builder builder(scope.module(), kernel);
    Frame start = start_of_step(scope, builder);
    Step step(equations, plan, propagators, start);
    for (const auto& [state, value] : step.half_step()) {
        const ir::FieldId field = scope.field(equations[state].variable);
        const ValueId flag =
            builder.to_bool(builder.uniform(scope.module().fields[field].stagger_flag));
        builder.store(field, builder.select(flag, value, builder.load(field)));
    }
    add(scope, std::move(kernel));
}

void add_events(Scope& scope) {
    const auto& events = scope.model().events;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const model::Event& event = events[model::EventId(i)];
        const bool spike = scope.module().events[ir::EventId(i)].sets_last_spike;
        if (!spike && event.statements.statements.empty()) {
            continue;
        }
        ir::Kernel kernel = make_kernel(KernelKind::OnEvent);
        kernel.name = "on_" + event.name;
        kernel.event = ir::EventId(i);
        ir::Builder builder(scope.module(), kernel);
        Frame frame(scope, builder);
        if (spike) {
            builder.store(scope.last_spike(), builder.step());
            frame.set(scope.graph().load(scope.last_spike()), builder.step());
            if (scope.not_refractory_field().valid()) {
                builder.store(scope.not_refractory_field(), builder.boolean(false));
                frame.set(scope.not_refractory_leaf(), builder.boolean(false));
            }
        }
        store_written(frame, run_block(frame, event.statements));
        add(scope, std::move(kernel));
    }
}

std::vector<model::VariableId> observables(Scope& scope, const std::vector<ValueId>& unseen) {
    std::vector<ValueId> noises = unseen;
    const auto& variables = scope.model().variables;
    for (std::size_t i = 0; i < variables.size(); ++i) {
        if (variables[model::VariableId(i)].role == Role::Noise) {
            noises.push_back(scope.leaf(model::VariableId(i)));
        }
    }
    std::vector<std::pair<model::VariableId, ValueId>> candidates;
    for (std::size_t i = 0; i < variables.size(); ++i) {
        const model::VariableId id(i);
        if (variables[id].side != model::Side::Own) {
            continue; // its population shows it
        }
        if (variables[id].role == Role::Subexpression) {
            candidates.emplace_back(id, scope.value(id));
        } else if (variables[id].role == Role::ConstantOverDt) {
            candidates.emplace_back(id, scope.definition(id));
        }
    }
    const std::vector<bool> noisy = ir::dependents(scope.graph_kernel(), noises);
    std::vector<model::VariableId> result;
    for (const auto& [id, value] : candidates) {
        if (!noisy[value.index]) {
            result.push_back(id);
        }
    }
    return result;
}

void add_observe(Scope& scope, const std::vector<ValueId>& unseen) {
    ir::Kernel kernel = make_kernel(KernelKind::Observe);
    ir::Builder builder(scope.module(), kernel);
    Frame frame = start_of_step(scope, builder);
    for (const model::VariableId id : observables(scope, unseen)) {
        builder.output(builder.to_real(frame.of(scope.value(id))));
    }
    if (!kernel.outputs.empty()) {
        add(scope, std::move(kernel));
    }
}

void add_expressions(Scope& scope, const std::vector<NamedExpression>& expressions) {
    ir::Kernel kernel = make_kernel(KernelKind::Observe);
    ir::Builder builder(scope.module(), kernel);
    Frame frame = start_of_step(scope, builder);
    for (const NamedExpression& expression : expressions) {
        const ValueId value = builder.to_real(frame.of(expression.value));
        builder.output(builder.name(value, expression.name));
    }
    add(scope, std::move(kernel));
}

namespace {

/// Beyond this many states no host solver wants a dense matrix from us.
constexpr std::size_t largest_matrix = 24;

} // namespace

void add_rhs(Equations& equations) {
    if (equations.size() == 0) {
        return;
    }
    Scope& scope = equations.scope();
    ir::Kernel kernel = make_kernel(KernelKind::Rhs);
    ir::Builder builder(scope.module(), kernel);
    Frame frame = start_of_step(scope, builder);
    for (const StateIndex state : equations.all()) {
        ValueId value = frame.of(equations[state].drift);
        if (ir::has_host_states(scope.module()) &&
            equations.variable(state).flags.unless_refractory) {
            value = builder.select(frame.not_refractory(), value, builder.real(0.0));
        }
        builder.output(value);
    }
    add(scope, std::move(kernel));
}

void add_jacobian(Equations& equations) {
    if (equations.size() == 0 || equations.size() > largest_matrix) {
        return;
    }
    Scope& scope = equations.scope();
    ir::Kernel kernel = make_kernel(KernelKind::Jacobian);
    ir::Builder builder(scope.module(), kernel);
    Frame frame = start_of_step(scope, builder);
    for (const StateIndex row : equations.all()) {
        for (const StateIndex column : equations.all()) {
            const Term entry = equations.jacobian(row, column);
            builder.output(entry ? frame.of(*entry) : builder.real(0.0));
        }
    }
    add(scope, std::move(kernel));
}

void add_linear(Equations& equations) {
    if (equations.size() == 0 || equations.size() > largest_matrix) {
        return;
    }
    const auto form = equations.linear(equations.all());
    if (!form) {
        return;
    }
    Scope& scope = equations.scope();
    ir::Kernel kernel = make_kernel(KernelKind::Linear);
    ir::Builder builder(scope.module(), kernel);
    Frame frame = start_of_step(scope, builder);
    const auto output = [&](const Term& term) {
        builder.output(term ? frame.of(*term) : builder.real(0.0));
    };
    for (const auto& row : form->matrix) {
        std::ranges::for_each(row, output);
    }
    std::ranges::for_each(form->offset, output);
    add(scope, std::move(kernel));
}

} // namespace hhc::lower
