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

/// Every event under way is looked at in every step: this pays unless most looks are in vain.
static constexpr std::int64_t most_looks = 16; // for a piece that arrives

/// A list pays where ranges are so short that the end of each is a surprise to the processor.
static constexpr std::size_t short_piece = 6;

/// Bytes of counts that stay close to the processor, or that are few beside the synapses.
static constexpr std::int64_t small_ring = 1 << 20;
static constexpr std::int64_t most_ring = std::int64_t{1} << 30;

/// Pieces shorter than this take as much memory as a landing for each synapse.
static constexpr std::size_t landed_piece = 2;

/// A vector of targets is looked at in the time of so many arrivals.
static constexpr std::int64_t many_arrivals = 4; // times as many are more than the targets

Arrivals::Arrivals(Routes routes, std::int64_t longest_delay, ArrivalForm form)
    : routes_(std::move(routes)), form_(form) {
    const auto length = std::bit_ceil(static_cast<std::uint64_t>(longest_delay) + 1);
    slots_.resize(length);
    mask_ = static_cast<std::int64_t>(length) - 1;
    const std::int64_t targets = form_.targets.end - form_.targets.begin;
    const std::int64_t synapses = routes_.begin.back() - routes_.begin.front();
    const std::int64_t ring = CountRing::bytes(targets, longest_delay);
    in_counts_ = form_.counts && routes_.several_delays() && !form_.entities && synapses > 0 &&
                 ring <= std::clamp(4 * synapses, small_ring, most_ring);
    if (in_counts_) {
        slots_.clear();
        ring_ = CountRing(form_.targets.begin, targets, longest_delay);
        shortest_ = shortest_delay(routes_);
        if (static_cast<std::size_t>(synapses) < landed_piece * routes_.pieces.size()) {
            routes_.land(static_cast<std::int32_t>(form_.targets.begin),
                         static_cast<std::uint32_t>(CountRing::stride_of(targets)));
        }
        return;
    }
    if (form_.counts && synapses > 0) {
        ring_ = CountRing(form_.targets.begin, targets, 0);
    }
    in_trains_ =
        routes_.several_delays() && routes_.pieces_arrive_alone &&
        routes_.steps_under_way <= most_looks * static_cast<std::int64_t>(routes_.pieces.size());
    as_list_ = in_trains_ && form_.items &&
               routes_.begin.back() - routes_.begin.front() < short_piece * routes_.pieces.size();
}

void Arrivals::put(std::int64_t step, std::span<const std::uint32_t> positions,
                   std::span<const std::uint32_t> entities) {
    if (in_counts_) {
        ring_.add(step, routes_, positions);
        put_.push_back({step, {positions.begin(), positions.end()}, {}});
        return;
    }
    Slot& slot = slot_of(step);
    for (const std::uint32_t position : positions) {
        add(slot, position, std::int64_t{position} + 1);
    }
    slot.entities.insert(slot.entities.end(), entities.begin(), entities.end());
}

Arrivals::Due Arrivals::take(std::int64_t step) {
    if (in_counts_) {
        taken_ = step;
        Due due;
        due.counts = ring_.take(step, full_);
        due.full = full_;
        return due;
    }
    Slot& slot = slot_of(step);
    if (as_list_ && slot.ranges.empty()) {
        return due_list(step);
    }
    due_.ranges.clear();
    due_.entities.clear();
    due_.sorted = true;
    std::swap(due_, slot);
    if (in_trains_) {
        trains_.take(routes_, step, [&](std::uint32_t at, std::uint32_t size) {
            if (size != 0) {
                add(due_, at, std::int64_t{at} + size);
            }
        });
    }
    if (form_.counts && are_many(due_)) {
        return count_due();
    }
    if (!due_.sorted) {
        sort(due_);
    }
    return due_in_form();
}

bool Arrivals::are_many(const Slot& slot) const {
    std::int64_t arrivals = 0;
    for (const hhk_range& range : slot.ranges) {
        arrivals += range.end - range.begin;
    }
    return many_arrivals * arrivals > form_.targets.end - form_.targets.begin;
}

Arrivals::Due Arrivals::count_due() {
    ring_.count(routes_, due_.ranges);
    Due due;
    due.counts = ring_.take(0, full_);
    due.full = full_;
    due.entities = due_.entities;
    return due;
}

/// Straight from the trains into a list. Most pieces are so short that to write four items costs as
/// much as one.
Arrivals::Due Arrivals::due_list(std::int64_t step) {
    constexpr std::uint32_t at_once = 4;
    const std::uint32_t* const items = routes_.items.empty() ? nullptr : routes_.items.data();
    std::uint32_t* to = list_.data();
    std::uint32_t* end = to + list_.size();
    trains_.take(routes_, step, [&](std::uint32_t at, std::uint32_t size) {
        if (end - to < std::ptrdiff_t{size} + at_once) [[unlikely]] {
            const std::ptrdiff_t count = to - list_.data();
            list_.resize(2 * (static_cast<std::size_t>(count) + size + at_once));
            to = list_.data() + count;
            end = list_.data() + list_.size();
        }
        for (std::uint32_t k = 0; k < at_once; ++k) {
            to[k] = items == nullptr ? at + k : items[at + k];
        }
        for (std::uint32_t k = at_once; k < size; ++k) {
            to[k] = items == nullptr ? at + k : items[at + k];
        }
        to += size;
    });
    list_range_ = {0, to - list_.data()};
    Due due;
    due.ranges = {&list_range_, list_range_.end == 0 ? 0U : 1U};
    due.items = list_.data();
    return due;
}

/// Kernels find the first targets of each range at hand, by when the processor has seen where it
/// goes on.
void Arrivals::prefetch_begins() const {
    constexpr std::int64_t line = 64 / sizeof(std::int32_t);
    constexpr std::int64_t lines = 4;
    constexpr std::size_t most = 64; // ranges
    for (std::size_t n = 0; n < std::min(most, due_.ranges.size()); ++n) {
        const hhk_range& range = due_.ranges[n];
        for (std::int64_t at = range.begin; at < std::min(range.end, range.begin + lines * line);
             at += line) {
            __builtin_prefetch(routes_.targets + at);
        }
    }
}

/// Positions as the kernel wants them.
Arrivals::Due Arrivals::due_in_form() {
    Due due;
    due.entities = due_.entities;
    if (routes_.items.empty()) {
        prefetch_begins();
    }
    if (form_.items || routes_.items.empty()) {
        due.ranges = due_.ranges;
        due.items = routes_.items.empty() ? nullptr : routes_.items.data();
        return due;
    }
    sorted_.clear();
    for (const hhk_range& range : due_.ranges) {
        for (std::int64_t at = range.begin; at < range.end; ++at) {
            const std::int64_t place = routes_.items[static_cast<std::size_t>(at)];
            sorted_.push_back({place, place + 1});
        }
    }
    due.ranges = sorted_;
    return due;
}

std::vector<Arrivals::UnderWay> Arrivals::under_way(std::int64_t step) const {
    std::vector<UnderWay> all(static_cast<std::size_t>(length()));
    for (std::size_t ahead = 0; ahead < all.size(); ++ahead) {
        all[ahead].step = step + static_cast<std::int64_t>(ahead);
        if (in_counts_) {
            continue;
        }
        const Slot& slot = slots_[static_cast<std::size_t>(all[ahead].step & mask_)];
        all[ahead].entities = slot.entities;
        for (const hhk_range& range : slot.ranges) {
            for (std::int64_t at = range.begin; at < range.end; ++at) {
                all[ahead].positions.push_back(static_cast<std::uint32_t>(at));
            }
        }
    }
    const auto arrive = [&](std::int64_t arrival, std::uint32_t at, std::uint32_t size) {
        for (std::uint32_t k = 0; k < size; ++k) {
            all[static_cast<std::size_t>(arrival - step)].positions.push_back(at + k);
        }
    };
    trains_.for_each_under_way(routes_, step, arrive);
    if (in_counts_) {
        ring_.for_each_under_way(routes_, step, arrive);
    }
    for (const UnderWay& one : put_) {
        for (const std::uint32_t position : one.positions) {
            if (one.step >= step) {
                arrive(one.step, position, 1);
            }
        }
    }
    std::erase_if(
        all, [](const UnderWay& one) { return one.positions.empty() && one.entities.empty(); });
    for (UnderWay& one : all) {
        std::sort(one.positions.begin(), one.positions.end());
    }
    return all;
}

/// By the place where they begin, with counting sorts of a digit each: with delays by distance a
/// slot holds hundreds of single places, and comparing them would cost more than delivering.
void Arrivals::sort(Slot& slot) {
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

} // namespace hodg::synapse
