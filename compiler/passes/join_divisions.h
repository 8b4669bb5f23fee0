// SPDX-License-Identifier: MIT
// A gate divides again and again: its rates are quotients, its steady state and its time constant
// are, and the update divides one by the other. Quotients that only reach other divisions are
// carried as numerator and denominator instead, and what is left of a gate with a sum of rates is
// one reciprocal for both of its quotients:
//
//   %inf = div %a, %b                  %1 = a - x*b
//   %q = div %d, %y                    %2 = c*y + d
//   %tau = add %c, %q          ->      %3 = div 1, b*%2
//   %s = sub %inf, %x                  %slope = %1*y*%3
//   %slope = div %s, %tau
//
//   %alpha = div %u, %d                %1 = u + beta*d        (sum = %1/d, inf = u/%1)
//   %sum = add %alpha, %beta           %2 = div 1, d*%1
//   %inf = div %alpha, %sum    ->      %sum = %1*%1*%2
//                                      %inf = u*d*%2
//
// What is left of the divisions is done two by two if it would take longer than all else.
//
// A denominator that is no longer of moderate size (an exponential far beyond any potential of a
// cell, a pole, NaN) is seen by a comparison: there a lane takes the values as they stood before,
// which a loop keeps behind a branch (codegen/rare_values.cpp). Elsewhere a few roundings differ:
// each product, sum and division adds half an ulp; a quotient beyond 2^500 may become infinite.
// Double alone, whose range is wide enough for products of denominators; kernels that advance
// populations, where divisions are most of the time. Off with `strict`.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool join_divisions(ir::Module& module, const Context& context);

} // namespace hhc::passes
