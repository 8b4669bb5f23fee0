// SPDX-License-Identifier: MIT
// What changes only when a parameter or dt does moves out of the step into `prepare`, as a hidden
// uniform; what is constant for each entity and dear moves into `prepare_entities`, as a hidden
// field.
//
//   kernel advance {                          kernel prepare {
//     %0 = uniform tau                          %0 = uniform tau
//     %1 = dt                                   %1 = dt
//     %2 = div %1, %0                           %2 = div %1, %0
//     %3 = neg %2                               %3 = neg %2
//     %4 = math exp %3                    ->    %4 = math exp %3
//     %5 = load v                               store_uniform hoisted.exp, %4
//     %6 = mul %5, %4                         }
//     store v, %6                             kernel advance {
//   }                                           %0 = uniform hoisted.exp
//                                               %1 = load v
//                                               ...
//
// Every bit stays: both places compute in double (hidden fields: in the module's real type, as the
// entity value did). Values of the step (t, tables) stay, they are computed once a block; so does
// integer arithmetic, whose faults belong to a step. Observe is left alone: it may run before
// `prepare` has seen a change.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool hoist_invariants(ir::Module& module, const Context& context);

} // namespace hhc::passes
