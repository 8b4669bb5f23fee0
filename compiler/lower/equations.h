// SPDX-License-Identifier: MIT
// The differential equations of a model as graph values, and the questions that methods ask about
// them: who reads whom, what is linear in what, what stays constant over a step.
#pragma once

#include "lower/scope.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hhc::lower {

using StateIndex = std::size_t;
using Term = std::optional<ir::ValueId>; // none: zero

/// x relaxes: dx/dt = rate*(steady - x).
struct Relaxation {
    ir::ValueId steady;
    ir::ValueId rate;
};

/// One differential equation.
struct Equation {
    model::VariableId variable;
    ir::ValueId leaf;        // the state itself
    ir::ValueId drift;       // dx/dt without noise
    std::vector<Term> noise; // factor of each noise
    std::vector<bool> reads; // by state: the drift or a noise factor is computed from it
    bool linear_in_itself = false;
    bool smooth_in_itself = true; // its derivative with respect to itself has no jumps
};

class Equations {
public:
    /// Reports noise that does not enter linearly. Only the wanted states; the others are held.
    explicit Equations(Scope& scope, const std::function<bool(model::VariableId)>& wanted = {});

    [[nodiscard]] Scope& scope() const { return *scope_; }
    [[nodiscard]] std::size_t size() const { return equations_.size(); }
    const Equation& operator[](StateIndex i) const { return equations_[i]; }
    [[nodiscard]] const std::vector<model::VariableId>& noises() const { return noises_; }
    [[nodiscard]] std::string name(StateIndex i) const;
    [[nodiscard]] const model::Variable& variable(StateIndex i) const;
    [[nodiscard]] std::optional<StateIndex> find(model::VariableId id) const;
    [[nodiscard]] std::vector<StateIndex> all() const;

    [[nodiscard]] bool is_stochastic() const;
    [[nodiscard]] bool is_stochastic(StateIndex i) const;
    /// Some factor of a noise is computed from a state.
    [[nodiscard]] bool has_multiplicative_noise() const;
    /// Every noise factor reads no state with noise but its own, and no equation has two noises.
    [[nodiscard]] bool has_diagonal_noise() const;

    /// d drift(i) / d state(j) in the graph.
    Term jacobian(StateIndex i, StateIndex j);
    /// The drifts of `states` as A x + b; nothing if one is not linear in them.
    struct Linear {
        std::vector<std::vector<Term>> matrix; // by row, column within `states`
        std::vector<Term> offset;
    };
    std::optional<Linear> linear(const std::vector<StateIndex>& states);
    /// Those of `states` whose drift is linear in all of them taken together.
    [[nodiscard]] std::vector<StateIndex> linear_rows(const std::vector<StateIndex>& states) const;
    /// Where the equation says so: a gate, `(inf - x)/tau`, `k*(inf - x)`,
    /// `alpha*(1 - x) - beta*x`.
    std::optional<Relaxation> relaxation(StateIndex i);

    /// Computed from t itself (tables of t are constant over a step).
    [[nodiscard]] bool depends_on_time(ir::ValueId value) const;
    /// Computed from one of the states.
    [[nodiscard]] bool depends_on_state(ir::ValueId value) const;
    /// Ito's drift in the sense of Stratonovich: less half the factors times their slopes.
    void subtract_ito_correction();

private:
    std::vector<ir::ValueId> leaves(const std::vector<StateIndex>& states) const;
    void add_equation(model::VariableId id);
    void split_noise(Equation& equation);
    void find_reads();
    std::optional<Relaxation> relaxation_of(ir::ValueId value, ir::ValueId leaf);
    std::optional<Relaxation> relaxation_by_rates(ir::ValueId value, ir::ValueId leaf);
    std::optional<Relaxation> relaxation_of_product(const ir::Value& value, ir::ValueId leaf);

    Scope* scope_;
    std::vector<Equation> equations_;
    std::vector<model::VariableId> noises_;
};

} // namespace hhc::lower
