// SPDX-License-Identifier: MIT
#include "passes/gather_updates.h"

#include "passes/rewrite.h"

#include <algorithm>
#include <map>

namespace hhc::passes {
namespace {

using ir::Binding;
using ir::Op;
using ir::Type;
using ir::ValueId;

constexpr int deepest = 32;

/// A product of values known for the population, old numbers.
struct Weight {
    bool negative = false;
    std::vector<ValueId> factors, divisors;
};

/// weight*atom, or weight*early alone where the atom is missing.
struct Term {
    ValueId atom;
    Weight weight;
};

struct Update {
    std::vector<Term> terms;    // entity values
    std::vector<Term> constant; // what is known for the population
    int operations = 0;         // that the update takes as it stands
};

class Gatherer {
public:
    explicit Gatherer(const ir::Kernel& kernel)
        : kernel_(kernel), bindings_(ir::bindings(kernel)), uses_(kernel.values.size(), 0) {
        const std::vector<bool> live = live_values(kernel); // earlier passes leave dead users
        for (std::size_t i = 0; i < live.size(); ++i) {
            if (live[i]) {
                for (const ValueId arg : kernel.values[ValueId(i)].args) {
                    ++uses_[arg.index];
                }
            }
        }
        for_each_result(kernel, [this](ValueId id) { ++uses_[id.index]; });
    }

    /// The sum behind a state's new value; nothing where it would not get shorter.
    [[nodiscard]] std::optional<Update> update(ValueId root) const {
        Update found;
        collect(root, {}, found, 0);
        std::vector<ValueId> atoms;
        for (const Term& term : found.terms) {
            if (std::ranges::find(atoms, term.atom) == atoms.end()) {
                atoms.push_back(term.atom);
            }
        }
        // one fused operation a value, but the first may be a plain product
        const bool shorter = static_cast<int>(atoms.size()) < found.operations;
        return !atoms.empty() && shorter ? std::optional(found) : std::nullopt;
    }

private:
    [[nodiscard]] bool is_early(ValueId id) const { return bindings_[id.index] != Binding::Entity; }

    void collect(ValueId id, const Weight& weight, Update& found, int depth) const {
        if (is_early(id)) {
            found.constant.push_back({id, weight});
            return;
        }
        const ir::Value& value = kernel_.values[id];
        const bool own = depth == 0 || uses_[id.index] == 1;
        if (!own || depth == deepest || value.type != Type::Real) {
            found.terms.push_back({id, weight});
            return;
        }
        Weight inner = weight;
        switch (value.op) {
        case Op::Add:
        case Op::Sub:
            ++found.operations;
            collect(value.args[0], weight, found, depth + 1);
            inner.negative ^= value.op == Op::Sub;
            collect(value.args[1], inner, found, depth + 1);
            return;
        case Op::Neg:
            inner.negative = !inner.negative;
            collect(value.args[0], inner, found, depth + 1);
            return;
        case Op::Mul: {
            const std::size_t early = is_early(value.args[0]) ? 0 : 1;
            if (is_early(value.args[early])) {
                inner.factors.push_back(value.args[early]);
                collect(value.args[1 - early], inner, found, depth + 1);
                return;
            }
            break;
        }
        case Op::Div:
            if (is_early(value.args[1])) {
                ++found.operations;
                inner.divisors.push_back(value.args[1]);
                collect(value.args[0], inner, found, depth + 1);
                return;
            }
            break;
        default:
            break;
        }
        found.terms.push_back({id, weight});
    }

    const ir::Kernel& kernel_;
    std::vector<Binding> bindings_;
    std::vector<std::uint32_t> uses_;
};

/// New values of states, through the selects that hold them back.
void find_roots(const ir::Kernel& kernel, ValueId id, int depth, std::vector<ValueId>& roots) {
    const ir::Value& value = kernel.values[id];
    if (value.op == Op::Select && value.type == Type::Real && depth < deepest) {
        find_roots(kernel, value.args[1], depth + 1, roots);
        find_roots(kernel, value.args[2], depth + 1, roots);
    } else {
        roots.push_back(id);
    }
}

class Maker {
public:
    explicit Maker(Rewrite& rewrite) : rewrite_(rewrite), b_(rewrite.builder()) {}

    ValueId make(const Update& update) {
        std::vector<std::pair<ValueId, ValueId>> weights; // atom and weight, in order of appearance
        for (const Term& term : update.terms) {
            const ValueId atom = rewrite_.new_id(term.atom);
            const auto same = std::ranges::find(weights, atom, &std::pair<ValueId, ValueId>::first);
            if (same == weights.end()) {
                weights.emplace_back(atom, product(b_.real(1.0), term.weight));
            } else {
                same->second = b_.add(same->second, product(b_.real(1.0), term.weight));
            }
        }
        std::optional<ValueId> sum;
        for (const Term& term : update.constant) {
            const ValueId part = product(rewrite_.new_id(term.atom), term.weight);
            sum = sum ? b_.add(*sum, part) : part;
        }
        // the last value joined is the one that the sum began with: the state itself, mostly
        for (const auto& [atom, weight] : std::vector(weights.rbegin(), weights.rend())) {
            const ValueId part = b_.mul(atom, weight);
            sum = sum ? b_.add(*sum, part) : part;
        }
        return *sum;
    }

private:
    ValueId product(ValueId value, const Weight& weight) {
        for (const ValueId factor : weight.factors) {
            value = b_.mul(value, rewrite_.new_id(factor));
        }
        for (const ValueId divisor : weight.divisors) {
            value = b_.div(value, rewrite_.new_id(divisor));
        }
        return weight.negative ? b_.neg(value) : value;
    }

    Rewrite& rewrite_;
    ir::Builder& b_;
};

} // namespace

bool gather_updates(ir::Module& module, const Context& context) {
    if (context.options.strict) {
        return false;
    }
    bool changed = false;
    for (ir::Kernel& kernel : module.kernels) {
        if (kernel.kind != ir::KernelKind::Advance) {
            continue;
        }
        std::map<ValueId, Update> updates;
        const Gatherer gatherer(kernel);
        for (const ir::FieldStore& store : kernel.stores) {
            const ir::Field& field = module.fields[store.field];
            if (field.role != ir::role::state || field.storage != ir::Storage::Real) {
                continue;
            }
            std::vector<ValueId> roots;
            find_roots(kernel, store.value, 0, roots);
            for (const ValueId root : roots) {
                if (std::optional<Update> update = gatherer.update(root)) {
                    updates.emplace(root, std::move(*update));
                }
            }
        }
        if (updates.empty()) {
            continue;
        }
        Rewrite rewrite(module, kernel);
        Maker maker(rewrite);
        changed |= rewrite.run([&](const ir::Value&, ValueId id) -> std::optional<ValueId> {
            const auto found = updates.find(id);
            return found == updates.end() ? std::nullopt : std::optional(maker.make(found->second));
        });
    }
    return changed;
}

} // namespace hhc::passes
