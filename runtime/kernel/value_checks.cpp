// SPDX-License-Identifier: MIT
#include "kernel/value_checks.h"

#include "base/fail.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <span>
#include <string>

namespace hodg::kernel {

using base::Code;
using base::fail;

void check_index(const PopulationState& state, std::int64_t index, std::int64_t count) {
    if (index < 0 || index >= count) {
        fail(Code::IndexOutOfRange,
             fmt::format("index {} of `{}`, which has {} entities", index, state.name(), count));
    }
}

void check_indices(const PopulationState& state, std::span<const std::int64_t> indices) {
    for (const std::int64_t index : indices) {
        check_index(state, index, state.count());
    }
}

void check_settable(const PopulationState& state, std::string_view name, unsigned role) {
    const char* reason = nullptr;
    switch (role) {
    case HHK_CONSTANT_OVER_DT:
        reason = "it is computed at the start of every step";
        break;
    case HHK_INPUT:
        reason = "it is the sum of what arrives, zero at the start of every step";
        break;
    case HHK_LINKED:
        reason = "it is read from another object; use link";
        break;
    case HHK_GIVEN:
        reason = "it follows from the connections";
        break;
    case HHK_LAST_UPDATE:
        reason = "it is the clock of event-driven states";
        break;
    default:
        return;
    }
    fail(Code::NotSettable,
         fmt::format("`{}` of `{}` cannot be set: {}", name, state.name(), reason));
}

/// Does the value fit what the variable stores?
void check_value(const PopulationState& state, std::string_view name, unsigned type, double value) {
    if (type == HHK_STEP && (value == -INFINITY || std::fabs(value) < 1e12)) {
        return;
    }
    if (!std::isfinite(value)) {
        fail(Code::ValueNotFinite,
             fmt::format("`{}` of `{}` was given {}, expected a finite number", name, state.name(),
                         value));
    }
    using Limits = std::numeric_limits<std::int32_t>;
    const bool fits_integer =
        std::floor(value) == value && value >= Limits::min() && value <= Limits::max();
    if (type == HHK_INTEGER && !fits_integer) {
        fail(Code::ValueOutOfType,
             fmt::format("`{}` of `{}` was given {}, expected an integer of 32 bits", name,
                         state.name(), value));
    }
    if (type == HHK_BOOLEAN && value != 0 && value != 1) {
        fail(Code::ValueOutOfType,
             fmt::format("`{}` of `{}` was given {}, expected 0 or 1", name, state.name(), value));
    }
    if (type == HHK_REAL && state.table().real_size == 4 &&
        std::fabs(value) > std::numeric_limits<float>::max()) {
        fail(Code::ValueOutOfType, fmt::format("`{}` of `{}` was given {}, too large for float32",
                                               name, state.name(), value));
    }
}

void refuse_array(const PopulationState& state, std::string_view name) {
    throw NeedsPerEntity(
        std::string(name),
        fmt::format("`{}` of `{}` has one value for the whole population, an array "
                    "was given",
                    name, state.name()));
}

} // namespace hodg::kernel
