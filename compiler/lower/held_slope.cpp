// SPDX-License-Identifier: MIT
#include "lower/held_slope.h"

#include "ir/derivative.h"

#include <array>
#include <unordered_map>

namespace hhc::lower {
namespace {

using ir::Op;
using ir::ValueId;
using Term = std::optional<ValueId>;

class Collector {
public:
    Collector(ir::Builder& builder, ValueId leaf, std::vector<bool> depends)
        : b_(builder), leaf_(leaf), depends_(std::move(depends)) {}

    /// What stands beside the leaf in `value`; nothing if the leaf is no factor of any term.
    Term of(ValueId value) {
        if (value == leaf_) {
            return b_.real(1.0);
        }
        if (!depends_[value.index]) {
            return std::nullopt;
        }
        if (const auto found = known_.find(value); found != known_.end()) {
            return found->second;
        }
        const ir::Value self = b_[value]; // a copy: the kernel grows below
        const ir::Builder::Context context(b_, self.span);
        return known_[value] = collect(self);
    }

    [[nodiscard]] bool separable() const { return separable_; }

private:
    Term collect(const ir::Value& value) {
        const auto& args = value.args;
        switch (value.op) {
        case Op::Add:
            return sum(of(args[0]), of(args[1]));
        case Op::Sub:
            return sum(of(args[0]), negative(of(args[1])));
        case Op::Neg:
            return negative(of(args[0]));
        case Op::Mul:
            return product(args[0], args[1]);
        case Op::Fma:
            return sum(product(args[0], args[1]), of(args[2]));
        case Op::Div: { // a divisor that depends on the leaf is a function of it
            const Term above = of(args[0]);
            return above ? Term(b_.div(*above, args[1])) : std::nullopt;
        }
        case Op::PowInt:
            separable_ = separable_ && (value.payload < 0 || !of(args[0]));
            return std::nullopt;
        default: // functions, choices, comparisons
            return std::nullopt;
        }
    }

    Term product(ValueId x, ValueId y) {
        const Term of_x = of(x);
        const Term of_y = of(y);
        if (of_x && of_y) {
            separable_ = false; // a square
            return std::nullopt;
        }
        if (of_x) {
            return b_.mul(*of_x, y);
        }
        return of_y ? Term(b_.mul(x, *of_y)) : std::nullopt;
    }

    Term sum(Term a, Term b) { return a && b ? Term(b_.add(*a, *b)) : (a ? a : b); }
    Term negative(Term a) { return a ? Term(b_.neg(*a)) : std::nullopt; }

    ir::Builder& b_;
    ValueId leaf_;
    std::vector<bool> depends_; // of the values that stood there at the beginning
    std::unordered_map<ValueId, Term> known_;
    bool separable_ = true;
};

} // namespace

HeldSlope held_slope(ir::Builder& builder, ValueId drift, ValueId leaf) {
    const std::array leaves{leaf};
    Collector collector(builder, leaf, ir::dependents(builder.kernel(), leaves));
    const Term slope = collector.of(drift);
    return {collector.separable(), slope};
}

} // namespace hhc::lower
