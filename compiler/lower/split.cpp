// SPDX-License-Identifier: MIT
// The two halves of the staggered method: V, the membrane potential and whatever else must stand
// beside it, and G, gates and kinetic schemes that read only themselves and V.
#include "lower/plan.h"

#include <algorithm>

namespace hhc::lower {

namespace {

bool contains(const std::vector<StateIndex>& states, StateIndex state) {
    return std::ranges::find(states, state) != states.end();
}

std::vector<StateIndex> without(const std::vector<StateIndex>& states,
                                const std::vector<StateIndex>& removed) {
    std::vector<StateIndex> rest;
    for (const StateIndex state : states) {
        if (!contains(removed, state)) {
            rest.push_back(state);
        }
    }
    return rest;
}

bool is_closed(const Equations& equations, StateIndex state,
               const std::vector<StateIndex>& candidates) {
    for (StateIndex other = 0; other < equations.size(); ++other) {
        if (equations[state].reads[other] && !contains(candidates, other)) {
            return false;
        }
    }
    return !equations.depends_on_time(equations[state].drift);
}

/// The largest set of states that form linear systems of their own.
std::vector<LinearPart> stand_alone(Equations& equations, std::vector<StateIndex> candidates) {
    for (std::size_t before = candidates.size() + 1; before != candidates.size();) {
        before = candidates.size();
        const std::vector<StateIndex> all = candidates;
        std::erase_if(candidates,
                      [&](StateIndex state) { return !is_closed(equations, state, all); });
        if (candidates.size() == before) {
            candidates = equations.linear_rows(all);
        }
    }
    while (!candidates.empty()) {
        LinearSystem system = linear_system(equations, candidates);
        if (!system.refusal) {
            return std::move(system.parts);
        }
        // a coupled part whose coefficients may change: leave out everything coupled to it
        std::vector<StateIndex> alone;
        for (const StateIndex state : candidates) {
            const bool coupled = std::ranges::any_of(candidates, [&](StateIndex other) {
                return other != state &&
                       (equations[state].reads[other] || equations[other].reads[state]);
            });
            if (!coupled) {
                alone.push_back(state);
            }
        }
        candidates = std::move(alone);
    }
    return {};
}

/// Groups of states that read each other, directly or around a circle, within `states`.
std::vector<GateBlock> circles(const Equations& equations, const std::vector<StateIndex>& states) {
    const std::size_t n = states.size();
    std::vector<std::vector<bool>> reach(n, std::vector<bool>(n, false));
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            reach[i][j] = i == j || equations[states[i]].reads[states[j]];
        }
    }
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; reach[i][k] && j < n; ++j) {
                reach[i][j] = reach[i][j] || reach[k][j];
            }
        }
    }
    std::vector<GateBlock> blocks;
    std::vector<bool> done(n, false);
    for (std::size_t i = 0; i < n; ++i) {
        if (done[i]) {
            continue;
        }
        GateBlock block;
        for (std::size_t j = i; j < n; ++j) {
            if (reach[i][j] && reach[j][i]) {
                done[j] = true;
                block.push_back(states[j]);
            }
        }
        blocks.push_back(std::move(block));
    }
    return blocks;
}

/// How many states outside of itself a block reads or is read by, among the other blocks.
std::size_t conflicts(const Equations& equations, const std::vector<GateBlock>& blocks,
                      std::size_t which) {
    std::size_t count = 0;
    for (std::size_t other = 0; other < blocks.size(); ++other) {
        for (const StateIndex a : blocks[which]) {
            for (const StateIndex b : blocks[other]) {
                const bool linked = equations[a].reads[b] || equations[b].reads[a];
                count += other != which && linked ? 1 : 0;
            }
        }
    }
    return count;
}

bool is_gate(const Equations& equations, StateIndex state) {
    const model::Variable& variable = equations.variable(state);
    return variable.gate.has_value() || !variable.scheme.empty();
}

bool is_gate(const Equations& equations, const GateBlock& block) {
    return std::ranges::any_of(block, [&](StateIndex state) { return is_gate(equations, state); });
}

/// A circle that is no linear scheme is opened beside the gates in it: concentrations that they
/// read and change stand with V, and what is left may be schemes. States of V are added to
/// `potentials`.
std::vector<GateBlock> opened(const Equations& equations, const GateBlock& circle,
                              std::vector<StateIndex>& potentials) {
    GateBlock gates;
    GateBlock others;
    for (const StateIndex state : circle) {
        (is_gate(equations, state) ? gates : others).push_back(state);
    }
    if (gates.empty() || others.empty()) {
        potentials.insert(potentials.end(), circle.begin(), circle.end());
        return {};
    }
    potentials.insert(potentials.end(), others.begin(), others.end());
    return circles(equations, gates);
}

/// Moves blocks into V until no two that are left read each other: those with most conflicts first,
/// declared gates last.
void resolve_conflicts(const Equations& equations, std::vector<GateBlock>& blocks, Split& split) {
    for (;;) {
        std::size_t worst = blocks.size();
        std::size_t most = 0;
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            const std::size_t count = conflicts(equations, blocks, i);
            const bool tie_broken = count > 0 && count == most && worst < blocks.size() &&
                                    is_gate(equations, blocks[worst]) &&
                                    !is_gate(equations, blocks[i]);
            if (count > most || tie_broken) {
                most = count;
                worst = i;
            }
        }
        if (most == 0) {
            return;
        }
        for (const StateIndex state : blocks[worst]) {
            split.potentials.push_back(state);
        }
        blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(worst));
    }
}

/// Larger schemes would need more arithmetic than an explicit step.
constexpr std::size_t largest_scheme = 12;

bool solvable(Equations& equations, const GateBlock& block) {
    return block.size() <= largest_scheme && equations.linear(block).has_value();
}

Refusal refuse(const Equations& equations, StateIndex state, std::string why) {
    return {diag::Code::NotConditionallyLinear, equations.variable(state).span,
            "method `staggered` needs equations with a derivative in their own state, and " +
                std::move(why),
            "`rk4` or `euler` can solve it; without `method` the compiler chooses"};
}

} // namespace

SplitResult split_states(Equations& equations, const std::vector<StateIndex>& states) {
    SplitResult result;
    Split& split = result.split;
    const auto potential = equations.scope().model().membrane_potential();
    const auto v = potential ? equations.find(*potential) : std::nullopt;
    if (!v || !contains(states, *v)) {
        result.refusal =
            Refusal{diag::Code::StaggeredNeedsPotential, equations.scope().model().method_span,
                    "method `staggered` needs a membrane potential",
                    "name it `v`, or choose another method"};
        return result;
    }
    std::vector<StateIndex> quiet = without(states, {*v}); // noise is no part of an exact step
    std::erase_if(quiet, [&](StateIndex state) { return equations.is_stochastic(state); });
    split.linear = stand_alone(equations, std::move(quiet));
    std::vector<StateIndex> rest = without(states, {*v});
    for (const LinearPart& part : split.linear) {
        rest = without(rest, part.states);
    }
    split.potentials = {*v};
    split.linearised = !equations[*v].linear_in_itself;
    if (split.linearised && !equations[*v].smooth_in_itself && !equations.scope().model().cell) {
        result.refusal = refuse(equations, *v,
                                "the one of `" + equations.name(*v) + "` has jumps or kinks in it");
        return result;
    }
    std::vector<GateBlock> blocks = circles(equations, rest);
    for (std::size_t i = 0; i < blocks.size();) {
        if (solvable(equations, blocks[i])) {
            ++i;
            continue;
        }
        const std::vector<GateBlock> parts = opened(equations, blocks[i], split.potentials);
        blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(i));
        blocks.insert(blocks.end(), parts.begin(), parts.end());
    }
    resolve_conflicts(equations, blocks, split);
    split.gates = std::move(blocks);
    std::ranges::sort(split.potentials);
    for (const StateIndex state : split.potentials) {
        const bool has_derivative =
            equations[state].linear_in_itself || equations[state].smooth_in_itself;
        if (state != *v && !has_derivative && !equations.scope().model().cell) {
            result.refusal =
                refuse(equations, state,
                       "the one of `" + equations.name(state) + "` has jumps or kinks in it");
            return result;
        }
        split.linearised_beside_v =
            split.linearised_beside_v || (state != *v && !equations[state].linear_in_itself);
    }
    return result;
}

} // namespace hhc::lower
