// SPDX-License-Identifier: MIT
// Times as whole numbers of steps: the one place where seconds become steps.
#pragma once

#include <cstdint>
#include <string_view>

namespace hodg::base {

/// Refuses a step that is not a positive finite number of seconds.
void check_time_step(double dt);

/// Steps in `seconds`. Refuses what is negative, not finite, or further than 1e-9 of itself from a
/// multiple of dt, and names the nearest multiples. `what` names the argument.
std::int64_t steps_in(double seconds, double dt, std::string_view what);

} // namespace hodg::base
