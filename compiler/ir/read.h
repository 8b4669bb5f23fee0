// SPDX-License-Identifier: MIT
// Reads the text form of a module. Tests write IR in it, tools keep it; it is not the users'
// language.
#pragma once

#include "ir/ir.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hhc::ir {

struct ReadError {
    std::size_t line = 0; // 1-based
    std::string message;
};

/// Either a module (not verified) or the first error. Values may have any name after `%`; a value
/// must stand above its users.
struct ReadResult {
    std::optional<Module> module;
    ReadError error;
};
[[nodiscard]] ReadResult read(std::string_view text);

} // namespace hhc::ir
