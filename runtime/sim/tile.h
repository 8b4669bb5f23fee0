// SPDX-License-Identifier: MIT
// A stretch of entities of one population that one thread advances: the flat form of a step. No
// map, no virtual call and no allocation is on this way.
#pragma once

#include "abi/kernel_abi.h"
#include "base/together.h"
#include "kernel/population_state.h"
#include "record/recorder.h"
#include "sim/rests.h"
#include "solvers/cvode_solver.h"

#include <cstdint>
#include <memory>

namespace hodg::sim {

struct Tile : base::MadeTogether {
    static constexpr std::int64_t no_fault = INT64_MAX;

    hhk_context context{}; // own copy: tiles may stand at different steps
    hhk_block block{};
    hhk_block_fn advance = nullptr;
    std::unique_ptr<solvers::CvodeSolver> solver; // of a model that the host integrates
    const hhk_model* model = nullptr;
    std::uint64_t statements = 0; // events whose kernel does something
    record::Probes probes;
    std::unique_ptr<Rests> rests; // of a population that does not stay in the cache
    kernel::PopulationState* population = nullptr;
    std::int64_t fault_step = no_fault;
    std::int32_t fault = 0;
    bool late_fault = false; // found by check_finite, not by the kernel
};

/// Recorders, then the update; events are left in block.any_event and in the event bits.
void advance_tile(Tile& tile, std::int64_t step);

/// Event statements (resets) of what the last step found, and clears the event bits.
void finish_tile(Tile& tile);

/// Steps begin to end with nothing in between.
void run_tile(Tile& tile, std::int64_t begin, std::int64_t end);

/// Sets the fault of the tile when a state is NaN or infinite; `step` is the last one done.
void check_finite(Tile& tile, std::int64_t step);

} // namespace hodg::sim
