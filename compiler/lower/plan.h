// SPDX-License-Identifier: MIT
// Which method advances which state. docs/methods.md is this room's contract with its users.
#pragma once

#include "lower/equations.h"
#include "lower/lower.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::lower {

enum class Method : std::uint8_t {
    Exact,
    Staggered,
    ExponentialEuler,
    Euler,
    Rk2,
    Rk4,
    Heun,
    Milstein,
    BackwardEuler,
    Cvode,
};

[[nodiscard]] std::string_view spelling(Method method);

/// States that belong together in a linear system of their own: none reads a state outside.
struct LinearPart {
    std::vector<StateIndex> states;
    Equations::Linear form;
    std::vector<std::vector<bool>> reach; // by row and column: exp(A) may differ from zero there
    bool per_entity = false;              // the matrix differs between entities
};

/// Kinetic schemes and gates: states that read only each other and the V states.
using GateBlock = std::vector<StateIndex>;

/// The two halves of the staggered method, and the linear states that stand alone.
struct Split {
    std::vector<StateIndex> potentials; // V: from t to t + dt
    std::vector<GateBlock> gates;       // G: from t + dt/2 to t + 3dt/2
    std::vector<LinearPart> linear;     // exact
    bool linearised = false;            // v is not linear in itself
    bool linearised_beside_v = false;   // another state of V is not
};

struct Plan {
    std::vector<Method> methods; // by state
    std::vector<LinearPart> exact;
    Split split;
    MethodReport report;
    std::vector<ir::FieldId> solved; // by state: where the host's solver leaves the new value

    [[nodiscard]] std::vector<StateIndex> with(Method method) const;
    [[nodiscard]] bool is_staggered(StateIndex state) const;
};

/// Chooses by the rules of docs/methods.md; refusals are errors of the sink of the scope.
[[nodiscard]] Plan make_plan(Equations& equations);

/// What a method cannot do with these states; nothing if it can.
struct Refusal {
    diag::Code code;
    Span span;
    std::string message;
    std::string note;
};
[[nodiscard]] std::optional<Refusal> refusal(Equations& equations, Method method,
                                             const std::vector<StateIndex>& states);
/// The same of the staggered step of a cell, which takes additive noise at most.
[[nodiscard]] std::optional<Refusal> refusal_in_cell(Equations& equations,
                                                     const std::vector<StateIndex>& states);

/// The linear system of `states` in independent parts, or why there is none.
struct LinearSystem {
    std::vector<LinearPart> parts;
    std::optional<Refusal> refusal;
};
[[nodiscard]] LinearSystem linear_system(Equations& equations,
                                         const std::vector<StateIndex>& states);

/// Makes the parameters `constant` that are coefficients of coupled linear equations and that the
/// model never assigns; gives their names. For `exact` asked for by name, which Brian 2 lets take
/// them.
std::vector<std::string> hold_coefficients(Equations& equations,
                                           const std::vector<StateIndex>& states);

/// The states that hang together, each group in order.
[[nodiscard]] std::vector<std::vector<StateIndex>> connected(const Equations& equations,
                                                             const std::vector<StateIndex>& states);

struct SplitResult {
    Split split;
    std::optional<Refusal> refusal;
};
[[nodiscard]] SplitResult split_states(Equations& equations, const std::vector<StateIndex>& states);

} // namespace hhc::lower
