// SPDX-License-Identifier: MIT
// Exponentials whose arguments are whole multiples of one of them, up to something known before the
// entity, become powers of one exponential.
//
//   %2 = math exp (-(v + 65)/80)        %2 = math exp (-(v + 65)/80)
//   %3 = math exp (-(v + 65)/20)  ->    %3 = mul %2, %2
//   %4 = math exp (-(v + 35)/10)        %4 = mul %3, %3           (the second exponential)
//                                       %5 = mul %4, %4
//                                       %6 = mul %5, exp(-3)      (the third)
//
// exp(-u) becomes 1/exp(u). inv_exprel(u) = u/(exp(u) - 1) uses the family's exponential too, and
// its series where |u| < 1/16 (float32: 1/2); sigmoid(u) = 1/(1 + exp(-u)) = exp(u)/(1 + exp(u))
// uses whichever of the two its family has, and is written so where it has no family, too. So a
// rate function or a steady state costs a few products instead of an exponential. Where the
// arguments are multiples of none of them, but of a half to a sixth of one, the family is made of
// that root (double only).
//
// Bound: exp(u) made as an n-th power (|n| <= 16, with Precision::Fast 64) is within 2 |n| ulp, at
// most 4e-15 (1.5e-14), as long as no power involved leaves the range of the real type; for
// inv_exprel 16 times that at |u| = 1/16, at most 6e-14 (2.3e-13); for sigmoid 3 ulp more. float32:
// |n| <= 4, 8 ulp, sigmoid 11, inv_exprel 24 (2.9e-6). Off with `strict`.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool fold_exponential_families(ir::Module& module, const Context& context);

} // namespace hhc::passes
