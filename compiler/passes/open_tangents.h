// SPDX-License-Identifier: MIT
// The step functions of some models are sigmoids in disguise:
//
//   %2 = math tanh %1            %2 = math sigmoid (2 %1)
//   %3 = add 1, %2          ->   %3 = mul 2, %2
//
// and 1 - tanh(x) is 2 sigmoid(-2x). A sigmoid may join a family of exponentials
// (fold_exponential_families), and nothing cancels where tanh is near -1.
//
// Bound: 2 ulp of 1 + tanh(x), which the sum itself does not keep. Off with `strict`.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool open_tangents(ir::Module& module, const Context& context);

} // namespace hhc::passes
