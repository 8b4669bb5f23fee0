// SPDX-License-Identifier: MIT
#include "passes/join_divisions.h"

#include "passes/division_plan.h"
#include "passes/rewrite.h"

#include <algorithm>
#include <map>

namespace hhc::passes {
namespace {

using ir::MathOp;
using ir::Op;
using ir::ValueId;

/// Up to here a denominator and its reciprocal are multiplied without a thought: far enough from
/// the end of double that no numerator comes there first.
constexpr double largest_denominator = 0x1p+500;

/// Carries out a plan, value by value.
class Joining {
public:
    /// `old` are the values of the kernel before the rewrite took them.
    Joining(const DivisionPlan& plan, const std::vector<ir::Value>& old, Rewrite& rewrite)
        : plan_(plan), old_(old), rewrite_(rewrite), b_(rewrite.builder()) {}

    std::optional<ValueId> visit(const ir::Value& value, ValueId id) {
        if (!plan_.is_formed(id)) {
            return std::nullopt; // what is carried alone stays for those who fall back on it
        }
        const ValueId before = b_.emit(value);
        const std::optional<ValueId> partner = plan_.partner(id);
        if (!partner) {
            const ValueId inverse = b_.div(b_.real(1.0), bottom(id));
            return b_.select(is_usual(bottom(id), inverse), b_.mul(top(id), inverse), before);
        }
        const auto [first, second] = std::minmax(id, *partner);
        const ValueId product = b_.mul(bottom(first), bottom(second));
        const ValueId inverse = b_.div(b_.real(1.0), product);
        return b_.select(is_usual(product, inverse),
                         b_.mul(b_.mul(top(id), bottom(*partner)), inverse), before);
    }

private:
    /// Numerator, made of the parts of the arguments.
    ValueId top(ValueId id) {
        return once(tops_, id, [&] { return make_top(old_[id.index].op, old_[id.index].args); });
    }
    ValueId bottom(ValueId id) {
        return once(bottoms_, id,
                    [&] { return make_bottom(old_[id.index].op, old_[id.index].args); });
    }

    ValueId make_top(Op op, const ir::Args& args) {
        switch (op) {
        case Op::Neg:
            return b_.neg(top_of(args[0]));
        case Op::Mul:
            return b_.mul(top_of(args[0]), top_of(args[1]));
        case Op::Select:
            return b_.select(rewrite_.new_id(args[0]), rewrite_.new_id(args[1]), top_of(args[2]));
        default:
            break;
        }
        const bool alike = bottom_of(args[0]) == bottom_of(args[1]);
        const ValueId left = alike ? top_of(args[0]) : b_.mul(top_of(args[0]), bottom_of(args[1]));
        if (op == Op::Div) {
            return left;
        }
        const ValueId right = alike ? top_of(args[1]) : b_.mul(top_of(args[1]), bottom_of(args[0]));
        return op == Op::Add ? b_.add(left, right) : b_.sub(left, right);
    }

    ValueId make_bottom(Op op, const ir::Args& args) {
        if (op == Op::Neg) {
            return bottom_of(args[0]);
        }
        if (op == Op::Select) {
            return b_.select(rewrite_.new_id(args[0]), b_.real(1.0), bottom_of(args[2]));
        }
        if (op != Op::Mul && bottom_of(args[0]) == bottom_of(args[1])) {
            return op == Op::Div ? top_of(args[1]) : bottom_of(args[0]);
        }
        return b_.mul(bottom_of(args[0]), op == Op::Div ? top_of(args[1]) : bottom_of(args[1]));
    }

    ValueId top_of(ValueId arg) { return plan_.is_carried(arg) ? top(arg) : rewrite_.new_id(arg); }
    ValueId bottom_of(ValueId arg) { return plan_.is_carried(arg) ? bottom(arg) : b_.real(1.0); }

    template <class Make>
    static ValueId once(std::map<ValueId, ValueId>& made, ValueId id, Make&& make) {
        const auto known = made.find(id);
        return known != made.end() ? known->second : made.emplace(id, make()).first->second;
    }

    /// Neither the denominator nor its reciprocal is too large, or NaN.
    ValueId is_usual(ValueId denominator, ValueId inverse) {
        const ValueId sum = b_.add(denominator, inverse);
        const ValueId size = is_positive(denominator) ? sum : b_.math(MathOp::Abs, sum);
        return b_.less(size, b_.real(largest_denominator));
    }

    /// Whether it can be seen that it is not below zero.
    [[nodiscard]] bool is_positive(ValueId id) const {
        const ir::Value& value = b_[id];
        switch (value.op) {
        case Op::ConstReal:
            return value.number > 0.0;
        case Op::Math:
            return is_math(value, MathOp::Exp) || is_math(value, MathOp::Exp2);
        case Op::Add:
        case Op::Mul:
            return value.args[0] == value.args[1]
                       ? value.op == Op::Mul || is_positive(value.args[0])
                       : is_positive(value.args[0]) && is_positive(value.args[1]);
        default:
            return false;
        }
    }

    const DivisionPlan& plan_;
    const std::vector<ir::Value>& old_;
    Rewrite& rewrite_;
    ir::Builder& b_;
    std::map<ValueId, ValueId> tops_; // by their old numbers
    std::map<ValueId, ValueId> bottoms_;
};

bool may_join(const ir::Module& module, const ir::Kernel& kernel) {
    const auto has = [&](Op op) {
        return any_value(kernel, [op](const ir::Value& value) { return value.op == op; });
    };
    const bool joined = any_value(kernel, [](const ir::Value& value) {
        return value.op == Op::ConstReal && value.number == largest_denominator;
    });
    return !module.is_synapse && kernel.kind == ir::KernelKind::Advance && has(Op::Div) &&
           !joined && !has(Op::Approximate); // which has no branches (codegen/rare_values.cpp)
}

} // namespace

bool join_divisions(ir::Module& module, const Context& context) {
    if (context.options.strict || module.real_size != 8) {
        return false;
    }
    bool changed = false;
    for (ir::Kernel& kernel : module.kernels) {
        if (!may_join(module, kernel)) {
            continue;
        }
        const DivisionPlan plan(kernel);
        if (plan.empty()) {
            continue;
        }
        const std::vector<ValueId> order = plan.order();
        const std::vector<ir::Value> old = kernel.values.raw();
        Rewrite rewrite(module, kernel);
        Joining joining(plan, old, rewrite);
        changed |= rewrite.run(
            order, [&](const ir::Value& value, ValueId id) { return joining.visit(value, id); });
    }
    return changed;
}

} // namespace hhc::passes
