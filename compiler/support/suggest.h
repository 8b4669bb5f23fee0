// SPDX-License-Identifier: MIT
// Spelling suggestions: the names nearest to a misspelt one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hhc {

/// Damerau-Levenshtein distance (insert, delete, replace, swap neighbours), in half edits: a letter
/// of the wrong case costs 1, everything else 2.
[[nodiscard]] std::size_t spelling_distance(std::string_view a, std::string_view b);

/// Candidates near enough to be meant, best first, at most `count`; equal ones keep their order.
[[nodiscard]] std::vector<std::string> nearest_names(std::string_view name,
                                                     const std::vector<std::string>& candidates,
                                                     std::size_t count = 3);

/// "did you mean `a`?", "did you mean `a` or `b`?"; empty without names.
[[nodiscard]] std::string did_you_mean(const std::vector<std::string>& names);

} // namespace hhc
