// SPDX-License-Identifier: MIT
// A time constant is often a quotient itself, c/(exp(..) + exp(..)), and a gate divides by it. With
// c known before the entity, one of the two divisions, or both, can become products:
//
//   %tau = div %c, %y                  %1 = mul %a, %y
//   %2 = div %a, %tau           ->     %2 = mul %1, 1/%c     (early: hoisted, or a literal)
//
//   %d = div %y, %c                    %1 = mul %a, %c
//   %2 = div %a, %d             ->     %2 = div %1, %y       (share_divisions: one 1/%y for all)
//
//   %d = mul %y, %c                    %1 = mul %a, 1/%c
//   %2 = div %a, %d             ->     %2 = div %1, %y
//
// Two roundings where there were two, plus that of 1/c: within 2 ulp of what stood there, which was
// itself within 1.5 ulp of the exact value. Where y is 0 or infinite the result is that of the
// quotients. A literal c whose reciprocal over- or underflows is left alone. Off with `strict`.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool divide_by_quotients(ir::Module& module, const Context& context);

} // namespace hhc::passes
