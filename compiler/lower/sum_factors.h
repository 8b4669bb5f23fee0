// SPDX-License-Identifier: MIT
// A sum over synapses whose terms share a factor of the target: sum of w*s*(E - v_post) over the
// synapses of a target is (E - v_post) times the sum of w*s. The first part is computed per synapse
// and added up in a hidden value of the target, the second once per target.
//
// Why it may: the factor is the same for all synapses of one target (it reads the target, t and
// shared constants only), so only roundings differ: of each term's product, relative to the term.
#pragma once

#include "lower/scope.h"

#include <optional>

namespace hhc::lower {

/// Values of the scope's graph.
struct SumFactors {
    ir::ValueId synapse; // of each synapse
    ir::ValueId target;  // of its target
};

/// Does a leaf of the graph hold one value for all synapses of a target?
[[nodiscard]] bool is_of_target(const Scope& scope, const ir::Value& leaf);
/// The same for one number of the whole model, in all steps of a run.
[[nodiscard]] bool is_shared_constant(const ir::Value& leaf);

/// The two parts of a product; nothing where no factor reads the target.
[[nodiscard]] std::optional<SumFactors> split_sum(Scope& scope, ir::ValueId term);

} // namespace hhc::lower
