// SPDX-License-Identifier: MIT
// Populations whose cells rest for some steps after a spike.
#pragma once

#include "ir/ir.h"

namespace hhc::ir {

/// The uniform that holds for how many steps, where kernel advance asks of `lastspike` nothing but
/// whether so many have passed: a bit for each cell can answer that in place of the field
/// (hhk_context.rested). Invalid otherwise.
[[nodiscard]] UniformId rest_length(const Module& module);

/// Notes it in the field, as kernels are not everywhere where the field is. Passes forget it first,
/// since uniforms get other numbers there.
void note_rest(Module& module);
void forget_rest(Module& module);

} // namespace hhc::ir
