// SPDX-License-Identifier: MIT
// What a synapse may know of a population: its checked model with the roles that its parameters
// have in this very compilation, or what the table of a loaded library tells.
#pragma once

#include "diag/sink.h"
#include "sema/check.h"
#include "support/hash.h"

#include "hhc/compile.h"

#include <optional>

namespace hhc::driver {

class PopulationModel {
public:
    /// Reports a population of another precision than the synapse.
    PopulationModel(const SynapseSide& side, const Options& options, diag::Sink& sink);

    [[nodiscard]] sema::PopulationSide side() const { return {model_ ? &*model_ : nullptr, true}; }

private:
    std::optional<model::CheckedModel> model_;
};

/// Key of a compilation of a synapse: its texts, its options, and what both populations offer.
[[nodiscard]] Hash128 synapse_key(const SynapseSource& source, const SynapseSide& pre,
                                  const SynapseSide& post, const Options& options);

} // namespace hhc::driver
