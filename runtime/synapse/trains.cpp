// SPDX-License-Identifier: MIT
#include "synapse/trains.h"

namespace hodg::synapse {

/// Before other events of the entity: those are older, and what they still reach comes later.
void Trains::insert(std::uint32_t step, Train train) {
    const auto after =
        std::lower_bound(trains_.begin(), trains_.end(), train.at,
                         [](const Train& other, std::uint32_t at) { return other.at < at; });
    next_.insert(next_.begin() + (after - trains_.begin()), step);
    trains_.insert(after, train);
}

void Trains::drop_ended() {
    std::size_t kept = 0;
    for (std::size_t k = 0; k < next_.size(); ++k) {
        next_[kept] = next_[k];
        trains_[kept] = trains_[k];
        kept += next_[k] == never ? 0 : 1;
    }
    next_.resize(kept);
    trains_.resize(kept);
    ended_ = 0;
}

} // namespace hodg::synapse
