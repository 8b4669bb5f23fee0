// SPDX-License-Identifier: MIT
#include "sema/expressions.h"

#include "ast/visit.h"
#include "sema/checker.h"
#include "sema/names.h"
#include "sema/sides.h"
#include "sema/unit_position.h"
#include "support/suggest.h"
#include "units/unit_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace hhc::sema {

// ---- Texts --------------------------------------------------------------------------------------

diag::Sink& sink_of(const Draft& draft, const ExprContext& context) {
    if (context.sink != nullptr) {
        return *context.sink;
    }
    return context.scope.sink != nullptr ? *context.scope.sink : draft.sink;
}

std::string shown(const Term& term) {
    if (!term.is_known()) {
        return "an unknown unit";
    }
    return term.known.is_dimensionless() ? "a plain number"
                                         : "`" + units::describe_short(term.known) + "`";
}

std::string shown(const Draft& draft, ExprId id) {
    switch (draft.scalar(id)) {
    case Scalar::Boolean:
        return "a condition";
    case Scalar::Integer:
    case Scalar::Real:
        break;
    }
    return shown(draft.term(id));
}

// ---- Entry points -------------------------------------------------------------------------------

ExprId check_expression(Draft& draft, const ExprContext& context, ast::ExprId id) {
    if (!id.valid()) {
        return draft.poison({});
    }
    Checker checker(draft, context);
    return checker.run(id);
}

ExprId check_binary(Draft& draft, const ExprContext& context, ast::BinaryOp op, ExprId left,
                    ExprId right, Span span) {
    return Checker(draft, context).binary(op, left, right, span);
}

ExprId fit_condition(Draft& draft, const ExprContext& context, ExprId value,
                     const std::string& what) {
    return Checker(draft, context).fit_condition(value, what);
}

/// A value that is whole whatever its type says: `floor(x)`, or an integer.
static bool is_whole(const Draft& draft, ExprId id) {
    const model::Expr& expr = draft.model.exprs[id];
    const auto function = static_cast<model::Builtin>(expr.symbol);
    return expr.type.scalar == Scalar::Integer ||
           (expr.kind == ExprKind::Call &&
            (function == model::Builtin::Floor || function == model::Builtin::Ceil ||
             function == model::Builtin::Sign));
}

static ExprId as_integer(Draft& draft, ExprId value) {
    if (draft.scalar(value) == Scalar::Integer) {
        return value;
    }
    model::Expr expr;
    expr.kind = ExprKind::ToInteger;
    expr.type.scalar = Scalar::Integer;
    expr.args = {value};
    expr.span = draft.place(value);
    return draft.add(std::move(expr), {});
}

std::string noise_hint(const units::Dimension& ratio) {
    const units::Dimension root = units::second().pow(Rational(1, 2));
    return ratio == root || ratio == root.pow(-1)
               ? "the two differ by a root of a time: `xi` has the unit `1/second**0.5`, so noise "
                 "of strength `sigma` enters as `sigma*sqrt(2/tau)*xi`"
               : "";
}

/// What was probably forgotten, judged by the ratio of the unit found and the unit wanted.
static void misfit_hint(const Draft& draft, ExprId value, diag::Code code, const Term& wanted,
                        diag::Sink::Report& report) {
    const Term found = draft.term(value);
    if (!wanted.is_known() || !found.is_known()) {
        return;
    }
    const units::Dimension ratio = found.known / wanted.known;
    const model::Expr& expr = draft.model.exprs[value];
    const bool literal = (expr.kind == ExprKind::Number && expr.number != 0) ||
                         (expr.kind == ExprKind::Integer && expr.integer != 0);
    if (found.known.is_dimensionless() && literal) {
        const Span end{expr.span.file, expr.span.end, expr.span.end};
        if (wanted.known == units::kelvin()) {
            report.fix(end, " degC", "give the number its unit: degrees Celsius, or `*kelvin`");
        } else {
            report.fix(end, "*" + units::describe_short(wanted.known), "give the number its unit");
        }
    } else if (found.known.is_dimensionless() && wanted.known == units::second().pow(-1)) {
        report.note("rates are per time: divide by the time unit of the paper, as in `(...)/ms`");
    } else if (wanted.known.is_dimensionless() && code == diag::Code::ArgumentUnit) {
        const std::string unit = units::describe_short(found.known);
        const bool simple = unit.find_first_of("*/") == std::string::npos;
        report.note("divide by a quantity of the same unit" +
                    (simple ? ", as in `x/(10*" + unit + ")`" : ", so that the units cancel"));
    } else if (const std::string noise = noise_hint(ratio); !noise.empty()) {
        report.note(noise);
    } else if (ratio == units::metre().pow(2) || ratio == units::metre().pow(-2)) {
        report.note("the two differ by an area: something is per area, as `uF/cm**2` or "
                    "`uA/cm**2`, and something is not");
    }
}

ExprId fit(Draft& draft, const ExprContext& context, ExprId value, Scalar scalar, const Term& term,
           diag::Code code, const std::string& what) {
    if (draft.poisoned(value)) {
        return value;
    }
    diag::Sink& sink = sink_of(draft, context);
    const Span place = draft.place(value);
    if (scalar == Scalar::Boolean) {
        return fit_condition(draft, context, value, what);
    }
    if (draft.scalar(value) == Scalar::Boolean) {
        sink.report(diag::Code::BooleanArithmetic, place,
                    what + " is a number, and this is a condition")
            .note("write `int(...)` for 1 or 0, or `a if condition else b`");
        return draft.poison(place);
    }
    if (!draft.solver.unify(draft.exprs[value.index].term, term)) {
        const auto in = [](const std::string& unit) {
            return unit.starts_with("`") ? "in " + unit : unit;
        };
        const Term wanted = draft.solver.resolve(term);
        auto report = sink.report(code, place,
                                  what + " is " + in(shown(wanted)) + ", but this is " +
                                      in(shown(draft, value)));
        if (code == diag::Code::RateUnit && wanted.is_known() && draft.term(value).is_known() &&
            draft.term(value).known / wanted.known == units::second()) {
            report.note("is a division by a time constant missing?");
        } else if (code == diag::Code::RateUnit && wanted.is_known() &&
                   draft.term(value).is_known() &&
                   draft.term(value).known / wanted.known == units::second().pow(2)) {
            report.note("`x/10*ms` is `(x/10)*ms`: put the time constant into parentheses");
        }
        misfit_hint(draft, value, code, wanted, report);
        const model::Expr& expr = draft.model.exprs[value];
        const bool zero = (expr.kind == ExprKind::Number && expr.number == 0) ||
                          (expr.kind == ExprKind::Integer && expr.integer == 0);
        if (zero) {
            const std::string unit = units::describe_short(draft.solver.resolve(term).known);
            report.note("zero has a unit too: write `0*" + unit + "`");
        }
        return draft.poison(place);
    }
    if (scalar == Scalar::Integer) {
        if (!is_whole(draft, value)) {
            sink.report(diag::Code::IntegerExpected, place,
                        what + " is an integer, and this is a real number")
                .note("write `int(...)`, `floor(...)` or `ceil(...)`");
            return draft.poison(place);
        }
        return as_integer(draft, value);
    }
    return draft.to_real(value);
}

ExprId fit_definition(Draft& draft, const ExprContext& context, ExprId value,
                      const model::Type& type, const std::string& what) {
    return fit(draft, context, value, type.scalar, type.dimension, diag::Code::DefinitionUnit,
               what);
}

// ---- The walk -----------------------------------------------------------------------------------

ExprId Checker::run(ast::ExprId root) {
    if (draft_.model.exprs.size() > 4 * most_operations) {
        draft_.too_large = true; // reported once the whole is seen
        return draft_.poison(file().expr(root).span);
    }
    ast::for_each_below(file(), root, [&](ast::ExprId id, const ast::Expr& expr) {
        results_[id.index] = node(id, expr);
    });
    return made(root);
}

ExprId Checker::operation(ExprKind kind, std::vector<ExprId> args, Scalar scalar, Term term,
                          Span span) {
    model::Expr expr;
    expr.kind = kind;
    expr.type.scalar = scalar;
    expr.args = std::move(args);
    expr.span = span;
    return draft_.add(std::move(expr), std::move(term));
}

ExprId Checker::node(ast::ExprId id, const ast::Expr& expr) {
    const Span span = expr.span;
    return ast::match(
        expr.node, [&](const ast::ErrorExpr&) { return draft_.poison(span); },
        [&](const ast::Number& n) { return number(n, span); },
        [&](const ast::Quantity& q) {
            const auto unit = units::lookup_unit(q.unit.text);
            if (unit && !unit->is_celsius && q.exponent.is_integer()) {
                literals_[id.index] = {q.number, unit->exponent10 * q.exponent.numerator()};
            }
            return quantity(q, span);
        },
        [&](const ast::Boolean& b) { return draft_.boolean(b.value, span); },
        [&](const ast::Reference& r) { return reference(r, span); },
        [&](const ast::Call& c) { return call(c, span); },
        [&](const ast::Unary& u) { return unary(u.op, made(u.operand), span); },
        [&](const ast::Binary& b) {
            const ExprId scaled = scaled_quantity(id, b, span);
            return scaled.valid() ? scaled : binary(b.op, made(b.left), made(b.right), span);
        },
        [&](const ast::Conditional& c) {
            return conditional(made(c.then_value), made(c.condition), made(c.else_value), span);
        });
}

ExprId Checker::number(const ast::Number& number, Span span) {
    constexpr double largest = 9.0e15; // beyond, a double no longer holds every whole number
    if (number.is_integer && number.value <= largest) {
        return draft_.integer(static_cast<std::int64_t>(number.value), span);
    }
    return draft_.number(number.value, {}, span);
}

ExprId Checker::quantity(const ast::Quantity& quantity, Span span) {
    const auto unit = units::lookup_unit(quantity.unit.text);
    if (!unit) {
        const Scope& scope = context_.scope;
        auto problem = report(diag::Code::UnknownUnit, quantity.unit.span,
                              "`" + quantity.unit.text + "` is not a unit");
        const std::vector<std::string> near = units::suggest_units(quantity.unit.text);
        if (const auto meant = find_variable(draft_, scope, quantity.unit.text)) {
            draft_.facts(*meant).read = true;
            problem.fix(span, quantity.number + "*" + quantity.unit.text,
                        "write `" + quantity.number + "*" + quantity.unit.text + "` for a product");
        } else if (quantity.unit.text == "C" || quantity.unit.text == "celsius" ||
                   quantity.unit.text == "Celsius") {
            problem.fix(quantity.unit.span, "degC", "degrees Celsius are written `degC`");
        } else if (!near.empty()) {
            problem.fix(quantity.unit.span, near.front(), did_you_mean(near));
        }
        return draft_.poison(span);
    }
    if (unit->is_celsius) {
        return draft_.number(units::celsius_literal(quantity.number), units::kelvin(), span);
    }
    const auto value = units::quantity_value(quantity.number, *unit, quantity.exponent);
    if (!value) {
        report(diag::Code::NotAUnit, span, "a broken power of a scaled unit has no exact value")
            .note("write it in base units");
        return draft_.poison(span);
    }
    return draft_.number(*value, unit->dimension.pow(quantity.exponent), span);
}

ExprId Checker::scaled_quantity(ast::ExprId id, const ast::Binary& binary, Span span) {
    const bool divides = binary.op == ast::BinaryOp::Divide;
    const auto left = literals_.find(binary.left.index);
    if ((!divides && binary.op != ast::BinaryOp::Multiply) || left == literals_.end()) {
        return {};
    }
    const auto unit = unit_power(file(), binary.right);
    const model::Expr& right = draft_.model.exprs[made(binary.right)];
    const model::Expr& base =
        right.kind == ExprKind::Power ? draft_.model.exprs[right.args[0]] : right;
    if (!unit || base.kind != ExprKind::Number) { // a definition of the model may go first
        return {};
    }
    const Literal scaled{left->second.number,
                         left->second.exponent10 + (divides ? -1 : 1) * unit->exponent10};
    const units::Dimension before = draft_.term(made(binary.left)).known;
    literals_[id.index] = scaled;
    return draft_.number(units::scaled_literal(scaled.number, scaled.exponent10),
                         divides ? before / unit->dimension : before * unit->dimension, span);
}

ExprId Checker::reference(const ast::Reference& reference, Span span) {
    const std::string name = reference.path.text();
    if (context_.arguments != nullptr) {
        if (const auto found = context_.arguments->find(name); found != context_.arguments->end()) {
            return found->second;
        }
    }
    if (context_.locals != nullptr) {
        if (context_.locals->index.contains(name)) {
            return local(name, span);
        }
    }
    if (const auto found = find_variable(draft_, context_.scope, name)) {
        return variable(*found, span);
    }
    if (draft_.sides != nullptr) {
        if (const auto found = draft_.sides->find(draft_, context_.scope, name, span)) {
            return variable(*found, span);
        }
    }
    if (context_.locals != nullptr && context_.locals->later.contains(name)) {
        report(diag::Code::UninitialisedLocal, span, "`" + name + "` is read before it has a value")
            .note_at(context_.locals->later.at(name), "it is first assigned here");
        return draft_.poison(span);
    }
    return symbol(name, span);
}

ExprId Checker::local(const std::string& name, Span span) {
    const std::uint32_t index = context_.locals->index.at(name);
    context_.locals->read[index] = true;
    model::Expr expr;
    expr.kind = ExprKind::Local;
    expr.symbol = index;
    expr.type.scalar = context_.locals->block->local_types[index].scalar;
    expr.span = span;
    const ExprId id = draft_.add(std::move(expr), context_.locals->terms[index]);
    draft_.exprs.back().poisoned = context_.locals->poisoned[index];
    return id;
}

/// Constants, units and everything else that the text does not declare itself.
ExprId Checker::symbol(const std::string& name, Span span) {
    constexpr double pi = 3.14159265358979323846;
    constexpr double e = 2.71828182845904523536;
    if (name == "pi") {
        return draft_.number(pi, {}, span);
    }
    if (name == "e") {
        return draft_.number(e, {}, span);
    }
    if (name == "inf") {
        return draft_.number(std::numeric_limits<double>::infinity(), {}, span);
    }
    const auto unit = units::lookup_unit(name);
    if (unit && !unit->is_weak) {
        return draft_.number(unit->scale(), unit->dimension, span);
    }
    if (const auto found = find_beyond(draft_, context_.scope, name, span)) {
        return variable(*found, span);
    }
    if (unit && unit->is_celsius) {
        report(diag::Code::CelsiusPlace, span,
               "`degC` is only part of a literal such as `6.3 degC`")
            .note("degrees Celsius do not begin at zero; calculate in kelvin");
        return draft_.poison(span);
    }
    if (unit) {
        return draft_.number(unit->scale(), unit->dimension, span);
    }
    return unknown(name, span);
}

static bool is_function_name(const Draft& draft, const Scope& scope, const std::string& name) {
    const TopLevel* symbol = scope.file != nullptr ? scope.file->find(name) : nullptr;
    if (symbol != nullptr) {
        return std::holds_alternative<const ast::Function*>(symbol->node);
    }
    const auto named = [&](const auto& row) { return row.name == name; };
    return std::any_of(model::builtins().begin(), model::builtins().end(), named) ||
           std::any_of(model::distributions().begin(), model::distributions().end(), named) ||
           std::any_of(draft.environment.externals.begin(), draft.environment.externals.end(),
                       [&](const External& external) {
                           return external.name == name && external.kind == ExternalKind::Table;
                       });
}

/// "`v`, `I`, `g` and others", of the user's own; empty for none.
static std::string known_variables(const Draft& draft) {
    constexpr std::size_t most = 8;
    std::string result;
    std::size_t count = 0;
    for (const model::Variable& variable : draft.model.variables) {
        if (!variable.span.valid() || variable.name.find('.') != std::string::npos) {
            continue;
        }
        if (++count > most) {
            return result + " and others";
        }
        result += (count > 1 ? ", `" : "`") + variable.name + "`";
    }
    return result;
}

ExprId Checker::unknown(const std::string& name, Span span) {
    const Scope& scope = context_.scope;
    for (const std::string& prefix : draft_.lost_parts) {
        if ((scope.prefix + name).starts_with(prefix)) {
            return draft_.poison(span);
        }
    }
    if (is_function_name(draft_, scope, name)) {
        report(diag::Code::NameAndFunction, span,
               "`" + name + "` is a function and needs its arguments in parentheses");
        return draft_.poison(span);
    }
    const TopLevel* symbol = scope.file != nullptr ? scope.file->find(name) : nullptr;
    if (symbol != nullptr) {
        report(diag::Code::NotAValue, span, "`" + name + "` is a block and has no value of its own")
            .note_at(symbol->span, "`use " + name + " as ...` makes it a part");
        return draft_.poison(span);
    }
    for (const Scope* place = &scope; place != nullptr; place = place->parent) {
        const std::string inside = place->prefix + name + ".";
        for (const auto& [known, id] : draft_.by_name) {
            if (known.starts_with(inside)) {
                report(diag::Code::NotAValue, span,
                       "`" + name + "` is a part and has no value of its own")
                    .note("write `" + name + ".NAME` for one of its variables");
                return draft_.poison(span);
            }
        }
    }
    auto problem = report(diag::Code::UnknownName, span, "`" + name + "` is not defined");
    const std::vector<std::string> near = nearest_names(name, visible_names(draft_, scope));
    const std::vector<std::string> near_units = units::suggest_units(name);
    if (!near.empty()) {
        problem.fix(span, near.front(), did_you_mean(near));
    } else if (name == "true" || name == "false") {
        const std::string right = name == "true" ? "True" : "False";
        problem.fix(span, right, "write `" + right + "`");
    } else if (const std::size_t dot = name.find('.');
               dot != std::string::npos && !draft_.is_equations && !scope.is_channel) {
        problem.note("there is no part `" + name.substr(0, dot) + "`: `use NAME as " +
                     name.substr(0, dot) + "` makes one");
    } else if (scope.prefix == file_prefix) {
        problem.note("at the top of a file a function sees its arguments and the constants of the "
                     "file, and a constant those constants");
    } else if (scope.is_channel && context_.locals == nullptr) {
        std::string needed = name; // a name without dots, which the user of the channel gives
        std::replace(needed.begin(), needed.end(), '.', '_');
        problem.note("a channel sees `v`, `t`, `dt`, `temperature`, its own names and what it "
                     "declares: `needs " +
                     needed + " : UNIT`");
        if (needed != name) {
            problem.note("beside `insert`: `" + needed + " = " + name + " : UNIT`");
        }
    } else if (!near_units.empty()) {
        problem.fix(span, near_units.front(), did_you_mean(near_units));
    } else if (const std::string known = known_variables(draft_);
               draft_.is_finished && !known.empty()) {
        problem.note("known here: " + known);
    } else if (!draft_.is_equations) {
        problem.note("`param " + name + " = VALUE UNIT` declares it");
    }
    return draft_.poison(span);
}

bool Checker::in_cycle(VariableId id, Span span) {
    const VariableFacts& facts = draft_.facts(id);
    const bool needs_value = facts.constant_value || !facts.unit_known;
    if (facts.progress != VariableFacts::Progress::Running || !needs_value) {
        return false;
    }
    std::string path = "`" + draft_.variable(id).name + "`";
    bool inside = false;
    for (const VariableId open : draft_.open) {
        inside = inside || open == id;
        if (inside && open != id) {
            path += " -> `" + draft_.variable(open).name + "`";
        }
    }
    report(diag::Code::Cycle, span,
           "`" + draft_.variable(id).name + "` needs its own value: " + path + " -> `" +
               draft_.variable(id).name + "`")
        .note_at(draft_.variable(id).span, "`" + draft_.variable(id).name + "` is defined here");
    for (const VariableId open : draft_.open) {
        draft_.facts(open).poisoned = true;
    }
    return true;
}

void Checker::check_noise(VariableId id, Span span) {
    if (draft_.variable(id).role != Role::Noise || context_.place == Place::Derivative ||
        context_.place == Place::Subexpression) {
        return;
    }
    report(diag::Code::NoisePlace, span,
           "`" + draft_.variable(id).name +
               "` is white noise and makes sense only in a "
               "differential equation")
        .note("for a random number write `randn()` or `rand()`");
}

ExprId Checker::variable(VariableId id, Span span) {
    if (in_cycle(id, span)) {
        return draft_.poison(span);
    }
    if (draft_.facts(id).constant_value || !draft_.facts(id).unit_known) {
        draft_.define(id);
    }
    check_noise(id, span);
    const ExprId result = draft_.reference(id, span);
    const VariableId factor = context_.scope.conductance_factor;
    if (!factor.valid() || factor == id || context_.place == Place::Constant) {
        return result;
    }
    // A conductance (or permeability) parameter of a channel with q10_g.
    const model::Variable& read = draft_.variable(id);
    const bool own = draft_.facts(id).scope == &context_.scope &&
                     (read.role == Role::SharedParameter || read.role == Role::Parameter ||
                      read.role == Role::Frozen || draft_.facts(id).follows);
    const units::Dimension& dimension = draft_.term(result).known;
    const bool conductance = dimension == units::siemens() ||
                             dimension == units::siemens() / units::metre().pow(2) ||
                             dimension == units::metre() / units::second();
    if (!own || !conductance || draft_.poisoned(result)) {
        return result;
    }
    return draft_.arithmetic(ExprKind::Multiply, result, draft_.reference(factor, span), span);
}

} // namespace hhc::sema
