// SPDX-License-Identifier: MIT
// What the event of an entity reaches, and when: for one pathway and one part of the targets.
#pragma once

#include "base/array.h"
#include "synapse/layout.h"

#include <cstdint>
#include <span>
#include <vector>

namespace hodg::synapse {

/// Synapses, or items, [begin, end) that an event reaches after `delay` steps.
struct Segment {
    std::uint32_t delay;
    std::uint32_t begin;
    std::uint32_t end;
};

struct Routes {
    /// One delay: entity e reaches [begin[e], begin[e + 1]). Else these are numbers of segments.
    std::span<const std::uint32_t> begin;
    std::int64_t delay = 0;        // if there is one
    std::vector<Segment> segments; // if there are several, by entity, then delay
    base::Array<std::uint32_t> items;

    [[nodiscard]] bool several_delays() const { return !segments.empty(); }

    std::vector<std::uint32_t> own_begin; // what `begin` shows, unless rows of the part do
};

/// How a pathway's delays are given to make_routes.
struct RouteDelays {
    std::int64_t steps = 0;           // for all
    const DelaySteps* each = nullptr; // or of each synapse, by number
};

/// By source, for ranges of stored synapses. Refers to the rows of the layout.
[[nodiscard]] Routes routes_by_source(const Layout& layout, std::size_t part,
                                      const RouteDelays& delays);

/// By target, for items: places of synapses, of one target in order of sources.
[[nodiscard]] Routes routes_by_target(const Layout& layout, std::size_t part, std::int64_t targets,
                                      const RouteDelays& delays);

/// Adds the delays that the routes of a part hold, by number.
void read_delays(const Layout& layout, const Routes& routes, DelaySteps& delays);

} // namespace hodg::synapse
