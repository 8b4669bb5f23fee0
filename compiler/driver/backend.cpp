// SPDX-License-Identifier: MIT
#include "driver/backend.h"

#include "cache/object_cache.h"
#include "driver/guard.h"
#include "driver/shared_by_key.h"
#include "support/env.h"
#include "support/hash.h"

#include <algorithm>
#include <utility>

namespace hhc::driver {

namespace {

constexpr std::size_t large_module = 1500; // IR values: above it -O3 costs more than it gains

/// Debuggers and profilers then show lines of the model.
bool wants_debug_info() {
    return env::debug("gdb") || env::debug("perf");
}

std::size_t value_count(const ir::Module& module) {
    std::size_t total = 0;
    for (const ir::Kernel& kernel : module.kernels) {
        total += kernel.values.size();
    }
    return total;
}

jit::TargetSpec target_of(const Batch& batch) {
    diag::Sink sink;
    std::optional<jit::TargetSpec> target = jit::resolve_target(batch.options->target, sink);
    throw_errors(sink);
    if (batch.options->vector_bytes != 0) {
        target->vector_bytes =
            std::min(target->vector_bytes, static_cast<int>(batch.options->vector_bytes));
    }
    return std::move(*target);
}

/// The object of a text, from the cache or from Clang.
struct Object {
    std::string bytes;
    Hash128 key;
};

Object object_of(const codegen::CppUnit& unit, const Batch& batch, std::vector<StageTime>& times) {
    const jit::CompileOptions options = compile_options(batch);
    cache::ObjectCache cache(batch.options->use_cache ? env::cache_dir() : std::string());
    Hasher hasher;
    hasher.field(unit.text).field(jit::toolchain_build()).field(cache::build_id());
    for (const std::string& argument : jit::clang_arguments(options)) {
        hasher.field(argument);
    }
    const Hash128 key = hasher.finish();
    {
        const StageTimer timer(times, "cache");
        if (std::optional<std::string> found = cache.find_object(key)) {
            return {std::move(*found), key};
        }
    }
    diag::Sink sink;
    jit::CompileTimes taken;
    std::optional<std::string> object =
        unit.has_parts ? jit::compile_parts(unit.text, options, sink, &taken)
                       : jit::compile_to_object(unit.text, options, sink, &taken);
    times.insert(
        times.end(),
        {{"clang", taken.front_end}, {"llvm", taken.passes}, {"machine code", taken.machine_code}});
    throw_errors(sink);
    cache.store_object(key, *object);
    return {std::move(*object), key};
}

} // namespace

bool is_large(const ir::Module& module) {
    return value_count(module) > large_module;
}

jit::CompileOptions compile_options(const Batch& batch) {
    jit::CompileOptions result;
    result.target = target_of(batch);
    result.name = batch.modules.front()->name;
    result.debug_info = wants_debug_info();
    result.opt_level = batch.options->optimisation;
    if (result.opt_level < 0) {
        const bool has_large =
            std::ranges::any_of(batch.modules, [](const ir::Module* m) { return is_large(*m); });
        result.opt_level = has_large ? 1 : 3;
    }
    return result;
}

codegen::CppUnit emit(const Batch& batch, bool library) {
    const jit::TargetSpec target = target_of(batch);
    codegen::Options options;
    options.vector_width =
        std::max(1, target.vector_bytes / static_cast<int>(batch.modules.front()->real_size));
    options.processor = target.tune;
    options.required_features = target.required_features();
    options.library = library;
    options.sealed = batch.sealed;
    options.line_directives = wants_debug_info();
    options.stand_alone = library;
    options.fast_math = batch.options->fast_math;
    options.in_parts = batch.in_parts;
    if (batch.sources != nullptr) {
        const source::SourceManager& sources = *batch.sources;
        options.place = [&sources](Span span) -> std::optional<codegen::Place> {
            if (!span.valid()) {
                return std::nullopt;
            }
            const source::SourceFile& file = sources.file(span.file);
            const std::uint32_t line = file.position(span.begin).line;
            return codegen::Place{file.shown_name(), file.shown_line(line),
                                  std::string(file.line(line))};
        };
    }
    return codegen::emit_cpp(batch.modules, options);
}

std::string make_object(const Batch& batch, bool library, std::vector<StageTime>& times) {
    codegen::CppUnit unit;
    {
        const StageTimer timer(times, "emit");
        unit = emit(batch, library);
    }
    return object_of(unit, batch, times).bytes;
}

LoadedBatch load(const Batch& batch, std::vector<StageTime>& times) {
    codegen::CppUnit unit;
    {
        const StageTimer timer(times, "emit");
        unit = emit(batch, false);
    }
    const Object object = object_of(unit, batch, times);
    const StageTimer timer(times, "link");
    diag::Sink sink;
    std::shared_ptr<jit::LoadedCode> code =
        jit::load_object(object.bytes, batch.modules.front()->name, sink);
    throw_errors(sink);
    return {std::move(code), std::move(unit.symbols), object.key};
}

std::shared_ptr<jit::LoadedCode> load_cached(const Hash128& object_key, std::string_view name) {
    // Twenty models of a network may be in one object: it is read once.
    static auto* const known = new SharedByKey<jit::LoadedCode>;
    if (std::shared_ptr<jit::LoadedCode> code = known->find(object_key)) {
        return code;
    }
    const std::optional<std::string> object =
        cache::ObjectCache(env::cache_dir()).find_object(object_key);
    if (!object) {
        return nullptr;
    }
    diag::Sink sink;
    std::shared_ptr<jit::LoadedCode> code = jit::load_object(*object, name, sink);
    throw_errors(sink);
    known->add(object_key, code);
    return code;
}

} // namespace hhc::driver
