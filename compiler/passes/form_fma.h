// SPDX-License-Identifier: MIT
// Joins products and sums into fused operations, which round once: faster, and no less accurate.
//
//   %3 = mul %0, %1                    %4 = fma %0, %1, %2
//   %4 = add %3, %2              ->
//   %6 = mul %0, %5                    %7 = neg %0
//   %7 = sub %2, %6                    %8 = fma %7, %5, %2
//
// The rule: a product is joined if it is computed per entity and every use of it is a sum or
// difference of reals that can take it; of two such products in one sum the right one is joined
// first, the other stays. So nothing is computed twice, and the result depends on the IR alone,
// never on a backend. Each join removes one rounding: at most half an ulp of the product is gained
// or lost against the separate operations. Off with `strict`.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool form_fma(ir::Module& module, const Context& context);

} // namespace hhc::passes
