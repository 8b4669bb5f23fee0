// SPDX-License-Identifier: MIT
// Private: from the module that Clang's front end made to an object file or text, with our own list
// of passes.
#pragma once

#include "toolchain/toolchain.h"

#include <optional>
#include <string>

namespace llvm {
class Module;
template <typename T> class SmallVectorImpl;
} // namespace llvm

namespace hhc::toolchain {

enum class Output { Object, Llvm, Asm };

/// Optimises the module and writes what is wanted; an error text if there is no such target. LLVM
/// may give up for good in it: call it inside run_guarded().
[[nodiscard]] std::optional<std::string> finish_module(llvm::Module& module,
                                                       const CompileOptions& options, Output kind,
                                                       llvm::SmallVectorImpl<char>& output,
                                                       CompileTimes& times);

} // namespace hhc::toolchain
