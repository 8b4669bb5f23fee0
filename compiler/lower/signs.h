// SPDX-License-Identifier: MIT
// What signs a value can have, for any state of the model: positive rates allow a cheaper update,
// and a membrane current that provably grows with v was written in the other convention.
#pragma once

#include "lower/scope.h"

#include <cstdint>
#include <vector>

namespace hhc::lower {

class Equations;

/// A set of the three signs.
enum Sign : std::uint8_t { Negative = 1, Zero = 2, Positive = 4, AnySign = 7 };

/// Signs of every value of the graph so far. Parameters have the sign of their default; gates are
/// not negative; other states and values per entity have any sign.
/// `conductances`: what has their dimension is taken as not negative, which is likely and not sure.
[[nodiscard]] std::vector<std::uint8_t> signs_of(Scope& scope, bool conductances = false);

[[nodiscard]] bool is_positive(Scope& scope, ir::ValueId value);

/// Warns about currents in the equation of the membrane potential that push it away, provably if
/// no conductance is negative.
void check_current_signs(Equations& equations);

} // namespace hhc::lower
