// SPDX-License-Identifier: MIT
// The update of a state that is a sum of entity values times what is known for the population: one
// factor a value, the constants in one number.
//
//   %4 = sub E, %v                      %7 = mul %v, (1 - h)
//   %5 = add %4, drive           ->     %8 = add %7, (E + drive)*h
//   %6 = add %v, (mul %5, h)
//
// What stands in parentheses is known before the entity, so hoisting takes it out of the loop. Done
// where it leaves fewer operations: a leaky integrator needs one fused operation instead of three,
// the alpha function of a synapse with its mean over the step five instead of twelve. Updates that
// share slopes are weighed together (update_sums.h).
//
// Bound: with n values x_i, n + 3 units in the last place (1.1e-16 each) of sum |w_i x_i| + |c|. A
// state, also one moved within the step (a mean, a midpoint), is off by that absolute error and no
// more; other values, whose relative error may count near a zero (rates), are left alone. Off with
// `strict`.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool gather_updates(ir::Module& module, const Context& context);

} // namespace hhc::passes
