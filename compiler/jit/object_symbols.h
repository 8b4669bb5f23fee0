// SPDX-License-Identifier: MIT
// Private: what an object file defines and needs. No LLVM types.
#pragma once

#include "diag/sink.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::jit {

struct ObjectSymbols {
    std::string arch; ///< "x86_64", "aarch64"
    std::vector<std::string> defined;
    std::vector<std::string> undefined;
};

/// nullopt, and HH9005, when the bytes are no ELF object; and HH9003 when they need a symbol that
/// generated code may not use.
[[nodiscard]] std::optional<ObjectSymbols> check_object(std::string_view object,
                                                        std::string_view name, diag::Sink& sink);

} // namespace hhc::jit
