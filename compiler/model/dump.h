// SPDX-License-Identifier: MIT
// The checked model as text (`--emit=model`), stable enough for golden tests.
#pragma once

#include "model/model.h"

#include <string>

namespace hhc::model {

[[nodiscard]] std::string dump(const CheckedModel& model);

} // namespace hhc::model
