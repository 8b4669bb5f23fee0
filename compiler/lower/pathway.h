// SPDX-License-Identifier: MIT
// A pathway of a synapse as kernels: what each synapse does, and what is done once per entity.
#pragma once

#include "lower/event_driven.h"
#include "lower/lumping.h"

namespace hhc::lower {

/// Adds kernels Deliver and DeliverEntities of the pathway, and says in the module's table how they
/// may run.
void add_pathway(Scope& scope, const Placement& placement, EventDriven& event_driven,
                 ir::PathwayId pathway);

} // namespace hhc::lower
