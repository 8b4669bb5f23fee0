// SPDX-License-Identifier: MIT
// Expressions as text, in the language itself; no recursion, so that long sums are no danger.
#include "model/model.h"
#include "support/number_text.h"

#include <variant>

namespace hhc::model {

namespace {

/// Python's precedence, lowest first.
enum Strength : int {
    Choice = 0,
    OrLevel,
    AndLevel,
    NotLevel,
    Comparison,
    Sum,
    Product,
    Sign,
    PowerLevel,
    Whole,
};

struct OperatorText {
    const char* text;
    Strength strength;
};

OperatorText operator_text(ExprKind kind) {
    switch (kind) {
    case ExprKind::Add:
        return {" + ", Sum};
    case ExprKind::Subtract:
        return {" - ", Sum};
    case ExprKind::Multiply:
        return {"*", Product};
    case ExprKind::Divide:
        return {"/", Product};
    case ExprKind::FloorDivide:
        return {"//", Product};
    case ExprKind::Modulo:
        return {" % ", Product};
    case ExprKind::Power:
        return {"**", PowerLevel};
    case ExprKind::Less:
        return {" < ", Comparison};
    case ExprKind::LessEqual:
        return {" <= ", Comparison};
    case ExprKind::Greater:
        return {" > ", Comparison};
    case ExprKind::GreaterEqual:
        return {" >= ", Comparison};
    case ExprKind::Equal:
        return {" == ", Comparison};
    case ExprKind::NotEqual:
        return {" != ", Comparison};
    case ExprKind::And:
        return {" and ", AndLevel};
    case ExprKind::Or:
        return {" or ", OrLevel};
    case ExprKind::Crosses:
        return {" crosses ", Comparison};
    case ExprKind::CrossesDown:
        return {" crosses down ", Comparison};
    default:
        return {"", Whole};
    }
}

/// What is still to be written: a piece of text, or an expression inside something that binds so
/// strongly.
struct Nested {
    ExprId id;
    int around = Choice;
};
using Pending = std::variant<std::string, Nested>;

std::string atom_text(const CheckedModel& model, const Block* block, const Expr& expr) {
    switch (expr.kind) {
    case ExprKind::Number: {
        const std::string unit = units::describe(expr.type.dimension);
        return unit == "1" ? shortest(expr.number) : shortest(expr.number) + "*" + unit;
    }
    case ExprKind::Integer:
        return std::to_string(expr.integer);
    case ExprKind::Boolean:
        return expr.integer != 0 ? "True" : "False";
    case ExprKind::Variable:
        return model.variables[VariableId(expr.symbol)].name;
    case ExprKind::Local:
        return block != nullptr && expr.symbol < block->locals.size()
                   ? block->locals[expr.symbol]
                   : "local" + std::to_string(expr.symbol);
    default:
        return "";
    }
}

int atom_strength(const Expr& expr) {
    if (expr.kind == ExprKind::Number && !expr.type.dimension.is_dimensionless()) {
        return Product;
    }
    const bool negative = (expr.kind == ExprKind::Number && expr.number < 0) ||
                          (expr.kind == ExprKind::Integer && expr.integer < 0);
    return negative ? static_cast<int>(Sign) : static_cast<int>(Whole);
}

std::string call_name(const CheckedModel& model, const Expr& expr) {
    switch (expr.kind) {
    case ExprKind::Call:
        return std::string(builtins()[expr.symbol].name);
    case ExprKind::Random:
        return std::string(distributions()[expr.symbol].name);
    case ExprKind::Table:
        return model.tables[TableId(expr.symbol)].name;
    case ExprKind::ToInteger:
        return "int";
    case ExprKind::ToReal:
        return "real";
    case ExprKind::SteadyState:
        return "steady_state";
    default:
        return "";
    }
}

/// The pieces of one operation, in order, with the strength of the whole.
int pieces(const CheckedModel& model, const Block* block, const Expr& expr,
           std::vector<Pending>& out) {
    const OperatorText binary = operator_text(expr.kind);
    if (binary.strength != Whole) {
        const bool right_first = expr.kind == ExprKind::Power;
        const bool compares = binary.strength == Comparison;
        out.emplace_back(Nested{expr.args[0], binary.strength + (right_first || compares ? 1 : 0)});
        out.emplace_back(std::string(binary.text));
        out.emplace_back(
            Nested{expr.args[1], right_first ? static_cast<int>(Sign) : binary.strength + 1});
        return binary.strength;
    }
    if (expr.kind == ExprKind::Negate) {
        out.emplace_back(std::string("-"));
        out.emplace_back(Nested{expr.args[0], Sign});
        return Sign;
    }
    if (expr.kind == ExprKind::Not) {
        out.emplace_back(std::string("not "));
        out.emplace_back(Nested{expr.args[0], NotLevel});
        return NotLevel;
    }
    if (expr.kind == ExprKind::Conditional) {
        out.emplace_back(Nested{expr.args[0], OrLevel});
        out.emplace_back(std::string(" if "));
        out.emplace_back(Nested{expr.args[1], OrLevel});
        out.emplace_back(std::string(" else "));
        out.emplace_back(Nested{expr.args[2], Choice});
        return Choice;
    }
    const std::string name = call_name(model, expr);
    if (name.empty()) {
        out.emplace_back(atom_text(model, block, expr));
        return atom_strength(expr);
    }
    out.emplace_back(name + "(");
    for (std::size_t i = 0; i < expr.args.size(); ++i) {
        if (i > 0) {
            out.emplace_back(std::string(", "));
        }
        out.emplace_back(Nested{expr.args[i], Choice});
    }
    out.emplace_back(std::string(")"));
    return Whole;
}

std::string text_of(const CheckedModel& model, const Block* block, ExprId root) {
    std::string result;
    std::vector<Pending> pending{Nested{root, Choice}};
    std::vector<Pending> parts;
    while (!pending.empty()) {
        const Pending next = std::move(pending.back());
        pending.pop_back();
        if (const auto* text = std::get_if<std::string>(&next)) {
            result += *text;
            continue;
        }
        const auto& nested = std::get<Nested>(next);
        if (!nested.id.valid()) {
            result += "?";
            continue;
        }
        parts.clear();
        const int strength = pieces(model, block, model.exprs[nested.id], parts);
        const bool wrap = strength < nested.around;
        if (wrap) {
            result += "(";
            pending.emplace_back(std::string(")"));
        }
        for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
            pending.push_back(std::move(*part));
        }
    }
    return result;
}

} // namespace

std::string expression_text(const CheckedModel& model, ExprId id) {
    return text_of(model, nullptr, id);
}

std::string expression_text(const CheckedModel& model, const Block& block, ExprId id) {
    return text_of(model, &block, id);
}

} // namespace hhc::model
