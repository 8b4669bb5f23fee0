// SPDX-License-Identifier: MIT
// Pathways and sums of a synapse, and the rules that need the whole of it.
#pragma once

#include "sema/collect.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hhc::sema {

/// `on pre order 2 delay 1 ms { ... }`, or a pathway of Brian's Synapses.
struct PathwayText {
    std::string name;
    std::string event = "spike";
    model::Side side = model::Side::Pre;
    ast::ExprId order, delay; // expressions, or
    std::int32_t order_number = -1;
    std::optional<double> delay_seconds;
    std::vector<ast::Statement> statements;
    Span span;
};

/// Takes the `on` blocks of a synapse out of `behaviour`, with the side that each belongs to.
[[nodiscard]] std::vector<PathwayText> take_pathways(Draft& draft, Behaviour& behaviour,
                                                     const PopulationSide& pre,
                                                     const PopulationSide& post,
                                                     const std::vector<PathwayWish>& wishes = {});

/// Reports an event that the population does not have.
void check_event(Draft& draft, const PathwayText& pathway, const PopulationSide& population);

/// Statements, order and delay of every pathway into the model.
void check_pathways(Draft& draft, const std::vector<PathwayText>& pathways, const Scope& scope);

/// What an event-driven state may read, what may be written beside a sum, sums of themselves.
void check_synapse_rules(Draft& draft);

} // namespace hhc::sema
