// SPDX-License-Identifier: MIT
// Identities that hold for every input, signed zeros and infinities included (NaNs count as equal):
// those of the IR builder, and those below. What is dead afterwards is left to remove_dead.
//
//   %2 = neg %1                        %2 = neg %1
//   %3 = add %0, %2              ->    %3 = sub %0, %1
//   %4 = mul %3, 1                     (%3)
//   %5 = div %4, 4                     %5 = mul %3, 0.25
//   %6 = select %c, %5, %5             (%5)
//
// Further ones: (-x)*y = -(x*y), (-x)/y = -(x/y), abs(-x) = abs(x), x/2**k = x*2**-k while the
// reciprocal is normal in the module's real type, -(x - y) = y - x is not among them (0 - 0).
// Comparisons take a literal on the right; x - x, 0*x and x + 0.0 stay, they depend on the input.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool simplify_algebra(ir::Module& module, const Context& context);

} // namespace hhc::passes
