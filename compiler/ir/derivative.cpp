// SPDX-License-Identifier: MIT
// Forward derivatives: one rule per operation.
#include "ir/derivative.h"

#include "support/check.h"

#include <numbers>

namespace hhc::ir {

Derivative::Derivative(Builder& builder, ValueId leaf)
    : builder_(&builder), leaf_(leaf),
      depends_(dependents(builder.kernel(), std::span<const ValueId>(&leaf, 1))) {}

Derivative::Term Derivative::of(ValueId value) {
    if (value.index >= depends_.size()) { // the kernel has grown since
        depends_ = dependents(builder_->kernel(), std::span<const ValueId>(&leaf_, 1));
    }
    if (!depends_[value.index]) {
        return std::nullopt;
    }
    // only what `value` needs, arguments first
    std::vector<bool> needed(value.index + 1, false);
    needed[value.index] = true;
    for (std::size_t i = value.index + 1; i-- > 0;) {
        if (needed[i] && depends_[i] && !terms_.contains(ValueId(i)) && ValueId(i) != leaf_) {
            for (const ValueId arg : (*builder_)[ValueId(i)].args) {
                needed[arg.index] = true;
            }
        }
    }
    for (std::size_t i = leaf_.index; i <= value.index; ++i) {
        const ValueId id(i);
        if (!needed[i] || !depends_[i] || terms_.contains(id)) {
            continue;
        }
        const Value self = (*builder_)[id]; // a copy: the kernel grows below
        const Builder::Context context(*builder_, self.span);
        terms_[id] = id == leaf_ ? Term(builder_->real(1.0)) : derive(self, id);
    }
    return terms_.at(value);
}

Derivative::Term Derivative::known(ValueId value) const {
    const auto found = terms_.find(value);
    return found == terms_.end() ? std::nullopt : found->second;
}

ValueId Derivative::or_zero(Term term) {
    return term ? *term : builder_->real(0.0);
}

Derivative::Term Derivative::scaled(ValueId factor, Term term) {
    return term ? Term(builder_->mul(factor, *term)) : std::nullopt;
}

Derivative::Term Derivative::sum(Term a, Term b) {
    if (a && b) {
        return builder_->add(*a, *b);
    }
    return a ? a : b;
}

Derivative::Term Derivative::derive(const Value& value, ValueId self) {
    switch (value.op) {
    case Op::Add:
    case Op::Sub:
    case Op::Mul:
    case Op::Neg:
    case Op::Div:
    case Op::Fma:
    case Op::Mod:
    case Op::PowInt:
        return value.type == Type::Real ? derive_arithmetic(value, self) : std::nullopt;
    case Op::Math:
        return derive_math(value, self);
    case Op::Select: {
        if (value.type != Type::Real) {
            return std::nullopt;
        }
        non_smooth_ = non_smooth_ || depends_[value.args[0].index];
        const Term then = known(value.args[1]);
        const Term otherwise = known(value.args[2]);
        if (!then && !otherwise) {
            return std::nullopt;
        }
        return builder_->select(value.args[0], or_zero(then), or_zero(otherwise));
    }
    case Op::MatrixBuild:
    case Op::MatrixExp:
    case Op::MatrixExpIntegral:
    case Op::MatrixElement:
        HHC_CHECK(false, "no derivative through a matrix");
    default: // steps: floor division, comparisons, logic, conversions, tables, draws
        non_smooth_ = true;
        return std::nullopt;
    }
}

Derivative::Term Derivative::derive_arithmetic(const Value& value, ValueId self) {
    Builder& b = *builder_;
    const ValueId x = value.args[0];
    const ValueId y = value.args.size() > 1 ? value.args[1] : x;
    const Term dx = known(x);
    const Term dy = value.args.size() > 1 ? known(y) : std::nullopt;
    switch (value.op) {
    case Op::Add:
        return sum(dx, dy);
    case Op::Sub:
        if (!dy) {
            return dx;
        }
        return dx ? b.sub(*dx, *dy) : b.neg(*dy);
    case Op::Neg:
        return dx ? Term(b.neg(*dx)) : std::nullopt;
    case Op::Mul:
        return sum(scaled(y, dx), scaled(x, dy));
    case Op::Fma:
        return sum(sum(scaled(y, dx), scaled(x, dy)), known(value.args[2]));
    case Op::Div: { // (dx - (x/y)*dy)/y
        const Term moved = scaled(self, dy);
        if (!moved) {
            return dx ? Term(b.div(*dx, y)) : std::nullopt;
        }
        return b.div(dx ? b.sub(*dx, *moved) : b.neg(*moved), y);
    }
    case Op::Mod: { // x - y*floor(x/y)
        non_smooth_ = true;
        const Term moved = dy ? scaled(b.math(MathOp::Floor, b.div(x, y)), dy) : std::nullopt;
        if (!moved) {
            return dx;
        }
        return dx ? b.sub(*dx, *moved) : b.neg(*moved);
    }
    default: // PowInt
        return dx ? Term(b.mul(b.mul(b.real(static_cast<double>(value.payload)),
                                     b.powi(x, value.payload - 1)),
                               *dx))
                  : std::nullopt;
    }
}

namespace {

ValueId one_minus_square(Builder& b, ValueId x) {
    return b.sub(b.real(1.0), b.mul(x, x));
}

/// exprel'(x) = (exp(x) - exprel(x))/x; near 0 its series, sum of x^k/(k! (k + 2)).
ValueId exprel_slope(Builder& b, ValueId x, ValueId exprel) {
    constexpr int terms = 14; // |x| < 1: the next one is below 1e-16
    double factorial = 1;
    std::vector<double> coefficients;
    for (int k = 0; k < terms; ++k) {
        factorial *= k == 0 ? 1 : k;
        coefficients.push_back(1 / (factorial * (k + 2)));
    }
    ValueId series = b.real(coefficients.back());
    for (int k = terms - 2; k >= 0; --k) {
        series = b.fma(series, x, b.real(coefficients[static_cast<std::size_t>(k)]));
    }
    const ValueId direct = b.div(b.sub(b.exp(x), exprel), x);
    return b.select(b.less(b.math(MathOp::Abs, x), b.real(1.0)), series, direct);
}

/// d f(x)/dx of the smooth functions of one argument; `f` is f(x).
ValueId slope(Builder& b, MathOp op, ValueId x, ValueId f) {
    const ValueId one = b.real(1.0);
    switch (op) {
    case MathOp::Exp:
        return f;
    case MathOp::Exp2:
        return b.mul(f, b.real(std::numbers::ln2));
    case MathOp::Expm1:
        return b.exp(x);
    case MathOp::Exprel:
        return exprel_slope(b, x, f);
    case MathOp::InvExprel: // 1/exprel: -exprel' f^2
        return b.neg(b.mul(exprel_slope(b, x, b.math(MathOp::Exprel, x)), b.mul(f, f)));
    case MathOp::Log:
        return b.div(one, x);
    case MathOp::Log1p:
        return b.div(one, b.add(one, x));
    case MathOp::Log10:
        return b.div(b.real(std::numbers::log10e), x);
    case MathOp::Sqrt:
        return b.div(b.real(0.5), f);
    case MathOp::Sin:
        return b.math(MathOp::Cos, x);
    case MathOp::Cos:
        return b.neg(b.math(MathOp::Sin, x));
    case MathOp::Tan:
        return b.add(one, b.mul(f, f));
    case MathOp::Sinh:
        return b.math(MathOp::Cosh, x);
    case MathOp::Cosh:
        return b.math(MathOp::Sinh, x);
    case MathOp::Tanh:
        return one_minus_square(b, f);
    case MathOp::Arcsin:
        return b.div(one, b.math(MathOp::Sqrt, one_minus_square(b, x)));
    case MathOp::Arccos:
        return b.neg(b.div(one, b.math(MathOp::Sqrt, one_minus_square(b, x))));
    case MathOp::Arctan:
        return b.div(one, b.add(one, b.mul(x, x)));
    case MathOp::Sigmoid:
        return b.mul(f, b.sub(one, f));
    case MathOp::Erf:
        return b.mul(b.real(2 * std::numbers::inv_sqrtpi), b.exp(b.neg(b.mul(x, x))));
    default:
        HHC_CHECK(false, "no derivative of this function");
    }
}

} // namespace

Derivative::Term Derivative::derive_math(const Value& value, ValueId self) {
    Builder& b = *builder_;
    const auto op = static_cast<MathOp>(value.symbol);
    const ValueId x = value.args[0];
    const Term dx = known(x);
    switch (op) {
    case MathOp::Abs:
        non_smooth_ = true;
        return dx ? Term(b.mul(b.math(MathOp::Sign, x), *dx)) : std::nullopt;
    case MathOp::Sign:
    case MathOp::Floor:
    case MathOp::Ceil:
        non_smooth_ = true;
        return std::nullopt;
    case MathOp::Min:
    case MathOp::Max: {
        non_smooth_ = true;
        const Term dy = known(value.args[1]);
        if (!dx && !dy) {
            return std::nullopt;
        }
        const ValueId first =
            op == MathOp::Min ? b.less_equal(x, value.args[1]) : b.greater_equal(x, value.args[1]);
        return b.select(first, or_zero(dx), or_zero(dy));
    }
    case MathOp::Clip: {
        non_smooth_ = true;
        const Term low = known(value.args[1]);
        const Term high = known(value.args[2]);
        if (!dx && !low && !high) {
            return std::nullopt;
        }
        const ValueId inner = b.select(b.greater(x, value.args[2]), or_zero(high), or_zero(dx));
        return b.select(b.less(x, value.args[1]), or_zero(low), inner);
    }
    case MathOp::Pow: { // y x^(y-1) dx + x^y log(x) dy
        const ValueId y = value.args[1];
        const Term dy = known(y);
        const Term base = dx ? scaled(b.mul(y, b.math(MathOp::Pow, {x, b.sub(y, b.real(1.0))})), dx)
                             : std::nullopt;
        const Term exponent = dy ? scaled(b.mul(self, b.math(MathOp::Log, x)), dy) : std::nullopt;
        return sum(base, exponent);
    }
    default:
        return dx ? Term(b.mul(slope(b, op, x, self), *dx)) : std::nullopt;
    }
}

} // namespace hhc::ir
