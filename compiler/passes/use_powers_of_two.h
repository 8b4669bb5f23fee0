// SPDX-License-Identifier: MIT
// An exponential whose argument is a product or a sum with a factor known before the entity
// becomes a power of two: log2(e) joins the factor.
//
//   %3 = fma %v, -12.5, -0.8125        %3 = fma %v, -18.0.., -1.17..
//   %4 = math exp %3              ->   %4 = math exp2 %3
//   %6 = mul %rate, %minus_dt          %6 = mul %rate, %scaled (early: minus_dt * log2(e))
//   %7 = math exp %6                   %7 = math exp2 %6
//
// The reduction of exp2 is exact, which saves three of ten products of exp. The argument is off by
// 1.1e-16*(2|w v| + |c|) more where it is w*v + c, twice as much as by rounding it before
// (fuse_arguments). What needs the argument besides keeps it. Off with `strict`.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool use_powers_of_two(ir::Module& module, const Context& context);

} // namespace hhc::passes
