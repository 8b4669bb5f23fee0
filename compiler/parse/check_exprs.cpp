// SPDX-License-Identifier: MIT
// Trees that the grammar allows and that would not mean what the eye reads.
#include "ast/visit.h"
#include "parse/builder.h"
#include "support/number_text.h"
#include "units/unit_table.h"

#include <fmt/format.h>

#include <vector>

namespace hhc::parse {
namespace {

using ast::BinaryOp;

class Check {
public:
    Check(const source::SourceFile& source, const ast::File& file, diag::Sink& sink)
        : source_(source), file_(file), sink_(sink) {}

    /// False if it does not mean what it seems to.
    bool binary(const ast::Binary& node) {
        if (node.op > BinaryOp::Power) {
            return true;
        }
        celsius(node.left);
        celsius(node.right);
        if (node.op == BinaryOp::Divide && bare_number(node.left) != nullptr &&
            bare_quantity(node.right) != nullptr && node.right != chained_) {
            number_by_quantity(node);
            return false;
        }
        if (node.op == BinaryOp::Power && bare_quantity(node.right) != nullptr) {
            const std::string number = bare_quantity(node.right)->number;
            const std::string power = text(node.left) + "**" + number;
            sink_
                .report(diag::Code::AmbiguousQuotient, span(node.right),
                        fmt::format("all of `{}` is the exponent here", text(node.right)))
                .fix(span(node.right), number + "*" + text(node.right).substr(number.size() + 1),
                     fmt::format("a number and its unit bind first; write `{}*{}` for a quantity",
                                 power, bare_quantity(node.right)->unit.text));
            return false;
        }
        return true;
    }

    /// `x/120 mS/cm**2` reads as a quotient by 120 mS/cm**2 and is (x/(120 mS))/cm**2. False if so.
    bool unit_after_quotient(const ast::Expr& expr, const ast::Binary& node) {
        const ast::Expr& left = file_.expr(node.left);
        const auto* inner = std::get_if<ast::Binary>(&left.node);
        const bool joined = node.op == BinaryOp::Multiply || node.op == BinaryOp::Divide;
        const bool quotient = inner != nullptr && !left.parenthesised &&
                              (inner->op == BinaryOp::Divide ||
                               inner->op == BinaryOp::FloorDivide || inner->op == BinaryOp::Modulo);
        if (!joined || !quotient || bare_quantity(inner->right) == nullptr ||
            !is_unit(node.right)) {
            return true;
        }
        chained_ = inner->right;
        const Span whole{expr.span.file, span(inner->right).begin, expr.span.end};
        const std::string written(source_.text().substr(whole.begin, whole.end - whole.begin));
        sink_
            .report(diag::Code::AmbiguousQuotient, whole,
                    fmt::format("only `{}` is under the division, not `{}`", text(inner->right),
                                written))
            .fix(whole, "(" + written + ")",
                 fmt::format("write `({})` if all of it is meant", written));
        return false;
    }

    void unary(const ast::Unary& node) { celsius(node.operand); }

private:
    [[nodiscard]] const ast::Quantity* bare_quantity(ast::ExprId id) const {
        const ast::Expr& expr = file_.expr(id);
        return expr.parenthesised ? nullptr : std::get_if<ast::Quantity>(&expr.node);
    }
    /// A number as written, with its signs.
    [[nodiscard]] const ast::Number* bare_number(ast::ExprId id) const {
        const ast::Expr* expr = &file_.expr(id);
        while (!expr->parenthesised && std::holds_alternative<ast::Unary>(expr->node)) {
            expr = &file_.expr(std::get<ast::Unary>(expr->node).operand);
        }
        return expr->parenthesised ? nullptr : std::get_if<ast::Number>(&expr->node);
    }
    [[nodiscard]] Span span(ast::ExprId id) const { return file_.expr(id).span; }
    [[nodiscard]] std::string text(ast::ExprId id) const {
        const Span at = span(id);
        return std::string(source_.text().substr(at.begin, at.end - at.begin));
    }

    void number_by_quantity(const ast::Binary& node) {
        const ast::Quantity& right = *bare_quantity(node.right);
        const double quotient =
            bare_number(node.left)->value / parse_double(right.number).value_or(1);
        const std::string unit = text(node.right).substr(right.number.size());
        sink_
            .report(diag::Code::AmbiguousQuotient,
                    {span(node.left).file, span(node.left).begin, span(node.right).end},
                    fmt::format("`{}/{}` divides by the quantity `{}`", text(node.left),
                                text(node.right), text(node.right)))
            .fix(span(node.right), "(" + text(node.right) + ")",
                 fmt::format("write `{}/({})` if that is meant, or `{}{}`", text(node.left),
                             text(node.right), shortest(quotient), unit));
    }

    [[nodiscard]] bool is_unit(ast::ExprId id) const {
        const ast::Expr* expr = &file_.expr(id);
        if (const auto* power = std::get_if<ast::Binary>(&expr->node);
            power != nullptr && power->op == BinaryOp::Power) {
            expr = &file_.expr(power->left);
        }
        const auto* name = std::get_if<ast::Reference>(&expr->node);
        return name != nullptr && name->path.parts.size() == 1 &&
               units::lookup_unit(name->path.parts[0].text).has_value();
    }

    void celsius(ast::ExprId id) {
        const auto* literal = std::get_if<ast::Quantity>(&file_.expr(id).node);
        if (literal != nullptr && literal->unit.text == "degC") {
            sink_
                .report(diag::Code::MisplacedCelsius, span(id),
                        fmt::format("`{}` cannot be part of a calculation", text(id)))
                .note("degrees Celsius name a temperature as a whole, as in `temperature = 6.3 "
                      "degC`; "
                      "differences are in kelvin");
        }
    }

    const source::SourceFile& source_;
    const ast::File& file_;
    diag::Sink& sink_;
    ast::ExprId chained_; // a quantity that was reported with the unit behind it
};

} // namespace

void check_expression(const source::SourceFile& source, ast::File& file, ast::ExprId root,
                      diag::Sink& sink) {
    Check check(source, file, sink);
    std::vector<ast::ExprId> wrong;
    ast::for_each_below(file, root, [&](ast::ExprId id, const ast::Expr& expr) {
        const auto* two = std::get_if<ast::Binary>(&expr.node);
        if (two != nullptr && !check.unit_after_quotient(expr, *two)) {
            wrong.push_back(id);
        }
    });
    ast::for_each_below(file, root, [&](ast::ExprId id, const ast::Expr& expr) {
        if (const auto* two = std::get_if<ast::Binary>(&expr.node)) {
            if (!check.binary(*two)) {
                wrong.push_back(id);
            }
        } else if (const auto* one = std::get_if<ast::Unary>(&expr.node)) {
            check.unary(*one);
        }
    });
    for (const ast::ExprId id : wrong) {
        file.exprs[id].node = ast::ErrorExpr(); // nothing more is said about it
    }
}

} // namespace hhc::parse
