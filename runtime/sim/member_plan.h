// SPDX-License-Identifier: MIT
// What one thread does in a step, laid out flat before a run: arrays of functions with their
// contexts and blocks. No map, no virtual call and no allocation is on this way.
#pragma once

#include "sim/clear_rows.h"
#include "sim/event_stream.h"
#include "sim/tile.h"
#include "stimulus/stimulus_state.h"
#include "synapse/synapse_state.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace hodg::sim {

/// Kernels that add into variables of populations, one after the other.
using Sums = base::TogetherVector<synapse::Call*>;

/// A pathway of the network, for one thread.
struct Path {
    synapse::Arrivals* arrivals = nullptr;
    hhk_block_fn deliver = nullptr;
    hhk_block_fn by_count = nullptr; // in place of it where arrivals come as counts
    hhk_block_fn entities = nullptr;
    hhk_context* context = nullptr;
    std::int32_t* fault = nullptr; // what kernels report
    bool every_step = false;
    bool fence = false; // it reads or writes variables of other threads: all wait before and after
    bool mine = true;   // this thread does it
    hhk_range all{};    // every_step: the own synapses
};

/// Last spikes of a tile, to be told before arrivals, which must know who is refractory. Null where
/// no arrival asks.
struct Guard {
    std::int64_t* last_spike = nullptr;
    std::uint8_t* not_refractory = nullptr;
    std::uint64_t events = 0; // that are spikes
};

struct DelayedReads {
    synapse::SynapseState* synapses = nullptr;
    std::size_t member = 0;
};

struct MemberPlan {
    // before populations advance
    base::TogetherVector<Clear> clears;
    base::TogetherVector<hhk_context*> contexts; // of synapses: step and t are set here
    std::vector<record::Probe> probes;           // of synapses
    std::vector<stimulus::InputDrive> drives;
    std::vector<DelayedReads> delayed;
    /// As many for every member. Those of odd number write variables of other threads: all wait
    /// before and after.
    std::vector<Sums> sums;
    base::TogetherVector<synapse::Call*> advances;
    // events
    std::vector<std::vector<StreamOfTile>> streams; // by tile of this member
    std::vector<Guard> guards;                      // as the tiles of this member
    std::vector<std::size_t> fired;                 // tiles with an event in this step
    std::vector<std::uint32_t> told;                // streams with one of the own tiles
    std::vector<EventStream::Lists*> filled[2];     // own lists with something in them, by parity
    /// Paths by stream: of the own events at once, of all when they are exchanged.
    std::vector<std::vector<std::uint32_t>> own_listeners;
    std::vector<std::vector<std::uint32_t>> listeners;
    std::vector<std::uint32_t> pushed_streams; // streams that anyone listens to across members
    // arrivals
    std::vector<Path> paths;                    // of the network, by order and name
    base::TogetherVector<std::uint64_t> always; // set of paths to be looked at in every step
    base::TogetherVector<std::uint64_t> due;    // ring of such sets: `words` words a step
    std::size_t words = 0;
    std::int64_t due_mask = 0;

    void mark(std::uint32_t path, std::int64_t step) {
        due[static_cast<std::size_t>(step & due_mask) * words + path / 64] |= std::uint64_t{1}
                                                                              << (path % 64);
    }
};

/// What all threads must agree upon.
struct StepPlan {
    int members = 1;
    std::int64_t epoch = 1;           // steps between exchanges of events
    std::int64_t steps_apart = 1;     // the same for threads, also where there is one
    bool immediate = true;            // events of a step may arrive in it
    bool meet_before_reads = false;   // others' states at t are read: all resets must be done
    bool meet_before_advance = false; // and nobody may have advanced
    bool meet_before_resets = false;  // arrivals read what resets write
    bool fences = false;              // some object is done by one thread
    bool has_links = false;           // linked variables are gathered in every step
    std::int64_t epochs = 0;          // done so far
    std::vector<std::unique_ptr<EventStream>> streams;
    std::vector<MemberPlan> plans;
};

} // namespace hodg::sim
