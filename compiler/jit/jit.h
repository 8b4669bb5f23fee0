// SPDX-License-Identifier: MIT
// C++ text in; object code, running code or a shared library out. Clang, LLVM and lld work in this
// process and stay behind this header, in a library that the first compilation loads; loading
// objects needs none of it. All functions may be called from any thread, and in a child after fork.
#pragma once

#include "diag/sink.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::jit {

/// What code is made for. `features` are LLVM's names with a sign ("+avx2", "-fxsr"). For the
/// native x86 target they are added to the plain x86-64, because hypervisors hide some that the
/// name of a processor implies, and on are only those that required_features() can name; `tune`
/// then is that name, which decides about times alone.
struct TargetSpec {
    std::string name;
    std::string triple;
    std::string cpu;
    std::string tune; ///< empty: cpu
    std::vector<std::string> features;
    int vector_bytes = 16;
    bool has_fma = true;
    bool fast_gather = false; ///< the instruction beats a load for each lane

    /// What hhk_model.required_features says: names that the runtime can look up before the first
    /// call, with commas between them.
    [[nodiscard]] std::string required_features() const;
};

/// native, x86-64-v2, x86-64-v3, x86-64-v4, aarch64
[[nodiscard]] const std::vector<std::string>& target_names();
/// An unknown name is HH8001.
[[nodiscard]] std::optional<TargetSpec> resolve_target(std::string_view name, diag::Sink& sink);
/// Whether this processor has every instruction that the target may use.
[[nodiscard]] bool runs_here(const TargetSpec& target);

struct CompileOptions {
    TargetSpec target;
    int opt_level = 3; ///< 0 to 3
    bool debug_info = false;
    std::string name = "model"; ///< of the model: in messages and in names of kept files
    int part = 0;               ///< HHK_PART, for a text in parts; 0: the whole
};

/// Every argument that Clang's front end gets, and so, with the text and toolchain_build(), what
/// the object depends on.
[[nodiscard]] std::vector<std::string> clang_arguments(const CompileOptions& options);
/// Version of Clang and LLVM.
[[nodiscard]] std::string toolchain_version();
/// Has the library loaded on another processor, if there is one, while the caller goes on.
void load_toolchain_ahead();
/// Waits for that. Before a process ends: the constructors of LLVM must not meet its destructors.
void finish_loading_toolchain();
/// Tells one build of the library with Clang and LLVM from another, without loading it.
[[nodiscard]] std::string_view toolchain_build();

/// Seconds that the parts of a compilation took.
struct CompileTimes {
    double front_end = 0.0; ///< text to LLVM's IR
    double passes = 0.0;
    double machine_code = 0.0;
};

/// The object file (ELF, position independent). An error of Clang is our bug, HH9002, with the line
/// of the generated text and the place where the text was kept.
[[nodiscard]] std::optional<std::string> compile_to_object(std::string_view text,
                                                           const CompileOptions& options,
                                                           diag::Sink& sink,
                                                           CompileTimes* times = nullptr);

/// Both parts of a text (codegen::CppUnit::has_parts), side by side, where there are two
/// processors; else the whole. What load_object() takes, and nothing else.
[[nodiscard]] std::optional<std::string> compile_parts(std::string_view text,
                                                       const CompileOptions& options,
                                                       diag::Sink& sink,
                                                       CompileTimes* times = nullptr);

enum class TextStage { Llvm, Asm };
/// Optimised LLVM IR or assembly of the same compilation.
[[nodiscard]] std::optional<std::string>
emit_text(std::string_view text, const CompileOptions& options, TextStage stage, diag::Sink& sink);

/// Code in memory with a symbol space of its own; both go with the object. Hold it as long as a
/// pointer into it is in use.
class LoadedCode {
public:
    struct Impl;
    explicit LoadedCode(std::unique_ptr<Impl> impl);
    ~LoadedCode();
    LoadedCode(const LoadedCode&) = delete;
    LoadedCode& operator=(const LoadedCode&) = delete;

    /// Address of a global function or variable of the object, or nullptr.
    [[nodiscard]] void* symbol(std::string_view name) const;
    /// Names of all global symbols, sorted.
    [[nodiscard]] std::vector<std::string> symbols() const;

private:
    std::unique_ptr<Impl> impl_;
};

/// Links an object of this machine, or both of compile_parts(), into the process. It sees memcpy,
/// memset, memmove, fma and fmaf, and nothing else of the process: another undefined symbol is
/// HH9003. If the system forbids executable memory: HH8002.
[[nodiscard]] std::shared_ptr<LoadedCode> load_object(std::string_view object,
                                                      std::string_view name, diag::Sink& sink);

/// Links an object into the shared library `path`, which appears whole or not at all. Needs no
/// linker, no C library and no file of the target system. Undefined symbols as in load_object().
[[nodiscard]] bool link_shared(std::string_view object, const std::string& path,
                               const TargetSpec& target, diag::Sink& sink);

} // namespace hhc::jit
