// SPDX-License-Identifier: MIT
// One linear solve of the cable equation of a group: Hines, Int. J. Biomed. Comput. 15:69 (1984).
// From the tips to the root every node is eliminated from the equation of its parent, and back.
#pragma once

#include "cable/layout.h"

#include <cstdint>

namespace hodg::cable {

/// Coefficients of a group, by node in the solver's order, then lane.
struct Coefficients {
    const double* axial = nullptr;       // conductance to the parent, siemens
    const double* neighbours = nullptr;  // sum of the conductances to all neighbours, siemens
    const double* capacitance = nullptr; // farad
    const double* area = nullptr;        // meter**2
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

/// Solves (C*rate + G - axial) x = C*rate*v + I0 and puts x, or 2x - v, into v. False, with v as it
/// was, if C*rate + G is not positive somewhere.
[[nodiscard]] bool eliminate(const SolverTree& tree, std::int32_t lanes,
                             const Coefficients& coefficients, const Membrane& membrane,
                             double rate, bool extrapolate);

} // namespace hodg::cable
