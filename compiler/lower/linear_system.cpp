// SPDX-License-Identifier: MIT
// Linear systems with coefficients that stay constant over a step: what `exact` can solve.
#include "abi/kernel_abi.h"
#include "ir/derivative.h"
#include "lower/plan.h"

#include <algorithm>

namespace hhc::lower {

using ir::ValueId;

namespace {

/// When the matrix of a part is known.
enum class Constancy : std::uint8_t { Run, Entity, Step };

Constancy constancy_of(const Equations& equations, ValueId value) {
    const ir::Kernel& graph = equations.scope().graph_kernel();
    const ir::Module& module = equations.scope().module();
    Constancy result = Constancy::Run;
    for (const ValueId leaf : leaves_of(graph, value)) {
        const ir::Value& node = graph.values[leaf];
        switch (node.op) {
        case ir::Op::LoadField: {
            const bool constant = node.symbol < module.fields.size() &&
                                  (module.fields[ir::FieldId(node.symbol)].flags & HHK_CONSTANT);
            result = std::max(result, constant ? Constancy::Entity : Constancy::Step);
            break;
        }
        case ir::Op::EntityIndex:
        case ir::Op::EntityCount:
            result = std::max(result, Constancy::Entity);
            break;
        case ir::Op::Time:
        case ir::Op::StepCount:
        case ir::Op::Random:
        case ir::Op::LoadForeign:
        case ir::Op::ForeignUniform:
            return Constancy::Step;
        case ir::Op::PreIndex:
        case ir::Op::PostIndex:
            result = std::max(result, Constancy::Entity);
            break;
        default:
            break;
        }
    }
    for (std::size_t i = 0; i <= value.index; ++i) {
        const ir::Op op = graph.values[ValueId(i)].op;
        if ((op == ir::Op::Random || op == ir::Op::Table) &&
            ir::depends_on(graph, value, ValueId(i))) {
            return Constancy::Step;
        }
    }
    return result;
}

/// First variable by name whose value in the matrix may change from step to step.
std::string changing_name(const Equations& equations, ValueId value) {
    const ir::Kernel& graph = equations.scope().graph_kernel();
    for (const ValueId leaf : leaves_of(graph, value)) {
        const ir::Value& node = graph.values[leaf];
        const auto& fields = equations.scope().module().fields;
        const bool field = node.op == ir::Op::LoadField && node.symbol < fields.size();
        if (field && (fields[ir::FieldId(node.symbol)].flags & HHK_CONSTANT) == 0) {
            return fields[ir::FieldId(node.symbol)].name;
        }
    }
    return {};
}

std::vector<std::vector<bool>> reach_of(const Equations::Linear& form) {
    const std::size_t n = form.matrix.size();
    std::vector<std::vector<bool>> reach(n, std::vector<bool>(n, false));
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            reach[i][j] = i == j || form.matrix[i][j].has_value();
        }
    }
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                reach[i][j] = reach[i][j] || (reach[i][k] && reach[k][j]);
            }
        }
    }
    return reach;
}

Refusal not_linear(const Equations& equations, StateIndex state) {
    return {diag::Code::ExactNotLinear, equations.variable(state).span,
            "method `exact` needs linear equations, and the one of `" + equations.name(state) +
                "` is not linear in the states",
            "`staggered`, `exponential_euler` or `rk4` can solve it; without `method` the compiler "
            "chooses"};
}

std::optional<Refusal> refuse_state(const Equations& equations, StateIndex state,
                                    const std::vector<StateIndex>& states) {
    const model::Variable& variable = equations.variable(state);
    if (equations.is_stochastic(state)) {
        return Refusal{diag::Code::MethodRefusesNoise, variable.span,
                       "method `exact` cannot integrate the noise in the equation of `" +
                           variable.name + "`",
                       "choose `euler` for additive noise, `heun` or `milstein` for noise that is "
                       "multiplied by a state"};
    }
    for (StateIndex other = 0; other < equations.size(); ++other) {
        const bool inside = std::ranges::find(states, other) != states.end();
        if (equations[state].reads[other] && !inside) {
            return Refusal{diag::Code::ExactNotConstant, variable.span,
                           "method `exact` cannot solve `" + variable.name +
                               "` alone: its equation reads `" + equations.name(other) +
                               "`, which changes within the step",
                           "let `exact` solve both, or neither"};
        }
    }
    if (equations.depends_on_time(equations[state].drift)) {
        return Refusal{
            diag::Code::ExactNotConstant, variable.span,
            "method `exact` needs an equation that stays the same over a step, and the "
            "one of `" +
                variable.name + "` depends on `t`",
            "`rk4` can solve it; or make a `constant over dt` value of the part with `t`"};
    }
    return std::nullopt;
}

/// Sets `per_entity`, or says which value forbids to compute the propagator in advance.
std::optional<Refusal> find_constancy(const Equations& equations, LinearPart& part) {
    if (part.states.size() == 1) {
        return std::nullopt; // solved in closed form in every step
    }
    for (std::size_t i = 0; i < part.states.size(); ++i) {
        for (const Term& entry : part.form.matrix[i]) {
            if (!entry) {
                continue;
            }
            const Constancy constancy = constancy_of(equations, *entry);
            part.per_entity = part.per_entity || constancy != Constancy::Run;
            if (constancy != Constancy::Step) {
                continue;
            }
            const model::Variable& variable = equations.variable(part.states[i]);
            const std::string name = changing_name(equations, *entry);
            const std::string what = name.empty() ? "a coefficient" : "`" + name + "`";
            return Refusal{diag::Code::ExactNotConstant, variable.span,
                           "method `exact` needs coefficients that never change in coupled "
                           "equations, and " +
                               what + " in the one of `" + variable.name + "` may",
                           name.empty() ? "choose another method"
                                        : "add the flag `(constant)` to `" + name + "`"};
        }
    }
    return std::nullopt;
}

bool assigns(const model::Block& block, std::string_view name, const model::CheckedModel& model) {
    return std::ranges::any_of(block.statements, [&](const model::Statement& statement) {
        return !statement.to_local && model.variables[statement.target].name == name;
    });
}

/// Some statement of the model itself writes it; those of synapses onto it are another matter.
bool is_assigned(const model::CheckedModel& model, std::string_view name) {
    const auto in = [&](const auto& part) { return assigns(part.statements, name, model); };
    return std::ranges::any_of(model.events.raw(), in) || std::ranges::any_of(model.updates, in) ||
           std::ranges::any_of(model.pathways, in);
}

/// The fields that a coefficient of coupled equations is computed from; none if they are not
/// linear.
std::vector<ir::FieldId> coefficient_fields(Equations& equations,
                                            const std::vector<StateIndex>& group) {
    std::vector<ir::FieldId> fields;
    const auto form = group.size() > 1 ? equations.linear(group) : std::nullopt;
    for (const auto& row : form ? form->matrix : std::vector<std::vector<Term>>{}) {
        for (const Term& entry : row) {
            const ir::Kernel& graph = equations.scope().graph_kernel();
            for (const ValueId leaf : entry ? leaves_of(graph, *entry) : std::vector<ValueId>{}) {
                if (graph.values[leaf].op == ir::Op::LoadField) {
                    fields.emplace_back(graph.values[leaf].symbol);
                }
            }
        }
    }
    return fields;
}

} // namespace

std::vector<std::string> hold_coefficients(Equations& equations,
                                           const std::vector<StateIndex>& states) {
    std::vector<std::string> held;
    Scope& scope = equations.scope();
    for (const std::vector<StateIndex>& group : connected(equations, states)) {
        for (const ir::FieldId id : coefficient_fields(equations, group)) {
            ir::Field& field = scope.module().fields[id];
            if (field.role == HHK_PARAMETER && (field.flags & HHK_CONSTANT) == 0 &&
                !is_assigned(scope.model(), field.name)) {
                field.flags |= HHK_CONSTANT;
                held.push_back(field.name);
            }
        }
    }
    return held;
}

std::vector<std::vector<StateIndex>> connected(const Equations& equations,
                                               const std::vector<StateIndex>& states) {
    std::vector<std::vector<StateIndex>> groups;
    std::vector<bool> done(equations.size(), false);
    for (const StateIndex start : states) {
        if (done[start]) {
            continue;
        }
        std::vector<StateIndex> group{start};
        done[start] = true;
        for (std::size_t next = 0; next < group.size(); ++next) {
            for (const StateIndex other : states) {
                const bool linked =
                    equations[group[next]].reads[other] || equations[other].reads[group[next]];
                if (linked && !done[other]) {
                    done[other] = true;
                    group.push_back(other);
                }
            }
        }
        std::ranges::sort(group);
        groups.push_back(std::move(group));
    }
    return groups;
}

LinearSystem linear_system(Equations& equations, const std::vector<StateIndex>& states) {
    LinearSystem system;
    for (const StateIndex state : states) {
        system.refusal = refuse_state(equations, state, states);
        if (system.refusal) {
            return system;
        }
    }
    for (std::vector<StateIndex>& group : connected(equations, states)) {
        auto form = equations.linear(group);
        if (!form) {
            const std::vector<StateIndex> linear = equations.linear_rows(group);
            const auto other = std::ranges::find_if(group, [&](StateIndex state) {
                return std::ranges::find(linear, state) == linear.end();
            });
            system.refusal = not_linear(equations, *other);
            return system;
        }
        LinearPart part{std::move(group), std::move(*form), {}, false};
        part.reach = reach_of(part.form);
        system.refusal = find_constancy(equations, part);
        if (system.refusal) {
            return system;
        }
        system.parts.push_back(std::move(part));
    }
    return system;
}

} // namespace hhc::lower
