// SPDX-License-Identifier: MIT
// Well-formedness of a module: every rule of README.md. A violation is a mistake of the compiler.
#pragma once

#include "ir/ir.h"

#include <string>
#include <vector>

namespace hhc::ir {

/// All violations, each naming kernel and value; empty for a well-formed module.
[[nodiscard]] std::vector<std::string> verify(const Module& module);
/// Throws InternalError with the violations; `after` says who made the module.
void check_verified(const Module& module, const std::string& after);

} // namespace hhc::ir
