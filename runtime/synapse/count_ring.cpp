// SPDX-License-Identifier: MIT
#include "synapse/count_ring.h"

#include <algorithm>

namespace hodg::synapse {

/// What one source reaches lies in the large caches: all lines are asked for at once, as the
/// processor's own look-ahead begins anew with each source.
static void prefetch(const std::uint32_t* begin, std::size_t count) {
    constexpr std::size_t line = 64 / sizeof(std::uint32_t);
    constexpr std::size_t most = 64 * line;
    for (std::size_t k = 0; k < std::min(count, most); k += line) {
        __builtin_prefetch(begin + k);
    }
}

std::int64_t CountRing::stride_of(std::int64_t targets) {
    return (targets + HHK_BLOCK - 1) / HHK_BLOCK * HHK_BLOCK;
}

CountRing::CountRing(std::int64_t first, std::int64_t targets, std::int64_t longest_delay)
    : counts_(static_cast<std::size_t>(bytes(targets, longest_delay))), first_(first),
      stride_(static_cast<std::size_t>(stride_of(targets))),
      rows_(static_cast<std::size_t>(longest_delay) + 1) {}

static void prefetch_row(const Routes& routes, std::size_t source) {
    const std::size_t begin = routes.begin[source];
    const std::size_t size = routes.begin[source + 1] - begin;
    if (!routes.landings.empty()) {
        prefetch(routes.landings.data() + (begin - routes.begin.front()), size);
    } else if (routes.items.empty()) {
        prefetch(reinterpret_cast<const std::uint32_t*>(routes.targets) + begin, size);
    }
}

bool CountRing::push(const Routes& routes, std::span<const std::int32_t> sources,
                     std::int64_t step) {
    const auto row = static_cast<std::size_t>(step) % rows_;
    bool any = false;
    for (std::size_t n = 0; n < sources.size(); ++n) {
        const std::int32_t source = sources[n];
        const auto s = static_cast<std::size_t>(source);
        if (n == 0) {
            prefetch_row(routes, s);
        }
        if (n + 1 < sources.size()) {
            prefetch_row(routes, static_cast<std::size_t>(sources[n + 1]));
        }
        if (routes.begin[s] == routes.begin[s + 1]) {
            continue;
        }
        any = true;
        log(source, step);
        routes.landings.empty() ? count_pieces(routes, s, row) : count_landings(routes, s, row);
    }
    if (any) {
        last_ = std::max(last_, step + static_cast<std::int64_t>(rows_) - 1);
    }
    return any;
}

/// Of positions [at, at + size), in the row that begins at `begin`.
void CountRing::count_targets(const Routes& routes, std::size_t begin, std::size_t at,
                              std::size_t size) {
    // What is read in the loop stands beside it: a count could be stored to any member.
    std::uint8_t* const counts = counts_.data() + begin;
    const std::int32_t* const targets = routes.targets;
    const std::int64_t first = first_;
    const auto spill_at = [&](std::int64_t place) {
        spill(begin + static_cast<std::size_t>(place));
    };
    if (routes.items.empty()) {
        const std::int32_t* const end = targets + at + size;
        for (const std::int32_t* target = targets + at; target < end; ++target) {
            if (++counts[*target - first] == 0) [[unlikely]] {
                spill_at(*target - first);
            }
        }
        return;
    }
    const std::uint32_t* const items = routes.items.data() + at;
    for (std::size_t k = 0; k < size; ++k) {
        const std::int64_t place = targets[items[k]] - first;
        if (++counts[place] == 0) [[unlikely]] {
            spill_at(place);
        }
    }
}

/// Most pieces are so short that a sum for each synapse costs less than to follow them.
void CountRing::count_landings(const Routes& routes, std::size_t source, std::size_t row) {
    const std::uint32_t begin = routes.begin[source];
    const std::uint32_t* const landings = routes.landings.data() + (begin - routes.begin.front());
    const std::size_t synapses = routes.begin[source + 1] - begin;
    const auto now = static_cast<std::uint32_t>(row * stride_);
    const auto size = static_cast<std::uint32_t>(counts_.size());
    std::uint8_t* const counts = counts_.data();
    for (std::size_t k = 0; k < synapses; ++k) {
        const std::uint32_t place = now + landings[k];
        const std::uint32_t inside = std::min(place, place - size); // which wraps below the first
        if (++counts[inside] == 0) [[unlikely]] {
            spill(inside);
        }
    }
}

void CountRing::count_pieces(const Routes& routes, std::size_t source, std::size_t row) {
    routes.for_each_piece(source, [&](std::int64_t delay, std::uint32_t at, std::uint32_t size) {
        const std::size_t there = row + static_cast<std::size_t>(delay);
        count_targets(routes, (there < rows_ ? there : there - rows_) * stride_, at, size);
    });
}

void CountRing::add(std::int64_t step, const Routes& routes,
                    std::span<const std::uint32_t> positions) {
    const std::size_t begin = static_cast<std::size_t>(step) % rows_ * stride_;
    for (const std::uint32_t position : positions) {
        count_targets(routes, begin, position, 1);
    }
    last_ = std::max(last_, step);
}

void CountRing::count(const Routes& routes, std::span<const hhk_range> ranges) {
    const auto size = [&](std::size_t n) {
        return static_cast<std::size_t>(ranges[n].end - ranges[n].begin);
    };
    constexpr std::size_t line = 64 / sizeof(std::uint32_t);
    const auto* const targets = reinterpret_cast<const std::uint32_t*>(routes.targets);
    if (!ranges.empty()) {
        prefetch(targets + ranges[0].begin, size(0));
    }
    for (std::size_t n = 0; n < ranges.size(); ++n) {
        const auto begin = static_cast<std::size_t>(ranges[n].begin);
        const std::size_t ahead = n + 1 < ranges.size() ? size(n + 1) : 0;
        for (std::size_t at = 0; at < size(n); at += line) {
            if (at < ahead) {
                __builtin_prefetch(targets + ranges[n + 1].begin + at);
            }
            count_targets(routes, 0, begin + at, std::min(line, size(n) - at));
        }
    }
}

std::uint8_t* CountRing::take(std::int64_t step, std::vector<std::uint32_t>& full) {
    const std::size_t row = static_cast<std::size_t>(step) % rows_;
    full.clear();
    if (!full_.empty()) {
        std::erase_if(full_, [&](const Full& one) {
            if (one.row == row) {
                full.push_back(one.target);
            }
            return one.row == row;
        });
    }
    return counts_.data() + row * stride_;
}

/// A count that went round.
void CountRing::spill(std::size_t place) {
    full_.push_back(
        {static_cast<std::uint32_t>(place / stride_), static_cast<std::uint32_t>(place % stride_)});
}

/// Events whose last arrival is past are forgotten now and then.
void CountRing::log(std::int32_t source, std::int64_t step) {
    if (log_.size() >= log_limit_) {
        const std::int64_t past = step - static_cast<std::int64_t>(rows_);
        std::erase_if(log_, [&](const Event& event) { return event.step <= past; });
        log_limit_ = std::max<std::size_t>(1024, 2 * log_.size());
    }
    log_.push_back({step, source});
}

} // namespace hodg::synapse
