// SPDX-License-Identifier: MIT
#include "base/clock.h"

#include "base/fail.h"

#include <fmt/format.h>

#include <cmath>

namespace hodg::base {

void check_time_step(double dt) {
    if (!(dt > 0) || !std::isfinite(dt)) {
        fail(Code::BadTimeStep, fmt::format("dt is {} s, expected a positive number", dt));
    }
}

std::int64_t steps_in(double seconds, double dt, std::string_view what) {
    if (!(seconds >= 0) || !std::isfinite(seconds)) {
        fail(Code::BadDuration,
             fmt::format("{} is {} s, expected a number that is not negative", what, seconds));
    }
    const double steps = seconds / dt;
    if (steps > 9e15) {
        fail(Code::BadDuration,
             fmt::format("{} is {} s, more steps of {} s than can be counted", what, seconds, dt));
    }
    const double nearest = std::round(steps);
    if (std::fabs(steps - nearest) > 1e-9 * std::fmax(1.0, nearest)) {
        fail(Code::BadDuration,
             fmt::format("{} is {} s, not a multiple of dt = {} s", what, seconds, dt),
             fmt::format("the nearest multiple is {:.12g} s", nearest * dt));
    }
    return static_cast<std::int64_t>(nearest);
}

} // namespace hodg::base
