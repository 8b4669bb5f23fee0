// SPDX-License-Identifier: MIT
// Private to print and read: the words of the text form.
#pragma once

#include <array>
#include <string_view>

namespace hhc::ir::words {

inline constexpr std::array<std::string_view, 4> storages = {"real", "integer", "boolean", "step"};
inline constexpr std::array<std::string_view, 10> roles = {
    "state",      "parameter",      "constant_over_dt", "input",       "linked",
    "last_spike", "not_refractory", "hidden",           "last_update", "given"};
inline constexpr std::array<std::string_view, 4> flags = {"unless_refractory", "constant",
                                                          "staggered", "has_init"};
inline constexpr std::array<std::string_view, 6> accesses = {"read",    "add",     "write",
                                                             "delayed", "guarded", "summed"};
inline constexpr std::array<std::string_view, 5> spaces = {"each", "pre", "post", "per_pre",
                                                           "per_post"};
inline constexpr std::array<std::string_view, 7> bases = {"m", "kg", "s", "A", "K", "mol", "cd"};

} // namespace hhc::ir::words
