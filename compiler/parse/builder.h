// SPDX-License-Identifier: MIT
// Private to parse: from ANTLR's contexts to nodes, one plain function per kind of node.
#pragma once

#include "ast/nodes.h"
#include "diag/sink.h"
#include "parse/antlr_session.h"
#include "source/source_file.h"

#include <string>
#include <string_view>
#include <vector>

namespace hhc::parse {

class Builder {
public:
    Builder(const source::SourceFile& source, ast::File& file, diag::Sink& sink)
        : source_(source), file_(file), sink_(sink) {}

    // build_exprs.cpp
    /// A whole expression, with the checks that need its tree (quotients of quantities, degC).
    ast::ExprId whole(Grammar::ExprContext* context);
    ast::ExprId error_expr(Span span);

    // build_units.cpp
    ast::UnitExpr unit(Grammar::UnitExprContext* context);
    std::vector<ast::Flag> flags(Grammar::FlagsContext* context);
    ast::Name name(Grammar::NameContext* context) const;
    ast::Path path(Grammar::PathContext* context) const;
    Rational exponent(bool negative, antlr4::tree::TerminalNode* number,
                      antlr4::tree::TerminalNode* denominator);

    // build_items.cpp
    /// What an equation line can mean depends on where it stands.
    enum class Home : std::uint8_t { Equations, Block, Gate, Ion, Kinetic };
    using Node = decltype(ast::Item::node);
    Node equation(Grammar::EquationContext* context, Home home);
    Node top_item(Grammar::TopItemContext* context);
    Node body_item(Grammar::BodyItemContext* context);
    Node sub_head(Grammar::SubHeadContext* context);
    ast::Param param(Grammar::ParamItemContext* context);
    ast::Init init(Grammar::InitItemContext* context);
    ast::Transition transition(Grammar::TransitionContext* context);
    ast::Conservation conservation(Grammar::KineticItemContext* context);
    ast::Statement statement(Grammar::StatementContext* context);
    ast::DocString docstring(Span quoted) const;

    [[nodiscard]] Span span(antlr4::ParserRuleContext* context) const;
    [[nodiscard]] Span span(antlr4::tree::TerminalNode* node) const;
    [[nodiscard]] std::string text(Span at) const;

private:
    ast::ExprId add(Span span, decltype(ast::Expr::node) node);
    ast::ExprId binary(antlr4::tree::TerminalNode* op, antlr4::ParserRuleContext* first,
                       antlr4::ParserRuleContext* last, ast::ExprId left, ast::ExprId right);
    ast::ExprId expr(Grammar::ExprContext* context);
    ast::ExprId or_test(Grammar::OrTestContext* context);
    ast::ExprId and_test(Grammar::AndTestContext* context);
    ast::ExprId not_test(Grammar::NotTestContext* context);
    ast::ExprId comparison(Grammar::ComparisonContext* context);
    ast::ExprId arith(Grammar::ArithContext* context);
    ast::ExprId term(Grammar::TermContext* context);
    ast::ExprId factor(Grammar::FactorContext* context);
    ast::ExprId power(Grammar::PowerContext* context);
    ast::ExprId quantity(Grammar::QuantityContext* context);
    ast::ExprId atom(Grammar::AtomContext* context);
    ast::ExprId number(antlr4::tree::TerminalNode* node);

    void unit_factors(Grammar::UnitExprContext* context, Rational outer, ast::UnitExpr& into);

    Node ode(Grammar::OdeContext* context);
    Node named(Grammar::NamedContext* context, Home home);
    std::vector<ast::Species> species(Grammar::SpeciesSumContext* context);
    ast::Part part(Grammar::PartContext* context);
    ast::Function function(Grammar::FunctionItemContext* context);
    ast::Import import(Grammar::ImportItemContext* context);
    ast::Const constant(Grammar::ConstItemContext* context);
    ast::UnitExpr unit_or_report(Grammar::UnitExprContext* context, Span after,
                                 const ast::Name& name);
    std::vector<ast::Argument> arguments(const std::vector<Grammar::ArgumentContext*>& contexts);

    const source::SourceFile& source_;
    ast::File& file_;
    diag::Sink& sink_;
    std::vector<std::uint32_t> depth_; // of each expression built here, by index - first
    std::size_t first_ = 0;
};

/// Reports what can be seen in a finished tree alone: `1/2 mV`, `x/10 mV/ms`, `2*(6.3 degC)`.
void check_expression(const source::SourceFile& source, ast::File& file, ast::ExprId root,
                      diag::Sink& sink);

} // namespace hhc::parse
