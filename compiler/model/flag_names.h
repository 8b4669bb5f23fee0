// SPDX-License-Identifier: MIT
// The flags of a variable as they are written after its unit.
#pragma once

#include "model/model.h"

#include <string_view>
#include <vector>

namespace hhc::model {

/// Those that are set: "constant", "unless refractory".
std::vector<std::string_view> flag_names(const Flags& flags);

} // namespace hhc::model
