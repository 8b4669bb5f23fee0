// SPDX-License-Identifier: MIT
// Private floor of the room: LLVM's initialisation, its fatal errors, kept files. No LLVM
// types.
#pragma once

#include "jit/toolchain_library.h"

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::toolchain {

using jit::CompileOptions;
using jit::CompileTimes;
using jit::TargetSpec;
using jit::TextStage;

// The functions of jit::Toolchain.
[[nodiscard]] std::optional<std::string> make_object(std::string_view text,
                                                     const CompileOptions& options,
                                                     diag::Sink& sink, CompileTimes* times);
[[nodiscard]] std::optional<std::string> make_parts(std::string_view text,
                                                    const CompileOptions& options, diag::Sink& sink,
                                                    CompileTimes* times);
[[nodiscard]] std::optional<std::string>
make_text(std::string_view text, const CompileOptions& options, TextStage stage, diag::Sink& sink);
[[nodiscard]] bool make_library(std::string_view object, const std::string& path,
                                const TargetSpec& target, diag::Sink& sink);
[[nodiscard]] std::optional<std::string> load(std::string_view object, std::string_view name,
                                              const std::vector<std::string>& wanted,
                                              jit::LoadedObject& loaded);

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

} // namespace hhc::toolchain
