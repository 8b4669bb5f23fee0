// SPDX-License-Identifier: MIT
// The description of a compiled model: one record per variable, read by explain, Python, LaTeX.
#pragma once

#include "lower/lower.h"
#include "lower/time_constants.h"

#include <optional>
#include <string>
#include <vector>

namespace hhc::lower {

/// `observed` are the names of the outputs of observe.
[[nodiscard]] std::string describe(const model::CheckedModel& model, const ir::Module& module,
                                   const MethodReport& methods,
                                   const std::vector<std::string>& observed,
                                   const std::optional<TimeConstant>& fastest = {});

} // namespace hhc::lower
