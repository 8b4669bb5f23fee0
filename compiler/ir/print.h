// SPDX-License-Identifier: MIT
// The text form of a module, which `read` takes back unchanged; README.md shows it.
#pragma once

#include "ir/ir.h"

#include <string>

namespace hhc::ir {

inline constexpr int text_version = 1;

struct PrintOptions {
    bool comments = true; // name and place of every value; without them both are lost in the text
    bool header = true;   // version, module, tables; off prints kernels only
};

[[nodiscard]] std::string print(const Module& module, const PrintOptions& options = {});
[[nodiscard]] std::string print(const Module& module, const Kernel& kernel,
                                const PrintOptions& options = {});
/// One value without number and comment: "mul %3, %7".
[[nodiscard]] std::string print(const Module& module, const Value& value);

} // namespace hhc::ir
