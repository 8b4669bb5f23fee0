// SPDX-License-Identifier: MIT
#include "synapse/arrivals.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <numeric>
#include <utility>

namespace hodg::synapse {

static constexpr std::size_t few_ranges = 64; // are sorted by comparing
static constexpr int digit_bits = 9;
static constexpr std::size_t digits = std::size_t{1} << digit_bits;

static std::size_t digit(const hhk_range& range, int shift) {
    return static_cast<std::size_t>(range.begin >> shift) & (digits - 1);
}

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

/// By the place where they begin, with counting sorts of a digit each: with delays by distance a
/// slot holds hundreds of single places, and comparing them would cost more than delivering.
void Arrivals::sort(Slot& slot) {
    slot.sorted = true;
    std::vector<hhk_range>& ranges = slot.ranges;
    std::int64_t highest = 0;
    for (const hhk_range& range : ranges) {
        highest = std::max(highest, range.begin);
    }
    const auto bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(highest)));
    if (ranges.size() < few_ranges || bits > 3 * digit_bits) {
        std::sort(ranges.begin(), ranges.end(),
                  [](const hhk_range& a, const hhk_range& b) { return a.begin < b.begin; });
        return;
    }
    sorted_.resize(ranges.size());
    for (int shift = 0; shift < bits; shift += digit_bits) {
        std::array<std::uint32_t, digits> next{};
        for (const hhk_range& range : ranges) {
            ++next[digit(range, shift)];
        }
        std::exclusive_scan(next.begin(), next.end(), next.begin(), std::uint32_t{0});
        for (const hhk_range& range : ranges) {
            sorted_[next[digit(range, shift)]++] = range;
        }
        ranges.swap(sorted_);
    }
}

std::size_t Arrivals::bytes() const {
    return routes_.own_begin.size() * sizeof(std::uint32_t) +
           routes_.segments.size() * sizeof(Segment) + routes_.items.bytes() +
           slots_.size() * sizeof(Slot);
}

} // namespace hodg::synapse
