// SPDX-License-Identifier: MIT
#include "passes/hoist_invariants.h"

#include "ir/derivative.h"
#include "passes/cost.h"
#include "passes/rewrite.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace hhc::passes {
namespace {

using ir::Binding;
using ir::KernelKind;
using ir::Op;
using ir::Type;
using ir::ValueId;

/// From this on a load of eight bytes per entity is cheaper than computing again.
constexpr int dear = 16;

/// Kernels that run after `prepare` has seen every change.
bool is_prepared(KernelKind kind) {
    return kind == KernelKind::Init || kind == KernelKind::HalfStep ||
           kind == KernelKind::Advance || kind == KernelKind::OnEvent || kind == KernelKind::Sum ||
           kind == KernelKind::Deliver || kind == KernelKind::DeliverEntities ||
           kind == KernelKind::Rhs || kind == KernelKind::Jacobian || kind == KernelKind::Linear;
}

/// Symbols that do not change between two calls of `prepare`.
struct Steady {
    std::vector<bool> uniforms, fields;
};

Steady find_steady(const ir::Module& module) {
    Steady steady;
    for (const ir::Uniform& uniform : module.uniforms) {
        steady.uniforms.push_back(uniform.role != ir::role::constant_over_dt);
    }
    for (const ir::Field& field : module.fields) {
        for (const ir::UniformId flag : {field.init_flag, field.stagger_flag}) {
            if (flag.valid()) {
                steady.uniforms[flag.index] = false; // the runtime sets it
            }
        }
        const bool constant = (field.flags & ir::flag::constant) != 0;
        steady.fields.push_back(constant && field.role == ir::role::parameter);
    }
    for (const ir::Kernel& kernel : module.kernels) {
        for (const ir::FieldStore& store : kernel.stores) {
            steady.fields[store.field.index] = false;
        }
    }
    return steady;
}

enum class Level : std::uint8_t { Run, EntityConstant, Varying };

std::vector<Level> find_levels(const ir::Kernel& kernel, const Steady& steady) {
    std::vector<Level> levels;
    levels.reserve(kernel.values.size());
    for (const ir::Value& value : kernel.values) {
        Level level = Level::Run;
        switch (value.op) {
        case Op::LoadUniform:
            level = steady.uniforms[value.symbol] ? Level::Run : Level::Varying;
            break;
        case Op::LoadField:
            level = steady.fields[value.symbol] ? Level::EntityConstant : Level::Varying;
            break;
        case Op::EntityIndex:
            level = Level::EntityConstant;
            break;
        case Op::ForeignUniform: // of another object, whose changes `prepare` does not see
            level = Level::Varying;
            break;
        default:
            level = ir::own_binding(value, kernel.kind) <= Binding::Run && value.op != Op::Table
                        ? Level::Run
                        : Level::Varying;
        }
        if (value.type == Type::Int && value.op >= Op::Add && value.op <= Op::PowInt) {
            level = Level::Varying; // its fault belongs to the step
        }
        for (const ValueId arg : value.args) {
            level = std::max(level, levels[arg.index]);
        }
        levels.push_back(level);
    }
    return levels;
}

/// Work that hoisting a value saves, counted over all it is computed from on the same level.
std::vector<int> find_costs(const ir::Kernel& kernel, const std::vector<Level>& levels) {
    std::vector<int> costs(kernel.values.size(), 0);
    for (std::size_t i = 0; i < costs.size(); ++i) {
        const ir::Value& value = kernel.values[ValueId(i)];
        costs[i] = cost(value);
        for (const ValueId arg : value.args) {
            if (levels[arg.index] == levels[i]) {
                costs[i] = std::min(costs[i] + costs[arg.index], 1'000'000);
            }
        }
    }
    return costs;
}

/// 1/field: to load it is not dearer than to load the field.
bool is_reciprocal(const ir::Kernel& kernel, ValueId id) {
    const ir::Value& value = kernel.values[id];
    return value.op == Op::Div && kernel.values[value.args[0]].op == Op::ConstReal &&
           kernel.values[value.args[1]].op == Op::LoadField;
}

class Hoister {
public:
    explicit Hoister(ir::Module& module) : module_(module) {
        for (const ir::Uniform& uniform : module.uniforms) {
            names_.insert(uniform.name);
        }
        for (const ir::Field& field : module.fields) {
            names_.insert(field.name);
        }
    }

    bool run() {
        const Steady steady = find_steady(module_);
        ensure(KernelKind::Prepare);
        ensure(KernelKind::PrepareEntities);
        bool changed = false;
        for (ir::Kernel& kernel : module_.kernels) {
            if (is_prepared(kernel.kind)) {
                changed |= hoist_from(kernel, steady);
            }
        }
        std::erase_if(module_.kernels, [](const ir::Kernel& kernel) {
            const bool prepares =
                kernel.kind == KernelKind::Prepare || kernel.kind == KernelKind::PrepareEntities;
            return prepares && kernel.values.empty();
        });
        return changed;
    }

private:
    void ensure(KernelKind kind) {
        if (module_.find(kind) == nullptr) {
            ir::Kernel kernel;
            kernel.kind = kind;
            kernel.name = text(kind);
            module_.kernels.push_back(std::move(kernel));
        }
    }

    [[nodiscard]] std::vector<ValueId> choose(const ir::Kernel& kernel,
                                              const std::vector<Level>& levels) const {
        const std::vector<int> costs = find_costs(kernel, levels);
        std::vector<bool> needed(kernel.values.size(), false); // by something that varies more
        for (std::size_t i = 0; i < levels.size(); ++i) {
            for (const ValueId arg : kernel.values[ValueId(i)].args) {
                needed[arg.index] = needed[arg.index] || levels[arg.index] < levels[i];
            }
        }
        for_each_result(kernel, [&](ValueId id) { needed[id.index] = true; });
        // uniforms are reals: of an integer that is needed, what it is converted from
        for (std::size_t i = levels.size(); i-- > 0;) {
            const ir::Value& value = kernel.values[ValueId(i)];
            if (needed[i] && levels[i] == Level::Run && value.op == Op::RealToInt) {
                needed[value.args[0].index] = true;
            }
        }
        std::vector<ValueId> chosen;
        for (std::size_t i = 0; i < levels.size(); ++i) {
            const Type type = kernel.values[ValueId(i)].type;
            const bool run = levels[i] == Level::Run &&
                             (type == Type::Real || type == Type::Bool) && costs[i] > 0;
            const bool entity =
                levels[i] == Level::EntityConstant && type == Type::Real &&
                (costs[i] >= dear || is_reciprocal(kernel, ValueId(i))) &&
                (kernel.kind == KernelKind::Advance || kernel.kind == KernelKind::Linear) &&
                !module_.is_synapse; // memory counts there
            if (needed[i] && (run || entity)) {
                chosen.emplace_back(i);
            }
        }
        return chosen;
    }

    bool hoist_from(ir::Kernel& kernel, const Steady& steady) {
        const std::vector<Level> levels = find_levels(kernel, steady);
        const std::vector<ValueId> chosen = choose(kernel, levels);
        if (chosen.empty()) {
            return false;
        }
        std::map<ValueId, ir::UniformId> uniforms;
        std::map<ValueId, ir::FieldId> fields;
        hoist_into_prepare(kernel, chosen, levels, uniforms);
        hoist_into_entities(kernel, chosen, levels, uniforms, fields);
        Rewrite rewrite(module_, kernel);
        ir::Builder& b = rewrite.builder();
        rewrite.run([&](const ir::Value&, ValueId id) -> std::optional<ValueId> {
            if (const auto found = uniforms.find(id); found != uniforms.end()) {
                return b.uniform(found->second);
            }
            if (const auto found = fields.find(id); found != fields.end()) {
                return b.load(found->second);
            }
            return std::nullopt;
        });
        return true;
    }

    void hoist_into_prepare(const ir::Kernel& kernel, const std::vector<ValueId>& chosen,
                            const std::vector<Level>& levels,
                            std::map<ValueId, ir::UniformId>& uniforms) {
        ir::Kernel& prepare = *module_.find(KernelKind::Prepare);
        ir::Builder builder(module_, prepare);
        ir::Import import(builder, kernel);
        // a uniform that prepare itself makes is not loaded there
        for (std::size_t i = 0; i < kernel.values.size(); ++i) {
            const ir::Value& value = kernel.values[ValueId(i)];
            if (value.op == Op::LoadUniform) {
                const auto store =
                    std::ranges::find(prepare.uniform_stores, ir::UniformId(value.symbol),
                                      &ir::UniformStore::uniform);
                if (store != prepare.uniform_stores.end()) {
                    import.replace(ValueId(i), store->value);
                }
            }
        }
        for (const ValueId id : chosen) {
            if (levels[id.index] == Level::Run) {
                uniforms[id] = uniform_for(builder, import.of(id), kernel.values[id]);
            }
        }
    }

    ir::UniformId uniform_for(ir::Builder& prepare, ValueId value, const ir::Value& origin) {
        auto& stores = prepare.kernel().uniform_stores;
        const auto same = std::ranges::find(stores, value, &ir::UniformStore::value);
        if (same != stores.end()) {
            return same->uniform;
        }
        ir::Uniform uniform;
        uniform.name = new_name(origin);
        uniform.role = ir::role::hidden;
        uniform.storage = origin.type == Type::Bool ? ir::Storage::Boolean : ir::Storage::Real;
        const ir::UniformId id = module_.uniforms.push_back(std::move(uniform));
        prepare.store(id, value);
        return id;
    }

    void hoist_into_entities(const ir::Kernel& kernel, const std::vector<ValueId>& chosen,
                             const std::vector<Level>& levels,
                             const std::map<ValueId, ir::UniformId>& uniforms,
                             std::map<ValueId, ir::FieldId>& fields) {
        ir::Builder builder(module_, *module_.find(KernelKind::PrepareEntities));
        ir::Import import(builder, kernel);
        for (const ValueId id : chosen) {
            if (levels[id.index] != Level::EntityConstant) {
                continue;
            }
            for (const auto& [hoisted, uniform] : uniforms) {
                import.replace(hoisted, builder.uniform(uniform));
            }
            ir::Field field;
            field.name = new_name(kernel.values[id]);
            field.role = ir::role::hidden;
            const ir::FieldId target = module_.fields.push_back(std::move(field));
            builder.store(target, import.of(id));
            fields[id] = target;
        }
    }

    /// "hoisted.alpha_n", after the value's name in the model or its operation.
    std::string new_name(const ir::Value& value) {
        std::string what = value.name;
        if (what.empty()) {
            what = value.op == Op::Math ? info(static_cast<ir::MathOp>(value.symbol)).text
                                        : info(value.op).text;
        }
        std::string name = "hoisted." + what;
        for (int k = 2; !names_.insert(name).second; ++k) {
            name = fmt::format("hoisted.{}.{}", what, k);
        }
        return name;
    }

    ir::Module& module_;
    std::set<std::string> names_;
};

} // namespace

bool hoist_invariants(ir::Module& module, const Context& /*context*/) {
    return Hoister(module).run();
}

} // namespace hhc::passes
