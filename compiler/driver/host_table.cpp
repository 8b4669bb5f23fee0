// SPDX-License-Identifier: MIT
#include "driver/host_table.h"

#include "codegen/emit_cpp.h"
#include "driver/backend.h"
#include "support/check.h"

#include <array>
#include <string>
#include <utility>

namespace hhc::driver {

namespace {

/// Values of the IR that the interpreter computes in the time of a compilation.
constexpr std::int64_t interpreter_limit = 1'000'000;

/// Hooks of populations that the code of the steps lacks and that may meet many entities.
bool has_own_code(ir::KernelKind kind) {
    return kind == ir::KernelKind::Init || kind == ir::KernelKind::HalfStep;
}

} // namespace

template <class Hook>
hhk_block_fn HostTable::chosen(ir::KernelKind kind, std::int64_t more, Hook hook) const {
    const bool own = has_own_code(kind) && !module().is_synapse;
    {
        const std::lock_guard lock(mutex_);
        for (const hhk_model* made : {compiled_, seldom_}) {
            if (made != nullptr && hook(*made) != nullptr) {
                return hook(*made);
            }
        }
        interpreted_ += more;
        bool& is_tried = own ? is_seldom_tried_ : is_step_tried_;
        if (interpreted_ <= interpreter_limit || is_tried) {
            return hook(*interpreter_.model());
        }
        is_tried = true;
    }
    try {
        if (own) {
            compile_seldom();
        } else {
            const hhk_model* self = this;
            build({&self, 1});
        }
    } catch (const CompileError&) {
        // A hook cannot throw; what is wrong is said where a run, or a library, needs the code.
        return hook(*interpreter_.model());
    }
    return chosen(kind, 0, hook);
}

template <ir::KernelKind kind, hhk_block_fn hhk_model::* member>
std::int32_t HostTable::on_demand(const hhk_context* context, hhk_block* block) {
    const auto& host = static_cast<const HostTable&>(*context->model);
    const ir::Kernel& kernel = *host.module().find(kind);
    const auto values = static_cast<std::int64_t>(kernel.values.size());
    return host.chosen(kind, values * (block->end - block->begin),
                       [](const hhk_model& table) { return table.*member; })(context, block);
}

template <ir::KernelKind kind, ir::Space space, hhk_block_fn (hhk_synapse::*member)[HHK_SPACES]>
std::int32_t HostTable::on_demand_of_space(const hhk_context* context, hhk_block* block) {
    const auto& host = static_cast<const HostTable&>(*context->model);
    const ir::Kernel& kernel = *host.module().find(kind, space);
    const auto values = static_cast<std::int64_t>(kernel.values.size());
    return host.chosen(kind, values * (block->end - block->begin), [](const hhk_model& table) {
        return (table.synapse->*member)[static_cast<std::size_t>(space)];
    })(context, block);
}

/// Puts `on_demand_of_space` where the interpreter has hooks.
template <ir::KernelKind kind, hhk_block_fn (hhk_synapse::*member)[HHK_SPACES]>
void HostTable::guard_spaces() {
    const auto guard = [this]<ir::Space space>() {
        hhk_block_fn& hook = (pending_synapse_.*member)[static_cast<std::size_t>(space)];
        if (hook != nullptr) {
            hook = &on_demand_of_space<kind, space, member>;
        }
    };
    guard.template operator()<ir::Space::Each>();
    guard.template operator()<ir::Space::PerPre>();
    guard.template operator()<ir::Space::PerPost>();
}

HostTable::HostTable(const ir::Module& module, Options options, std::optional<Hash128> source_key,
                     std::string features)
    : hhk_model(), interpreter_(module), options_(std::move(options)), source_key_(source_key),
      features_(std::move(features)) {
    static_cast<hhk_model&>(*this) = *interpreter_.model();
    required_features = features_.c_str();
    const auto guard = [](hhk_block_fn& hook, hhk_block_fn other) {
        hook = hook == nullptr ? nullptr : other;
    };
    guard(init, &on_demand<ir::KernelKind::Init, &hhk_model::init>);
    guard(half_step, &on_demand<ir::KernelKind::HalfStep, &hhk_model::half_step>);
    guard(prepare_entities,
          &on_demand<ir::KernelKind::PrepareEntities, &hhk_model::prepare_entities>);
    guard(observe, &on_demand<ir::KernelKind::Observe, &hhk_model::observe>);
    if (synapse != nullptr) {
        pending_synapse_ = *synapse;
        guard_spaces<ir::KernelKind::Init, &hhk_synapse::init>();
        guard_spaces<ir::KernelKind::PrepareEntities, &hhk_synapse::prepare_entities>();
        synapse = &pending_synapse_;
    }
}

void HostTable::take(const std::shared_ptr<jit::LoadedCode>& code, std::string_view symbol,
                     const std::vector<StageTime>& times) {
    const std::lock_guard lock(mutex_);
    if (code_ != nullptr) {
        return;
    }
    const auto* compiled = static_cast<const hhk_model*>(code->symbol(symbol));
    HHC_CHECK(compiled != nullptr, "the object lacks `" + std::string(symbol) + "`");
    code_ = code;
    compiled_ = compiled;
    times_ = times;
    required_features = compiled->required_features;
    vector_width = compiled->vector_width;
    code_hash[0] = compiled->code_hash[0];
    code_hash[1] = compiled->code_hash[1];
    advance = compiled->advance;
    on_event = compiled->on_event;
    synapse = compiled->synapse;
    const auto prefer = [](auto& hook, auto other) { hook = other == nullptr ? hook : other; };
    prefer(prepare, compiled->prepare);
    prefer(prepare_entities, compiled->prepare_entities);
    prefer(init, compiled->init);
    prefer(half_step, compiled->half_step);
    prefer(rhs, compiled->rhs);
    prefer(jacobian, compiled->jacobian);
    prefer(linear, compiled->linear);
    // `observe` stays: recorders hold its address since before there was code.
}

bool HostTable::has_code() const {
    const std::lock_guard lock(mutex_);
    return code_ != nullptr;
}

std::vector<StageTime> HostTable::times() const {
    const std::lock_guard lock(mutex_);
    return times_;
}

void HostTable::compile_seldom() const {
    ir::Module part = module();
    std::erase_if(part.kernels,
                  [](const ir::Kernel& kernel) { return !has_own_code(kernel.kind); });
    part.description.clear();
    std::vector<StageTime> times;
    const LoadedBatch loaded = load({{&part}, &options_, nullptr}, times);
    const auto* table = static_cast<const hhk_model*>(loaded.code->symbol(loaded.symbols.front()));
    const std::lock_guard lock(mutex_);
    seldom_code_ = loaded.code;
    seldom_ = table;
}

Code code_of(const std::shared_ptr<const HostTable>& table) {
    return {table.get(), table};
}

ir::Module seldom_hooks(const ir::Module& module) {
    ir::Module part = module;
    std::erase_if(part.kernels,
                  [](const ir::Kernel& kernel) { return !codegen::is_seldom(kernel.kind); });
    part.description.clear();
    return part;
}

} // namespace hhc::driver
