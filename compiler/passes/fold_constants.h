// SPDX-License-Identifier: MIT
// Computes what consists of literals, with one rounding per operation as at run time.
//
//   %0 = real 0.1                      %0 = real 0.1
//   %1 = real 0.001                    %1 = real 0.001
//   %2 = div %0, %1              ->    %2 = real 100
//   %3 = load v                        %3 = load v
//   %4 = mul %2, %3                    %4 = mul %2, %3
//
// Every bit stays: literals are computed in double in both forms. Faulty integer operations stay
// for run time, which reports them.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool fold_constants(ir::Module& module, const Context& context);

} // namespace hhc::passes
