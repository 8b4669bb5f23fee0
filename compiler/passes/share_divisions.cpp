// SPDX-License-Identifier: MIT
#include "passes/share_divisions.h"

#include "passes/rewrite.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hhc::passes {
namespace {

using ir::Binding;
using ir::Op;
using ir::ValueId;

struct Divisions {
    std::vector<ValueId> divisor;      // of every quotient computed per entity
    std::vector<std::uint32_t> shared; // for every divisor: of how many of them
};

Divisions find_divisions(const ir::Kernel& kernel, const std::vector<Binding>& bindings) {
    const std::size_t count = kernel.values.size();
    Divisions found{std::vector<ValueId>(count), std::vector<std::uint32_t>(count, 0)};
    for (std::size_t i = 0; i < count; ++i) {
        const ir::Value& value = kernel.values[ValueId(i)];
        if (value.op == Op::Div && bindings[i] == Binding::Entity) {
            found.divisor[i] = value.args[1];
            ++found.shared[value.args[1].index];
        }
    }
    return found;
}

bool has_reciprocal(double x, std::uint32_t real_size) {
    const double least =
        real_size == 4 ? std::numeric_limits<float>::min() : std::numeric_limits<double>::min();
    const double size = std::abs(x);
    return std::isfinite(x) && size >= least && 1 / size >= least;
}

/// Fields that the user sets between runs alone.
std::vector<bool> find_constants(const ir::Module& module) {
    std::vector<bool> constant;
    for (const ir::Field& field : module.fields) {
        constant.push_back((field.flags & ir::flag::constant) != 0 &&
                           field.role == ir::role::parameter);
    }
    for (const ir::Kernel& kernel : module.kernels) {
        for (const ir::FieldStore& store : kernel.stores) {
            constant[store.field.index] = false;
        }
    }
    return constant;
}

/// Whether the reciprocals of constants of entities can be kept beside them.
bool keeps_reciprocals(const ir::Module& module, const ir::Kernel& kernel) {
    return !module.is_synapse &&
           (kernel.kind == ir::KernelKind::Advance || kernel.kind == ir::KernelKind::Linear);
}

} // namespace

bool share_divisions(ir::Module& module, const Context& context) {
    if (context.options.strict) {
        return false;
    }
    bool changed = false;
    const std::vector<bool> constant = find_constants(module);
    for (ir::Kernel& kernel : module.kernels) {
        const bool keeps = keeps_reciprocals(module, kernel);
        const std::vector<Binding> bindings = ir::bindings(kernel);
        const Divisions divisions = find_divisions(kernel, bindings);
        if (std::ranges::none_of(divisions.divisor, &ValueId::valid)) {
            continue;
        }
        Rewrite rewrite(module, kernel);
        ir::Builder& b = rewrite.builder();
        changed |= rewrite.run([&](const ir::Value& value, ValueId id) -> std::optional<ValueId> {
            const ValueId old_divisor = divisions.divisor[id.index];
            if (!old_divisor.valid() || b.is_real(value.args[0], 1.0)) {
                return std::nullopt;
            }
            const ValueId divisor = value.args[1];
            const ir::Value& found = b[divisor];
            const bool kept = keeps && found.op == Op::LoadField && constant[found.symbol];
            const bool early = bindings[old_divisor.index] != Binding::Entity || kept;
            const std::optional<double> literal = b.constant(divisor);
            if ((!early && divisions.shared[old_divisor.index] < 2) ||
                (literal && !has_reciprocal(*literal, module.real_size))) {
                return std::nullopt;
            }
            return b.mul(value.args[0], b.div(b.real(1.0), divisor));
        });
    }
    return changed;
}

} // namespace hhc::passes
