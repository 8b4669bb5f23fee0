// SPDX-License-Identifier: MIT
// Does this CPU, and its operating system, have the features that a compiled model names?
#pragma once

#include <string>
#include <string_view>

namespace hodg::kernel {

/// The first feature of a comma-separated list (LLVM's names) that is missing here or not known, or
/// an empty string.
std::string first_missing_feature(std::string_view required);

} // namespace hodg::kernel
