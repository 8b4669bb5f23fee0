// SPDX-License-Identifier: MIT
// Real headers that generated text begins with, embedded at build time, mostly without comments.
#pragma once

#include <string_view>

namespace hhc::codegen {

/// runtime/abi/kernel_abi.h, and the same with its comments.
[[nodiscard]] std::string_view abi_text();
[[nodiscard]] std::string_view abi_header();
/// compiler/codegen/kernel_support.h
[[nodiscard]] std::string_view kernel_support_text();

} // namespace hhc::codegen
