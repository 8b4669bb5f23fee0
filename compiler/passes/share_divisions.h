// SPDX-License-Identifier: MIT
// Divisions are the dearest operation. Several by the same divisor become one reciprocal and
// products; one by something known before the entity, or by a constant of the entity, becomes a
// product with its reciprocal, which hoisting then moves out of the loop.
//
//   %2 = div %x, %tau                  %2 = div 1, %tau       (run-bound: prepare)
//   %3 = div %a, %d              ->    %3 = mul %x, %2
//   %4 = div %b, %d                    %4 = div 1, %d
//                                      %5 = mul %a, %4
//                                      %6 = mul %b, %4
//
// Each product is within 1.5 ulp of the quotient it replaces (half an ulp for the reciprocal, one
// rounding for the product), where the reciprocal neither overflows nor underflows: a literal
// divisor of that kind is left alone, a variable one would have to lie below 1e-308 or above 1e307
// (float32: 1e-38 and 1e37). Off with `strict`.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool share_divisions(ir::Module& module, const Context& context);

} // namespace hhc::passes
