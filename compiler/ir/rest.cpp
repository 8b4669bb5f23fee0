// SPDX-License-Identifier: MIT
#include "ir/rest.h"

#include "ir/host_states.h"

#include <algorithm>
#include <vector>

namespace hhc::ir {

namespace {

bool loads_last_spike(const Module& module, const Value& value) {
    return value.op == Op::LoadField &&
           module.fields[FieldId(value.symbol)].role == role::last_spike;
}

/// Values that are kept, told or looked at, not only computed with.
std::vector<ValueId> results_of(const Kernel& kernel) {
    std::vector<ValueId> results = kernel.guards;
    results.insert(results.end(), kernel.outputs.begin(), kernel.outputs.end());
    for (const FieldStore& store : kernel.stores) {
        results.push_back(store.value);
        results.push_back(store.mask);
    }
    for (const EventOutput& event : kernel.events) {
        results.push_back(event.condition);
    }
    return results;
}

} // namespace

UniformId rest_length(const Module& module) {
    const Kernel* kernel = module.find(KernelKind::Advance);
    if (module.is_synapse || module.is_cell || has_host_states(module) || kernel == nullptr) {
        return {};
    }
    std::vector<bool> last(kernel->values.size());  // loads of the field
    std::vector<bool> since(kernel->values.size()); // step - lastspike
    UniformId length;
    const auto has = [](const std::vector<bool>& set, ValueId id) { return id && set[id.index]; };
    for (std::size_t k = 0; k < kernel->values.size(); ++k) {
        const Value& value = kernel->values[ValueId(k)];
        last[k] = loads_last_spike(module, value);
        const bool uses = std::ranges::any_of(
            value.args, [&](ValueId arg) { return has(last, arg) || has(since, arg); });
        if (!uses) {
            continue;
        }
        if (value.op == Op::Sub && has(last, value.args[1]) &&
            kernel->values[value.args[0]].op == Op::StepCount) {
            since[k] = true;
            continue;
        }
        if (value.op != Op::GreaterEqual || !has(since, value.args[0])) {
            return {};
        }
        const Value& whole = kernel->values[value.args[1]];
        if (whole.op != Op::RealToInt || kernel->values[whole.args[0]].op != Op::LoadUniform) {
            return {};
        }
        const UniformId found(kernel->values[whole.args[0]].symbol);
        if (length && length != found) {
            return {};
        }
        length = found;
    }
    const bool told = std::ranges::any_of(
        results_of(*kernel), [&](ValueId id) { return has(last, id) || has(since, id); });
    return told ? UniformId{} : length;
}

void note_rest(Module& module) {
    const UniformId length = rest_length(module);
    for (Field& field : module.fields) {
        if (field.role == role::last_spike) {
            field.rest = length;
        }
    }
}

void forget_rest(Module& module) {
    for (Field& field : module.fields) {
        field.rest = {};
    }
}

} // namespace hhc::ir
