// SPDX-License-Identifier: MIT
// Exponential updates, and the staggered method built of them.
#include "lower/held_slope.h"
#include "lower/signs.h"
#include "lower/step.h"

namespace hhc::lower {

using ir::ValueId;

namespace {

/// -rate*length; of a rate 1/tau without the detour over the reciprocal.
ValueId exponent(Frame& frame, ValueId rate, ValueId length) {
    ir::Builder& builder = frame.builder();
    ir::Builder& graph = frame.scope().graph();
    const ir::Value& value = graph[rate];
    if (value.op == ir::Op::Div && graph.is_real(value.args[0], 1.0)) {
        const ValueId tau = value.args[1];
        return builder.neg(builder.div(length, frame.of(tau)));
    }
    return builder.neg(builder.mul(length, frame.of(rate)));
}

} // namespace

/// x over `length`, everything else as in the frame. For dx/dt = a*x + b this is exact; otherwise a
/// is the slope at x, and it is of second order.
ValueId Step::exponential(Frame& frame, StateIndex state, ValueId length) {
    const ir::Builder::Context context(builder_, equations_.variable(state).span);
    const ValueId x = frame.of(equations_[state].leaf);
    const auto relaxation = equations_.relaxation(state);
    const bool positive = relaxation && is_positive(equations_.scope(), relaxation->rate);
    if (positive || (relaxation && equations_.variable(state).gate)) {
        ValueId steady = frame.of(relaxation->steady);
        if (!positive) { // a gate whose rates are both zero stands still: its 0/0 must not be
                         // looked at
            const ValueId rate = frame.of(relaxation->rate);
            const ValueId moves = builder_.not_equal(rate, builder_.real(0.0));
            steady = builder_.select(moves, steady, x);
        }
        const ValueId decay = builder_.exp(exponent(frame, relaxation->rate, length));
        return builder_.add(steady, builder_.mul(builder_.sub(x, steady), decay));
    }
    return exponential(frame, state, length, equations_.jacobian(state, state));
}

/// x + length*f(x)*exprel(a*length) with a given a: right at a = 0 too.
ValueId Step::exponential(Frame& frame, StateIndex state, ValueId length, Term slope) {
    const ValueId x = frame.of(equations_[state].leaf);
    const ValueId f = frame.of(equations_[state].drift);
    if (!slope) {
        return builder_.add(x, builder_.mul(length, f));
    }
    const ValueId a = frame.of(*slope);
    const ValueId factor = builder_.math(ir::MathOp::Exprel, builder_.mul(length, a));
    return builder_.add(x, builder_.mul(f, builder_.mul(length, factor)));
}

/// The same step with additive noise: what the noise leaves after decaying from any moment of the
/// step has the variance dt*exprel(2*a*dt) per unit, which is that of the equation.
ValueId Step::with_noise(Frame& frame, StateIndex state, ValueId value) {
    const Term noise = diffusion(frame, state);
    if (!noise) {
        return value;
    }
    const Term meaning = equations_.jacobian(state, state);
    if (!meaning) {
        return builder_.add(value, *noise);
    }
    const ValueId twice = builder_.mul(builder_.real(2.0), frame.of(*meaning));
    const ValueId left = builder_.math(ir::MathOp::Exprel, builder_.mul(twice, dt_));
    return builder_.add(value, builder_.mul(*noise, builder_.math(ir::MathOp::Sqrt, left)));
}

void Step::exponential_euler(const States& states) {
    for (const StateIndex state : states) {
        const Equation& equation = equations_[state];
        if (equation.linear_in_itself) {
            put(state, exponential(start_, state, dt_));
            continue;
        }
        const ir::Builder::Context context(builder_, equations_.variable(state).span);
        ir::Builder& graph = equations_.scope().graph();
        const Term slope = held_slope(graph, equation.drift, equation.leaf).slope;
        put(state, exponential(start_, state, dt_, slope));
    }
}

/// (1 - h/2 A) d = h f for the change d of a linear scheme, by elimination without pivoting: the
/// matrix of a kinetic scheme is diagonally dominant. Sums of states are conserved.
Step::Values Step::trapezoidal(Frame& frame, const GateBlock& block, ValueId length, Noise noise) {
    const std::size_t n = block.size();
    const ValueId half = builder_.mul(builder_.real(0.5), length);
    std::vector<std::vector<Term>> rows(n, std::vector<Term>(n + 1));
    const auto form = equations_.linear(block);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            if (const Term entry = frame.of(form->matrix[i][j])) {
                rows[i][j] = builder_.neg(builder_.mul(half, *entry));
            }
        }
        const ValueId one = builder_.real(1.0);
        rows[i][i] = rows[i][i] ? builder_.add(one, *rows[i][i]) : one;
        rows[i][n] = builder_.mul(length, frame.of(equations_[block[i]].drift));
        const Term kick = noise == Noise::With ? diffusion(frame, block[i]) : std::nullopt;
        if (kick) {
            rows[i][n] = builder_.add(*rows[i][n], *kick);
        }
    }
    Values values = solve(std::move(rows));
    for (std::size_t i = 0; i < n; ++i) {
        values[i] = builder_.add(frame.of(equations_[block[i]].leaf), values[i]);
    }
    return values;
}

void Step::gate_block(Frame& frame, const GateBlock& block, ValueId length, Noise noise,
                      std::map<StateIndex, ValueId>& result) {
    if (block.size() == 1) {
        const ValueId value = exponential(frame, block[0], length);
        result[block[0]] = noise == Noise::With ? with_noise(frame, block[0], value) : value;
        return;
    }
    const Values values = trapezoidal(frame, block, length, noise);
    for (std::size_t i = 0; i < block.size(); ++i) {
        result[block[i]] = values[i];
    }
}

Frame Step::middle() {
    Frame middle(start_);
    for (const LinearPart& part : plan_.split.linear) {
        const Values means = moved(part, propagators_.of(part), true);
        for (std::size_t i = 0; i < part.states.size(); ++i) {
            middle.set(equations_[part.states[i]].leaf, hold(part.states[i], means[i]));
        }
    }
    const ValueId half = builder_.mul(builder_.real(0.5), dt_);
    middle.set(equations_.scope().time_leaf(), builder_.add(builder_.time(), half));
    return middle;
}

void Step::staggered() {
    const Split& split = plan_.split;
    // V from t to t + dt: gates stand at t + dt/2 already, linear states by their mean
    for (const LinearPart& part : split.linear) {
        exact(part);
    }
    Frame middle = this->middle();
    const auto& cell = equations_.scope().model().cell;
    for (const StateIndex state : split.potentials) {
        if (cell && equations_[state].variable == cell->potential) {
            next_[state] = this->state(state); // moved by the cable equation already
        } else {
            put(state, with_noise(middle, state, exponential(middle, state, dt_)));
        }
    }
    // G from t + dt/2 to t + 3dt/2 with everything else at t + dt
    Frame ahead(start_);
    for (const StateIndex state : split.potentials) {
        ahead.set(equations_[state].leaf, next_[state]);
    }
    for (const LinearPart& part : split.linear) {
        for (const StateIndex state : part.states) {
            ahead.set(equations_[state].leaf, next_[state]);
        }
    }
    ahead.set(equations_.scope().time_leaf(), builder_.add(builder_.time(), dt_));
    std::map<StateIndex, ValueId> gates;
    for (const GateBlock& block : split.gates) {
        gate_block(ahead, block, dt_, Noise::With, gates);
    }
    for (const auto& [state, value] : gates) {
        put(state, value);
    }
}

std::map<StateIndex, ValueId> Step::half_step() {
    const ValueId half = builder_.mul(builder_.real(0.5), dt_);
    Frame frame(start_);
    frame.set(equations_.scope().time_leaf(),
              builder_.add(builder_.time(), builder_.mul(builder_.real(0.25), dt_)));
    std::map<StateIndex, ValueId> result;
    for (const GateBlock& block : plan_.split.gates) {
        gate_block(frame, block, half, Noise::Without, result);
    }
    return result;
}

} // namespace hhc::lower
