// SPDX-License-Identifier: MIT
#include "lower/equations.h"

#include "ir/derivative.h"
#include "support/check.h"

#include <algorithm>

namespace hhc::lower {

using ir::ValueId;
using model::Role;

Equations::Equations(Scope& scope, const std::function<bool(model::VariableId)>& wanted)
    : scope_(&scope) {
    const auto& variables = scope.model().variables;
    for (std::size_t i = 0; i < variables.size(); ++i) {
        if (variables[model::VariableId(i)].role == Role::Noise) {
            noises_.emplace_back(i);
        }
    }
    for (std::size_t i = 0; i < variables.size(); ++i) {
        const model::Variable& variable = variables[model::VariableId(i)];
        if (variable.role == Role::State && variable.definition.valid() &&
            (!wanted || wanted(model::VariableId(i)))) {
            add_equation(model::VariableId(i));
        }
    }
    if (scope.model().ito) {
        subtract_ito_correction();
    }
    find_reads();
}

void Equations::add_equation(model::VariableId id) {
    Equation equation;
    equation.variable = id;
    equation.leaf = scope_->leaf(id);
    equation.drift = scope_->definition(id);
    split_noise(equation);
    equations_.push_back(std::move(equation));
}

void Equations::split_noise(Equation& equation) {
    equation.noise.resize(noises_.size());
    std::vector<ValueId> leaves;
    for (const model::VariableId noise : noises_) {
        leaves.push_back(scope_->leaf(noise));
    }
    const std::vector<bool> noisy = ir::dependents(scope_->graph_kernel(), leaves);
    if (!noisy[equation.drift.index]) {
        return;
    }
    const auto form = ir::linear_form(scope_->graph(), equation.drift, leaves);
    if (!form) {
        const model::Variable& variable = scope_->variable(equation.variable);
        scope_->sink()
            .report(diag::Code::NoiseNotLinear, variable.span,
                    "the noise in the equation of `" + variable.name +
                        "` must be multiplied by factors and added, nothing else")
            .note("white noise has no value of its own: its square or its sine mean nothing");
        return;
    }
    equation.noise = form->slopes;
    equation.drift = form->offset.value_or(scope_->graph().real(0.0));
}

void Equations::find_reads() {
    for (Equation& equation : equations_) {
        equation.reads.assign(equations_.size(), false);
    }
    for (StateIndex j = 0; j < equations_.size(); ++j) {
        const ValueId leaf = equations_[j].leaf;
        const std::vector<bool> depends =
            ir::dependents(scope_->graph_kernel(), std::span(&leaf, 1));
        for (Equation& equation : equations_) {
            bool reads = depends[equation.drift.index];
            for (const Term& factor : equation.noise) {
                reads = reads || (factor && depends[factor->index]);
            }
            equation.reads[j] = reads;
        }
    }
    for (Equation& equation : equations_) {
        const ir::Linearity how =
            ir::linearity(scope_->graph_kernel(), equation.drift, equation.leaf);
        equation.linear_in_itself = how != ir::Linearity::Nonlinear;
        if (!equation.linear_in_itself) {
            ir::Derivative derivative(scope_->graph(), equation.leaf);
            (void)derivative.of(equation.drift);
            equation.smooth_in_itself = !derivative.non_smooth();
        }
    }
}

std::string Equations::name(StateIndex i) const {
    return variable(i).name;
}

const model::Variable& Equations::variable(StateIndex i) const {
    return scope_->variable(equations_[i].variable);
}

std::optional<StateIndex> Equations::find(model::VariableId id) const {
    const auto found = std::ranges::find(equations_, id, &Equation::variable);
    if (found == equations_.end()) {
        return std::nullopt;
    }
    return static_cast<StateIndex>(found - equations_.begin());
}

std::vector<StateIndex> Equations::all() const {
    std::vector<StateIndex> states(equations_.size());
    for (StateIndex i = 0; i < states.size(); ++i) {
        states[i] = i;
    }
    return states;
}

bool Equations::is_stochastic(StateIndex i) const {
    return std::ranges::any_of(equations_[i].noise, [](const Term& term) { return !!term; });
}

bool Equations::is_stochastic() const {
    return std::ranges::any_of(all(), [this](StateIndex i) { return is_stochastic(i); });
}

bool Equations::has_multiplicative_noise() const {
    for (const Equation& equation : equations_) {
        for (const Term& factor : equation.noise) {
            if (factor && depends_on_state(*factor)) {
                return true;
            }
        }
    }
    return false;
}

bool Equations::has_diagonal_noise() const {
    for (StateIndex i = 0; i < equations_.size(); ++i) {
        int count = 0;
        for (const Term& factor : equations_[i].noise) {
            if (!factor) {
                continue;
            }
            ++count;
            for (StateIndex j = 0; j < equations_.size(); ++j) {
                if (j != i && is_stochastic(j) &&
                    ir::depends_on(scope_->graph_kernel(), *factor, equations_[j].leaf)) {
                    return false;
                }
            }
        }
        if (count > 1) {
            return false;
        }
    }
    return true;
}

Term Equations::jacobian(StateIndex i, StateIndex j) {
    if (!equations_[i].reads[j]) {
        return std::nullopt;
    }
    return ir::Derivative(scope_->graph(), equations_[j].leaf).of(equations_[i].drift);
}

std::vector<ValueId> Equations::leaves(const std::vector<StateIndex>& states) const {
    std::vector<ValueId> result;
    for (const StateIndex i : states) {
        result.push_back(equations_[i].leaf);
    }
    return result;
}

std::vector<StateIndex> Equations::linear_rows(const std::vector<StateIndex>& states) const {
    const auto how = ir::linearities(scope_->graph_kernel(), leaves(states));
    std::vector<StateIndex> result;
    for (const StateIndex state : states) {
        if (how[equations_[state].drift.index] != ir::Linearity::Nonlinear) {
            result.push_back(state);
        }
    }
    return result;
}

std::optional<Equations::Linear> Equations::linear(const std::vector<StateIndex>& states) {
    if (linear_rows(states).size() != states.size()) {
        return std::nullopt;
    }
    const std::vector<ValueId> unknowns = leaves(states);
    Linear result;
    for (const StateIndex i : states) {
        auto form = ir::linear_form(scope_->graph(), equations_[i].drift, unknowns);
        result.matrix.push_back(std::move(form->slopes));
        result.offset.push_back(form->offset);
    }
    return result;
}

std::optional<Relaxation> Equations::relaxation(StateIndex i) {
    const model::Variable& variable = this->variable(i);
    ir::Builder& graph = scope_->graph();
    if (variable.gate && variable.gate->by_rates) {
        const ValueId alpha = scope_->value(variable.gate->alpha);
        const ValueId rate = graph.add(alpha, scope_->value(variable.gate->beta));
        return Relaxation{graph.div(alpha, rate), rate};
    }
    if (variable.gate) {
        const ValueId tau = scope_->value(variable.gate->tau);
        return Relaxation{scope_->value(variable.gate->steady), graph.div(graph.real(1.0), tau)};
    }
    if (!equations_[i].linear_in_itself) {
        return std::nullopt;
    }
    return relaxation_of(equations_[i].drift, equations_[i].leaf);
}

std::optional<Relaxation> Equations::relaxation_of(ValueId id, ValueId leaf) {
    ir::Builder& graph = scope_->graph();
    const ir::Value value = graph[id]; // a copy: the graph grows below
    switch (value.op) {
    case ir::Op::Sub:
        if (value.args[1] == leaf && !ir::depends_on(graph.kernel(), value.args[0], leaf)) {
            return Relaxation{value.args[0], graph.real(1.0)};
        }
        return relaxation_by_rates(id, leaf);
    case ir::Op::Add:
        return relaxation_by_rates(id, leaf);
    case ir::Op::Neg: {
        if (value.args[0] == leaf) {
            return Relaxation{graph.real(0.0), graph.real(1.0)};
        }
        const ir::Value inner = graph[value.args[0]];
        if (inner.op == ir::Op::Sub && inner.args[0] == leaf &&
            !ir::depends_on(graph.kernel(), inner.args[1], leaf)) {
            return Relaxation{inner.args[1], graph.real(1.0)};
        }
        return std::nullopt;
    }
    case ir::Op::Mul:
    case ir::Op::Div:
        return relaxation_of_product(value, leaf);
    default:
        return std::nullopt;
    }
}

/// A slope of -alpha - beta or -(alpha + beta), in either order, and the offset alpha.
std::optional<Relaxation> Equations::relaxation_by_rates(ValueId id, ValueId leaf) {
    ir::Builder& graph = scope_->graph();
    const auto form = ir::linear_form(graph, id, leaf);
    if (!form || !form->slope || !form->offset) {
        return std::nullopt;
    }
    const ValueId alpha = *form->offset;
    const ir::Value slope = graph[*form->slope];
    ValueId first;
    ValueId second;
    if (slope.op == ir::Op::Sub || slope.op == ir::Op::Add) {
        first = graph.neg(slope.args[0]);
        second = slope.op == ir::Op::Sub ? slope.args[1] : graph.neg(slope.args[1]);
    } else if (slope.op == ir::Op::Neg && graph[slope.args[0]].op == ir::Op::Add) {
        const ir::Value sum = graph[slope.args[0]];
        first = sum.args[0];
        second = sum.args[1];
    } else {
        return std::nullopt;
    }
    if (first != alpha && second != alpha) {
        return std::nullopt;
    }
    const ValueId rate = graph.add(first, second);
    return Relaxation{graph.div(alpha, rate), rate};
}

std::optional<Relaxation> Equations::relaxation_of_product(const ir::Value& value, ValueId leaf) {
    ir::Builder& graph = scope_->graph();
    const bool first = ir::depends_on(graph.kernel(), value.args[0], leaf);
    if (value.op == ir::Op::Div && !first) {
        return std::nullopt;
    }
    const ValueId inside = first ? value.args[0] : value.args[1];
    const ValueId factor = first ? value.args[1] : value.args[0];
    if (ir::depends_on(graph.kernel(), factor, leaf)) {
        return std::nullopt;
    }
    auto result = relaxation_of(inside, leaf);
    if (result) {
        result->rate = value.op == ir::Op::Div ? graph.div(result->rate, factor)
                                               : graph.mul(result->rate, factor);
    }
    return result;
}

bool Equations::depends_on_time(ValueId value) const {
    return std::ranges::any_of(leaves_of(scope_->graph_kernel(), value), [this](ValueId leaf) {
        return scope_->graph_kernel().values[leaf].op == ir::Op::Time;
    });
}

bool Equations::depends_on_state(ValueId value) const {
    return std::ranges::any_of(leaves_of(scope_->graph_kernel(), value), [this](ValueId leaf) {
        return std::ranges::find(equations_, leaf, &Equation::leaf) != equations_.end();
    });
}

void Equations::subtract_ito_correction() {
    // dx_i = f_i dt + sum_k g_ik dW_k of Ito is Stratonovich with f_i - 1/2 sum_jk g_jk dg_ik/dx_j
    ir::Builder& graph = scope_->graph();
    std::vector<std::vector<ValueId>> corrections(equations_.size());
    for (StateIndex i = 0; i < equations_.size(); ++i) {
        for (StateIndex j = 0; j < equations_.size(); ++j) {
            ir::Derivative derivative(graph, equations_[j].leaf);
            for (std::size_t k = 0; k < noises_.size(); ++k) {
                const Term& own = equations_[i].noise[k];
                const Term& other = equations_[j].noise[k];
                const Term slope = own && other ? derivative.of(*own) : std::nullopt;
                if (slope) {
                    corrections[i].push_back(graph.mul(*other, *slope));
                }
            }
        }
    }
    for (StateIndex i = 0; i < equations_.size(); ++i) {
        if (!corrections[i].empty()) {
            const ValueId half = graph.mul(graph.real(0.5), graph.sum(corrections[i]));
            equations_[i].drift = graph.sub(equations_[i].drift, half);
        }
    }
}

} // namespace hhc::lower
