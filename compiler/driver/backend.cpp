// SPDX-License-Identifier: MIT
#include "driver/backend.h"

#include "cache/object_cache.h"
#include "driver/compiled_model.h"
#include "driver/guard.h"
#include "driver/host_table.h"
#include "driver/source_cache.h"
#include "interp/interpreter.h"
#include "support/check.h"
#include "support/env.h"
#include "support/hash.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace hhc {

namespace driver {
namespace {

constexpr std::size_t large_module = 1500; // IR values: above it -O3 costs more than it gains
constexpr std::string_view interpreter_target = "interpreter";

/// Debuggers and profilers then show lines of the model.
bool wants_debug_info() {
    return env::debug("gdb") || env::debug("perf");
}

std::size_t value_count(const Batch& batch) {
    std::size_t total = 0;
    for (const ir::Module* module : batch.modules) {
        for (const ir::Kernel& kernel : module->kernels) {
            total += kernel.values.size();
        }
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
    bool from_cache = false;
};

Object object_of(const std::string& text, const Batch& batch, std::vector<StageTime>& times) {
    const jit::CompileOptions options = compile_options(batch);
    cache::ObjectCache cache(batch.options->use_cache ? env::cache_dir() : std::string());
    Hasher hasher;
    hasher.field(text).field(jit::toolchain_version()).field(cache::build_id());
    for (const std::string& argument : jit::clang_arguments(options)) {
        hasher.field(argument);
    }
    const Hash128 key = hasher.finish();
    {
        const StageTimer timer(times, "cache");
        if (std::optional<std::string> found = cache.find_object(key)) {
            return {std::move(*found), key, true};
        }
    }
    const StageTimer timer(times, "clang");
    diag::Sink sink;
    std::optional<std::string> object = jit::compile_to_object(text, options, sink);
    throw_errors(sink);
    cache.store_object(key, *object);
    return {std::move(*object), key, false};
}

std::vector<MadeCode> interpret(const Batch& batch) {
    std::vector<MadeCode> codes;
    for (const ir::Module* module : batch.modules) {
        auto owner = std::make_shared<const interp::Interpreter>(*module);
        const hhk_model* table = owner->model();
        codes.push_back({{table, std::move(owner), false}, {}, {}});
    }
    return codes;
}

} // namespace

jit::CompileOptions compile_options(const Batch& batch) {
    jit::CompileOptions result;
    result.target = target_of(batch);
    result.name = batch.modules.front()->name;
    result.debug_info = wants_debug_info();
    result.opt_level = batch.options->optimisation;
    if (result.opt_level < 0) {
        result.opt_level = value_count(batch) > large_module ? 1 : 3;
    }
    return result;
}

codegen::CppUnit emit(const Batch& batch, bool library) {
    const jit::TargetSpec target = target_of(batch);
    codegen::Options options;
    options.vector_width =
        std::max(1, target.vector_bytes / static_cast<int>(batch.modules.front()->real_size));
    options.required_features = target.required_features();
    options.library = library;
    options.sealed = batch.sealed;
    options.line_directives = wants_debug_info();
    options.stand_alone = library;
    options.fast_math = batch.options->fast_math;
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

std::string make_object(const Batch& batch, bool library, bool& from_cache,
                        std::vector<StageTime>& times) {
    codegen::CppUnit unit;
    {
        const StageTimer timer(times, "emit");
        unit = emit(batch, library);
    }
    Object object = object_of(unit.text, batch, times);
    from_cache = object.from_cache;
    return std::move(object.bytes);
}

LoadedBatch load(const Batch& batch, std::vector<StageTime>& times) {
    codegen::CppUnit unit;
    {
        const StageTimer timer(times, "emit");
        unit = emit(batch, false);
    }
    const Object object = object_of(unit.text, batch, times);
    const StageTimer timer(times, "link");
    diag::Sink sink;
    std::shared_ptr<jit::LoadedCode> code =
        jit::load_object(object.bytes, batch.modules.front()->name, sink);
    throw_errors(sink);
    return {std::move(code), std::move(unit.symbols), object.key, object.from_cache};
}

std::vector<MadeCode> make_code(const Batch& batch, std::vector<StageTime>& times) {
    if (batch.options->target == interpreter_target) {
        return interpret(batch);
    }
    const LoadedBatch loaded = load(batch, times);
    std::vector<MadeCode> codes;
    for (std::size_t i = 0; i < loaded.symbols.size(); ++i) {
        codes.push_back({host_code(loaded.code, loaded.symbols[i], *batch.modules[i],
                                   *batch.options, loaded.from_cache),
                         loaded.symbols[i], loaded.object_key});
    }
    return codes;
}

} // namespace driver

void build(std::span<const std::shared_ptr<Model>> models) {
    // One Clang call for all that agree on the options that reach Clang.
    std::map<std::tuple<std::string, std::uint32_t, std::uint32_t, bool, int>,
             std::vector<const driver::CompiledModel*>>
        groups;
    for (const std::shared_ptr<Model>& model : models) {
        const auto* compiled = dynamic_cast<const driver::CompiledModel*>(model.get());
        if (model->is_template()) {
            continue; // its code depends on the populations that it will connect
        }
        if (compiled == nullptr) {
            static_cast<void>(model->code()); // known from before: its object is in the cache
        } else if (!compiled->has_code()) {
            const Options& options = compiled->options();
            groups[{options.target, options.real_size, options.vector_bytes, options.fast_math,
                    options.optimisation}]
                .push_back(compiled);
        }
    }
    for (const auto& [key, group] : groups) {
        driver::Batch batch{{}, &group.front()->options(), nullptr};
        for (const driver::CompiledModel* model : group) {
            batch.modules.push_back(&model->module());
        }
        std::vector<StageTime> times;
        const std::vector<driver::MadeCode> made = driver::make_code(batch, times);
        for (std::size_t i = 0; i < group.size(); ++i) {
            group[i]->set_code(made[i].code, times);
            const bool may_be_kept = group[i]->options().use_cache && !made[i].symbol.empty();
            if (group[i]->source_key() && may_be_kept) {
                driver::remember_code(*group[i]->source_key(), group[i]->module(), made[i].symbol,
                                      made[i].object_key);
            }
        }
    }
}

} // namespace hhc
