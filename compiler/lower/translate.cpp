// SPDX-License-Identifier: MIT
// Expressions of the model as values of the graph. Subexpressions are shared, never pasted: a chain
// of n of them takes n values.
#include "lower/scope.h"
#include "support/check.h"

#include <cmath>
#include <string>

namespace hhc::lower {

using ir::Type;
using ir::ValueId;
using model::ExprKind;
using model::Role;

namespace {

ir::Distribution find_distribution(std::string_view text) {
    std::uint8_t row = 0;
#define HHC_RANDOM(id, name, arity, result)                                                        \
    if (text == (name)) {                                                                          \
        return static_cast<ir::Distribution>(row);                                                 \
    }                                                                                              \
    ++row;
#include "ir/distributions.def"
#undef HHC_RANDOM
    HHC_CHECK(false, "no distribution " + std::string(text));
}

Type type_of(const model::Type& type) {
    switch (type.scalar) {
    case model::Scalar::Integer:
        return Type::Int;
    case model::Scalar::Boolean:
        return Type::Bool;
    case model::Scalar::Real:
        break;
    }
    return Type::Real;
}

} // namespace

/// Walks one expression; `locals_` are the leaves of the names assigned in the block around it.
class Translator {
public:
    Translator(Scope& scope, const std::vector<ValueId>* locals, bool in_table)
        : scope_(scope), graph_(scope.graph_), locals_(locals), in_table_(in_table) {}

    ValueId of(model::ExprId id) {
        HHC_CHECK(id.valid(), "expression is missing");
        const model::Expr& expr = scope_.model_.exprs[id];
        const ir::Builder::Context context(graph_, expr.span);
        return convert(expression(expr), type_of(expr.type));
    }

    ValueId of(model::VariableId id) {
        const auto key = std::pair(id.index, in_table_);
        const auto known = scope_.meanings_.find(key);
        if (known != scope_.meanings_.end()) {
            return known->second;
        }
        const ValueId value = variable(id);
        scope_.meanings_.emplace(key, value);
        return value;
    }

private:
    ValueId convert(ValueId value, Type type) {
        switch (type) {
        case Type::Real:
            return graph_.to_real(value);
        case Type::Int:
            return graph_.to_int(value);
        case Type::Bool:
            return graph_.to_bool(value);
        case Type::Matrix:
            break;
        }
        return value;
    }

    ValueId constant(model::VariableId id) {
        const model::Variable& variable = scope_.model_.variables[id];
        const double number = scope_.numbers_[id.index];
        if (std::isnan(number) && variable.definition.valid()) {
            return of(variable.definition);
        }
        switch (variable.type.scalar) {
        case model::Scalar::Integer:
            return graph_.integer(static_cast<std::int64_t>(number));
        case model::Scalar::Boolean:
            return graph_.boolean(number != 0.0);
        case model::Scalar::Real:
            break;
        }
        return graph_.real(number);
    }

    /// The step that `lastspike` or `lastupdate` stands for.
    ValueId step_of(const model::Variable& variable, model::VariableId id) {
        if (variable.role == Role::LastUpdate) {
            return graph_.load(scope_.last_update_);
        }
        return variable.side == model::Side::Own ? graph_.load(scope_.last_spike_)
                                                 : graph_.foreign(scope_.foreign_[id.index]);
    }

    ValueId variable(model::VariableId id) {
        const model::Variable& variable = scope_.model_.variables[id];
        if (scope_.leaves_[id.index].valid()) {
            return scope_.leaves_[id.index];
        }
        switch (variable.role) {
        case Role::Subexpression: {
            const ir::Builder::Context context(graph_, variable.span);
            return graph_.name(Translator(scope_, nullptr, in_table_).of(variable.definition),
                               variable.name);
        }
        case Role::Frozen:
        case Role::SharedParameter:
            return constant(id);
        case Role::Time:
            return in_table_ ? scope_.table_time_ : graph_.time();
        case Role::TimeStep:
            return graph_.dt();
        case Role::StepCount:
            return graph_.step();
        case Role::EntityIndex:
            return graph_.entity();
        case Role::EntityCount:
            return graph_.count();
        case Role::LastSpike:
        case Role::LastUpdate:
            return graph_.mul(graph_.to_real(step_of(variable, id)), graph_.dt());
        case Role::NotRefractory:
            return variable.side == model::Side::Own ? scope_.not_refractory_
                                                     : scope_.not_refractory(variable.side);
        case Role::PreIndex:
            return graph_.pre_index();
        case Role::PostIndex:
            return graph_.post_index();
        case Role::PreCount:
            return graph_.pre_count();
        case Role::PostCount:
            return graph_.post_count();
        default:
            break;
        }
        HHC_CHECK(false, "variable " + variable.name + " has no value");
    }

    ValueId arg(const model::Expr& expr, std::size_t i) { return of(expr.args[i]); }

    /// A Markov chain's steady state by the elimination of Grassmann, Taksar and Heyman (1985,
    /// doi:10.1287/opre.33.5.1107): no subtraction, so every share is right to the last digits.
    ValueId steady_state(const model::Expr& expr) {
        using Rate = std::optional<ValueId>;
        std::size_t n = 1;
        while (n * n < expr.args.size()) {
            ++n;
        }
        std::vector<std::vector<Rate>> rates(n, std::vector<Rate>(n));
        for (std::size_t k = 0; k < n * n; ++k) {
            const model::Expr& entry = scope_.model_.exprs[expr.args[k]];
            if (entry.kind != ExprKind::Number || entry.number != 0) {
                rates[k / n][k % n] = arg(expr, k);
            }
        }
        const auto sum = [this](Rate a, Rate b) { return a && b ? graph_.add(*a, *b) : a ? a : b; };
        const auto product = [this](Rate a, Rate b) {
            return a && b ? Rate(graph_.mul(*a, *b)) : std::nullopt;
        };
        for (std::size_t k = n - 1; k > 0; --k) { // leave out state k: its visitors go on
            Rate leaves;
            for (std::size_t j = 0; j < k; ++j) {
                leaves = sum(leaves, rates[k][j]);
            }
            HHC_CHECK(leaves.has_value(), "a closed class has no way out of a state");
            for (std::size_t i = 0; i < k; ++i) {
                if (!rates[i][k]) {
                    continue;
                }
                rates[i][k] = graph_.div(*rates[i][k], *leaves);
                for (std::size_t j = 0; j < k; ++j) {
                    if (j != i) {
                        rates[i][j] = sum(rates[i][j], product(rates[i][k], rates[k][j]));
                    }
                }
            }
        }
        std::vector<Rate> shares(n);
        shares[0] = graph_.real(1.0);
        Rate whole = shares[0];
        for (std::size_t k = 1; k < n; ++k) {
            for (std::size_t i = 0; i < k; ++i) {
                shares[k] = sum(shares[k], product(shares[i], rates[i][k]));
            }
            whole = sum(whole, shares[k]);
        }
        return graph_.div(*shares[expr.symbol], *whole);
    }

    /// Both arguments in one type: Real if one of them is, else Int.
    std::pair<ValueId, ValueId> pair(const model::Expr& expr) {
        const ValueId a = arg(expr, 0);
        const ValueId b = arg(expr, 1);
        const bool real = graph_.type(a) == Type::Real || graph_.type(b) == Type::Real;
        const Type type = real ? Type::Real : Type::Int;
        return {convert(a, type), convert(b, type)};
    }

    bool is_variable(model::ExprId id, Role role) const {
        const model::Expr& expr = scope_.model_.exprs[id];
        return expr.kind == ExprKind::Variable &&
               scope_.model_.variables[model::VariableId(expr.symbol)].role == role;
    }

    [[nodiscard]] bool is_step_time(model::ExprId id) const {
        return is_variable(id, Role::LastSpike) || is_variable(id, Role::LastUpdate);
    }

    /// `t - lastspike` is a whole number of steps times dt: exact, also in single precision.
    ValueId subtract(const model::Expr& expr) {
        if (is_variable(expr.args[0], Role::Time) && is_step_time(expr.args[1])) {
            const model::VariableId id(scope_.model_.exprs[expr.args[1]].symbol);
            const ValueId steps =
                graph_.sub(graph_.step(), step_of(scope_.model_.variables[id], id));
            return graph_.mul(graph_.to_real(steps), graph_.dt());
        }
        const auto [a, b] = pair(expr);
        return graph_.sub(a, b);
    }

    ValueId power(const model::Expr& expr) {
        const ValueId base = arg(expr, 0);
        const ValueId exponent = arg(expr, 1);
        constexpr double largest = 64;
        const auto number = graph_.constant(graph_.to_real(exponent));
        const bool whole = number && std::floor(*number) == *number;
        if (whole && std::abs(*number) <= largest) {
            const bool integer = expr.type.scalar == model::Scalar::Integer && *number >= 0;
            return graph_.powi(integer ? graph_.to_int(base) : graph_.to_real(base),
                               static_cast<std::int64_t>(*number));
        }
        if (number && *number == 0.5) {
            return graph_.math(ir::MathOp::Sqrt, graph_.to_real(base));
        }
        return graph_.math(ir::MathOp::Pow, {graph_.to_real(base), graph_.to_real(exponent)});
    }

    ValueId compare(const model::Expr& expr, ir::Op op) {
        const auto [a, b] = pair(expr);
        return graph_.compare(op, a, b);
    }

    ValueId crosses(const model::Expr& expr, ir::Op op) {
        const ValueId comparison = compare(expr, op);
        const ValueId before = scope_.new_leaf("comparison at t", ir::Storage::Boolean);
        scope_.crossings_.push_back({before, comparison});
        return graph_.logical_and(graph_.logical_not(before), comparison);
    }

    ValueId call(const model::Expr& expr) {
        const model::BuiltinInfo& row = model::builtins()[expr.symbol];
        if (row.rule == model::DimensionRule::Step) {
            const ValueId steps =
                graph_.div(graph_.to_real(arg(expr, 0)), graph_.to_real(arg(expr, 1)));
            return graph_.to_int(
                graph_.math(ir::MathOp::Floor, graph_.add(steps, graph_.real(0.001))));
        }
        const auto op = ir::find_math(row.function);
        HHC_CHECK(op.has_value(), "no function " + std::string(row.function));
        std::vector<ValueId> args;
        for (std::size_t i = 0; i < expr.args.size(); ++i) {
            args.push_back(graph_.to_real(arg(expr, i)));
        }
        switch (args.size()) {
        case 1:
            return graph_.math(*op, {args[0]});
        case 2:
            return graph_.math(*op, {args[0], args[1]});
        default:
            return graph_.math(*op, {args[0], args[1], args[2]});
        }
    }

    ValueId draw(const model::Expr& expr) {
        ir::Value value;
        value.op = ir::Op::Random;
        const ir::Distribution distribution =
            find_distribution(model::distributions()[expr.symbol].function);
        value.symbol = static_cast<std::uint32_t>(distribution);
        value.type = ir::info(distribution).result;
        value.payload = static_cast<std::int64_t>(expr.stream);
        for (std::size_t i = 0; i < expr.args.size(); ++i) {
            value.args.push_back(graph_.to_real(arg(expr, i)));
        }
        return graph_.emit(std::move(value));
    }

    ValueId table(const model::Expr& expr) {
        const ValueId time = graph_.to_real(Translator(scope_, locals_, true).of(expr.args[0]));
        const ValueId column = expr.args.size() > 1 ? graph_.to_int(arg(expr, 1)) : ValueId();
        return graph_.table(ir::TableId(expr.symbol), time, column);
    }

    ValueId conditional(const model::Expr& expr) {
        const Type type = type_of(expr.type);
        return graph_.select(graph_.to_bool(arg(expr, 1)), convert(arg(expr, 0), type),
                             convert(arg(expr, 2), type));
    }

    ValueId arithmetic(const model::Expr& expr) {
        const auto [a, b] = pair(expr);
        switch (expr.kind) {
        case ExprKind::Add:
            return graph_.add(a, b);
        case ExprKind::Multiply:
            return graph_.mul(a, b);
        case ExprKind::Divide:
            return graph_.div(graph_.to_real(a), graph_.to_real(b));
        case ExprKind::FloorDivide:
            return graph_.floor_div(a, b);
        default:
            return graph_.mod(a, b);
        }
    }

    ValueId expression(const model::Expr& expr) {
        switch (expr.kind) {
        case ExprKind::Number:
            return graph_.real(expr.number);
        case ExprKind::Integer:
            return graph_.integer(expr.integer);
        case ExprKind::Boolean:
            return graph_.boolean(expr.integer != 0);
        case ExprKind::Variable:
            return of(model::VariableId(expr.symbol));
        case ExprKind::Local:
            HHC_CHECK(locals_ != nullptr, "a local outside of its block");
            return locals_->at(expr.symbol);
        case ExprKind::Negate: {
            const ValueId a = arg(expr, 0);
            return graph_.neg(graph_.type(a) == Type::Bool ? graph_.to_int(a) : a);
        }
        case ExprKind::Not:
            return graph_.logical_not(graph_.to_bool(arg(expr, 0)));
        case ExprKind::Subtract:
            return subtract(expr);
        case ExprKind::Add:
        case ExprKind::Multiply:
        case ExprKind::Divide:
        case ExprKind::FloorDivide:
        case ExprKind::Modulo:
            return arithmetic(expr);
        case ExprKind::Power:
            return power(expr);
        case ExprKind::Less:
            return compare(expr, ir::Op::Less);
        case ExprKind::LessEqual:
            return compare(expr, ir::Op::LessEqual);
        case ExprKind::Greater:
            return compare(expr, ir::Op::Greater);
        case ExprKind::GreaterEqual:
            return compare(expr, ir::Op::GreaterEqual);
        case ExprKind::Equal:
            return compare(expr, ir::Op::Equal);
        case ExprKind::NotEqual:
            return compare(expr, ir::Op::NotEqual);
        case ExprKind::And:
            return graph_.logical_and(graph_.to_bool(arg(expr, 0)), graph_.to_bool(arg(expr, 1)));
        case ExprKind::Or:
            return graph_.logical_or(graph_.to_bool(arg(expr, 0)), graph_.to_bool(arg(expr, 1)));
        case ExprKind::Crosses:
            return crosses(expr, ir::Op::Greater);
        case ExprKind::CrossesDown:
            return crosses(expr, ir::Op::Less);
        case ExprKind::Conditional:
            return conditional(expr);
        case ExprKind::Call:
            return call(expr);
        case ExprKind::Random:
            return draw(expr);
        case ExprKind::Table:
            return table(expr);
        case ExprKind::ToInteger:
            return graph_.to_int(arg(expr, 0));
        case ExprKind::ToReal:
            return graph_.to_real(arg(expr, 0));
        case ExprKind::SteadyState:
            return steady_state(expr);
        }
        HHC_CHECK(false, "no such expression");
    }

    Scope& scope_;
    ir::Builder& graph_;
    const std::vector<ValueId>* locals_;
    bool in_table_;
};

ValueId Scope::value(model::ExprId id) {
    return Translator(*this, nullptr, false).of(id);
}

ValueId Scope::value(model::VariableId id) {
    return Translator(*this, nullptr, false).of(id);
}

ValueId Scope::value(model::ExprId id, const std::vector<ValueId>& locals) {
    return Translator(*this, &locals, false).of(id);
}

} // namespace hhc::lower
