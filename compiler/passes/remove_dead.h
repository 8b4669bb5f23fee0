// SPDX-License-Identifier: MIT
// Drops what nobody reads: values, hidden uniforms and hidden fields with the stores into them, and
// hooks of preparation that are empty then.
//
//   uniform hoisted.x real hidden             kernel advance {
//   kernel advance {                            %0 = load v
//     %0 = load v                         ->    store v, %0
//     %1 = uniform hoisted.x                  }
//     %2 = mul %0, %1
//     store v, %0
//   }
//
// Every bit stays. Variables of the model stay, read or not: users and recorders see them. A faulty
// integer operation that nobody reads reports nothing.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool remove_dead(ir::Module& module, const Context& context);

} // namespace hhc::passes
