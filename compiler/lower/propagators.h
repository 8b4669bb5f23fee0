// SPDX-License-Identifier: MIT
// Matrix exponentials of coupled linear systems: computed by `prepare` (one for the population) or
// `prepare_entities`, kept in hidden uniforms or fields, read in every step.
#pragma once

#include "lower/equations.h"
#include "lower/plan.h"

#include <variant>
#include <vector>

namespace hhc::lower {

/// Where an element of a propagator is kept; monostate: it is zero.
using Slot = std::variant<std::monostate, ir::UniformId, ir::FieldId>;
using SlotMatrix = std::vector<std::vector<Slot>>;

/// x(t + dt) = x + integral*f(x) with f the drifts at t: exact, and at rest where f is zero.
struct PartPropagator {
    SlotMatrix integral; // of exp(A s) over the step
    SlotMatrix mean;     // the mean over the step is x + mean*f(x); empty if not asked for
    // the same while `unless refractory` states are held; empty if no other state reads them
    SlotMatrix held_integral, held_mean;
};

/// For every part of plan.exact, then of plan.split.linear; single states have empty matrices.
class Propagators {
public:
    /// Adds the kernels `prepare` and `prepare_entities` to the module where they are needed.
    Propagators(Equations& equations, const Plan& plan);
    [[nodiscard]] const PartPropagator& of(const LinearPart& part) const;

private:
    std::vector<std::pair<const LinearPart*, PartPropagator>> parts_;
};

} // namespace hhc::lower
