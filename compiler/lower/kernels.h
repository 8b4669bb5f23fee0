// SPDX-License-Identifier: MIT
// The kernels of a module, one function per hook of the kernel ABI. Each adds its kernel to the
// module of the scope if the model needs it.
#pragma once

#include "lower/equations.h"
#include "lower/frame.h"
#include "lower/lower.h"
#include "lower/plan.h"
#include "lower/propagators.h"

#include <functional>
#include <string>
#include <vector>

namespace hhc::lower {

/// Gives the states of the second half their flag, and the uniform that asks for the half step.
void mark_staggered(Equations& equations, const Plan& plan);

/// Initial values of the fields of one space.
void add_init(Scope& scope, ir::Space space = ir::Space::Each);
void add_half_step(Equations& equations, const Plan& plan, const Propagators& propagators);
/// Changes what the stored values are worth before a step: event-driven states of a synapse.
using Prelude = std::function<void(Frame&)>;
void add_advance(Equations& equations, const Plan& plan, const Propagators& propagators,
                 ir::Space space = ir::Space::Each, const Prelude& prelude = {});
void add_events(Scope& scope);
void add_observe(Scope& scope, const std::vector<ir::ValueId>& unseen = {});
void add_rhs(Equations& equations);
void add_jacobian(Equations& equations);
void add_linear(Equations& equations);
/// What the host needs to move v of a cell; cable.cpp.
void add_cable(Equations& equations, const Plan& plan, const Propagators& propagators);

/// An Observe kernel for these expressions.
void add_expressions(Scope& scope, const std::vector<NamedExpression>& expressions);

/// What `observe` writes, in the order of its outputs: subexpressions and `constant over dt` values
/// that read no noise and none of the leaves `unseen`.
[[nodiscard]] std::vector<model::VariableId>
observables(Scope& scope, const std::vector<ir::ValueId>& unseen = {});

} // namespace hhc::lower
