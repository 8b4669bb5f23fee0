// SPDX-License-Identifier: MIT
// From optimised IR to machine code: C++ text, object cache, Clang, link.
#pragma once

#include "codegen/emit_cpp.h"
#include "ir/ir.h"
#include "jit/jit.h"
#include "source/source_file.h"
#include "support/hash.h"

#include "hhc/compile.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::driver {

/// Modules that are compiled together: they agree on the options that reach Clang.
struct Batch {
    std::vector<const ir::Module*> modules;
    const Options* options = nullptr;
    const source::SourceManager* sources = nullptr; // for comments in the generated text
    bool in_parts = false; // two calls of Clang side by side; only for load()
    bool sealed = false;   // what a shared library exports says that it will be sealed
};

/// The generated C++ of a batch; `library` adds what a shared library exports.
[[nodiscard]] codegen::CppUnit emit(const Batch& batch, bool library);

/// The object file of a batch, from the cache if it is there.
[[nodiscard]] std::string make_object(const Batch& batch, bool library,
                                      std::vector<StageTime>& times);

/// The object of a batch in memory.
struct LoadedBatch {
    std::shared_ptr<jit::LoadedCode> code;
    std::vector<std::string> symbols; // per module: its hhk_model
    Hash128 object_key;
};

/// Emits, compiles unless the cache has it, and links. Throws CompileError.
[[nodiscard]] LoadedBatch load(const Batch& batch, std::vector<StageTime>& times);

/// An object of the cache in memory; nullptr if it is gone or damaged. Throws CompileError.
[[nodiscard]] std::shared_ptr<jit::LoadedCode> load_cached(const Hash128& object_key,
                                                           std::string_view name);

/// Runs without machine code, now or ever.
[[nodiscard]] inline bool is_interpreted(const Options& options) {
    return options.target == "interpreter";
}

/// Too large for all of Clang's effort, which grows faster than what it gains.
[[nodiscard]] bool is_large(const ir::Module& module);

/// How the batch is compiled by Clang.
[[nodiscard]] jit::CompileOptions compile_options(const Batch& batch);

} // namespace hhc::driver
