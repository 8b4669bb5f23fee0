// SPDX-License-Identifier: MIT
#include "passes/remove_dead.h"

#include "passes/rewrite.h"

#include <algorithm>

namespace hhc::passes {
namespace {

using ir::Op;
using ir::ValueId;

bool remove_dead_values(ir::Kernel& kernel) {
    const std::vector<bool> live = live_values(kernel);
    if (std::ranges::find(live, false) == live.end()) {
        return false;
    }
    std::vector<ValueId> new_ids(live.size());
    std::vector<ir::Value>& values = kernel.values.raw();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < live.size(); ++i) {
        if (!live[i]) {
            continue;
        }
        new_ids[i] = ValueId(kept);
        for (ValueId& arg : values[i].args) {
            arg = new_ids[arg.index];
        }
        if (kept != i) {
            values[kept] = std::move(values[i]);
        }
        ++kept;
    }
    values.resize(kept);
    for_each_result(kernel, [&](ValueId& id) { id = new_ids[id.index]; });
    return true;
}

constexpr std::uint32_t gone = 0xffffffffU; // new number of what is removed

std::vector<bool> loaded_symbols(const ir::Module& module, Op load, std::size_t count) {
    std::vector<bool> loaded(count, false);
    for (const ir::Kernel& kernel : module.kernels) {
        for (const ir::Value& value : kernel.values) {
            if (value.op == load) {
                loaded[value.symbol] = true;
            }
        }
    }
    return loaded;
}

template <class Items>
std::vector<std::uint32_t> renumber(Items& items, const std::vector<bool>& loaded) {
    std::vector<std::uint32_t> numbers;
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const bool ours = items[i].role == ir::role::hidden || items[i].role == ir::role::given;
        const bool stays = loaded[i] || !ours;
        numbers.push_back(stays ? next++ : gone);
        if (stays && numbers[i] != i) {
            items[numbers[i]] = std::move(items[i]);
        }
    }
    items.resize(next);
    return numbers;
}

void change_loads(ir::Module& module, Op load, const std::vector<std::uint32_t>& numbers) {
    for (ir::Kernel& kernel : module.kernels) {
        for (ir::Value& value : kernel.values) {
            if (value.op == load) {
                value.symbol = numbers[value.symbol];
            }
        }
    }
}

bool remove_uniforms(ir::Module& module) {
    std::vector<bool> needed = loaded_symbols(module, Op::LoadUniform, module.uniforms.size());
    for (const ir::Field& field : module.fields) {
        for (const ir::UniformId flag : {field.init_flag, field.stagger_flag}) {
            if (flag.valid()) {
                needed[flag.index] = true;
            }
        }
    }
    const std::size_t before = module.uniforms.size();
    const std::vector<std::uint32_t> numbers = renumber(module.uniforms.raw(), needed);
    if (module.uniforms.size() == before) {
        return false;
    }
    change_loads(module, Op::LoadUniform, numbers);
    for (ir::Kernel& kernel : module.kernels) {
        std::erase_if(kernel.uniform_stores, [&](const ir::UniformStore& store) {
            return numbers[store.uniform.index] == gone;
        });
        for (ir::UniformStore& store : kernel.uniform_stores) {
            store.uniform.index = numbers[store.uniform.index];
        }
    }
    for (ir::Field& field : module.fields) {
        for (ir::UniformId* flag : {&field.init_flag, &field.stagger_flag}) {
            if (flag->valid()) {
                flag->index = numbers[flag->index];
            }
        }
    }
    return true;
}

bool remove_fields(ir::Module& module) {
    std::vector<bool> needed = loaded_symbols(module, Op::LoadField, module.fields.size());
    for (const ir::Foreign& foreign : module.foreign) {
        if (foreign.into.valid()) {
            needed[foreign.into.index] = true;
        }
    }
    const std::size_t before = module.fields.size();
    const std::vector<std::uint32_t> numbers = renumber(module.fields.raw(), needed);
    if (module.fields.size() == before) {
        return false;
    }
    change_loads(module, Op::LoadField, numbers);
    for (ir::Kernel& kernel : module.kernels) {
        std::erase_if(kernel.stores, [&](const ir::FieldStore& store) {
            return numbers[store.field.index] == gone;
        });
        for (ir::FieldStore& store : kernel.stores) {
            store.field.index = numbers[store.field.index];
        }
    }
    for (ir::Foreign& foreign : module.foreign) {
        if (foreign.into.valid()) {
            foreign.into.index = numbers[foreign.into.index];
        }
    }
    return true;
}

} // namespace

bool remove_dead(ir::Module& module, const Context& /*context*/) {
    bool changed = false;
    for (bool again = true; again;) {
        again = false;
        for (ir::Kernel& kernel : module.kernels) {
            changed |= remove_dead_values(kernel);
        }
        again |= remove_uniforms(module);
        again |= remove_fields(module);
        changed |= again;
    }
    const std::size_t removed = std::erase_if(module.kernels, [](const ir::Kernel& kernel) {
        return (kernel.kind == ir::KernelKind::Prepare && kernel.uniform_stores.empty()) ||
               (kernel.kind == ir::KernelKind::PrepareEntities && kernel.stores.empty());
    });
    return changed || removed > 0;
}

} // namespace hhc::passes
