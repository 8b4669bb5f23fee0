// SPDX-License-Identifier: MIT
// The argument of an exponential is mostly linear in one variable: it becomes one fused operation.
//
//   %2 = add %v, 0.065                 %4 = fma %v, -12.5, -0.8125
//   %3 = mul %2, 12.5            ->    %5 = math exp %4
//   %4 = neg %3
//   %5 = math exp %4
//
// So for exp, exprel, inv_exprel and sigmoid, whose result changes by as much as their argument
// does, absolutely. The new argument is off by 1.1e-16*(2|w v| + |c|) where it is w*v + c: for |v|
// up to 200 mV and slopes of 1 mV and more that is 5e-14, mostly 1e-15. Products that other values
// need stay for them. Off with `strict`.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool fuse_arguments(ir::Module& module, const Context& context);

} // namespace hhc::passes
