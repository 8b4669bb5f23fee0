// SPDX-License-Identifier: MIT
#include "passes/group_factors.h"

#include "passes/rewrite.h"

#include <algorithm>

namespace hhc::passes {
namespace {

using ir::Binding;
using ir::Op;
using ir::Type;
using ir::ValueId;

constexpr int deepest = 32;

/// The factors of a product, by the time they are known.
struct Factors {
    std::vector<ValueId> early, varying;
    bool negative = false;
};

class Grouper {
public:
    explicit Grouper(const ir::Kernel& kernel)
        : kernel_(kernel), bindings_(ir::bindings(kernel)), uses_(use_counts(kernel)) {
        // a product or sign that only one product uses belongs to that one
        inner_.assign(kernel.values.size(), false);
        for (std::size_t i = 0; i < inner_.size(); ++i) {
            const ir::Value& value = kernel.values[ValueId(i)];
            if (is_product(ValueId(i)) || is_sign(ValueId(i))) {
                for (const ValueId arg : value.args) {
                    inner_[arg.index] = (is_product(arg) || is_sign(arg)) && uses_[arg.index] == 1;
                }
            }
        }
    }

    /// The factors of a product that stands for itself and has something to gain; old numbers.
    [[nodiscard]] std::optional<Factors> factors(ValueId root) const {
        if (!is_product(root) || inner_[root.index]) {
            return std::nullopt;
        }
        Factors found;
        collect(root, found, 0);
        const bool quotient = found.varying.size() == 1 && is_own_quotient(found.varying[0]);
        const std::size_t least = quotient ? 1 : 2;
        return found.early.size() >= least ? std::optional(found) : std::nullopt;
    }

    /// early/entity, used here only
    [[nodiscard]] bool is_own_quotient(ValueId id) const {
        const ir::Value& value = kernel_.values[id];
        return value.op == Op::Div && uses_[id.index] == 1 &&
               bindings_[value.args[0].index] != Binding::Entity;
    }

private:
    [[nodiscard]] bool is_product(ValueId id) const {
        const ir::Value& value = kernel_.values[id];
        return value.op == Op::Mul && value.type == Type::Real &&
               bindings_[id.index] == Binding::Entity;
    }
    [[nodiscard]] bool is_sign(ValueId id) const {
        const ir::Value& value = kernel_.values[id];
        return value.op == Op::Neg && value.type == Type::Real &&
               bindings_[id.index] == Binding::Entity;
    }

    void collect(ValueId id, Factors& found, int depth) const {
        for (const ValueId arg : kernel_.values[id].args) {
            if (bindings_[arg.index] != Binding::Entity) {
                found.early.push_back(arg);
            } else if (inner_[arg.index] && depth < deepest) {
                found.negative ^= is_sign(arg);
                collect(arg, found, depth + 1);
            } else {
                found.varying.push_back(arg);
            }
        }
    }

    const ir::Kernel& kernel_;
    std::vector<Binding> bindings_;
    std::vector<std::uint32_t> uses_;
    std::vector<bool> inner_;
};

} // namespace

bool group_factors(ir::Module& module, const Context& context) {
    if (context.options.strict) {
        return false;
    }
    bool changed = false;
    for (ir::Kernel& kernel : module.kernels) {
        std::vector<std::optional<Factors>> products;
        std::vector<bool> quotient;
        const Grouper grouper(kernel);
        for (std::size_t i = 0; i < kernel.values.size(); ++i) {
            products.push_back(grouper.factors(ValueId(i)));
            const auto& found = products.back();
            quotient.push_back(found && found->varying.size() == 1 &&
                               grouper.is_own_quotient(found->varying[0]));
        }
        if (std::ranges::none_of(products, &std::optional<Factors>::has_value)) {
            continue;
        }
        Rewrite rewrite(module, kernel);
        ir::Builder& b = rewrite.builder();
        changed |= rewrite.run([&](const ir::Value&, ValueId id) -> std::optional<ValueId> {
            const std::optional<Factors>& found = products[id.index];
            if (!found) {
                return std::nullopt;
            }
            ValueId early = rewrite.new_id(found->early[0]);
            for (std::size_t k = 1; k < found->early.size(); ++k) {
                early = b.mul(early, rewrite.new_id(found->early[k]));
            }
            early = found->negative ? b.neg(early) : early;
            ValueId varying = rewrite.new_id(found->varying[0]);
            if (quotient[id.index]) {
                const ir::Args parts = b[varying].args;
                return b.div(b.mul(parts[0], early), parts[1]);
            }
            for (std::size_t k = 1; k < found->varying.size(); ++k) {
                varying = b.mul(varying, rewrite.new_id(found->varying[k]));
            }
            return b.mul(varying, early);
        });
    }
    return changed;
}

} // namespace hhc::passes
