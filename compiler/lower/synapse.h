// SPDX-License-Identifier: MIT
// The kernels of a synapse: sums, states by space, pathways.
#pragma once

#include "lower/lower.h"

namespace hhc::lower {

/// As `lower`, of a model between two populations.
[[nodiscard]] Lowered lower_synapse(const model::CheckedModel& model, const Options& options,
                                    diag::Sink& sink);

} // namespace hhc::lower
