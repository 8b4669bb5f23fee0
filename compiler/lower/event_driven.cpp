// SPDX-License-Identifier: MIT
#include "lower/event_driven.h"

#include "lower/plan.h"

#include <algorithm>
#include <utility>

namespace hhc::lower {

using ir::ValueId;

EventDriven::EventDriven(Scope& scope, const std::function<bool(model::VariableId)>& wanted)
    : equations_(scope, wanted) {
    for (std::vector<StateIndex>& group : connected(equations_, equations_.all())) {
        auto form = equations_.linear(group);
        const auto noisy = std::ranges::find_if(
            group, [&](StateIndex state) { return equations_.is_stochastic(state); });
        if (noisy != group.end()) {
            scope.sink().report(diag::Code::MethodRefusesNoise, equations_.variable(*noisy).span,
                                "the event-driven state `" + equations_.name(*noisy) +
                                    "` cannot have noise: nothing is computed between events");
        } else if (!form) {
            const std::vector<StateIndex> linear = equations_.linear_rows(group);
            const auto other = *std::ranges::find_if(group, [&](StateIndex state) {
                return std::ranges::find(linear, state) == linear.end();
            });
            scope.sink()
                .report(diag::Code::EventDrivenNotLinear, equations_.variable(other).span,
                        "`" + equations_.name(other) +
                            "` is event-driven, but its equation is not linear")
                .note("`(clock-driven)` computes it at every step");
        } else {
            groups_.push_back({std::move(group), std::move(*form)});
        }
    }
}

void EventDriven::propagate(Frame& frame) {
    Scope& scope = frame.scope();
    ir::Builder& builder = frame.builder();
    const ValueId steps = builder.sub(builder.step(), builder.load(scope.last_update()));
    const ValueId h = builder.mul(builder.to_real(steps), builder.dt());
    const Frame before(frame);
    for (const Group& group : groups_) {
        group.states.size() == 1 ? propagate_one(frame, group, h)
                                 : propagate_coupled(frame, group, h);
    }
}

/// x exp(a h), or x + f(x) h exprel(a h): exact, and at rest where f is zero.
void EventDriven::propagate_one(Frame& frame, const Group& group, ValueId h) {
    const StateIndex state = group.states[0];
    ir::Builder& builder = frame.builder();
    const ir::Builder::Context context(builder, equations_.variable(state).span);
    const ValueId x = frame.of(equations_[state].leaf);
    const Term a = frame.of(group.form.matrix[0][0]);
    ValueId value = x;
    if (!a) {
        value = builder.add(x, builder.mul(frame.of(equations_[state].drift), h));
    } else if (const ValueId z = builder.mul(h, *a); !group.form.offset[0]) {
        value = builder.mul(x, builder.exp(z));
    } else {
        const ValueId weight = builder.mul(h, builder.math(ir::MathOp::Exprel, z));
        value = builder.add(x, builder.mul(frame.of(equations_[state].drift), weight));
    }
    frame.set(equations_[state].leaf, builder.name(value, equations_.name(state)));
}

/// x + (integral of exp(A s) from 0 to h) f(x).
void EventDriven::propagate_coupled(Frame& frame, const Group& group, ValueId h) {
    ir::Builder& builder = frame.builder();
    const std::size_t n = group.states.size();
    std::vector<ValueId> elements;
    std::vector<ValueId> slopes;
    for (std::size_t i = 0; i < n; ++i) {
        for (const Term& entry : group.form.matrix[i]) {
            elements.push_back(entry ? frame.of(*entry) : builder.real(0.0));
        }
        slopes.push_back(frame.of(equations_[group.states[i]].drift));
    }
    const ValueId integral =
        builder.matrix_exp_integral(builder.matrix(static_cast<std::int64_t>(n), elements), h);
    std::vector<ValueId> values;
    for (std::size_t i = 0; i < n; ++i) {
        std::vector<ValueId> terms;
        for (std::size_t j = 0; j < n; ++j) {
            const ValueId entry = builder.element(integral, static_cast<std::int64_t>(i),
                                                  static_cast<std::int64_t>(j));
            terms.push_back(builder.mul(entry, slopes[j]));
        }
        const ValueId x = frame.of(equations_[group.states[i]].leaf);
        values.push_back(builder.add(x, builder.sum(terms)));
    }
    for (std::size_t i = 0; i < n; ++i) {
        const StateIndex state = group.states[i];
        frame.set(equations_[state].leaf, builder.name(values[i], equations_.name(state)));
    }
}

} // namespace hhc::lower
