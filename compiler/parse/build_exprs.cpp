// SPDX-License-Identifier: MIT
// Expressions. Chains are built in loops, so the recursion here is bounded by the nesting limit.
#include "parse/builder.h"
#include "support/number_text.h"

#include <algorithm>
#include <utility>

namespace hhc::parse {
namespace {

/// Later stages walk trees with recursion; a chain `a + b + c ...` is as deep as it is long.
constexpr std::uint32_t max_depth = 1000;

ast::BinaryOp operation(std::size_t type) {
    switch (type) {
    case Grammar::PLUS:
        return ast::BinaryOp::Add;
    case Grammar::MINUS:
        return ast::BinaryOp::Subtract;
    case Grammar::STAR:
        return ast::BinaryOp::Multiply;
    case Grammar::SLASH:
        return ast::BinaryOp::Divide;
    case Grammar::IDIV:
        return ast::BinaryOp::FloorDivide;
    case Grammar::PERCENT:
        return ast::BinaryOp::Modulo;
    case Grammar::POW:
        return ast::BinaryOp::Power;
    case Grammar::LT:
        return ast::BinaryOp::Less;
    case Grammar::LE:
        return ast::BinaryOp::LessEqual;
    case Grammar::GT:
        return ast::BinaryOp::Greater;
    case Grammar::GE:
        return ast::BinaryOp::GreaterEqual;
    case Grammar::EQ:
        return ast::BinaryOp::Equal;
    case Grammar::NE:
        return ast::BinaryOp::NotEqual;
    case Grammar::AND:
        return ast::BinaryOp::And;
    case Grammar::OR:
        return ast::BinaryOp::Or;
    default:
        return ast::BinaryOp::Crosses;
    }
}

antlr4::tree::TerminalNode* operator_at(antlr4::ParserRuleContext* context, std::size_t child) {
    return dynamic_cast<antlr4::tree::TerminalNode*>(context->children[child]);
}

} // namespace

ast::ExprId Builder::whole(Grammar::ExprContext* context) {
    depth_.clear();
    first_ = file_.exprs.size();
    const ast::ExprId root = expr(context);
    const std::uint32_t deepest =
        depth_.empty() ? 0 : *std::max_element(depth_.begin(), depth_.end());
    if (deepest > max_depth) {
        sink_
            .report(diag::Code::ExpressionTooLong, span(context),
                    "the expression chains " + std::to_string(deepest) +
                        " operations; the limit is " + std::to_string(max_depth))
            .note("name parts of it as equations of their own");
        return error_expr(span(context));
    }
    check_expression(source_, file_, root, sink_);
    return root;
}

ast::ExprId Builder::error_expr(Span at) {
    return file_.exprs.push_back({at, ast::ErrorExpr{}});
}

ast::ExprId Builder::add(Span at, decltype(ast::Expr::node) node) {
    ast::Expr made{at, std::move(node)};
    std::uint32_t below = 0;
    const auto look = [&](ast::ExprId id) { below = std::max(below, depth_[id.index - first_]); };
    if (const auto* call = std::get_if<ast::Call>(&made.node)) {
        std::for_each(call->arguments.begin(), call->arguments.end(), look);
    } else if (const auto* unary = std::get_if<ast::Unary>(&made.node)) {
        look(unary->operand);
    } else if (const auto* two = std::get_if<ast::Binary>(&made.node)) {
        look(two->left);
        look(two->right);
    } else if (const auto* choice = std::get_if<ast::Conditional>(&made.node)) {
        look(choice->then_value);
        look(choice->condition);
        look(choice->else_value);
    }
    depth_.push_back(below + 1);
    return file_.exprs.push_back(std::move(made));
}

ast::ExprId Builder::binary(antlr4::tree::TerminalNode* op, antlr4::ParserRuleContext* first,
                            antlr4::ParserRuleContext* last, ast::ExprId left, ast::ExprId right) {
    ast::Binary made{operation(op->getSymbol()->getType()), span(op), left, right};
    return add({source_.id(), span(first).begin, span(last).end}, made);
}

ast::ExprId Builder::expr(Grammar::ExprContext* context) {
    const ast::ExprId value = or_test(context->orTest(0));
    if (context->IF() == nullptr) {
        return value;
    }
    ast::Conditional choice;
    choice.then_value = value;
    choice.condition = or_test(context->orTest(1));
    choice.else_value = expr(context->expr());
    return add(span(context), choice);
}

ast::ExprId Builder::or_test(Grammar::OrTestContext* context) {
    const auto operands = context->andTest();
    ast::ExprId value = and_test(operands[0]);
    for (std::size_t i = 1; i < operands.size(); ++i) {
        value = binary(context->OR(i - 1), context, operands[i], value, and_test(operands[i]));
    }
    return value;
}

ast::ExprId Builder::and_test(Grammar::AndTestContext* context) {
    const auto operands = context->notTest();
    ast::ExprId value = not_test(operands[0]);
    for (std::size_t i = 1; i < operands.size(); ++i) {
        value = binary(context->AND(i - 1), context, operands[i], value, not_test(operands[i]));
    }
    return value;
}

ast::ExprId Builder::not_test(Grammar::NotTestContext* context) {
    if (context->NOT() == nullptr) {
        return comparison(context->comparison());
    }
    const ast::ExprId operand = not_test(context->notTest());
    return add(span(context), ast::Unary{ast::UnaryOp::Not, span(context->NOT()), operand});
}

ast::ExprId Builder::comparison(Grammar::ComparisonContext* context) {
    const ast::ExprId left = arith(context->arith(0));
    if (context->op == nullptr) {
        return left;
    }
    const ast::ExprId right = arith(context->arith(1));
    return binary(operator_at(context, 1), context, context->arith(1), left, right);
}

ast::ExprId Builder::arith(Grammar::ArithContext* context) {
    const auto operands = context->term();
    ast::ExprId value = term(operands[0]);
    for (std::size_t i = 1; i < operands.size(); ++i) {
        value =
            binary(operator_at(context, 2 * i - 1), context, operands[i], value, term(operands[i]));
    }
    return value;
}

ast::ExprId Builder::term(Grammar::TermContext* context) {
    const auto operands = context->factor();
    ast::ExprId value = factor(operands[0]);
    for (std::size_t i = 1; i < operands.size(); ++i) {
        value = binary(operator_at(context, 2 * i - 1), context, operands[i], value,
                       factor(operands[i]));
    }
    return value;
}

ast::ExprId Builder::factor(Grammar::FactorContext* context) {
    if (context->power() != nullptr) {
        return power(context->power());
    }
    ast::Unary unary;
    unary.op = context->MINUS() != nullptr ? ast::UnaryOp::Minus : ast::UnaryOp::Plus;
    unary.op_span = span(context->MINUS() != nullptr ? context->MINUS() : context->PLUS());
    unary.operand = factor(context->factor());
    // `-10 degC` is a temperature below zero Celsius, not the negative of a temperature.
    auto& below = file_.exprs[unary.operand];
    auto* literal = std::get_if<ast::Quantity>(&below.node);
    if (literal != nullptr && literal->unit.text == "degC" && !below.parenthesised &&
        literal->number.front() != '-') {
        literal->number.insert(0, unary.op == ast::UnaryOp::Minus ? "-" : "");
        below.span.begin = unary.op_span.begin;
        return unary.operand;
    }
    return add(span(context), unary);
}

ast::ExprId Builder::power(Grammar::PowerContext* context) {
    if (context->quantity() != nullptr) {
        return quantity(context->quantity());
    }
    const ast::ExprId base = atom(context->atom());
    if (context->POW() == nullptr) {
        return base;
    }
    return binary(context->POW(), context, context->factor(), base, factor(context->factor()));
}

ast::ExprId Builder::quantity(Grammar::QuantityContext* context) {
    ast::Quantity made;
    made.number = text(span(context->NUMBER(0)));
    made.unit = {span(context->NAME()), text(span(context->NAME()))};
    if (context->POW() != nullptr) {
        const bool negative = context->sign() != nullptr && context->sign()->MINUS() != nullptr;
        made.exponent = exponent(negative, context->NUMBER(1), nullptr);
    }
    return add(span(context), std::move(made));
}

ast::ExprId Builder::number(antlr4::tree::TerminalNode* node) {
    ast::Number made;
    made.text = text(span(node));
    made.value = parse_double(made.text).value_or(0);
    made.is_integer = made.text.find_first_of(".eE") == std::string::npos;
    return add(span(node), std::move(made));
}

ast::ExprId Builder::atom(Grammar::AtomContext* context) {
    if (context->LPAR() != nullptr) {
        const ast::ExprId inner = expr(context->expr());
        file_.exprs[inner].parenthesised = true;
        return inner;
    }
    if (context->NUMBER() != nullptr) {
        return number(context->NUMBER());
    }
    if (context->TRUE() != nullptr || context->FALSE() != nullptr) {
        return add(span(context), ast::Boolean{context->TRUE() != nullptr});
    }
    ast::Path named = path(context->path());
    if (context->call() == nullptr) {
        return add(span(context), ast::Reference{std::move(named)});
    }
    ast::Call made{std::move(named), {}};
    for (auto* argument : context->call()->expr()) {
        made.arguments.push_back(expr(argument));
    }
    return add(span(context), std::move(made));
}

} // namespace hhc::parse
