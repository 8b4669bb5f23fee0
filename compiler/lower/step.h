// SPDX-License-Identifier: MIT
// One step of every method, written as IR. Each function computes the new values of its states from
// a frame of the values at t, and puts them into `next`; nothing is stored here.
#pragma once

#include "lower/frame.h"
#include "lower/plan.h"
#include "lower/propagators.h"

#include <map>
#include <vector>

namespace hhc::lower {

/// What all methods work with.
class Step {
public:
    Step(Equations& equations, const Plan& plan, const Propagators& propagators, Frame& start);

    /// New values of all states, by state.
    [[nodiscard]] std::vector<ir::ValueId> advance();
    /// Values of the staggered states half a step later, by state.
    [[nodiscard]] std::map<StateIndex, ir::ValueId> half_step();
    /// What V reads in a staggered step: gates at t + dt/2, exact states by their means.
    [[nodiscard]] Frame middle();
    /// Of a state over the step: sum of factor*dW.
    Term diffusion(Frame& frame, StateIndex state);

private:
    using States = std::vector<StateIndex>;
    using Values = std::vector<ir::ValueId>; // beside a list of states

    // step_explicit.cpp
    void euler(const States& states);
    void rk2(const States& states);
    void rk4(const States& states);
    void heun(const States& states);
    void milstein(const States& states);
    Values drifts(Frame& frame, const States& states);
    ir::ValueId drift(Frame& frame, StateIndex state);
    ir::ValueId increment(std::size_t noise);
    Frame stage(const States& states, const Values& slopes, ir::ValueId length);

    // step_exponential.cpp
    void exponential_euler(const States& states);
    void staggered();
    enum class Noise : bool { Without, With };
    ir::ValueId exponential(Frame& frame, StateIndex state, ir::ValueId length);
    ir::ValueId exponential(Frame& frame, StateIndex state, ir::ValueId length, Term slope);
    ir::ValueId with_noise(Frame& frame, StateIndex state, ir::ValueId value);
    void gate_block(Frame& frame, const GateBlock& block, ir::ValueId length, Noise noise,
                    std::map<StateIndex, ir::ValueId>& result);
    Values trapezoidal(Frame& frame, const GateBlock& block, ir::ValueId length, Noise noise);

    // step_implicit.cpp
    void backward_euler(const States& states);
    void solved_by_host(const States& states);
    /// Solves rows (n columns and the right-hand side) by elimination without pivoting.
    Values solve(std::vector<std::vector<Term>> rows);

    // step_linear.cpp
    void exact(const LinearPart& part);
    Values moved(const LinearPart& part, const PartPropagator& propagator, bool mean);
    ir::ValueId moved_alone(StateIndex state, bool mean);
    ir::ValueId load(const Slot& slot);

    ir::ValueId state(StateIndex state) { return start_.of(equations_[state].leaf); }
    /// The new value, or the old one of an `unless refractory` state of a refractory entity.
    ir::ValueId hold(StateIndex state, ir::ValueId value);
    void put(StateIndex state, ir::ValueId value);

    Equations& equations_;
    const Plan& plan_;
    const Propagators& propagators_;
    Frame& start_;
    ir::Builder& builder_;
    ir::ValueId dt_;
    std::vector<ir::ValueId> next_;
};

} // namespace hhc::lower
