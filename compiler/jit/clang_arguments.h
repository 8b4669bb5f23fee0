// SPDX-License-Identifier: MIT
// Private: clang_arguments() of jit.h, and how the text is called in them.
#pragma once

#include "jit/jit.h"

#include <string>

namespace hhc::jit {

/// In the file system that Clang sees.
[[nodiscard]] std::string input_path(const CompileOptions& options);

} // namespace hhc::jit
