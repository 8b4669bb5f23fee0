// SPDX-License-Identifier: MIT
// Pieces that several kernels share: the start of a step, blocks of statements, what is written
// back.
#pragma once

#include "lower/frame.h"

#include <functional>
#include <vector>

namespace hhc::lower {

/// The frame at t with every `constant over dt` value computed and refractoriness known.
/// Gives `constant over dt` variables the values that they have in the step that begins.
void fix_constants(Frame& frame, const std::function<bool(model::VariableId)>& wanted = {});
[[nodiscard]] Frame start_of_step(Scope& scope, ir::Builder& builder);
/// The same from a frame in which something has another value than is stored.
[[nodiscard]] Frame start_of_step(Frame frame);

/// Variables with `constant over dt`, each after those that it reads.
[[nodiscard]] std::vector<model::VariableId> constants_over_dt(const model::CheckedModel& model);
/// Variables with an initial value, each after those that it reads.
[[nodiscard]] std::vector<model::VariableId> initial_order(const model::CheckedModel& model);

/// Stores the values that these variables have in the frame.
void store_written(Frame& frame, const std::vector<model::VariableId>& variables);

} // namespace hhc::lower
