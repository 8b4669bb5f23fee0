// SPDX-License-Identifier: MIT
// Names, paths, flags, and units after a colon.
#include "parse/builder.h"

namespace hhc::parse {

Span Builder::span(antlr4::ParserRuleContext* context) const {
    return {source_.id(), static_cast<std::uint32_t>(context->start->getStartIndex()),
            static_cast<std::uint32_t>(context->stop->getStopIndex() + 1)};
}

Span Builder::span(antlr4::tree::TerminalNode* node) const {
    return {source_.id(), static_cast<std::uint32_t>(node->getSymbol()->getStartIndex()),
            static_cast<std::uint32_t>(node->getSymbol()->getStopIndex() + 1)};
}

std::string Builder::text(Span at) const {
    return std::string(source_.text().substr(at.begin, at.end - at.begin));
}

ast::Name Builder::name(Grammar::NameContext* context) const {
    const Span at = span(context);
    return {at, text(at)};
}

ast::Path Builder::path(Grammar::PathContext* context) const {
    ast::Path made;
    made.span = span(context);
    for (auto* part : context->name()) {
        made.parts.push_back(name(part));
    }
    return made;
}

Rational Builder::exponent(bool negative, antlr4::tree::TerminalNode* number,
                           antlr4::tree::TerminalNode* denominator) {
    const auto above = Rational::from_decimal(text(span(number)));
    const auto below =
        denominator != nullptr ? Rational::from_decimal(text(span(denominator))) : Rational(1);
    constexpr std::int32_t largest = 100;
    const bool usable = above && below && !below->is_zero() && above->numerator() <= largest &&
                        above->denominator() <= largest && below->numerator() <= largest &&
                        below->denominator() <= largest;
    if (!usable) {
        sink_
            .report(diag::Code::BadUnit, span(denominator != nullptr ? denominator : number),
                    "the exponent of a unit must be a fraction of small whole numbers")
            .note("for example `second**-1`, `second**-0.5` or `meter**(3/2)`");
        return 1;
    }
    const Rational value = *above / *below;
    return negative ? -value : value;
}

void Builder::unit_factors(Grammar::UnitExprContext* context, Rational outer, ast::UnitExpr& into) {
    bool divides = false;
    for (auto* child : context->children) {
        if (auto* symbol = dynamic_cast<antlr4::tree::TerminalNode*>(child)) {
            divides = symbol->getSymbol()->getType() == Grammar::SLASH;
            continue;
        }
        auto* term = dynamic_cast<Grammar::UnitTermContext*>(child);
        Rational power = divides ? -outer : outer;
        if (auto* raised = term->exponent()) {
            const bool negative = raised->sign() != nullptr && raised->sign()->MINUS() != nullptr;
            power = power * exponent(negative, raised->NUMBER(0), raised->NUMBER(1));
        }
        if (term->unitExpr() != nullptr) {
            unit_factors(term->unitExpr(), power, into);
            continue;
        }
        ast::UnitFactor factor;
        factor.span = span(term);
        factor.exponent = power;
        if (term->NUMBER() != nullptr) {
            factor.number = text(span(term->NUMBER()));
        } else {
            factor.name = text(span(term->name()));
        }
        into.factors.push_back(std::move(factor));
    }
}

ast::UnitExpr Builder::unit(Grammar::UnitExprContext* context) {
    ast::UnitExpr made;
    made.span = span(context);
    unit_factors(context, 1, made);
    return made;
}

std::vector<ast::Flag> Builder::flags(Grammar::FlagsContext* context) {
    std::vector<ast::Flag> made;
    if (context == nullptr) {
        return made;
    }
    for (auto* flag : context->flag()) {
        ast::Flag one{span(flag), {}};
        for (auto* child : flag->children) {
            if (auto* minus = dynamic_cast<antlr4::tree::TerminalNode*>(child)) {
                one.text += text(span(minus));
                continue;
            }
            if (!one.text.empty() && one.text.back() != '-') {
                one.text += ' ';
            }
            one.text += text(span(dynamic_cast<Grammar::NameContext*>(child)));
        }
        made.push_back(std::move(one));
    }
    return made;
}

} // namespace hhc::parse
