// SPDX-License-Identifier: MIT
// Neurons whose spikes are given.
#pragma once

#include "hodg/export.h"
#include "hodg/population.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace hodg {

namespace stimulus {
class SpikeTable;
}

/// A handle. Its population has the event "spike" and no variable; it is added to a network,
/// recorded and used as a source as any other.
class HODG_API SpikeGenerator {
public:
    explicit SpikeGenerator(std::int64_t count, std::string name = {});

    [[nodiscard]] const Population& population() const { return population_; }

    /// Spikes of entities `indices[n]` at `times[n]` seconds, in any order, in place of those that
    /// were given before; a spike belongs to the step in which its time lies. May be called
    /// between runs. HH6016: no such entity; HH6013: a time that is not finite. Two spikes of one
    /// entity in one step are an error of the run (HH6047).
    void set(std::span<const double> times, std::span<const std::int64_t> indices);

private:
    std::shared_ptr<stimulus::SpikeTable> table_;
    Population population_;
};

} // namespace hodg
