// SPDX-License-Identifier: MIT
// Clang, LLVM and lld are a shared library of their own, which is loaded when something is compiled
// for the first time: a process whose code comes from the cache has no page of it.
#pragma once

#include "jit/jit.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::jit {

/// Addresses of the symbols of an object in memory, as long as `memory` is held.
struct LoadedObject {
    std::shared_ptr<void> memory;
    std::map<std::string, void*, std::less<>> symbols;
};

/// What the library does; the functions are those of jit.h.
struct Toolchain {
    std::string (*version)();
    std::optional<std::string> (*compile_to_object)(std::string_view text,
                                                    const CompileOptions& options, diag::Sink& sink,
                                                    CompileTimes* times);
    std::optional<std::string> (*compile_parts)(std::string_view text,
                                                const CompileOptions& options, diag::Sink& sink,
                                                CompileTimes* times);
    std::optional<std::string> (*emit_text)(std::string_view text, const CompileOptions& options,
                                            TextStage stage, diag::Sink& sink);
    bool (*link_shared)(std::string_view object, const std::string& path, const TargetSpec& target,
                        diag::Sink& sink);
    /// By LLVM's ORC, for processors that place_object() does not know; or an error text.
    std::optional<std::string> (*load)(std::string_view object, std::string_view name,
                                       const std::vector<std::string>& wanted,
                                       LoadedObject& loaded);
};

/// The name of the one function that the library shows: const Toolchain* hhc_toolchain().
inline constexpr const char* toolchain_entry = "hhc_toolchain";

/// Loads the library at the first call; later ones cost nothing. nullptr, and HH9006, where it is
/// missing: the installation is broken then.
[[nodiscard]] const Toolchain* toolchain(diag::Sink& sink);

/// Loads a library that is called so; an error text otherwise. For toolchain() and its tests.
[[nodiscard]] std::optional<std::string> open_toolchain(const char* file, const Toolchain*& found);

} // namespace hhc::jit
