// SPDX-License-Identifier: MIT
// Is what a user gives fit for a variable? Each throws the Error that says why not.
#pragma once

#include "kernel/population_state.h"

#include <cstdint>
#include <string_view>

namespace hodg::kernel {

void check_index(const PopulationState& state, std::int64_t index, std::int64_t count);
/// `role`: enum hhk_role
void check_settable(const PopulationState& state, std::string_view name, unsigned role);
/// `type`: enum hhk_type
void check_value(const PopulationState& state, std::string_view name, unsigned type, double value);
/// An array was given for what has one value: NeedsPerEntity.
[[noreturn]] void refuse_array(const PopulationState& state, std::string_view name);

} // namespace hodg::kernel
