// SPDX-License-Identifier: MIT
// Private floor of the jit room: LLVM's initialisation, its fatal errors, kept files. No LLVM
// types.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::jit {

/// Registers the targets and the fatal-error handler, once.
void initialise_llvm();

/// Runs `work`, in which LLVM may fail for good (report_fatal_error, a crash, lld's fatal):
/// nullopt if it returned, else what LLVM said. Such a failure leaks what `work` held. After a
/// crash LLVM's state is unknown, and every later call fails.
[[nodiscard]] std::optional<std::string> run_guarded(const std::function<void()>& work);

/// lld and the ORC session are used by one thread at a time. Held across fork, so that a child
/// never finds it locked by a thread that it does not have.
[[nodiscard]] std::mutex& toolchain_mutex();

/// Writes generated text where a person will look for it: HHC_DUMP_DIR, or the folder for temporary
/// files. Returns the path, or an empty string when that is not possible.
[[nodiscard]] std::string keep_generated_text(std::string_view name, std::string_view text);

[[nodiscard]] inline double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Symbols of the process that generated code may use, with the library that has them.
struct AllowedSymbol {
    const char* name;
    void* address;
    const char* library;
};
[[nodiscard]] const std::vector<AllowedSymbol>& allowed_symbols();

} // namespace hhc::jit
