// SPDX-License-Identifier: MIT
// Events under way on one pathway to the targets of one thread: with one delay or few pieces, a
// ring with a place for every step until the longest delay; else trains. Where only the number of
// arrivals matters, the ring counts them if there are several delays; if there is one, they are
// counted when they arrive and are many. Nothing is allocated once the places have grown to their
// size.
#pragma once

#include "abi/kernel_abi.h"
#include "synapse/count_ring.h"
#include "synapse/routes.h"
#include "synapse/trains.h"

#include <cstdint>
#include <span>
#include <vector>

namespace hodg::synapse {

/// What kernels of a pathway ask for.
struct ArrivalForm {
    bool items = false;    // takes a list of single synapses too; else only ranges of them
    bool entities = false; // also the entities whose events arrive
    bool counts = false;   // takes counts of what arrives at these targets
    hhk_range targets{};
};

class Arrivals {
public:
    Arrivals(Routes routes, std::int64_t longest_delay, ArrivalForm form);

    /// Events of `step` of these entities, ascending. mark(step) is called for steps in which
    /// something will arrive; see also stays_due.
    template <class Mark>
    void push(std::span<const std::int32_t> sources, std::int64_t step, const Mark& mark);

    /// Puts back what arrives in `step`: positions of the routes, ascending.
    void put(std::int64_t step, std::span<const std::uint32_t> positions,
             std::span<const std::uint32_t> entities);

    struct Due {
        std::span<const hhk_range> ranges; // of items, or of synapses where these are null
        const std::uint32_t* items = nullptr;
        std::span<const std::uint32_t> entities;
        std::uint8_t* counts = nullptr;      // in place of ranges: to be set to zero by the kernel
        std::span<const std::uint32_t> full; // targets that have 256 arrivals more, each
    };
    /// What arrives in `step`, by entity, then delay; it is no more under way. Holds until the next
    /// call.
    [[nodiscard]] Due take(std::int64_t step);
    /// Once something was due, take is to be called in the next step too.
    [[nodiscard]] bool stays_due() const { return trains_.any() || ring_.last() > taken_; }

    /// What is to arrive from `step` on, with positions ascending.
    struct UnderWay {
        std::int64_t step = 0; // of arrival
        std::vector<std::uint32_t> positions;
        std::vector<std::uint32_t> entities;
    };
    [[nodiscard]] std::vector<UnderWay> under_way(std::int64_t step) const;
    /// Something in the ring arrives in `step`.
    [[nodiscard]] bool has(std::int64_t step) const {
        if (in_counts_) {
            return step <= ring_.last();
        }
        const Slot& slot = slots_[static_cast<std::size_t>(step & mask_)];
        return !slot.ranges.empty() || !slot.entities.empty();
    }

    [[nodiscard]] const Routes& routes() const { return routes_; }
    [[nodiscard]] std::int64_t length() const { return mask_ + 1; }
    [[nodiscard]] const ArrivalForm& form() const { return form_; }
    /// Events are counted when they happen.
    [[nodiscard]] bool in_counts() const { return in_counts_; }

private:
    struct Slot {
        std::vector<hhk_range> ranges; // of positions
        std::vector<std::uint32_t> entities;
        bool sorted = true;
    };

    [[nodiscard]] Slot& slot_of(std::int64_t step) {
        return slots_[static_cast<std::size_t>(step & mask_)];
    }
    static void add(Slot& slot, std::int64_t begin, std::int64_t end) {
        if (!slot.ranges.empty()) {
            hhk_range& last = slot.ranges.back();
            if (last.end == begin) { // neighbours arrive as one
                last.end = end;
                return;
            }
            slot.sorted = slot.sorted && last.end < begin;
        }
        slot.ranges.push_back({begin, end});
    }
    void sort(Slot& slot);
    [[nodiscard]] Due count_due();
    [[nodiscard]] bool are_many(const Slot& slot) const;
    [[nodiscard]] Due due_list(std::int64_t step);
    [[nodiscard]] Due due_in_form();
    void prefetch_begins() const;

    Routes routes_;
    Trains trains_;
    std::vector<Slot> slots_;
    Slot due_; // what was taken last
    std::vector<std::uint32_t> list_;
    hhk_range list_range_{};
    std::vector<hhk_range> sorted_; // room for sorting
    std::int64_t mask_ = 0;
    ArrivalForm form_;
    CountRing ring_; // or a single row, for what arrives
    std::vector<std::uint32_t> full_;
    std::vector<UnderWay> put_; // into ring_
    std::int64_t taken_ = -1;   // step
    std::int64_t shortest_ = 0; // delay
    bool in_counts_ = false;
    bool in_trains_ = false;
    bool as_list_ = false;
};

template <class Mark>
void Arrivals::push(std::span<const std::int32_t> sources, std::int64_t step, const Mark& mark) {
    if (in_counts_) {
        if (ring_.push(routes_, sources, step)) {
            mark(step + shortest_);
        }
        return;
    }
    if (in_trains_) {
        trains_.push(routes_, sources, step, mark);
        return;
    }
    if (routes_.several_delays()) {
        for (const std::int32_t source : sources) {
            routes_.for_each_piece(static_cast<std::size_t>(source),
                                   [&](std::int64_t delay, std::uint32_t at, std::uint32_t size) {
                                       add(slot_of(step + delay), at, std::int64_t{at} + size);
                                       mark(step + delay);
                                   });
        }
        return;
    }
    const std::int64_t arrival = step + routes_.delay;
    Slot& slot = slot_of(arrival);
    for (const std::int32_t source : sources) {
        const std::uint32_t begin = routes_.begin[static_cast<std::size_t>(source)];
        const std::uint32_t end = routes_.begin[static_cast<std::size_t>(source) + 1];
        if (begin != end) {
            add(slot, begin, end);
        }
        if (form_.entities) {
            slot.entities.push_back(static_cast<std::uint32_t>(source));
        }
    }
    if (has(arrival)) {
        mark(arrival);
    }
}

} // namespace hodg::synapse
