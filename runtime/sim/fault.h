// SPDX-License-Identifier: MIT
// Finds the place of a fault and says it.
#pragma once

#include "sim/tile.h"
#include "synapse/synapse_state.h"

#include <memory>
#include <span>

namespace hodg::sim {

/// Throws the SimulationError of the earliest fault among the tiles; among equals the first tile.
[[noreturn]] void throw_fault(std::span<const std::unique_ptr<Tile>> tiles, double dt);

/// The same for synapses, which are looked at in step `step`.
[[noreturn]] void throw_fault(const synapse::SynapseState& synapses, std::int64_t step, double dt);

} // namespace hodg::sim
