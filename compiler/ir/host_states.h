// SPDX-License-Identifier: MIT
// Models whose states the host integrates: for every state `v` there is a hidden field `solved:v`
// in which the host leaves the value at t + dt before it calls `advance`.
#pragma once

#include "ir/ir.h"

#include <algorithm>
#include <string_view>

namespace hhc::ir {

inline constexpr std::string_view solved_prefix = "solved:";

[[nodiscard]] inline bool has_host_states(const Module& module) {
    return std::ranges::any_of(module.fields.raw(), [](const Field& field) {
        return field.name.starts_with(solved_prefix);
    });
}

} // namespace hhc::ir
