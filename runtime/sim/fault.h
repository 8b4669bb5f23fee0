// SPDX-License-Identifier: MIT
// Finds the place of a fault and says it.
#pragma once

#include "sim/tile.h"
#include "synapse/synapse_state.h"

#include <memory>
#include <span>

namespace hodg::sim {

/// Not `exact`: states are looked at now and then, and may have gone wrong before.
/// Throws the SimulationError of the earliest fault among the tiles; among equals the first tile.
[[noreturn]] void throw_fault(std::span<const std::unique_ptr<Tile>> tiles, double dt, bool exact);

/// The same for synapses, which are looked at in step `step`.
[[noreturn]] void throw_fault(const synapse::SynapseState& synapses, std::int64_t step, double dt,
                              bool exact);

} // namespace hodg::sim
