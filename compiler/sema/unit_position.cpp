// SPDX-License-Identifier: MIT
#include "sema/unit_position.h"

#include "support/suggest.h"
#include "units/unit_table.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace hhc::sema {

namespace {

DeclaredUnit poisoned_unit() {
    DeclaredUnit result;
    result.poisoned = true;
    return result;
}

DeclaredUnit unknown_unit(const ast::UnitFactor& factor, diag::Sink& sink) {
    auto report =
        sink.report(diag::Code::UnknownUnit, factor.span, "`" + factor.name + "` is not a unit");
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> meant = {{
        {"bool", "boolean"},
        {"int", "integer"},
        {"float", "1"},
        {"real", "1"},
        {"dimensionless", "1"},
        {"V", "volt"},
        {"A", "amp"},
        {"s", "second"},
    }};
    for (const auto& [wrong, right] : meant) {
        if (factor.name == wrong) {
            report.fix(factor.span, std::string(right), "write `" + std::string(right) + "`");
            return poisoned_unit();
        }
    }
    std::vector<std::string> near = units::suggest_units(factor.name);
    const std::string hint = did_you_mean(near);
    if (!hint.empty()) {
        report.fix(factor.span, near.front(), hint);
    }
    return poisoned_unit();
}

/// `boolean` or `integer`, which stand alone.
std::optional<DeclaredUnit> whole_type(const ast::UnitExpr& unit) {
    if (unit.factors.size() != 1 || unit.factors[0].exponent != Rational(1)) {
        return std::nullopt;
    }
    DeclaredUnit result;
    if (unit.factors[0].name == "boolean") {
        result.type.scalar = model::Scalar::Boolean;
    } else if (unit.factors[0].name == "integer") {
        result.type.scalar = model::Scalar::Integer;
    } else {
        return std::nullopt;
    }
    result.display.text = "1";
    return result;
}

} // namespace

/// "uA/cm**2", "1/second", "1": factors in the order of the text, quotients after products.
static std::string display_text(const ast::UnitExpr& unit) {
    std::string above;
    std::string below;
    for (const ast::UnitFactor& factor : unit.factors) {
        if (factor.name.empty()) {
            continue;
        }
        const bool divides = factor.exponent < Rational(0);
        const Rational power = divides ? -factor.exponent : factor.exponent;
        const std::string text = factor.name + (power == Rational(1) ? "" : "**" + power.text());
        if (divides) {
            below += "/" + text;
        } else {
            above += (above.empty() ? "" : "*") + text;
        }
    }
    return (above.empty() ? "1" : above) + below;
}

DeclaredUnit read_unit(const ast::UnitExpr& unit, diag::Sink& sink) {
    if (unit.is_error) {
        return poisoned_unit();
    }
    if (const auto whole = whole_type(unit)) {
        return *whole;
    }
    DeclaredUnit result;
    Rational scale;
    for (const ast::UnitFactor& factor : unit.factors) {
        if (factor.name.empty()) {
            if (factor.number != "1") {
                sink.report(diag::Code::NotAUnit, factor.span,
                            "`" + factor.number + "` makes this a quantity, not a unit")
                    .note("a unit position says what the values are measured in, such as `mV`");
                return poisoned_unit();
            }
            continue;
        }
        const std::optional<units::Unit> found = units::lookup_unit(factor.name);
        if (!found) {
            return unknown_unit(factor, sink);
        }
        if (found->is_celsius) {
            sink.report(diag::Code::CelsiusPlace, factor.span,
                        "`degC` has no zero in common with kelvin and is no unit of a variable")
                .fix(factor.span, "kelvin", "write `kelvin`");
            return poisoned_unit();
        }
        result.type.dimension = result.type.dimension * found->dimension.pow(factor.exponent);
        scale = scale + Rational(found->exponent10) * factor.exponent;
    }
    if (!scale.is_integer()) {
        sink.report(diag::Code::NotAUnit, unit.span,
                    "a broken power of a scaled unit is no unit to show values in")
            .note("write it in base units");
        return poisoned_unit();
    }
    result.display.text = display_text(unit);
    result.display.scale = units::scaled_literal("1", scale.numerator());
    return result;
}

// ---- The unit of a literal ----------------------------------------------------------------------

namespace {

struct Shown {
    std::string text; // "mS/cm**2"; empty: no unit yet
    Rational exponent10;
    units::Dimension dimension; // of a factor
};

std::optional<Shown> unit_factor(const ast::File& file, ast::ExprId id) {
    const ast::Expr* expr = &file.expr(id);
    Rational power = 1;
    std::string suffix;
    if (const auto* binary = std::get_if<ast::Binary>(&expr->node)) {
        const auto* number = std::get_if<ast::Number>(&file.expr(binary->right).node);
        const auto exponent =
            number != nullptr ? Rational::from_decimal(number->text) : std::nullopt;
        if (binary->op != ast::BinaryOp::Power || !exponent) {
            return std::nullopt;
        }
        power = *exponent;
        suffix = "**" + number->text;
        expr = &file.expr(binary->left);
    }
    const auto* name = std::get_if<ast::Reference>(&expr->node);
    if (name == nullptr || name->path.parts.size() != 1) {
        return std::nullopt;
    }
    const auto unit = units::lookup_unit(name->path.text());
    if (!unit || unit->is_celsius) {
        return std::nullopt;
    }
    return Shown{unit->name + suffix, Rational(unit->exponent10) * power,
                 unit->dimension.pow(power)};
}

std::optional<Shown> shown_unit(const ast::File& file, ast::ExprId id) {
    const ast::Expr& expr = file.expr(id);
    if (const auto* unary = std::get_if<ast::Unary>(&expr.node)) {
        return shown_unit(file, unary->operand);
    }
    if (std::holds_alternative<ast::Number>(expr.node)) {
        return Shown{};
    }
    if (const auto* quantity = std::get_if<ast::Quantity>(&expr.node)) {
        const auto unit = units::lookup_unit(quantity->unit.text);
        if (!unit) {
            return std::nullopt;
        }
        if (unit->is_celsius) {
            return Shown{"kelvin", 0, {}};
        }
        const std::string power =
            quantity->exponent == Rational(1) ? "" : "**" + quantity->exponent.text();
        return Shown{unit->name + power, Rational(unit->exponent10) * quantity->exponent, {}};
    }
    const auto* binary = std::get_if<ast::Binary>(&expr.node);
    const bool product = binary != nullptr && (binary->op == ast::BinaryOp::Multiply ||
                                               binary->op == ast::BinaryOp::Divide);
    if (!product) {
        return std::nullopt;
    }
    const auto left = shown_unit(file, binary->left);
    const auto right = left ? unit_factor(file, binary->right) : std::nullopt;
    if (!right) {
        return std::nullopt;
    }
    if (binary->op == ast::BinaryOp::Multiply) {
        return Shown{left->text.empty() ? right->text : left->text + "*" + right->text,
                     left->exponent10 + right->exponent10,
                     {}};
    }
    return Shown{(left->text.empty() ? "1" : left->text) + "/" + right->text,
                 left->exponent10 - right->exponent10,
                 {}};
}

} // namespace

std::optional<UnitPower> unit_power(const ast::File& file, ast::ExprId id) {
    const auto found = unit_factor(file, id);
    if (!found || !found->exponent10.is_integer()) {
        return std::nullopt;
    }
    return UnitPower{found->exponent10.numerator(), found->dimension};
}

std::optional<model::DisplayUnit> literal_unit(const ast::File& file, ast::ExprId id) {
    constexpr int longest = 8; // factors of a unit; a longer product is no literal
    int factors = 0;
    for (const ast::Expr* expr = &file.expr(id); std::holds_alternative<ast::Binary>(expr->node);
         expr = &file.expr(std::get<ast::Binary>(expr->node).left)) {
        if (++factors > longest) {
            return std::nullopt;
        }
    }
    const auto shown = shown_unit(file, id);
    if (!shown || shown->text.empty() || !shown->exponent10.is_integer()) {
        return std::nullopt;
    }
    return model::DisplayUnit{shown->text,
                              units::scaled_literal("1", shown->exponent10.numerator())};
}

} // namespace hhc::sema
