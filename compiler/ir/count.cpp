// SPDX-License-Identifier: MIT
#include "ir/count.h"

#include <numeric>

namespace hhc::ir {

std::size_t Counts::math_calls() const {
    return std::accumulate(math.begin(), math.end(), std::size_t{0});
}

std::size_t storage_size(const Module& module, Storage storage) {
    switch (storage) {
    case Storage::Real:
        return module.real_size;
    case Storage::Integer:
        return 4;
    case Storage::Boolean:
        return 1;
    case Storage::Step:
        return 8;
    }
    return 0;
}

namespace {

void count_value(const Module& module, const Value& value, Counts& counts) {
    switch (value.op) {
    case Op::LoadField:
        counts.loaded_bytes += storage_size(module, module.fields[FieldId(value.symbol)].storage);
        break;
    case Op::LoadForeign:
        counts.loaded_bytes +=
            storage_size(module, module.foreign[ForeignId(value.symbol)].storage);
        break;
    case Op::Add:
    case Op::Sub:
    case Op::Neg:
        ++(value.type == Type::Real ? counts.additions : counts.other);
        break;
    case Op::Mul:
        ++(value.type == Type::Real ? counts.multiplications : counts.other);
        break;
    case Op::Div:
    case Op::FloorDiv:
    case Op::Mod:
        ++(value.type == Type::Real ? counts.divisions : counts.other);
        break;
    case Op::Fma:
        ++counts.fmas;
        break;
    case Op::Math:
        ++counts.math[value.symbol];
        break;
    case Op::Random:
        ++counts.draws;
        break;
    case Op::Table:
        ++counts.table_reads;
        break;
    case Op::EntityIndex:
    case Op::PreIndex:
    case Op::PostIndex:
        break;
    default:
        ++counts.other;
    }
}

} // namespace

Counts count(const Module& module, const Kernel& kernel) {
    Counts counts;
    const std::vector<Binding> binding = bindings(kernel);
    for (std::size_t i = 0; i < kernel.values.size(); ++i) {
        const Value& value = kernel.values[ValueId(i)];
        if (binding[i] == Binding::Entity) {
            count_value(module, value, counts);
        } else if (binding[i] != Binding::Literal) {
            ++counts.scalar_values;
        }
    }
    for (const FieldStore& store : kernel.stores) {
        counts.stored_bytes += storage_size(module, module.fields[store.field].storage);
    }
    for (const ForeignStore& store : kernel.foreign_stores) {
        counts.stored_bytes += storage_size(module, module.foreign[store.foreign].storage);
    }
    counts.stored_bytes += kernel.outputs.size() * sizeof(double);
    return counts;
}

} // namespace hhc::ir
