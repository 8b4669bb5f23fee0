// SPDX-License-Identifier: MIT
// Events of one kind of one population, as lists of entities: what pathways listen to. Each thread
// fills the lists of its own tiles; others read them after a barrier, while it fills those of the
// other parity.
#pragma once

#include "kernel/population_state.h"

#include <cstdint>
#include <vector>

namespace hodg::sim {

struct EventStream {
    kernel::PopulationState* population = nullptr;
    std::uint32_t event = 0;

    /// Lists of the steps of an epoch, ascending entities.
    struct Lists {
        std::vector<std::vector<std::int32_t>> steps;
        bool any = false; // something in any of them
    };
    /// By parity of the epoch, then member.
    std::vector<Lists> lists[2];
};

/// What of a tile's events the network wants to know.
struct StreamOfTile {
    EventStream* stream = nullptr;
    std::uint32_t number = 0; // of the stream
    std::uint32_t event = 0;
};

} // namespace hodg::sim
