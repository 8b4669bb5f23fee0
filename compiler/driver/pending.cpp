// SPDX-License-Identifier: MIT
#include "driver/pending.h"

#include "cache/object_cache.h"
#include "driver/backend.h"
#include "driver/guard.h"
#include "driver/source_cache.h"
#include "support/beside.h"
#include "support/env.h"

#include "hhc/compile.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <tuple>
#include <unistd.h>
#include <utility>

namespace hhc {

namespace driver {
namespace {

using Tables = std::vector<std::shared_ptr<HostTable>>;

/// Values of the IR from which on a second thread is worth its start, and reading the prelude
/// twice.
constexpr std::size_t least_for_two = 400;

/// Every table without machine code, and who is making it. Nothing else is locked while this is,
/// and it is held across fork: what another thread had in hand, a child makes itself.
class Registry {
public:
    static Registry& instance() {
        static auto* const registry = new Registry; // outlives every static destructor
        return *registry;
    }

    void add(const std::shared_ptr<HostTable>& table) {
        const std::lock_guard lock(mutex_);
        std::erase_if(entries_, [](const auto& entry) { return entry.second.table.expired(); });
        entries_[table.get()] = {table, 0};
    }

    /// Those of `wanted` that have no code; they are the caller's to make. Waits for those that
    /// another thread makes.
    [[nodiscard]] Tables claim(std::span<const hhk_model* const> wanted) {
        std::unique_lock lock(mutex_);
        made_.wait(lock, [&] {
            return std::ranges::none_of(wanted, [&](const hhk_model* table) {
                const auto found = entries_.find(table);
                return found != entries_.end() && found->second.maker == getpid();
            });
        });
        Tables claimed;
        for (const hhk_model* table : wanted) {
            const auto found = entries_.find(table);
            if (found == entries_.end() || found->second.maker == getpid()) {
                continue; // made, or asked for twice
            }
            if (std::shared_ptr<HostTable> alive = found->second.table.lock()) {
                found->second.maker = getpid();
                claimed.push_back(std::move(alive));
            }
        }
        return claimed;
    }

    /// They are made, or can be claimed again.
    void release(const Tables& claimed) {
        {
            const std::lock_guard lock(mutex_);
            for (const std::shared_ptr<HostTable>& table : claimed) {
                if (table->has_code()) {
                    entries_.erase(table.get());
                } else {
                    entries_[table.get()].maker = 0;
                }
            }
        }
        made_.notify_all();
    }

private:
    struct Entry {
        std::weak_ptr<HostTable> table;
        pid_t maker = 0; ///< the process whose thread makes the code; a parent's counts for nothing
    };

    Registry() {
        pthread_atfork([] { instance().mutex_.lock(); }, [] { instance().mutex_.unlock(); },
                       [] { instance().mutex_.unlock(); });
    }

    std::mutex mutex_;
    std::condition_variable made_;
    std::map<const hhk_model*, Entry> entries_;
};

/// Holds what was claimed until it is made, or something was thrown.
class Claim {
public:
    explicit Claim(std::span<const hhk_model* const> wanted)
        : tables_(Registry::instance().claim(wanted)) {}
    ~Claim() { Registry::instance().release(tables_); }
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;
    [[nodiscard]] const Tables& tables() const { return tables_; }

private:
    Tables tables_;
};

std::size_t weight(const HostTable& table) {
    std::size_t total = 0;
    for (const ir::Kernel& kernel : table.module().kernels) {
        total += kernel.values.size();
    }
    return total;
}

std::size_t weight(const Tables& tables) {
    std::size_t total = 0;
    for (const std::shared_ptr<HostTable>& table : tables) {
        total += weight(*table);
    }
    return total;
}

Batch batch_of(const Tables& tables) {
    Batch batch{{}, &tables.front()->options(), nullptr};
    for (const std::shared_ptr<HostTable>& table : tables) {
        batch.modules.push_back(&table->module());
    }
    return batch;
}

/// The key of one model's code, in whatever batch it was compiled.
Hash128 kernel_key(const HostTable& table) {
    const Batch batch{{&table.module()}, &table.options(), nullptr};
    Hasher hasher;
    hasher.field("kernel").field(cache::build_id()).field(jit::toolchain_build());
    hasher.field(table.code_hash[0]).field(table.code_hash[1]);
    hasher.field(table.options().fast_math ? 1 : 0).field(table.options().vector_bytes);
    jit::CompileOptions options = compile_options(batch);
    options.name = "model"; // how it is called decides nothing
    for (const std::string& argument : jit::clang_arguments(options)) {
        hasher.field(argument);
    }
    return hasher.finish();
}

void remember(const HostTable& table, const Hash128& kernel, const std::string& symbol,
              const Hash128& object_key) {
    if (!table.options().use_cache) {
        return;
    }
    cache::ObjectCache(env::cache_dir()).store_source(kernel, {symbol, object_key});
    if (table.source_key()) {
        remember_code(*table.source_key(), table.module(), symbol, object_key);
    }
}

/// Code that was made before, perhaps beside other models.
bool find_in_cache(HostTable& table, const Hash128& kernel) {
    if (!table.options().use_cache) {
        return false;
    }
    std::vector<StageTime> times;
    std::optional<cache::SourceEntry> entry;
    std::shared_ptr<jit::LoadedCode> code;
    {
        const StageTimer timer(times, "cache");
        entry = cache::ObjectCache(env::cache_dir()).find_source(kernel);
        code = entry ? load_cached(entry->object_key, table.name) : nullptr;
    }
    if (code == nullptr || code->symbol(entry->metadata) == nullptr) {
        return false;
    }
    table.take(code, entry->metadata, times);
    remember(table, kernel, entry->metadata, entry->object_key);
    return true;
}

/// One call of Clang, or two for the parts of its text.
void compile_together(const Tables& tables, bool in_parts) {
    std::vector<Hash128> kernels;
    for (const std::shared_ptr<HostTable>& table : tables) {
        kernels.push_back(kernel_key(*table));
    }
    std::vector<StageTime> times;
    Batch batch = batch_of(tables);
    batch.in_parts = in_parts;
    const LoadedBatch loaded = load(batch, times);
    for (std::size_t i = 0; i < tables.size(); ++i) {
        tables[i]->take(loaded.code, loaded.symbols[i], times);
        remember(*tables[i], kernels[i], loaded.symbols[i], loaded.object_key);
    }
}

/// Two parts of about the same weight; the second is empty where one is enough.
std::pair<Tables, Tables> halves(Tables tables) {
    if (tables.size() < 2 || weight(tables) < least_for_two || !Beside::is_worth_it()) {
        return {tables, {}};
    }
    std::ranges::stable_sort(tables, std::ranges::greater(),
                             [](const auto& table) { return weight(*table); });
    std::pair<Tables, Tables> parts;
    std::size_t first = 0;
    std::size_t second = 0;
    for (std::shared_ptr<HostTable>& table : tables) {
        const bool to_first = first <= second;
        (to_first ? first : second) += weight(*table);
        (to_first ? parts.first : parts.second).push_back(std::move(table));
    }
    return parts;
}

void compile_group(Tables tables) {
    const auto [here, beside] = halves(std::move(tables));
    std::exception_ptr failure;
    std::optional<Beside> helper;
    if (!beside.empty()) {
        helper.emplace([&failure, &beside = beside] {
            try {
                compile_together(beside, false);
            } catch (...) {
                failure = std::current_exception();
            }
        });
    }
    // What it throws waits for the helper.
    compile_together(here,
                     beside.empty() && weight(here) >= least_for_two && Beside::is_worth_it());
    helper.reset();
    if (failure) {
        std::rethrow_exception(failure);
    }
}

std::string architecture(const jit::TargetSpec& target) {
    return target.triple.substr(0, target.triple.find('-'));
}

} // namespace

std::shared_ptr<const HostTable> pending_table(const ir::Module& module, const Options& options,
                                               const std::optional<Hash128>& source_key) {
    diag::Sink sink;
    const auto target = jit::resolve_target(options.target, sink);
    throw_errors(sink);
    const auto host = jit::resolve_target("native", sink);
    if (architecture(*target) != architecture(*host)) { // here, and not at the run
        sink.report(diag::Code::ForeignCode, Span{},
                    "the code of `" + module.name + "` is for " + architecture(*target) +
                        ", this processor is " + architecture(*host));
    }
    throw_errors(sink);
    auto table =
        std::make_shared<HostTable>(module, options, source_key, target->required_features());
    Registry::instance().add(table);
    return table;
}

} // namespace driver

void build(std::span<const hhk_model* const> tables) {
    const driver::Claim claim(tables);
    // What reaches Clang decides who can be compiled together.
    std::map<std::tuple<std::string, std::uint32_t, std::uint32_t, bool, int, bool>, driver::Tables>
        groups;
    for (const std::shared_ptr<driver::HostTable>& table : claim.tables()) {
        if (!driver::find_in_cache(*table, driver::kernel_key(*table))) {
            const Options& options = table->options();
            groups[{options.target, options.real_size, options.vector_bytes, options.fast_math,
                    options.optimisation, driver::is_large(table->module())}]
                .push_back(table);
        }
    }
    for (auto& [key, group] : groups) {
        driver::compile_group(std::move(group));
    }
}

void build(std::span<const std::shared_ptr<Model>> models) {
    std::vector<Code> codes;
    std::vector<const hhk_model*> tables;
    for (const std::shared_ptr<Model>& model : models) {
        if (!model->is_template()) { // its code depends on the populations that it will connect
            codes.push_back(model->deferred());
            tables.push_back(codes.back().table);
        }
    }
    build(tables);
}

} // namespace hhc
