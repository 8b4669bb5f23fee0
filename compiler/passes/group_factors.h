// SPDX-License-Identifier: MIT
// In a product, what is known before the entity is multiplied together first, so that hoisting
// leaves one factor; a quotient takes it into its numerator.
//
//   %2 = mul %x, 0.07                  %4 = mul 0.07, 1000        (run-bound: prepare)
//   %3 = mul %2, 1000            ->    %5 = mul %4, %phi
//   %4 = mul %3, %phi                  %6 = mul %x, %5
//
//   %5 = div 1, %d                     %6 = div %phi, %d
//   %6 = mul %5, %phi
//
// Only values that nothing else uses are taken apart. Each factor that moves changes a rounding: n
// of them at most n ulp, as long as their product stays in the range of the real type. Off with
// `strict`.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool group_factors(ir::Module& module, const Context& context);

} // namespace hhc::passes
