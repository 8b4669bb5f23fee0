// SPDX-License-Identifier: MIT
#include "driver/host_table.h"

#include "driver/backend.h"
#include "support/check.h"

#include <string>
#include <utility>
#include <vector>

namespace hhc::driver {

namespace {

/// Values of the IR that the interpreter computes in the time of a compilation.
constexpr std::int64_t interpreter_limit = 1'000'000;

bool initialises(const ir::Kernel& kernel) {
    return kernel.kind == ir::KernelKind::Init || kernel.kind == ir::KernelKind::HalfStep;
}

} // namespace

template <hhk_block_fn hhk_model::* member, ir::KernelKind kind>
std::int32_t HostTable::initialise(const hhk_context* context, hhk_block* block) {
    const auto& host = static_cast<const HostTable&>(*context->model);
    const ir::Kernel& kernel = *host.interpreter_.module().find(kind);
    const auto values = static_cast<std::int64_t>(kernel.values.size());
    const hhk_model* compiled = host.compiled_for(values * (block->end - block->begin));
    const hhk_model& chosen = compiled == nullptr ? *host.interpreter_.model() : *compiled;
    return (chosen.*member)(context, block);
}

HostTable::HostTable(std::shared_ptr<jit::LoadedCode> code, const hhk_model& compiled,
                     const ir::Module& module, Options options)
    : hhk_model(), code_(std::move(code)), interpreter_(module), options_(std::move(options)) {
    const hhk_model& interpreted = *interpreter_.model();
    static_cast<hhk_model&>(*this) = interpreted;
    required_features = compiled.required_features;
    vector_width = compiled.vector_width;
    code_hash[0] = compiled.code_hash[0];
    code_hash[1] = compiled.code_hash[1];
    prepare_entities = compiled.prepare_entities;
    advance = compiled.advance;
    on_event = compiled.on_event;
    synapse = compiled.synapse;
    const auto prefer = [](auto& hook, auto other) { hook = other == nullptr ? hook : other; };
    if (init != nullptr) {
        init = &initialise<&hhk_model::init, ir::KernelKind::Init>;
    }
    if (half_step != nullptr) {
        half_step = &initialise<&hhk_model::half_step, ir::KernelKind::HalfStep>;
    }
    prefer(prepare, compiled.prepare);
    prefer(init, compiled.init);
    prefer(half_step, compiled.half_step);
    prefer(observe, compiled.observe);
    prefer(rhs, compiled.rhs);
    prefer(jacobian, compiled.jacobian);
    prefer(linear, compiled.linear);
}

const hhk_model* HostTable::compiled_for(std::int64_t more) const {
    const std::lock_guard lock(mutex_);
    interpreted_ += more;
    if (interpreted_ <= interpreter_limit || is_tried_) {
        return initialising_;
    }
    is_tried_ = true;
    ir::Module part = interpreter_.module();
    std::erase_if(part.kernels, [](const ir::Kernel& kernel) { return !initialises(kernel); });
    part.description.clear();
    try {
        std::vector<StageTime> times;
        const LoadedBatch loaded = load({{&part}, &options_, nullptr}, times);
        initialising_code_ = loaded.code;
        initialising_ =
            static_cast<const hhk_model*>(initialising_code_->symbol(loaded.symbols.front()));
    } catch (const CompileError&) {
        // A hook cannot throw. The interpreter goes on; Clang's refusal is our bug, and shows where
        // all hooks are compiled: in every library.
        initialising_code_ = nullptr;
    }
    return initialising_;
}

Code host_code(const std::shared_ptr<jit::LoadedCode>& loaded, std::string_view symbol,
               const ir::Module& module, const Options& options, bool from_cache) {
    const auto* compiled = static_cast<const hhk_model*>(loaded->symbol(symbol));
    HHC_CHECK(compiled != nullptr, "the object lacks `" + std::string(symbol) + "`");
    const auto owner = std::make_shared<const HostTable>(loaded, *compiled, module, options);
    return {owner.get(), owner, from_cache};
}

ir::Module seldom_hooks(const ir::Module& module) {
    ir::Module part = module;
    std::erase_if(part.kernels, [](const ir::Kernel& kernel) {
        switch (kernel.kind) {
        case ir::KernelKind::Prepare:
        case ir::KernelKind::Init:
        case ir::KernelKind::HalfStep:
        case ir::KernelKind::Observe:
        case ir::KernelKind::Rhs:
        case ir::KernelKind::Jacobian:
        case ir::KernelKind::Linear:
            return false;
        default:
            return true;
        }
    });
    part.description.clear();
    return part;
}

} // namespace hhc::driver
