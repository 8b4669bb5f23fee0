// SPDX-License-Identifier: MIT
// Where synapses are stored: sorted by the part of the targets that a thread owns, then source,
// delay, and number. So what a spike reaches is one piece of memory for each thread and delay.
#pragma once

#include "base/array.h"
#include "synapse/connectivity.h"

#include <cstdint>
#include <span>
#include <vector>

namespace hodg::synapse {

/// The synapses of one part of the targets, stored one after the other.
struct Part {
    std::uint32_t begin = 0; // a multiple of HHK_BLOCK
    std::uint32_t end = 0;
    std::vector<std::uint32_t> rows; // per source, and one more: where its synapses begin
};

struct Layout {
    std::vector<Part> parts;
    base::Array<std::int32_t> post;      // target of each stored synapse
    base::Array<std::uint32_t> creation; // number of each; empty: the place is the number
    std::vector<std::int64_t> bounds;    // targets [bounds[p], bounds[p + 1]) are of part p
    std::size_t synapses = 0;

    /// Places, gaps between parts included.
    [[nodiscard]] std::uint32_t stored() const { return parts.empty() ? 0 : parts.back().end; }
    [[nodiscard]] std::uint32_t number(std::uint32_t place) const {
        return creation.empty() ? place : creation[place];
    }
    /// visit(place, source) for every synapse as it is stored.
    template <class Visit> void for_each(const Visit& visit) const {
        for (const Part& part : parts) {
            for (std::size_t s = 0; s + 1 < part.rows.size(); ++s) {
                for (std::uint32_t at = part.rows[s]; at < part.rows[s + 1]; ++at) {
                    visit(at, static_cast<std::int32_t>(s));
                }
            }
        }
    }
};

/// Steps of delay of each synapse in order of numbers; empty where all have the same.
using DelaySteps = base::Array<std::int32_t>;

/// Consumes `connectivity`.
[[nodiscard]] Layout lay_out(Connectivity connectivity, std::int64_t sources,
                             std::vector<std::int64_t> bounds, const DelaySteps& delays);

/// The way back: consumes the layout.
[[nodiscard]] Connectivity take_apart(Layout layout);

/// Place of each number.
[[nodiscard]] std::vector<std::uint32_t> places_of(const Layout& layout);

} // namespace hodg::synapse
