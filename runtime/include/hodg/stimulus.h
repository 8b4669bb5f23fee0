// SPDX-License-Identifier: MIT
// Given currents and drives: a series of values over time, added to a variable of a population.
#pragma once

#include "hodg/export.h"
#include "hodg/population.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hodg {

namespace stimulus {
class StimulusState;
}

/// A handle: copies refer to the same stimulus. Pulse trains, current clamps and deep brain
/// stimulation are series of edges.
///
/// An input of the model gets the value in every step, beside what synapses add. A parameter is the
/// user's value plus the stimulus; it is the user's again after a run, and whenever an operation
/// may look at it. A parameter that is no longer the same in a step makes what is derived from it
/// be computed again, so inputs are the cheaper targets.
class HODG_API Stimulus {
public:
    /// Drives `variable` of the entities `indices` (none: all) of `target`. HH6048 for a variable
    /// that is neither an input nor a parameter.
    Stimulus(const Population& target, std::string_view variable,
             std::vector<std::int64_t> indices = {});

    /// From step onset + steps[n] on the value is values[n], until the next edge; before the first
    /// it is 0. Steps ascend and may be negative. With `period` (steps) the edges, which lie within
    /// [0, period), come again and again from `onset` on. May be called between runs; empty: no
    /// drive.
    void set(std::span<const std::int64_t> steps, std::span<const double> values,
             std::int64_t onset = 0, std::int64_t period = 0);

    [[nodiscard]] double value(std::int64_t step) const;

    [[nodiscard]] const std::shared_ptr<stimulus::StimulusState>& state() const { return state_; }

private:
    std::shared_ptr<stimulus::StimulusState> state_;
};

} // namespace hodg
