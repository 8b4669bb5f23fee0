// SPDX-License-Identifier: MIT
// Finds the place of a fault and says it.
#pragma once

#include "sim/tile.h"
#include "synapse/synapse_state.h"

#include <memory>
#include <span>

namespace hodg::sim {

struct SynapseFault {
    const synapse::SynapseState* synapses = nullptr; // null: none
    std::int64_t step = Tile::no_fault;
    bool late = false; // found when states were looked at, not by a kernel
};

/// Throws the SimulationError of the earliest fault among the tiles; among equals the first tile.
/// What no kernel told (a late fault) came after step `looked_at`, when states were looked at
/// before.
[[noreturn]] void throw_fault(std::span<const std::unique_ptr<Tile>> tiles, double dt,
                              std::int64_t looked_at);

/// The same for synapses.
[[noreturn]] void throw_fault(const SynapseFault& found, double dt, std::int64_t looked_at);

} // namespace hodg::sim
