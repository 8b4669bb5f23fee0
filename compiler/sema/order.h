// SPDX-License-Identifier: MIT
// In which order values can be computed, and rules that follow values through the model.
#pragma once

#include "sema/draft.h"

#include <vector>

namespace hhc::sema {

/// evaluation_order and init_order; reports subexpressions and initial values that need each other.
void order_values(Draft& draft);

/// White noise, random functions and shared values, also where they come through a name.
void check_flow(Draft& draft);

/// Variables that an expression names directly.
[[nodiscard]] std::vector<VariableId> reads_of(const model::CheckedModel& model, ExprId id);

} // namespace hhc::sema
