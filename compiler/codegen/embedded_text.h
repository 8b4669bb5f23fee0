// SPDX-License-Identifier: MIT
// Real headers that generated text begins with, embedded at build time without comments.
#pragma once

#include <string_view>

namespace hhc::codegen {

/// runtime/abi/kernel_abi.h
[[nodiscard]] std::string_view abi_text();
/// compiler/codegen/kernel_support.h
[[nodiscard]] std::string_view kernel_support_text();

} // namespace hhc::codegen
