// SPDX-License-Identifier: MIT
// Events under way: taken out of the rings before the stored order of synapses changes, and put
// back.
#include "synapse/synapse_state.h"

#include <algorithm>

namespace hodg::synapse {

/// What the rings hold, by number.
std::vector<SynapseState::Pending> SynapseState::events_under_way() const {
    std::vector<Pending> found;
    for (std::size_t m = 0; m < members_.size(); ++m) {
        const std::vector<Arrivals>& all = members_[m]->arrivals;
        for (std::size_t p = 0; p < all.size(); ++p) {
            for (Arrivals::UnderWay& one : all[p].under_way(step_)) {
                Pending pending;
                pending.pathway = p;
                pending.step = one.step;
                for (const std::uint32_t position : one.positions) {
                    pending.numbers.push_back(layout_.number(all[p].routes().place(position)));
                }
                if (m == 0 || table().pathways[p].space == HHK_POST) {
                    pending.entities = std::move(one.entities); // of sources: each thread has all
                }
                found.push_back(std::move(pending));
            }
        }
    }
    return found;
}

/// Takes events out of the rings. Nothing runs until they are put back.
void SynapseState::collect_pending() {
    for (Pending& pending : events_under_way()) {
        pending_.push_back(std::move(pending));
    }
    for (auto& [name, delay] : delays_) {
        if (delay.in_routes) {
            delay.each_steps = delays_in_routes(name);
            delay.in_routes = false;
        }
    }
    if (!members_.empty()) {
        old_signals_ = std::move(members_.front()->signals);
    }
    members_.clear();
}

void SynapseState::restore_pending() {
    if (pending_.empty()) {
        return;
    }
    const std::vector<std::uint32_t> places = places_of(layout_);
    for (const Pending& pending : pending_) {
        if (pending.pathway >= table().pathway_count) {
            continue;
        }
        const bool by_target = table().pathways[pending.pathway].space == HHK_POST;
        for (std::size_t m = 0; m < members_.size(); ++m) {
            Arrivals& arrivals = members_[m]->arrivals[pending.pathway];
            const Part& part = layout_.parts[m];
            std::vector<std::uint32_t> mine;
            for (const std::uint32_t number : pending.numbers) {
                if (places[number] >= part.begin && places[number] < part.end) {
                    mine.push_back(places[number]);
                }
            }
            const base::Array<std::uint32_t>& items = arrivals.routes().items;
            if (!items.empty()) {
                std::sort(mine.begin(), mine.end());
                std::vector<std::uint32_t> found;
                for (std::uint32_t item = 0; item < items.size(); ++item) {
                    if (std::binary_search(mine.begin(), mine.end(), items[item])) {
                        found.push_back(item);
                    }
                }
                mine = std::move(found);
            }
            std::sort(mine.begin(), mine.end());
            std::vector<std::uint32_t> entities;
            for (const std::uint32_t entity : pending.entities) {
                const auto target = static_cast<std::int64_t>(entity);
                if (!by_target || (target >= layout_.bounds[m] && target < layout_.bounds[m + 1])) {
                    entities.push_back(entity);
                }
            }
            arrivals.put(pending.step, mine, entities);
        }
    }
    pending_.clear();
}

} // namespace hodg::synapse
