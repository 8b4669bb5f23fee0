// SPDX-License-Identifier: MIT
// Which states of a synapse are the same for all synapses of a source or target, or add up over
// those of a target: they are kept once per entity. docs/internals/synapses.md proves the rules.
#pragma once

#include "lower/scope.h"

#include <string>
#include <vector>

namespace hhc::lower {

enum class Kept : std::uint8_t {
    PerSynapse,
    Once,  // every synapse of the entity would hold the same value
    Total, // the sum over the synapses of the target
};

struct Placement {
    struct Row {
        Kept kept = Kept::PerSynapse;
        ir::Space space = ir::Space::Each;
        std::string why;
    };
    std::vector<Row> rows;       // by variable
    std::vector<ir::Space> sums; // over whose entities each sum of the model runs

    [[nodiscard]] const Row& of(model::VariableId id) const { return rows[id.index]; }
    [[nodiscard]] ir::Space space(model::VariableId id) const { return rows[id.index].space; }
};

/// Decides, and gives the fields of the module their space.
[[nodiscard]] Placement place_states(Scope& scope);

} // namespace hhc::lower
