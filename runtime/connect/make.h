// SPDX-License-Identifier: MIT
// Makes the synapses of a rule, numbered by source.
#pragma once

#include "base/array.h"

#include "hodg/connect.h"

#include <cstdint>
#include <span>
#include <vector>

namespace hodg::connect {

/// Both sides of a rule: how many, and which entity each position is of its population.
struct Sides {
    std::int64_t sources = 0;
    std::int64_t targets = 0;
    /// Position of the target that is the same neuron as a source, or -1; empty if none is.
    std::vector<std::int32_t> same;

    [[nodiscard]] std::int64_t same_as(std::int64_t source) const {
        return same.empty() ? -1 : same[static_cast<std::size_t>(source)];
    }
};

/// Synapses of source s: positions targets[begin[s]] to targets[begin[s + 1]].
struct Rows {
    std::vector<std::uint32_t> begin;
    base::Array<std::int32_t> targets;
};

/// More synapses than this have no number.
inline constexpr std::int64_t most_synapses = 4'000'000'000;

/// Throws Error HH6053 when `count` synapses are too many for one object, HH6029 when they do not
/// fit the memory.
void require_room(double count);

/// Throws Error HH6050 for a rule that cannot be followed.
[[nodiscard]] Rows make(const ConnectRule& rule, const Sides& sides, const ConnectOptions& options);

} // namespace hodg::connect
