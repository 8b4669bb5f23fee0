// SPDX-License-Identifier: MIT
#include "passes/gather_updates.h"

#include "passes/rewrite.h"
#include "passes/update_sums.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace hhc::passes {
namespace {

using ir::ValueId;

class Maker {
public:
    explicit Maker(Rewrite& rewrite) : rewrite_(rewrite), b_(rewrite.builder()) {}

    ValueId make(const UpdateSum& update) {
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
        const std::map<ValueId, UpdateSum> updates = shorter_sums(module, kernel);
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
