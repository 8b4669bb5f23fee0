// SPDX-License-Identifier: MIT
// The one way in which the runtime refuses: a code of hodg/codes.def, a message, a hint.
#pragma once

#include "hodg/error.h"

#include <span>
#include <string>
#include <string_view>

namespace hodg::base {

#define HHC_CODE(name, text, severity, headline) name,
enum class Code {
#include "hodg/codes.def"
};
#undef HHC_CODE

/// "HH6010"
const char* code_text(Code code);

[[noreturn]] void fail(Code code, std::string message, std::string hint = {});

/// "did you mean `v`?", or a list when nothing is near, or nothing when there is no choice.
std::string suggest(std::string_view wrong, std::span<const std::string> choices);

} // namespace hodg::base
