// SPDX-License-Identifier: MIT
// The coefficient of a state in its own equation as Brian 2's exponential Euler reads it: the
// factor of x once products are multiplied out, with what functions make of x held over the step.
#pragma once

#include "ir/builder.h"

#include <optional>

namespace hhc::lower {

struct HeldSlope {
    bool separable = true;            ///< every term has x once as a factor, or not at all
    std::optional<ir::ValueId> slope; ///< none: no term has
};

/// Of `drift` in `leaf`: `(g*(E - v) + g*D*exp((v - T)/D))/C` gives `-g/C`; `v**2` and `v*(v - a)`
/// are not separable.
[[nodiscard]] HeldSlope held_slope(ir::Builder& builder, ir::ValueId drift, ir::ValueId leaf);

} // namespace hhc::lower
