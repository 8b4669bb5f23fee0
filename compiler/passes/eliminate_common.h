// SPDX-License-Identifier: MIT
// Computes equal values of a kernel once: across all equations, thresholds, events and outputs.
//
//   %2 = mul %0, %1                    %2 = mul %0, %1
//   %3 = mul %1, %0              ->    %3 = add %2, %2
//   %4 = add %2, %3
//
// Every bit stays. Draws with the same stream are the same draw.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool eliminate_common(ir::Module& module, const Context& context);

} // namespace hhc::passes
