// SPDX-License-Identifier: MIT
#include "synapse/arrivals.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace hodg::synapse {

Arrivals::Arrivals(Routes routes, std::int64_t longest_delay, bool entities)
    : routes_(std::move(routes)), entities_(entities) {
    const auto length = std::bit_ceil(static_cast<std::uint64_t>(longest_delay) + 1);
    slots_.resize(length);
    mask_ = static_cast<std::int64_t>(length) - 1;
}

void Arrivals::put(std::int64_t step, std::span<const std::uint32_t> places,
                   std::span<const std::uint32_t> entities) {
    Slot& slot = slots_[static_cast<std::size_t>(step & mask_)];
    for (const std::uint32_t place : places) {
        add(slot, place, std::int64_t{place} + 1);
    }
    slot.entities.insert(slot.entities.end(), entities.begin(), entities.end());
}

void Arrivals::sort(Slot& slot) {
    std::sort(slot.ranges.begin(), slot.ranges.end(),
              [](const hhk_range& a, const hhk_range& b) { return a.begin < b.begin; });
    slot.sorted = true;
}

std::size_t Arrivals::bytes() const {
    return routes_.own_begin.size() * sizeof(std::uint32_t) +
           routes_.segments.size() * sizeof(Segment) + routes_.items.bytes() +
           slots_.size() * sizeof(Slot);
}

} // namespace hodg::synapse
