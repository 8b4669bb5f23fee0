// SPDX-License-Identifier: MIT
// Powers with a known exponent as products, roots and reciprocals.
//
//   %1 = powi 4 %0                     %1 = mul %0, %0
//                                ->    %2 = mul %1, %1
//   %2 = math pow %0, %half            %3 = math sqrt %0
//
// `powi` keeps every bit: its definition is the same chain of products. `pow(x, y)` with a literal
// y:
// +-0.5 becomes a root, an integer of at most 16 in size a chain of products, half an integer both.
// The result is then within 9 ulp of the power (measured: 5). It differs by kind only at
// x = -0 and -inf of roots: (-inf)**0.5 is inf, sqrt gives NaN; (-0.0)**0.5 is 0, sqrt gives -0.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool expand_powers(ir::Module& module, const Context& context);

} // namespace hhc::passes
