// SPDX-License-Identifier: MIT
// A gate divides again and again: its rates are quotients, its steady state and its time constant
// are, and the update divides one by the other. Quotients that only reach other divisions are
// carried as numerator and denominator instead, and what is left of a gate with a sum of rates is
// one reciprocal for both of its quotients:
//
//   %inf = div %a, %b                  %1 = a - x*b
//   %q = div %d, %y                    %2 = c*y + d
//   %tau = add %c, %q          ->      %3 = b*%2
//   %1 = sub %inf, %x                  %4 = div %1*y, %3
//   %2 = div %1, %tau
//
//   %alpha = div %u, %d                %n = u + beta*d        (sum = n/d, inf = u/n)
//   %sum = add %alpha, %beta           %1 = div 1, %d*n
//   %inf = div %alpha, %sum    ->      %sum = n*n*%1
//                                      %inf = u*d*%1
//
// Three divisions become one, or two; products take their place, and no division waits for another.
// A denominator that is no longer of moderate size (an exponential far beyond any potential of a
// cell, a pole, NaN) is seen by a comparison: there a lane takes the values as they stood before,
// which a loop keeps behind a branch (codegen/rare_values.cpp). Elsewhere a few roundings differ:
// each product, sum and division adds half an ulp. Double alone, whose range is wide enough for
// products of denominators; kernels that advance populations, where divisions are most of the time.
// Off with `strict`.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool join_divisions(ir::Module& module, const Context& context);

} // namespace hhc::passes
