// SPDX-License-Identifier: MIT
// The first level of the cache: a text that was compiled before, with the same options, imports and
// build of hodgpy, leads straight to its objects. The stages up to C++ run only if someone asks for
// more than the code: an explanation, a stage, an expression, a variant.
#pragma once

#include "driver/compiled_model.h"
#include "driver/import_resolver.h"
#include "support/hash.h"

#include "hhc/compile.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hhc::driver {

/// Key of a compilation: everything that it depends on but the imported files.
[[nodiscard]] Hash128 source_key(const std::vector<SourceText>& texts, const Options& options);

/// The compilation `key`, if it is in the cache; `compile` does it anew where need be.
[[nodiscard]] std::optional<Compilation>
find_compilation(const Hash128& key, const Options& options, std::function<Compilation()> compile);

/// Remembers a compilation without errors and warnings.
void remember_compilation(const Hash128& key, const Options& options,
                          const Compilation& compilation, const std::vector<ImportedFile>& imports);

/// Lets models of the same compilation, made again in this process, have the table of its first.
void share_table(const Hash128& key, const std::shared_ptr<const HostTable>& table);

/// Remembers which object holds the code of a model of the compilation `key`.
void remember_code(const Hash128& key, const ir::Module& module, const std::string& symbol,
                   const Hash128& object_key);

/// Remembers the kernels of a model of the compilation `key` whose code may never be made, because
/// its synapses get values before they get delays that differ.
void remember_kernels(const Hash128& key, const ir::Module& module);

/// Names a model in keys: its text, or what it offers to others.
[[nodiscard]] std::string identity(const Model& model);

/// The compiled form of any model; one from the cache is compiled for it.
[[nodiscard]] const CompiledModel& compiled(const Model& model);

} // namespace hhc::driver
