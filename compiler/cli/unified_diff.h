// SPDX-License-Identifier: MIT
// What changes between two texts, as `diff -u` writes it.
#pragma once

#include <string>
#include <string_view>

namespace hhc::cli {

/// Empty if the texts are equal. A shortest list of changes (Myers 1986, doi:10.1007/BF01840446).
[[nodiscard]] std::string unified_diff(std::string_view name, std::string_view before,
                                       std::string_view after);

} // namespace hhc::cli
