// SPDX-License-Identifier: MIT
// Where within a step a variable crosses a level: asked by recorders, answered by solvers that know
// the solution between the ends of a step.
#pragma once

#include <cstdint>

namespace hodg::base {

struct Crossing {
    std::uint32_t field = 0;
    double level = 0;
    /// By entity of the tile: the part of the step after which the field first rose above the
    /// level; NaN where it did not, or nobody knows.
    double* part = nullptr;
};

} // namespace hodg::base
