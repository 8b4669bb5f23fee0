// SPDX-License-Identifier: MIT
// Euler, Runge-Kutta and the stochastic methods. A state that is held by refractoriness has drift
// and noise zero in every stage, as if its equation were multiplied by not_refractory.
#include "lower/step.h"
#include "support/check.h"

namespace hhc::lower {

using ir::ValueId;

Step::Step(Equations& equations, const Plan& plan, const Propagators& propagators, Frame& start)
    : equations_(equations), plan_(plan), propagators_(propagators), start_(start),
      builder_(start.builder()), dt_(start.builder().dt()), next_(equations.size()) {}

std::vector<ValueId> Step::advance() {
    for (const LinearPart& part : plan_.exact) {
        exact(part);
    }
    if (!plan_.split.potentials.empty()) {
        staggered();
    }
    exponential_euler(plan_.with(Method::ExponentialEuler));
    euler(plan_.with(Method::Euler));
    rk2(plan_.with(Method::Rk2));
    rk4(plan_.with(Method::Rk4));
    heun(plan_.with(Method::Heun));
    milstein(plan_.with(Method::Milstein));
    backward_euler(plan_.with(Method::BackwardEuler));
    solved_by_host(plan_.with(Method::Cvode));
    return next_;
}

ValueId Step::hold(StateIndex state, ValueId value) {
    if (!equations_.variable(state).flags.unless_refractory) {
        return value;
    }
    return builder_.select(start_.not_refractory(), value, this->state(state));
}

void Step::put(StateIndex state, ValueId value) {
    next_[state] = builder_.name(hold(state, value), equations_.name(state));
}

ValueId Step::drift(Frame& frame, StateIndex state) {
    const ir::Builder::Context context(builder_, equations_.variable(state).span);
    const ValueId value = frame.of(equations_[state].drift);
    if (!equations_.variable(state).flags.unless_refractory) {
        return value;
    }
    return builder_.select(start_.not_refractory(), value, builder_.real(0.0));
}

Step::Values Step::drifts(Frame& frame, const States& states) {
    Values values;
    for (const StateIndex state : states) {
        values.push_back(drift(frame, state));
    }
    return values;
}

ValueId Step::increment(std::size_t noise) {
    // sqrt(dt) times one standard normal per noise, entity and step, whatever reads it
    const std::string& name = equations_.scope().variable(equations_.noises()[noise]).name;
    const ValueId normal = builder_.random(ir::Distribution::Normal, stream_of("noise " + name));
    return builder_.mul(builder_.math(ir::MathOp::Sqrt, dt_), normal);
}

Term Step::diffusion(Frame& frame, StateIndex state) {
    Term sum;
    for (std::size_t k = 0; k < equations_.noises().size(); ++k) {
        const Term factor = frame.of(equations_[state].noise[k]);
        if (factor) {
            const ValueId term = builder_.mul(*factor, increment(k));
            sum = sum ? builder_.add(*sum, term) : term;
        }
    }
    if (sum && equations_.variable(state).flags.unless_refractory) {
        sum = builder_.select(start_.not_refractory(), *sum, builder_.real(0.0));
    }
    return sum;
}

/// The moment t + length with every state moved along its slope; the others stay as they are.
Frame Step::stage(const States& states, const Values& slopes, ValueId length) {
    Frame frame(start_);
    for (std::size_t i = 0; i < states.size(); ++i) {
        frame.set(equations_[states[i]].leaf,
                  builder_.add(state(states[i]), builder_.mul(length, slopes[i])));
    }
    frame.set(equations_.scope().time_leaf(), builder_.add(builder_.time(), length));
    return frame;
}

void Step::euler(const States& states) {
    for (const StateIndex state : states) {
        ValueId change = builder_.mul(dt_, drift(start_, state));
        if (const Term noise = diffusion(start_, state)) {
            change = builder_.add(change, *noise);
        }
        put(state, builder_.add(this->state(state), change));
    }
}

void Step::rk2(const States& states) {
    if (states.empty()) {
        return;
    }
    const ValueId half = builder_.mul(builder_.real(0.5), dt_);
    Frame middle = stage(states, drifts(start_, states), half);
    const Values slopes = drifts(middle, states);
    for (std::size_t i = 0; i < states.size(); ++i) {
        put(states[i], builder_.add(state(states[i]), builder_.mul(dt_, slopes[i])));
    }
}

void Step::rk4(const States& states) {
    if (states.empty()) {
        return;
    }
    const ValueId half = builder_.mul(builder_.real(0.5), dt_);
    const Values k1 = drifts(start_, states);
    Frame second = stage(states, k1, half);
    const Values k2 = drifts(second, states);
    Frame third = stage(states, k2, half);
    const Values k3 = drifts(third, states);
    Frame fourth = stage(states, k3, dt_);
    const Values k4 = drifts(fourth, states);
    const ValueId sixth = builder_.div(dt_, builder_.real(6.0));
    for (std::size_t i = 0; i < states.size(); ++i) {
        const ValueId inner = builder_.mul(builder_.real(2.0), builder_.add(k2[i], k3[i]));
        const ValueId sum = builder_.add(builder_.add(k1[i], inner), k4[i]);
        put(states[i], builder_.add(state(states[i]), builder_.mul(sixth, sum)));
    }
}

void Step::heun(const States& states) {
    if (states.empty()) {
        return;
    }
    const Values first = drifts(start_, states);
    std::vector<Term> noise;
    Frame ahead(start_);
    for (std::size_t i = 0; i < states.size(); ++i) {
        noise.push_back(diffusion(start_, states[i]));
        ValueId change = builder_.mul(dt_, first[i]);
        change = noise[i] ? builder_.add(change, *noise[i]) : change;
        ahead.set(equations_[states[i]].leaf, builder_.add(state(states[i]), change));
    }
    ahead.set(equations_.scope().time_leaf(), builder_.add(builder_.time(), dt_));
    const Values second = drifts(ahead, states);
    const ValueId one_half = builder_.real(0.5);
    for (std::size_t i = 0; i < states.size(); ++i) {
        ValueId change =
            builder_.mul(builder_.mul(one_half, dt_), builder_.add(first[i], second[i]));
        if (noise[i]) {
            const ValueId both = builder_.add(*noise[i], *diffusion(ahead, states[i]));
            change = builder_.add(change, builder_.mul(one_half, both));
        }
        put(states[i], builder_.add(state(states[i]), change));
    }
}

void Step::milstein(const States& states) {
    ir::Builder& graph = equations_.scope().graph();
    for (const StateIndex state : states) {
        ValueId change = builder_.mul(dt_, drift(start_, state));
        for (std::size_t k = 0; k < equations_.noises().size(); ++k) {
            const Term& factor = equations_[state].noise[k];
            if (!factor) {
                continue;
            }
            change = builder_.add(change, *diffusion(start_, state));
            const Term slope = ir::Derivative(graph, equations_[state].leaf).of(*factor);
            if (slope) { // Stratonovich: half of g g' dW**2
                const ValueId square = builder_.mul(increment(k), increment(k));
                const ValueId product = builder_.mul(start_.of(*factor), start_.of(*slope));
                change = builder_.add(
                    change, builder_.mul(builder_.mul(builder_.real(0.5), product), square));
            }
        }
        put(state, builder_.add(this->state(state), change));
    }
}

} // namespace hhc::lower
