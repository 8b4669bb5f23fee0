// SPDX-License-Identifier: MIT
// What a C program needs to run a library made by `hhc model.hhm -o model.so`: one header.
#pragma once

#include "ir/ir.h"

#include <span>
#include <string>

namespace hhc::codegen {

/// The kernel interface, the indices of every field, uniform and event of each model by name, and
/// how to call them.
[[nodiscard]] std::string emit_c_header(std::span<const ir::Module* const> modules);

} // namespace hhc::codegen
