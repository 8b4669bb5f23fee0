// SPDX-License-Identifier: MIT
// Events under way on one pathway to the targets of one thread: a ring with a place for every step
// until the longest delay. Nothing is allocated once the places have grown to their size.
#pragma once

#include "abi/kernel_abi.h"
#include "synapse/routes.h"

#include <cstdint>
#include <span>
#include <vector>

namespace hodg::synapse {

class Arrivals {
public:
    /// `entities`: the pathway also wants the entities whose events arrive.
    Arrivals(Routes routes, std::int64_t longest_delay, bool entities);

    /// Events of `step` of these entities, ascending. mark(step) is called for steps in which
    /// something will arrive.
    template <class Mark>
    void push(std::span<const std::int32_t> sources, std::int64_t step, const Mark& mark);

    /// Puts back what arrives in `step`: ranges of one place or item each, ascending.
    void put(std::int64_t step, std::span<const std::uint32_t> places,
             std::span<const std::uint32_t> entities);

    struct Slot {
        std::vector<hhk_range> ranges;
        std::vector<std::uint32_t> entities;
        bool sorted = true;
    };
    /// What arrives in `step`, in order of entities.
    [[nodiscard]] Slot& at(std::int64_t step) {
        Slot& slot = slots_[static_cast<std::size_t>(step & mask_)];
        if (!slot.sorted) {
            sort(slot);
        }
        return slot;
    }
    static void clear(Slot& slot) {
        slot.ranges.clear();
        slot.entities.clear();
        slot.sorted = true;
    }

    [[nodiscard]] const Routes& routes() const { return routes_; }
    [[nodiscard]] std::int64_t length() const { return mask_ + 1; }
    [[nodiscard]] bool wants_entities() const { return entities_; }
    [[nodiscard]] std::size_t bytes() const;

private:
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

    Routes routes_;
    std::vector<Slot> slots_;
    std::vector<hhk_range> sorted_; // room for sorting
    std::int64_t mask_ = 0;
    bool entities_ = false;
};

template <class Mark>
void Arrivals::push(std::span<const std::int32_t> sources, std::int64_t step, const Mark& mark) {
    if (!routes_.several_delays()) {
        const std::int64_t arrival = step + routes_.delay;
        Slot& slot = slots_[static_cast<std::size_t>(arrival & mask_)];
        for (const std::int32_t source : sources) {
            const std::uint32_t begin = routes_.begin[static_cast<std::size_t>(source)];
            const std::uint32_t end = routes_.begin[static_cast<std::size_t>(source) + 1];
            if (begin != end) {
                add(slot, begin, end);
            }
            if (entities_) {
                slot.entities.push_back(static_cast<std::uint32_t>(source));
            }
        }
        if (!slot.ranges.empty() || !slot.entities.empty()) {
            mark(arrival);
        }
        return;
    }
    for (const std::int32_t source : sources) {
        const std::uint32_t end = routes_.begin[static_cast<std::size_t>(source) + 1];
        for (std::uint32_t s = routes_.begin[static_cast<std::size_t>(source)]; s < end; ++s) {
            const Segment& segment = routes_.segments[s];
            const std::int64_t arrival = step + segment.delay;
            add(slots_[static_cast<std::size_t>(arrival & mask_)], segment.begin, segment.end);
            mark(arrival);
        }
    }
}

} // namespace hodg::synapse
