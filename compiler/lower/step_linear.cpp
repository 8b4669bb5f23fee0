// SPDX-License-Identifier: MIT
// Exact steps of linear systems.
#include "lower/step.h"

namespace hhc::lower {

using ir::ValueId;

namespace {

/// (exprel(z) - 1)/z, the weight of the mean over a step; by its series near 0.
ValueId mean_weight(ir::Builder& builder, ValueId z) {
    // at |z| = 1/16 the series is right to z**7/9! = 1e-14, and the quotient to 2**-52/z = 4e-15
    constexpr double edge = 0.0625;
    ValueId series = builder.real(1.0 / 40320.0);
    for (const double divisor : {5040.0, 720.0, 120.0, 24.0, 6.0, 2.0}) {
        series = builder.add(builder.real(1.0 / divisor), builder.mul(z, series));
    }
    const ValueId quotient =
        builder.div(builder.sub(builder.math(ir::MathOp::Exprel, z), builder.real(1.0)), z);
    const ValueId small = builder.less(builder.math(ir::MathOp::Abs, z), builder.real(edge));
    return builder.select(small, series, quotient);
}

} // namespace

ValueId Step::load(const Slot& slot) {
    if (const auto* uniform = std::get_if<ir::UniformId>(&slot)) {
        return builder_.uniform(*uniform);
    }
    return builder_.load(std::get<ir::FieldId>(slot));
}

ValueId Step::moved_alone(StateIndex state, bool mean) {
    const ir::Builder::Context context(builder_, equations_.variable(state).span);
    const ValueId x = this->state(state);
    const ValueId slope = start_.of(equations_[state].drift);
    const Term a = start_.of(equations_.jacobian(state, state));
    if (!a) {
        const ValueId length = mean ? builder_.mul(builder_.real(0.5), dt_) : dt_;
        return builder_.add(x, builder_.mul(slope, length));
    }
    const ValueId z = builder_.mul(dt_, *a);
    const ValueId weight = mean ? mean_weight(builder_, z) : builder_.math(ir::MathOp::Exprel, z);
    return builder_.add(x, builder_.mul(slope, builder_.mul(dt_, weight)));
}

/// The states of the part at t + dt, or their means over the step.
Step::Values Step::moved(const LinearPart& part, const PartPropagator& propagator, bool mean) {
    if (part.states.size() == 1) {
        return {moved_alone(part.states[0], mean)};
    }
    const SlotMatrix& free = mean ? propagator.mean : propagator.integral;
    const SlotMatrix& held = mean ? propagator.held_mean : propagator.held_integral;
    const auto product = [&](const SlotMatrix& matrix, std::size_t i, bool without_held) {
        std::vector<ValueId> terms;
        for (std::size_t j = 0; j < part.states.size(); ++j) {
            const bool is_held = equations_.variable(part.states[j]).flags.unless_refractory;
            if (std::holds_alternative<std::monostate>(matrix[i][j]) || (without_held && is_held)) {
                continue;
            }
            const ValueId slope = start_.of(equations_[part.states[j]].drift);
            terms.push_back(builder_.mul(load(matrix[i][j]), slope));
        }
        return builder_.sum(terms);
    };
    Values values;
    for (std::size_t i = 0; i < part.states.size(); ++i) {
        const ir::Builder::Context context(builder_, equations_.variable(part.states[i]).span);
        ValueId change = product(free, i, false);
        if (!held.empty()) {
            change = builder_.select(start_.not_refractory(), change, product(held, i, true));
        }
        values.push_back(builder_.add(state(part.states[i]), change));
    }
    return values;
}

void Step::exact(const LinearPart& part) {
    const Values values = moved(part, propagators_.of(part), false);
    for (std::size_t i = 0; i < part.states.size(); ++i) {
        put(part.states[i], values[i]);
    }
}

} // namespace hhc::lower
