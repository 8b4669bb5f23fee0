// SPDX-License-Identifier: MIT
// Private: what object files define and need. No LLVM types.
#pragma once

#include "diag/sink.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::jit {

/// Of this process, as ObjectSymbols::arch.
inline constexpr std::string_view host_arch =
#if defined(__x86_64__)
    "x86_64";
#elif defined(__aarch64__)
    "aarch64";
#else
    "unknown";
#endif

struct ObjectSymbols {
    std::string arch; ///< "x86_64", "aarch64"
    std::vector<std::string> defined;
    std::vector<std::string> undefined;
};

/// Two objects as one string, and what such a string, or a single object, holds.
[[nodiscard]] std::string join_objects(std::string_view first, std::string_view second);
[[nodiscard]] std::vector<std::string_view> objects_of(std::string_view bytes);

/// Of one object or two that belong together. nullopt, and HH9005, when the bytes are no ELF
/// object; and HH9003 when they need a symbol that generated code may not use.
[[nodiscard]] std::optional<ObjectSymbols> check_object(std::string_view object,
                                                        std::string_view name, diag::Sink& sink);

/// Symbols of the process that generated code may use, with the library that has them.
struct AllowedSymbol {
    const char* name;
    void* address;
    const char* library;
};
[[nodiscard]] const std::vector<AllowedSymbol>& allowed_symbols();

} // namespace hhc::jit
