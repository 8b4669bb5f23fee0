// SPDX-License-Identifier: MIT
#include "passes/invert_exprel.h"

#include "passes/rewrite.h"

#include <map>

namespace hhc::passes {
namespace {

using ir::MathOp;
using ir::Op;
using ir::ValueId;

bool is_exprel(const ir::Value& value) {
    return is_math(value, MathOp::Exprel);
}

/// A divisor exprel(u), or exprel(u) times another factor.
struct Divisor {
    ValueId u;
    std::optional<ValueId> factor;
};

/// As long as nothing else uses exprel(u): two functions would take its place.
std::optional<Divisor> divisor(const ir::Kernel& kernel, ValueId id,
                               const std::vector<std::uint32_t>& uses) {
    const auto is_own = [&](ValueId value) {
        return is_exprel(kernel.values[value]) && uses[value.index] == 1;
    };
    const ir::Value& value = kernel.values[id];
    if (is_own(id)) {
        return Divisor{value.args[0], std::nullopt};
    }
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
        if (value.op == Op::Mul && uses[id.index] == 1 && is_own(value.args[side])) {
            return Divisor{kernel.values[value.args[side]].args[0], value.args[1 - side]};
        }
    }
    return std::nullopt;
}

/// By the id of the quotient.
std::map<ValueId, Divisor> find_divisors(const ir::Kernel& kernel) {
    const std::vector<std::uint32_t> uses = use_counts(kernel);
    std::map<ValueId, Divisor> found;
    for (std::size_t i = 0; i < kernel.values.size(); ++i) {
        const ir::Value& value = kernel.values[ValueId(i)];
        const auto below =
            value.op == Op::Div ? divisor(kernel, value.args[1], uses) : std::nullopt;
        if (below) {
            found.emplace(ValueId(i), *below);
        }
    }
    return found;
}

} // namespace

bool invert_exprel(ir::Module& module, const Context& context) {
    if (context.options.strict) {
        return false;
    }
    bool changed = false;
    for (ir::Kernel& kernel : module.kernels) {
        const std::map<ValueId, Divisor> divisors = find_divisors(kernel);
        if (divisors.empty()) {
            continue;
        }
        Rewrite rewrite(module, kernel);
        ir::Builder& b = rewrite.builder();
        rewrite.run([&](const ir::Value& quotient, ValueId id) -> std::optional<ValueId> {
            const auto found = divisors.find(id);
            if (found == divisors.end()) {
                return std::nullopt;
            }
            const auto& [u, factor] = found->second;
            const ValueId inverse = b.math(MathOp::InvExprel, rewrite.new_id(u));
            const ValueId product = b.mul(quotient.args[0], inverse);
            return factor ? b.div(product, rewrite.new_id(*factor)) : product;
        });
        changed = true;
    }
    return changed;
}

} // namespace hhc::passes
