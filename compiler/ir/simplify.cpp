// SPDX-License-Identifier: MIT
// The local simplifications of the builder. Each gives the same bits for every input; NaNs count as
// equal whatever their payload. Not here, because not exact: x + 0.0 (x = -0), 0*x, x - x, x/x.
#include "ir/builder.h"
#include "ir/evaluate.h"
#include "support/check.h"

#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace hhc::ir {

bool Builder::may_drop(ValueId dropped, ValueId result) const {
    return module_->real_size == 8 || bindings_[dropped.index] < Binding::Entity ||
           bindings_[result.index] == Binding::Entity || type(result) != Type::Real;
}

std::optional<ValueId> Builder::simplify(const Value& value) {
    const Op op = value.op;
    if (op == Op::Select) {
        return simplify_select(value);
    }
    if (op >= Op::Less && op <= Op::NotEqual) {
        return simplify_comparison(value);
    }
    if (op == Op::And || op == Op::Or || op == Op::Not) {
        return simplify_logic(value);
    }
    if (op >= Op::IntToReal && op <= Op::IntToBool) {
        return simplify_conversion(value);
    }
    if (op >= Op::Add && op <= Op::PowInt) {
        return value.type == Type::Int ? simplify_int(value) : simplify_real(value);
    }
    return std::nullopt;
}

/// The operation on real constants, as kernels compute it.
static double folded(const Value& value, const std::array<double, 3>& known) {
    switch (value.op) {
    case Op::Add:
        return known[0] + known[1];
    case Op::Sub:
        return known[0] - known[1];
    case Op::Mul:
        return known[0] * known[1];
    case Op::Div:
        return known[0] / known[1];
    case Op::Neg:
        return -known[0];
    case Op::Fma:
        return std::fma(known[0], known[1], known[2]);
    case Op::FloorDiv:
        return floor_div_real(known[0], known[1]);
    case Op::Mod:
        return mod_real(known[0], known[1]);
    default:
        HHC_CHECK(value.op == Op::PowInt, "another arithmetic operation");
        return powi_real(known[0], value.payload);
    }
}

std::optional<ValueId> Builder::simplify_real(const Value& value) {
    std::array<double, 3> known{};
    bool all = true;
    for (std::size_t i = 0; i < value.args.size(); ++i) {
        const std::optional<double> number = constant(value.args[i]);
        known[i] = number.value_or(0);
        all = all && number.has_value();
    }
    if (all) {
        return real(folded(value, known));
    }
    const ValueId a = value.args[0];
    const ValueId b = value.args.size() > 1 ? value.args[1] : ValueId();
    const auto is_neg = [&](ValueId id) { return (*this)[id].op == Op::Neg; };
    const auto inside = [&](ValueId id) { return (*this)[id].args[0]; };
    switch (value.op) {
    case Op::Add:
        if (is_real(b, -0.0)) {
            return a;
        }
        if (is_real(a, -0.0)) {
            return b;
        }
        if (is_neg(b)) {
            return sub(a, inside(b));
        }
        if (is_neg(a)) {
            return sub(b, inside(a));
        }
        break;
    case Op::Sub:
        if (is_real(b, 0.0)) {
            return a;
        }
        if (is_real(a, -0.0)) {
            return neg(b);
        }
        if (is_neg(b)) {
            return add(a, inside(b));
        }
        break;
    case Op::Mul:
        if (is_real(b, 1.0)) {
            return a;
        }
        if (is_real(a, 1.0)) {
            return b;
        }
        if (is_real(b, -1.0)) {
            return neg(a);
        }
        if (is_real(a, -1.0)) {
            return neg(b);
        }
        if (is_neg(a) && is_neg(b)) {
            return mul(inside(a), inside(b));
        }
        break;
    case Op::Div:
        if (is_real(b, 1.0)) {
            return a;
        }
        if (is_real(b, -1.0)) {
            return neg(a);
        }
        if (is_neg(a) && is_neg(b)) {
            return div(inside(a), inside(b));
        }
        break;
    case Op::Neg:
        if (is_neg(a)) {
            return inside(a);
        }
        break;
    case Op::Fma:
        if (is_real(value.args[2], -0.0)) {
            return mul(a, b);
        }
        if (is_real(b, 1.0)) {
            return add(a, value.args[2]);
        }
        if (is_real(a, 1.0)) {
            return add(b, value.args[2]);
        }
        break;
    case Op::PowInt:
        if (value.payload == 1) {
            return a;
        }
        if (value.payload == 0) {
            return real(1.0);
        }
        break;
    default:
        break;
    }
    return std::nullopt;
}

std::optional<ValueId> Builder::simplify_int(const Value& value) {
    const ValueId a = value.args[0];
    const ValueId b = value.args.size() > 1 ? value.args[1] : a;
    const std::optional<std::int64_t> x = int_constant(a);
    const std::optional<std::int64_t> y = int_constant(b);
    if (x && y) {
        bool fault = false;
        const std::int64_t result = integer_operation(value.op, *x, *y, value.payload, fault);
        return fault ? std::nullopt : std::optional(integer(result)); // the fault is for run time
    }
    switch (value.op) {
    case Op::Add:
        if (y == 0) {
            return a;
        }
        return x == 0 ? std::optional(b) : std::nullopt;
    case Op::Sub:
        return y == 0 ? std::optional(a) : std::nullopt;
    case Op::Mul:
        if (y == 1) {
            return a;
        }
        return x == 1 ? std::optional(b) : std::nullopt;
    case Op::FloorDiv:
        return y == 1 ? std::optional(a) : std::nullopt;
    case Op::PowInt:
        return value.payload == 1 ? std::optional(a) : std::nullopt;
    default:
        return std::nullopt;
    }
}

std::optional<ValueId> Builder::simplify_comparison(const Value& value) {
    const ValueId a = value.args[0];
    const ValueId b = value.args[1];
    if (const auto x = constant(a), y = constant(b); x && y) {
        return boolean(compare_real(value.op, *x, *y));
    }
    if (const auto x = int_constant(a), y = int_constant(b); x && y) {
        return boolean(compare_int(value.op, *x, *y));
    }
    if (const auto x = bool_constant(a), y = bool_constant(b); x && y) {
        return boolean(compare_int(value.op, *x ? 1 : 0, *y ? 1 : 0));
    }
    return std::nullopt;
}

std::optional<ValueId> Builder::simplify_logic(const Value& value) {
    const ValueId a = value.args[0];
    if (value.op == Op::Not) {
        const Value& inner = (*this)[a];
        if (const auto x = bool_constant(a)) {
            return boolean(!*x);
        }
        if (inner.op == Op::Not) {
            return inner.args[0];
        }
        if (inner.op == Op::Equal || inner.op == Op::NotEqual) { // the others differ for NaN
            return compare(inner.op == Op::Equal ? Op::NotEqual : Op::Equal, inner.args[0],
                           inner.args[1]);
        }
        return std::nullopt;
    }
    const ValueId b = value.args[1];
    const std::optional<bool> x = bool_constant(a);
    const std::optional<bool> y = bool_constant(b);
    if (a == b) {
        return a;
    }
    const bool neutral = value.op == Op::And;
    if (x) {
        return *x == neutral ? b : boolean(!neutral);
    }
    if (y) {
        return *y == neutral ? a : boolean(!neutral);
    }
    return std::nullopt;
}

std::optional<ValueId> Builder::simplify_select(const Value& value) {
    const ValueId condition = value.args[0];
    const ValueId then = value.args[1];
    const ValueId otherwise = value.args[2];
    if (const auto known = bool_constant(condition)) {
        return *known ? then : otherwise;
    }
    if (then == otherwise && may_drop(condition, then)) {
        return then;
    }
    if ((*this)[condition].op == Op::Not) {
        return select((*this)[condition].args[0], otherwise, then);
    }
    if (value.type == Type::Bool) {
        if (const auto x = bool_constant(then), y = bool_constant(otherwise); x && y) {
            return *x ? condition : logical_not(condition);
        }
    }
    return std::nullopt;
}

std::optional<ValueId> Builder::simplify_conversion(const Value& value) {
    const ValueId a = value.args[0];
    switch (value.op) {
    case Op::IntToReal:
        if (const auto x = int_constant(a)) {
            return real(static_cast<double>(*x));
        }
        break;
    case Op::BoolToReal:
        if (const auto x = bool_constant(a)) {
            return real(*x ? 1.0 : 0.0);
        }
        break;
    case Op::BoolToInt:
        if (const auto x = bool_constant(a)) {
            return integer(*x ? 1 : 0);
        }
        break;
    case Op::RealToInt:
        if (const auto x = constant(a)) {
            return integer(real_to_int(*x));
        }
        break;
    case Op::IntToBool:
        if (const auto x = int_constant(a)) {
            return boolean(*x != 0);
        }
        if ((*this)[a].op == Op::BoolToInt) {
            return (*this)[a].args[0];
        }
        break;
    default:
        break;
    }
    return std::nullopt;
}

} // namespace hhc::ir
