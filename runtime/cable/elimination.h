// SPDX-License-Identifier: MIT
// One linear solve of the cable equation of a group: Hines, Int. J. Biomed. Comput. 15:69 (1984).
// From the tips to the root every node is eliminated from the equation of its parent, and back.
#pragma once

#include "cable/layout.h"

#include <cstdint>

namespace hodg::cable {

/// Coefficients of a group, by node in the solver's order, then lane. The equation of a node is
/// divided by the area of its membrane, or by 1 where it has none.
struct Coefficients {
    const double* up = nullptr;          // conductance to the parent, in the equation of the node
    const double* down = nullptr;        // the same in the equation of the parent
    const double* neighbours = nullptr;  // sum of the conductances to all neighbours
    const double* capacitance = nullptr; // 0 where there is no membrane
};

/// What changes from step to step.
struct Membrane {
    const double* conductance = nullptr; // G per area, by entity of the group
    const double* current = nullptr;     // I0 per area, by entity of the group
    double* v = nullptr;                 // by entity of the group
    double* factor = nullptr;            // scratch, nodes x lanes
    double* right = nullptr;             // scratch, nodes x lanes
    double* sums = nullptr;              // scratch, 2 x sums of the tree x lanes
};

/// Solves (C*rate + G + neighbours - couplings) x = C*rate*v + I0 and puts x, or 2x - v, into v.
/// False, with v as it was, if C*rate + G is not positive somewhere.
[[nodiscard]] bool eliminate(const SolverTree& tree, std::int32_t lanes,
                             const Coefficients& coefficients, const Membrane& membrane,
                             double rate, bool extrapolate);

} // namespace hodg::cable
