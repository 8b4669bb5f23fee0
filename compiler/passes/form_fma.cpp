// SPDX-License-Identifier: MIT
#include "passes/form_fma.h"

#include "passes/rewrite.h"

#include <algorithm>

namespace hhc::passes {
namespace {

using ir::Binding;
using ir::Op;
using ir::ValueId;

/// Which argument of each sum is a product to join: 0 or 1, or -1.
std::vector<int> choose_joins(const ir::Kernel& kernel) {
    const std::vector<Binding> bindings = ir::bindings(kernel);
    const std::vector<std::uint32_t> uses = use_counts(kernel);
    const std::size_t count = kernel.values.size();
    std::vector<bool> product(count, false);
    for (std::size_t i = 0; i < count; ++i) {
        const ir::Value& value = kernel.values[ValueId(i)];
        product[i] =
            value.op == Op::Mul && value.type == ir::Type::Real && bindings[i] == Binding::Entity;
    }
    std::vector<int> join(count, -1);
    // a product that a sum leaves alone stays, and so does not count for the other sums either:
    // repeat
    for (bool again = true; again;) {
        again = false;
        std::vector<std::uint32_t> joined(count, 0);
        for (std::size_t i = 0; i < count; ++i) {
            const ir::Value& value = kernel.values[ValueId(i)];
            join[i] = -1;
            if ((value.op == Op::Add || value.op == Op::Sub) && value.args[0] != value.args[1]) {
                join[i] = product[value.args[1].index] ? 1 : product[value.args[0].index] ? 0 : -1;
            }
            if (join[i] >= 0) {
                ++joined[value.args[static_cast<std::size_t>(join[i])].index];
            }
        }
        for (std::size_t i = 0; i < count; ++i) {
            if (product[i] && joined[i] != uses[i]) {
                product[i] = false;
                again = true;
            }
        }
    }
    return join;
}

} // namespace

bool form_fma(ir::Module& module, const Context& context) {
    if (context.options.strict) {
        return false;
    }
    bool changed = false;
    for (ir::Kernel& kernel : module.kernels) {
        const std::vector<int> join = choose_joins(kernel);
        if (std::ranges::all_of(join, [](int which) { return which < 0; })) {
            continue;
        }
        Rewrite rewrite(module, kernel);
        ir::Builder& b = rewrite.builder();
        changed |= rewrite.run([&](const ir::Value& value, ValueId id) -> std::optional<ValueId> {
            if (join[id.index] < 0) {
                return std::nullopt;
            }
            const bool right = join[id.index] == 1;
            const ir::Args factors = b[value.args[right ? 1 : 0]].args;
            const ValueId other = value.args[right ? 0 : 1];
            if (value.op == Op::Add) {
                return b.fma(factors[0], factors[1], other);
            }
            if (!right) {
                return b.fma(factors[0], factors[1], b.neg(other));
            }
            const bool literal = b.constant(factors[1]).has_value(); // negated at no cost
            return literal ? b.fma(factors[0], b.neg(factors[1]), other)
                           : b.fma(b.neg(factors[0]), factors[1], other);
        });
    }
    return changed;
}

} // namespace hhc::passes
