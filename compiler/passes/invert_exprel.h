// SPDX-License-Identifier: MIT
// Rates written as Brian 2 recommends, 0.32*4/exprel(u), divide by exprel:
//
//   %2 = math exprel %1          %2 = math inv_exprel %1
//   %3 = div %0, %2        ->    %3 = mul %0, %2
//
// Also behind a factor, a/(b exprel(u)). A reciprocal may join a family of exponentials
// (fold_exponential_families) and needs no division otherwise.
//
// Bound: 4 ulp between the two, each within 2 of the true quotient. Off with `strict`.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool invert_exprel(ir::Module& module, const Context& context);

} // namespace hhc::passes
