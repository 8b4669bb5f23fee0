// SPDX-License-Identifier: MIT
// What a model must keep to before and after its kernels are made.
#pragma once

#include "lower/equations.h"

namespace hhc::lower {

/// An `update` block in the place of the integrator leaves no differential equation.
void check_updates(Scope& scope, const Equations& equations);
/// A shared value holds no draw, which is made per entity.
void check_shared_draws(Scope& scope);
/// False if the equations exceed the compiler's limits, which is reported.
[[nodiscard]] bool check_size(Scope& scope, const Equations& equations);
/// Reports kernels that exceed them.
void check_kernels(Scope& scope);

} // namespace hhc::lower
