// SPDX-License-Identifier: MIT
#include "synapse/routes.h"

#include <algorithm>
#include <numeric>

namespace hodg::synapse {

/// Cuts [begin, end) into segments of one delay each. Places of one delay need not lie together.
template <class DelayAt>
static void add_segments(std::uint32_t begin, std::uint32_t end, const DelayAt& delay_at,
                         std::vector<Segment>& segments) {
    const std::size_t first = segments.size();
    for (std::uint32_t at = begin; at < end; ++at) {
        const auto delay = static_cast<std::uint32_t>(delay_at(at));
        if (segments.size() > first && segments.back().delay == delay) {
            ++segments.back().end;
        } else {
            segments.push_back({delay, at, at + 1});
        }
    }
    std::stable_sort(segments.begin() + static_cast<std::ptrdiff_t>(first), segments.end(),
                     [](const Segment& a, const Segment& b) { return a.delay < b.delay; });
}

Routes routes_by_source(const Layout& layout, std::size_t part, const RouteDelays& delays) {
    Routes routes;
    const std::vector<std::uint32_t>& rows = layout.parts[part].rows;
    if (delays.each == nullptr) {
        routes.delay = delays.steps;
        routes.begin = rows;
        return routes;
    }
    routes.own_begin.push_back(0);
    for (std::size_t s = 0; s + 1 < rows.size(); ++s) {
        add_segments(
            rows[s], rows[s + 1],
            [&](std::uint32_t at) {
                return (*delays.each)[layout.number(at, static_cast<std::int32_t>(s))];
            },
            routes.segments);
        routes.own_begin.push_back(static_cast<std::uint32_t>(routes.segments.size()));
    }
    routes.segments.shrink_to_fit();
    routes.begin = routes.own_begin;
    return routes;
}

Routes routes_by_target(const Layout& layout, std::size_t part, std::int64_t targets,
                        const RouteDelays& delays) {
    Routes routes;
    const Part& own = layout.parts[part];
    std::vector<std::uint32_t> begin(static_cast<std::size_t>(targets) + 1, 0);
    for (std::uint32_t at = own.begin; at < own.end; ++at) {
        ++begin[static_cast<std::size_t>(layout.post[at]) + 1];
    }
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    routes.items = base::Array<std::uint32_t>(own.end - own.begin);
    std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
    for (std::uint32_t at = own.begin; at < own.end; ++at) {
        routes.items[next[static_cast<std::size_t>(layout.post[at])]++] = at;
    }
    if (delays.each == nullptr) {
        routes.delay = delays.steps;
        routes.own_begin = std::move(begin);
        routes.begin = routes.own_begin;
        return routes;
    }
    const auto delay_of = [&](std::uint32_t place) { return (*delays.each)[layout.number(place)]; };
    routes.own_begin.push_back(0);
    for (std::size_t t = 0; t + 1 < begin.size(); ++t) {
        std::stable_sort(
            routes.items.data() + begin[t], routes.items.data() + begin[t + 1],
            [&](std::uint32_t a, std::uint32_t b) { return delay_of(a) < delay_of(b); });
        add_segments(
            begin[t], begin[t + 1], [&](std::uint32_t at) { return delay_of(routes.items[at]); },
            routes.segments);
        routes.own_begin.push_back(static_cast<std::uint32_t>(routes.segments.size()));
    }
    routes.begin = routes.own_begin;
    return routes;
}

void read_delays(const Layout& layout, const Routes& routes, DelaySteps& delays) {
    for (const Segment& segment : routes.segments) {
        for (std::uint32_t at = segment.begin; at < segment.end; ++at) {
            const std::uint32_t place = routes.items.empty() ? at : routes.items[at];
            delays.set(layout.number(place), segment.delay);
        }
    }
}

} // namespace hodg::synapse
