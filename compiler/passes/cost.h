// SPDX-License-Identifier: MIT
// Private to this room: rough cost of an operation, in units of an addition.
#pragma once

#include "ir/ir.h"

namespace hhc::passes {

[[nodiscard]] int cost(const ir::Value& value);

} // namespace hhc::passes
