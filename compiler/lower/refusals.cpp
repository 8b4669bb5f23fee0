// SPDX-License-Identifier: MIT
// What each method cannot solve, and what to take instead.
#include "lower/held_slope.h"
#include "lower/moment.h"
#include "lower/plan.h"
#include "support/check.h"

#include <algorithm>

namespace hhc::lower {

namespace {

std::optional<Refusal> refuse_noise(const Equations& equations, Method method,
                                    const std::vector<StateIndex>& states) {
    for (const StateIndex state : states) {
        if (equations.is_stochastic(state)) {
            const bool cell = equations.scope().model().cell.has_value();
            return Refusal{diag::Code::MethodRefusesNoise, equations.variable(state).span,
                           "method `" + std::string(spelling(method)) +
                               "` cannot integrate the noise in the equation of `" +
                               equations.name(state) + "`",
                           cell ? "the other methods of a cell can, as long as it is only added"
                                : "choose `euler` for additive noise, `heun` or `milstein` for "
                                  "noise that is multiplied by a state"};
        }
    }
    return std::nullopt;
}

std::optional<Refusal> refuse_multiplicative(const Equations& equations,
                                             const std::vector<StateIndex>& states) {
    for (const StateIndex state : states) {
        for (const Term& factor : equations[state].noise) {
            if (factor && equations.depends_on_state(*factor)) {
                return Refusal{diag::Code::MultiplicativeNoise, equations.variable(state).span,
                               "method `euler` is wrong for noise that is multiplied by a state, "
                               "as in the equation of `" +
                                   equations.name(state) + "`",
                               "choose `heun`, or `milstein` if every state has its own noise"};
            }
        }
    }
    return std::nullopt;
}

/// CVODE moves the whole model, continuously, from t to t + dt.
std::optional<Refusal> refuse_host(const Equations& equations,
                                   const std::vector<StateIndex>& states) {
    const model::CheckedModel& model = equations.scope().model();
    if (model.kind == "synapse") {
        return Refusal{diag::Code::UnknownMethod, model.method_span,
                       "method `cvode` integrates populations, and `" + model.name +
                           "` is a synapse",
                       "choose another method; linear states of a synapse are solved exactly"};
    }
    for (const model::VariableId id : constants_over_dt(model)) {
        return Refusal{diag::Code::MethodRefusesNoise, model.variables[id].span,
                       "method `cvode` takes steps of its own, but `" + model.variables[id].name +
                           "` is drawn or fixed for a step of the network",
                       "remove `constant over dt`, or choose another method"};
    }
    if (states.size() < equations.size()) {
        return Refusal{diag::Code::UnknownMethod, equations.variable(states[0]).span,
                       "method `cvode` integrates a whole model, and not `" +
                           equations.name(states[0]) + "` alone",
                       "ask for `cvode` for the model, or for none of its states"};
    }
    return std::nullopt;
}

/// The elimination of an implicit step is written out, so the number of states is bounded.
constexpr std::size_t largest_implicit = 16;

std::optional<Refusal> refuse_implicit(const Equations& equations,
                                       const std::vector<StateIndex>& states) {
    if (states.size() > largest_implicit) {
        return Refusal{diag::Code::ModelTooLarge, equations.variable(states[0]).span,
                       "method `backward_euler` is for at most " +
                           std::to_string(largest_implicit) + " states, and here are " +
                           std::to_string(states.size()),
                       "choose `cvode`"};
    }
    return std::nullopt;
}

std::optional<Refusal> refuse_nonlinear(const Equations& equations,
                                        const std::vector<StateIndex>& states) {
    for (const StateIndex state : states) {
        if (equations[state].linear_in_itself) {
            continue;
        }
        const HeldSlope held =
            held_slope(equations.scope().graph(), equations[state].drift, equations[state].leaf);
        if (!held.separable || !held.slope) {
            return Refusal{diag::Code::NotConditionallyLinear, equations.variable(state).span,
                           "method `exponential_euler` needs equations of the form a*x + b, and "
                           "the one of `" +
                               equations.name(state) + "` is not",
                           "`rk4` or `euler` can solve it; without `method` the compiler chooses"};
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<Refusal> refusal(Equations& equations, Method method,
                               const std::vector<StateIndex>& states) {
    switch (method) {
    case Method::Exact:
        return linear_system(equations, states).refusal;
    case Method::Staggered: {
        auto noise = refuse_noise(equations, method, states);
        return noise ? noise : split_states(equations, states).refusal;
    }
    case Method::ExponentialEuler: {
        auto noise = refuse_noise(equations, method, states);
        return noise ? noise : refuse_nonlinear(equations, states);
    }
    case Method::Euler:
        return refuse_multiplicative(equations, states);
    case Method::Rk2:
    case Method::Rk4:
        return refuse_noise(equations, method, states);
    case Method::Heun:
        return std::nullopt;
    case Method::Milstein:
        if (equations.is_stochastic() && !equations.has_diagonal_noise()) {
            return Refusal{diag::Code::NoiseNotDiagonal, equations.variable(states[0]).span,
                           "method `milstein` needs equations with one noise each, multiplied by "
                           "no other state that has noise",
                           "choose `heun`"};
        }
        return std::nullopt;
    case Method::BackwardEuler: {
        auto noise = refuse_noise(equations, method, states);
        return noise ? noise : refuse_implicit(equations, states);
    }
    case Method::Cvode: {
        auto noise = refuse_noise(equations, method, states);
        return noise ? noise : refuse_host(equations, states);
    }
    }
    HHC_CHECK(false, "no such method");
}

std::optional<Refusal> refusal_in_cell(Equations& equations,
                                       const std::vector<StateIndex>& states) {
    for (const StateIndex state : states) {
        const bool multiplied =
            std::ranges::any_of(equations[state].noise, [&equations](const Term& factor) {
                return factor && equations.depends_on_state(*factor);
            });
        if (multiplied) {
            return Refusal{diag::Code::CableNoise, equations.variable(state).span,
                           "the noise in the equation of `" + equations.name(state) +
                               "` is multiplied by a state, which a cell cannot integrate",
                           "noise that is only added works; let an Ornstein-Uhlenbeck process "
                           "with additive noise stand for it, or a population of point "
                           "processes"};
        }
    }
    return split_states(equations, states).refusal;
}

} // namespace hhc::lower
