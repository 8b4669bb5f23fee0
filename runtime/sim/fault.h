// SPDX-License-Identifier: MIT
// Finds the place of a fault and says it.
#pragma once

#include "sim/tile.h"

#include <memory>
#include <span>

namespace hodg::sim {

/// Throws the SimulationError of the earliest fault among the tiles; among equals the first tile.
[[noreturn]] void throw_fault(std::span<const std::unique_ptr<Tile>> tiles, double dt);

} // namespace hodg::sim
