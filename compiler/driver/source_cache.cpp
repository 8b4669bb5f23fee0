// SPDX-License-Identifier: MIT
#include "driver/source_cache.h"

#include "cache/object_cache.h"
#include "driver/backend.h"
#include "driver/guard.h"
#include "driver/host_table.h"
#include "driver/import_resolver.h"
#include "driver/pending.h"
#include "driver/shared_by_key.h"
#include "ir/print.h"
#include "ir/read.h"
#include "jit/jit.h"
#include "support/env.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <mutex>

namespace hhc::driver {

namespace {

using Json = nlohmann::json;

/// The key of one model's code, derived from its compilation's.
Hash128 code_key(const Hash128& key, const std::string& name) {
    return Hasher().field(key.hex()).field("code").field(name).finish();
}

/// The key of its kernels as text.
Hash128 kernels_key(const Hash128& key, const std::string& name) {
    return Hasher().field(key.hex()).field("kernels").field(name).finish();
}

/// By code_key: a text that is compiled again while its first table still waits for code.
SharedByKey<const HostTable>& known_tables() {
    static auto* const tables = new SharedByKey<const HostTable>; // outlives all statics
    return *tables;
}

/// A model whose code is on disk and whose text was not even parsed.
class CachedModel final : public Model {
public:
    CachedModel(Hash128 key, std::size_t index, const Json& record, Options options,
                std::shared_ptr<std::function<Compilation()>> compile)
        : key_(key), index_(index), options_(std::move(options)),
          name_(record.at("name").get<std::string>()),
          description_(record.at("description").get<std::string>()), compile_(std::move(compile)) {}

    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] bool is_template() const override {
        return Json::parse(description_).value("template", false);
    }
    [[nodiscard]] const std::string& description() const override { return description_; }
    [[nodiscard]] std::string explain() const override { return full().explain(); }
    [[nodiscard]] std::string emit(std::string_view stage) const override {
        return full().emit(stage);
    }
    [[nodiscard]] std::shared_ptr<Model>
    with_per_entity(const std::vector<std::string>& names) const override {
        return full().with_per_entity(names);
    }

    [[nodiscard]] const Hash128& key() const { return key_; }

    [[nodiscard]] std::vector<StageTime> times() const override {
        const std::lock_guard lock(mutex_);
        return full_ ? full_->times() : times_;
    }

    [[nodiscard]] Code code() const override {
        Code code = deferred();
        build({&code.table, 1});
        return code;
    }

    [[nodiscard]] Code deferred() const override {
        const std::lock_guard lock(mutex_);
        if (code_.table == nullptr) {
            code_ = load().value_or(Code{});
        }
        if (code_.table == nullptr) {
            code_ = load_kernels().value_or(Code{});
        }
        if (code_.table == nullptr) { // the object is gone or damaged
            code_ = full_locked().deferred();
        }
        return code_;
    }

    [[nodiscard]] const CompiledModel& full() const {
        const std::lock_guard lock(mutex_);
        return full_locked();
    }

private:
    [[nodiscard]] const CompiledModel& full_locked() const {
        if (!full_) {
            Compilation compilation = (*compile_)();
            if (!compilation.ok()) { // a file that was imported changed under our hands
                throw CompileError(compilation.diagnostics);
            }
            full_ = compilation.models.at(index_);
        }
        return dynamic_cast<const CompiledModel&>(*full_);
    }

    [[nodiscard]] std::optional<Code> load() const {
        const StageTimer timer(times_, "cache");
        const Hash128 key = code_key(key_, name_);
        if (const std::shared_ptr<const HostTable> host = known_tables().find(key)) {
            return code_of(host);
        }
        const cache::ObjectCache cache(env::cache_dir());
        const std::optional<cache::SourceEntry> entry = cache.find_source(key);
        if (!entry) {
            return std::nullopt;
        }
        const std::shared_ptr<jit::LoadedCode> loaded = load_cached(entry->object_key, name_);
        if (loaded == nullptr) {
            return std::nullopt;
        }
        const std::size_t end = entry->metadata.find('\n');
        const ir::ReadResult seldom = ir::read(std::string_view(entry->metadata).substr(end + 1));
        if (!seldom.module) {
            return std::nullopt; // of another version of the text form
        }
        const auto host = std::make_shared<HostTable>(*seldom.module, options_);
        host->take(loaded, entry->metadata.substr(0, end), {});
        known_tables().add(key, host);
        return code_of(host);
    }

    /// A table without code: if it is to run, its code is made of the kernels.
    [[nodiscard]] std::optional<Code> load_kernels() const {
        const StageTimer timer(times_, "cache");
        const std::optional<cache::SourceEntry> entry =
            cache::ObjectCache(env::cache_dir()).find_source(kernels_key(key_, name_));
        const ir::ReadResult kernels = entry ? ir::read(entry->metadata) : ir::ReadResult{};
        if (!kernels.module) {
            return std::nullopt;
        }
        const std::shared_ptr<const HostTable> host =
            pending_table(*kernels.module, options_, key_);
        share_table(key_, host);
        return code_of(host);
    }

    Hash128 key_;
    std::size_t index_;
    Options options_;
    std::string name_;
    std::string description_;
    std::shared_ptr<std::function<Compilation()>> compile_;

    mutable std::mutex mutex_; // guards what follows
    mutable std::shared_ptr<Model> full_;
    mutable Code code_;
    mutable std::vector<StageTime> times_;
};

bool is_unchanged(const Json& import) {
    std::string why;
    const std::optional<std::string> text = read_text(import.at("path").get<std::string>(), why);
    return text && hash_bytes(*text).hex() == import.at("content").get<std::string>();
}

bool may_be_remembered(const Options& options) {
    return options.use_cache && options.target != "interpreter" && !options.free_names;
}

} // namespace

Hash128 source_key(const std::vector<SourceText>& texts, const Options& options) {
    Hasher hasher;
    hasher.field(cache::build_id()).field(jit::toolchain_build());
    for (const SourceText& text : texts) {
        hasher.field(text.text).field(text.shown_name).field(text.first_line);
    }
    for (const External& external : options.externals) {
        hasher.field(external.name).field(static_cast<std::uint64_t>(external.kind));
        hasher.field(Json(external.value).dump()).field(external.unit);
        hasher.field(external.per_entity ? 1 : 0);
    }
    for (const auto& [name, value] : options.freeze) {
        hasher.field(name).field(value ? Json(*value).dump() : "default");
    }
    for (const std::string& name : options.per_entity) {
        hasher.field(name);
    }
    hasher.field(options.method).field(options.interpretation);
    hasher.field(options.real_size).field(options.vector_bytes);
    hasher.field(options.lump ? 1 : 0);
    for (const std::string& name : options.varying_delays) {
        hasher.field(name);
    }
    hasher.field(options.strict ? 1 : 0).field(options.fast_math ? 1 : 0);
    hasher.field(std::bit_cast<std::uint64_t>(options.approximate));
    hasher.field(static_cast<std::uint64_t>(options.optimisation) + 1);
    hasher.field(options.library_folder);
    for (const std::string& folder : options.search_path) {
        hasher.field(folder);
    }
    for (const std::string& pass : options.passes.value_or(std::vector<std::string>{})) {
        hasher.field(pass);
    }
    diag::Sink sink;
    if (const auto target = jit::resolve_target(options.target, sink)) {
        hasher.field(target->triple).field(target->cpu).field(target->tune);
        hasher.field(target->fast_gather ? 1 : 0);
        for (const std::string& feature : target->features) {
            hasher.field(feature);
        }
    }
    return hasher.finish();
}

std::optional<Compilation> find_compilation(const Hash128& key, const Options& options,
                                            std::function<Compilation()> compile) {
    if (!may_be_remembered(options)) {
        return std::nullopt;
    }
    const cache::ObjectCache cache(env::cache_dir());
    const std::optional<cache::SourceEntry> entry = cache.find_source(key);
    if (!entry) {
        return std::nullopt;
    }
    const Json record = Json::parse(entry->metadata, nullptr, false);
    if (record.is_discarded() || !std::ranges::all_of(record.at("imports"), is_unchanged)) {
        return std::nullopt;
    }
    Compilation result;
    result.texts = std::make_shared<SourceTexts>();
    const auto shared = std::make_shared<std::function<Compilation()>>(std::move(compile));
    for (const Json& model : record.at("models")) {
        result.models.push_back(
            std::make_shared<CachedModel>(key, result.models.size(), model, options, shared));
    }
    return result;
}

void remember_compilation(const Hash128& key, const Options& options,
                          const Compilation& compilation,
                          const std::vector<ImportedFile>& imports) {
    const bool is_clean = std::ranges::all_of(
        compilation.diagnostics, [](const Diagnostic& d) { return d.severity == Severity::Note; });
    if (!may_be_remembered(options) || !is_clean) {
        return; // what is wrong must be said again every time
    }
    Json record = {{"models", Json::array()}, {"imports", Json::array()}};
    for (const std::shared_ptr<Model>& model : compilation.models) {
        record["models"].push_back(
            {{"name", model->name()}, {"description", model->description()}});
    }
    for (const ImportedFile& import : imports) {
        record["imports"].push_back({{"path", import.path}, {"content", import.content.hex()}});
    }
    cache::ObjectCache(env::cache_dir()).store_source(key, {record.dump(), {}});
}

void share_table(const Hash128& key, const std::shared_ptr<const HostTable>& table) {
    known_tables().add(code_key(key, table->name), table);
}

void remember_code(const Hash128& key, const ir::Module& module, const std::string& symbol,
                   const Hash128& object_key) {
    const std::string metadata = symbol + "\n" + ir::print(seldom_hooks(module));
    cache::ObjectCache(env::cache_dir())
        .store_source(code_key(key, module.name), {metadata, object_key});
}

void remember_kernels(const Hash128& key, const ir::Module& module) {
    ir::Module kernels = module;
    kernels.description.clear();
    cache::ObjectCache(env::cache_dir())
        .store_source(kernels_key(key, module.name), {ir::print(kernels), {}});
}

std::string identity(const Model& model) {
    Hasher hasher;
    hasher.field(model.name()).field(model.description());
    if (const auto* cached = dynamic_cast<const CachedModel*>(&model)) {
        hasher.field(cached->key().hex());
    } else if (const auto& key = dynamic_cast<const CompiledModel&>(model).source_key()) {
        hasher.field(key->hex());
    }
    return hasher.finish().hex();
}

const CompiledModel& compiled(const Model& model) {
    if (const auto* cached = dynamic_cast<const CachedModel*>(&model)) {
        return cached->full();
    }
    return dynamic_cast<const CompiledModel&>(model);
}

} // namespace hhc::driver
