// SPDX-License-Identifier: MIT
// What surrounds the values of a kernel: stores, masks, event bits, faults, and the table of hooks.
#include "interp/interpreter.h"

#include "abi/float_environment.h"
#include "interp/approximations.h"
#include "interp/frame.h"
#include "interp/model_table.h"
#include "ir/print.h"
#include "ir/verify.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace hhc::interp {

using ir::Kernel;
using ir::KernelKind;
using ir::ValueId;

struct Interpreter::State {
    explicit State(const ir::Module& m) : module(m), table(m) {}

    ir::Module module;
    ModelTable table;
    std::vector<hhk_block_fn> on_event;
    mutable Approximations approximations{module};
};

namespace {

const Interpreter::State& state_of(const hhk_context& context) {
    return *static_cast<const Interpreter::State*>(context.model->self);
}

constexpr int real_fault = 1;
constexpr int integer_fault = 2;

/// The results of one kernel for one entity after another.
class Runner {
public:
    Runner(const ir::Module& module, const Kernel& kernel, const hhk_context& context,
           hhk_block& block)
        : module_(module), kernel_(kernel), context_(context), block_(block),
          frame_(module, kernel, context), words_(kernel.events.size()) {}

    void run() {
        frame_.run_population();
        if (kernel_.pathway.valid()) {
            deliver();
            return;
        }
        for (std::int64_t i = block_.begin; i < block_.end; ++i) {
            if (kernel_.kind != KernelKind::OnEvent || happened(i)) {
                entity(i);
            }
            if (const bool last = i + 1 == block_.end; last || (i + 1) % 64 == 0) {
                flush_events(i / 64);
            }
        }
        block_.fault = guard_ ? real_fault : integer_ ? integer_fault : 0;
    }

private:
    [[nodiscard]] bool happened(std::int64_t i) const {
        return (context_.event_bits[kernel_.event.index][i / 64] >> (i % 64) & 1U) != 0;
    }

    void deliver() {
        for (std::int64_t r = 0; r < block_.range_count; ++r) {
            for (std::int64_t i = block_.ranges[r].begin; i < block_.ranges[r].end; ++i) {
                entity(block_.items == nullptr ? i : block_.items[i]);
            }
        }
        block_.fault = guard_ ? real_fault : integer_ ? integer_fault : 0;
    }

    void entity(std::int64_t i) {
        frame_.run_entity(i);
        exists_ = i < frame_.count(); // padding may hold anything: no event handler resets it
        for (const ValueId guard : kernel_.guards) {
            guard_ = guard_ || (exists_ && !std::isfinite(frame_[guard].real));
            use(guard);
        }
        for (const ir::FieldStore& store : kernel_.stores) {
            if (store.mask.valid()) {
                use(store.mask);
            }
            if (!store.mask.valid() || frame_.is_true(store.mask)) {
                use(store.value);
                frame_.store(store);
            }
        }
        for (const ir::ForeignStore& store : kernel_.foreign_stores) {
            if (exists_ && (!store.mask.valid() || frame_.is_true(store.mask))) {
                use(store.value);
                frame_.store(store);
            }
        }
        for (std::size_t k = 0; k < kernel_.outputs.size() && i < context_.count; ++k) {
            use(kernel_.outputs[k]);
            context_.outputs[k][i] = output(kernel_.outputs[k]);
        }
        for (std::size_t e = 0; e < words_.size() && i < context_.count; ++e) {
            use(kernel_.events[e].condition);
            const bool occurs = frame_.is_true(kernel_.events[e].condition);
            words_[e] |= static_cast<std::uint64_t>(occurs) << (i % 64);
        }
    }

    /// Outputs are doubles; reals have been rounded to the module's real type.
    [[nodiscard]] double output(ValueId id) const {
        const double value = frame_.as_double(id);
        const bool is_float = module_.real_size == 4 && kernel_.values[id].type == ir::Type::Real;
        return is_float ? static_cast<float>(value) : value;
    }

    void flush_events(std::int64_t word) {
        for (std::size_t e = 0; e < words_.size(); ++e) {
            const ir::EventId event = kernel_.events[e].event;
            context_.event_bits[event.index][word] = words_[e];
            block_.any_event |= static_cast<std::uint64_t>(words_[e] != 0) << event.index;
            words_[e] = 0;
        }
    }

    void use(ValueId id) { integer_ = integer_ || (exists_ && frame_[id].fault); }

    const ir::Module& module_;
    const Kernel& kernel_;
    const hhk_context& context_;
    hhk_block& block_;
    Frame frame_;
    std::vector<std::uint64_t> words_;
    bool exists_ = true;
    bool guard_ = false;
    bool integer_ = false;
};

/// Spikes of this step, before the statements of the event see the field.
void set_last_spike(const ir::Module& module, const hhk_context& context, const hhk_block& block) {
    for (std::size_t f = 0; f < module.fields.size(); ++f) {
        if (module.fields[ir::FieldId(f)].role != ir::role::last_spike) {
            continue;
        }
        auto* steps = reinterpret_cast<std::int64_t*>(context.slab + context.offsets[f]);
        for (std::int64_t i = block.begin; i < block.end; ++i) {
            if ((context.event_bits[block.event][i / 64] >> (i % 64) & 1U) != 0) {
                steps[i] = context.step;
            }
        }
    }
}

std::int32_t run_kernel(const ir::Module& module, const Kernel& kernel, const hhk_context& context,
                        hhk_block& block) {
    const hodg::abi::FloatEnvironment environment;
    block.any_event = 0;
    Runner(module, kernel, context, block).run();
    return HHK_OK;
}

std::int32_t run_prepare(const ir::Module& module, const Kernel& kernel,
                         const hhk_context& context) {
    const hodg::abi::FloatEnvironment environment;
    Frame frame(module, kernel, context);
    frame.run_population();
    bool fault = false;
    for (const ir::UniformStore& store : kernel.uniform_stores) {
        context.uniforms[store.uniform.index] = frame.as_double(store.value);
        fault = fault || frame[store.value].fault;
    }
    return fault ? HHK_FAULT : HHK_OK;
}

template <KernelKind kind> std::int32_t block_hook(const hhk_context* context, hhk_block* block) {
    const ir::Module& module = state_of(*context).module;
    return run_kernel(module, *module.find(kind), *context, *block);
}

std::int32_t prepare_all(const Interpreter::State& state, const hhk_context& context) {
    const Kernel* kernel = state.module.find(KernelKind::Prepare);
    const std::int32_t status =
        kernel == nullptr ? HHK_OK : run_prepare(state.module, *kernel, context);
    state.approximations.prepare(context);
    return status;
}

std::int32_t prepare_hook(const hhk_context* context) {
    return prepare_all(state_of(*context), *context);
}

std::int32_t on_event_hook(const hhk_context* context, hhk_block* block) {
    const ir::Module& module = state_of(*context).module;
    const ir::EventId event(static_cast<std::size_t>(block->event));
    if (module.events[event].sets_last_spike) {
        set_last_spike(module, *context, *block);
    }
    block->fault = 0;
    const Kernel* kernel = module.find(KernelKind::OnEvent, event);
    return kernel == nullptr ? HHK_OK : run_kernel(module, *kernel, *context, *block);
}

/// Of a synapse: one hook per space.
template <KernelKind kind, ir::Space space>
std::int32_t space_hook(const hhk_context* context, hhk_block* block) {
    const ir::Module& module = state_of(*context).module;
    return run_kernel(module, *module.find(kind, space), *context, *block);
}

template <KernelKind kind> void set_hooks(const ir::Module& module, hhk_block_fn* hooks) {
    const auto set = [&]<ir::Space space>() {
        if (module.find(kind, space) != nullptr) {
            hooks[static_cast<std::size_t>(space)] = &space_hook<kind, space>;
        }
    };
    set.template operator()<ir::Space::Each>();
    set.template operator()<ir::Space::PerPre>();
    set.template operator()<ir::Space::PerPost>();
}

/// The hooks of pathways have no argument that says which: there is one function for each number.
template <KernelKind kind, std::size_t pathway>
std::int32_t pathway_hook(const hhk_context* context, hhk_block* block) {
    const ir::Module& module = state_of(*context).module;
    return run_kernel(module, *module.find(kind, ir::PathwayId(pathway)), *context, *block);
}

constexpr std::size_t most_pathways = 64;

template <KernelKind kind> hhk_block_fn hook_of(const ir::Module& module, std::size_t pathway) {
    static constexpr auto hooks = []<std::size_t... n>(std::index_sequence<n...>) {
        return std::array<hhk_block_fn, sizeof...(n)>{&pathway_hook<kind, n>...};
    }(std::make_index_sequence<most_pathways>());
    return module.find(kind, ir::PathwayId(pathway)) != nullptr ? hooks.at(pathway) : nullptr;
}

void set_synapse_hooks(const ir::Module& module, hhk_synapse& synapse,
                       std::vector<hhk_pathway>& pathways) {
    set_hooks<KernelKind::PrepareEntities>(module, synapse.prepare_entities);
    set_hooks<KernelKind::Init>(module, synapse.init);
    set_hooks<KernelKind::Advance>(module, synapse.advance);
    set_hooks<KernelKind::Sum>(module, synapse.sum);
    for (std::size_t k = 0; k < pathways.size(); ++k) {
        pathways[k].deliver = hook_of<KernelKind::Deliver>(module, k);
        pathways[k].deliver_entities = hook_of<KernelKind::DeliverEntities>(module, k);
    }
}

template <KernelKind kind> hhk_block_fn hook(const ir::Module& module) {
    return module.find(kind) != nullptr ? &block_hook<kind> : nullptr;
}

} // namespace

Interpreter::Interpreter(const ir::Module& module) : state_(std::make_unique<State>(module)) {
    ir::check_verified(module, "interpreting");
    hhk_model& model = state_->table.model();
    model.self = state_.get();
    const bool prepares =
        module.find(KernelKind::Prepare) != nullptr || !module.approximations.empty();
    model.prepare = prepares ? &prepare_hook : nullptr;
    model.observe = hook<KernelKind::Observe>(module);
    if (module.is_synapse) {
        set_synapse_hooks(module, state_->table.synapse(), state_->table.pathways());
        return;
    }
    model.prepare_entities = hook<KernelKind::PrepareEntities>(module);
    model.init = hook<KernelKind::Init>(module);
    model.half_step = hook<KernelKind::HalfStep>(module);
    model.advance = hook<KernelKind::Advance>(module);
    model.rhs = hook<KernelKind::Rhs>(module);
    model.jacobian = hook<KernelKind::Jacobian>(module);
    model.linear = hook<KernelKind::Linear>(module);
    for (std::size_t e = 0; e < module.events.size(); ++e) {
        const ir::EventId event(e);
        const bool needed = module.events[event].sets_last_spike ||
                            module.find(KernelKind::OnEvent, event) != nullptr;
        state_->on_event.push_back(needed ? &on_event_hook : nullptr);
    }
    model.on_event = state_->on_event.data();
}

Interpreter::~Interpreter() = default;
Interpreter::Interpreter(Interpreter&&) noexcept = default;
Interpreter& Interpreter::operator=(Interpreter&&) noexcept = default;

const hhk_model* Interpreter::model() const {
    return &state_->table.model();
}
const ir::Module& Interpreter::module() const {
    return state_->module;
}

std::int32_t Interpreter::run(const Kernel& kernel, const hhk_context& context,
                              hhk_block& block) const {
    return run_kernel(state_->module, kernel, context, block);
}

std::int32_t Interpreter::prepare(const hhk_context& context) const {
    return prepare_all(*state_, context);
}

namespace {

bool is_bad(const ir::Value& value, const Slot& slot) {
    return slot.fault || (value.type == ir::Type::Real && !std::isfinite(slot.real));
}

/// The values on which what the kernel leaves behind depends.
std::vector<bool> used_values(const Kernel& kernel, const Frame& frame) {
    std::vector<bool> used(kernel.values.size(), false);
    for (const ValueId guard : kernel.guards) {
        used[guard.index] = true;
    }
    for (const ir::FieldStore& store : kernel.stores) {
        if (!store.mask.valid() || frame.is_true(store.mask)) {
            used[store.value.index] = true;
        }
    }
    for (std::size_t i = used.size(); i-- > 0;) {
        const ir::Value& value = kernel.values[ValueId(i)];
        for (std::size_t k = 0; used[i] && k < value.args.size(); ++k) {
            const bool other_arm =
                value.op == ir::Op::Select && k == (frame.is_true(value.args[0]) ? 2U : 1U);
            used[value.args[k].index] = used[value.args[k].index] || !other_arm;
        }
    }
    return used;
}

} // namespace

std::vector<FaultPlace> Interpreter::locate_fault(const Kernel& kernel, const hhk_context& context,
                                                  std::int64_t entity) const {
    const hodg::abi::FloatEnvironment environment;
    Frame frame(state_->module, kernel, context);
    frame.run_population();
    frame.run_entity(entity);
    const std::vector<bool> used = used_values(kernel, frame);
    std::vector<FaultPlace> places;
    for (std::size_t i = 0; i < used.size(); ++i) {
        const ValueId id(i);
        const ir::Value& value = kernel.values[id];
        const bool begins = std::ranges::none_of(
            value.args, [&](ValueId arg) { return is_bad(kernel.values[arg], frame[arg]); });
        if (used[i] && begins && is_bad(value, frame[id])) {
            places.push_back(
                {value.name, value.span, ir::print(state_->module, value), frame.as_double(id)});
        }
    }
    return places;
}

} // namespace hhc::interp
