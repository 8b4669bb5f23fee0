// SPDX-License-Identifier: MIT
// From optimised IR to running code: the interpreter's table, or C++ text, object cache, Clang,
// link.
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

/// Modules that are compiled together: same target, same options.
struct Batch {
    std::vector<const ir::Module*> modules;
    const Options* options = nullptr;
    const source::SourceManager* sources = nullptr; // for comments in the generated text
    bool sealed = false; // what a shared library exports says that it will be sealed
};

/// The generated C++ of a batch; `library` adds what a shared library exports.
[[nodiscard]] codegen::CppUnit emit(const Batch& batch, bool library);

/// The object file of a batch, from the cache if it is there.
[[nodiscard]] std::string make_object(const Batch& batch, bool library, bool& from_cache,
                                      std::vector<StageTime>& times);

/// The object of a batch in memory.
struct LoadedBatch {
    std::shared_ptr<jit::LoadedCode> code;
    std::vector<std::string> symbols; // per module: its hhk_model
    Hash128 object_key;
    bool from_cache = false;
};

/// Emits, compiles unless the cache has it, and links. Throws CompileError.
[[nodiscard]] LoadedBatch load(const Batch& batch, std::vector<StageTime>& times);

/// Running code of one module, and where it is: object in the cache, symbol in the object.
struct MadeCode {
    Code code;
    std::string symbol; // empty: interpreted
    Hash128 object_key;
};

/// Running code of each module of the batch.
[[nodiscard]] std::vector<MadeCode> make_code(const Batch& batch, std::vector<StageTime>& times);

/// How the batch is compiled by Clang.
[[nodiscard]] jit::CompileOptions compile_options(const Batch& batch);

} // namespace hhc::driver
