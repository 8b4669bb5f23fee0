// SPDX-License-Identifier: MIT
// Units and quantities for the edge: the unit table, dimensions as text, quantities from text.
#include "driver/externals.h"
#include "driver/guard.h"
#include "driver/unit.h"
#include "lower/lower.h"
#include "parse/parse.h"
#include "sema/check.h"
#include "units/unit_table.h"

#include "hhc/compile.h"

#include <utility>

namespace hhc {

namespace {

units::Dimension to_dimension(const Exponents& exponents) {
    std::array<Rational, units::base_count> result;
    for (std::size_t i = 0; i < result.size(); ++i) {
        result[i] = Rational(exponents[i].first, exponents[i].second);
    }
    return {result};
}

/// The value of an expression without variables; nullopt if it is not constant.
std::optional<double> evaluate(const ast::File& file, ast::ExprId expression,
                               units::Dimension& dimension, diag::Sink& sink) {
    sema::EquationSet empty;
    empty.file = &file;
    model::CheckedModel model = sema::check_equations(empty, {}, sink);
    const std::vector<model::ExprId> values =
        sema::check_expressions(model, file, {expression}, "quantity", {}, sink);
    if (sink.has_errors()) {
        return std::nullopt;
    }
    dimension = model.exprs[values.front()].type.dimension;
    const ir::Module module =
        lower::lower_expressions(model, {{"value", values.front()}}, {}, sink);
    const ir::Kernel* kernel = module.find(ir::KernelKind::Observe);
    const ir::Value& value = kernel->values[kernel->outputs.front()];
    if (value.op == ir::Op::ConstReal) {
        return value.number;
    }
    return std::nullopt;
}

} // namespace

namespace driver {

Exponents to_exponents(const units::Dimension& dimension) {
    Exponents result;
    for (std::size_t i = 0; i < result.size(); ++i) {
        const Rational& exponent = dimension.exponents()[i];
        result[i] = {static_cast<int>(exponent.numerator()),
                     static_cast<int>(exponent.denominator())};
    }
    return result;
}

std::optional<units::Dimension> read_dimension(std::string_view unit, diag::Sink& sink) {
    // Most externals are plain numbers or in a unit with a name, and a model may have a hundred.
    if (unit == "1") {
        return units::Dimension();
    }
    if (const auto known = units::lookup_unit(unit); known && !known->is_celsius) {
        return known->dimension;
    }
    SourceTexts texts;
    diag::Sink own; // what is wrong elsewhere in the model does not concern the unit
    const std::string text = "1*(" + std::string(unit) + ")";
    ast::File file;
    const ast::ExprId expression =
        parse::parse_expression(texts.sources.add("<unit>", text), file, own);
    units::Dimension dimension;
    const bool known = evaluate(file, expression, dimension, own).has_value();
    sink.append(own);
    return known ? std::optional(dimension) : std::nullopt;
}

} // namespace driver

QuantityText read_quantity(std::string_view text) {
    driver::SourceTexts texts;
    QuantityText result;
    diag::Sink sink;
    try {
        ast::File file;
        const ast::ExprId expression =
            parse::parse_expression(texts.sources.add("<quantity>", std::string(text)), file, sink);
        units::Dimension dimension;
        const std::optional<double> value = evaluate(file, expression, dimension, sink);
        if (value) {
            result.value = *value;
            result.dimension = driver::to_exponents(dimension);
        } else if (!sink.has_errors()) {
            sink.report(diag::Code::NotAQuantity, file.expr(expression).span,
                        "found an expression whose value is not known, expected a quantity such "
                        "as `10 mV`");
        }
        result.problem = sink.has_errors() ? texts.render(sink.take(), false) : "";
    } catch (const std::exception& error) {
        result.problem = texts.render({driver::internal_bug(error)}, false);
    }
    return result;
}

std::vector<UnitEntry> unit_table() {
    std::vector<UnitEntry> entries;
    for (const std::string& name : units::unit_names()) {
        const units::Unit unit = *units::lookup_unit(name);
        if (!unit.is_celsius) {
            entries.push_back({name, unit.scale(), driver::to_exponents(unit.dimension)});
        }
    }
    return entries;
}

std::string describe_dimension(const Exponents& dimension) {
    return units::describe(to_dimension(dimension));
}

std::pair<std::string, double> display_unit(const Exponents& dimension) {
    const std::string text = units::describe_short(to_dimension(dimension));
    const QuantityText one = read_quantity("1*(" + text + ")");
    return {text, one.problem.empty() ? one.value : 1.0};
}

} // namespace hhc
