// SPDX-License-Identifier: MIT
#include "sema/draft.h"

#include "sema/constants.h"
#include "support/check.h"

#include <utility>

namespace hhc::sema {

/// Chains of constants that define each other are followed so far.
static constexpr std::size_t deepest_definition = 200;

Scope& Draft::add_scope(Scope scope) {
    scopes.push_back(std::move(scope));
    return scopes.back();
}

VariableId Draft::declare(model::Variable variable, VariableFacts facts) {
    const auto found = by_name.find(variable.name);
    if (found != by_name.end()) {
        diag::Sink& to =
            facts.scope != nullptr && facts.scope->sink != nullptr ? *facts.scope->sink : sink;
        to.report(diag::Code::DuplicateName, variable.span,
                  "`" + variable.name + "` is defined twice")
            .note_at(model.variables[found->second].span, "the first definition");
        facts.poisoned = true;
        facts.read = true;
        variables[found->second.index].read = true;
    } else {
        by_name.emplace(variable.name, VariableId(model.variables.size()));
    }
    variables.push_back(std::move(facts));
    return model.variables.push_back(std::move(variable));
}

VariableId Draft::special(const std::string& name, Role role, model::Type type) {
    const auto found = by_name.find(name);
    if (found != by_name.end()) {
        return found->second;
    }
    model::Variable variable;
    variable.name = name;
    variable.role = role;
    variable.type = type;
    variable.display.text = units::describe(type.dimension);
    VariableFacts known;
    known.term = type.dimension;
    known.generated = true;
    return declare(std::move(variable), std::move(known));
}

VariableId Draft::lost(const std::string& name, Span span) {
    model::Variable variable;
    variable.name = "\n" + name + std::to_string(model.variables.size());
    variable.span = span;
    VariableFacts facts;
    facts.poisoned = true;
    facts.generated = true;
    facts.read = true;
    return declare(std::move(variable), std::move(facts));
}

void Draft::define(VariableId id) {
    using Progress = VariableFacts::Progress;
    if (facts(id).progress != Progress::Waiting) {
        return;
    }
    if (open.size() >= deepest_definition) {
        sink.report(diag::Code::TooDeep, variable(id).span,
                    "`" + variable(id).name + "` stands at the end of a chain of more than " +
                        std::to_string(deepest_definition) + " values that define each other")
            .note("write the values that others need first");
        facts(id).poisoned = true;
        facts(id).progress = Progress::Done;
        return;
    }
    facts(id).progress = Progress::Running;
    const VariableId outer = std::exchange(defining, id);
    open.push_back(id);
    const std::function<ExprId()> make = facts(id).define;
    const ExprId definition = make();
    open.pop_back();
    defining = outer;
    variable(id).definition = definition;
    facts(id).progress = Progress::Done;
    if (!facts(id).unit_known && definition.valid()) {
        facts(id).term = exprs[definition.index].term;
        facts(id).unit_known = true;
        variable(id).type.scalar = scalar(definition);
        facts(id).poisoned = facts(id).poisoned || poisoned(definition);
    }
    if (facts(id).constant_value && definition.valid()) {
        fix_value(*this, id);
    }
}

ExprId Draft::add(model::Expr expr, Term term) {
    exprs.push_back({std::move(term), false});
    return model.exprs.push_back(std::move(expr));
}

ExprId Draft::poison(Span span) {
    model::Expr expr;
    expr.span = span;
    const ExprId id = add(std::move(expr), {});
    exprs.back().poisoned = true;
    return id;
}

static model::Expr leaf(ExprKind kind, Scalar scalar, Span span) {
    model::Expr expr;
    expr.kind = kind;
    expr.type.scalar = scalar;
    expr.span = span;
    return expr;
}

ExprId Draft::number(double value, const units::Dimension& dimension, Span span) {
    model::Expr expr = leaf(ExprKind::Number, Scalar::Real, span);
    expr.number = value;
    return add(std::move(expr), dimension);
}

ExprId Draft::integer(std::int64_t value, Span span) {
    model::Expr expr = leaf(ExprKind::Integer, Scalar::Integer, span);
    expr.integer = value;
    return add(std::move(expr), {});
}

ExprId Draft::boolean(bool value, Span span) {
    model::Expr expr = leaf(ExprKind::Boolean, Scalar::Boolean, span);
    expr.integer = value ? 1 : 0;
    return add(std::move(expr), {});
}

ExprId Draft::reference(VariableId id, Span span) {
    facts(id).read = true;
    if (!facts(id).first_use.valid()) {
        facts(id).first_use = span;
    }
    if (defining.valid()) {
        facts(id).readers.insert(defining.index);
    }
    model::Expr expr = leaf(ExprKind::Variable, variable(id).type.scalar, span);
    expr.symbol = id.index;
    const ExprId result = add(std::move(expr), facts(id).term);
    exprs.back().poisoned = facts(id).poisoned;
    return result;
}

ExprId Draft::negate(ExprId a, Span span) {
    model::Expr expr = leaf(ExprKind::Negate, scalar(a), span);
    expr.args = {a};
    return add(std::move(expr), exprs[a.index].term);
}

ExprId Draft::arithmetic(ExprKind kind, ExprId a, ExprId b, Span span) {
    const bool whole =
        kind != ExprKind::Divide && scalar(a) == Scalar::Integer && scalar(b) == Scalar::Integer;
    if (!whole) {
        a = to_real(a);
        b = to_real(b);
    }
    model::Expr expr = leaf(kind, whole ? Scalar::Integer : Scalar::Real, span);
    expr.args = {a, b};
    Term result = exprs[a.index].term;
    if (kind == ExprKind::Multiply) {
        result = result * exprs[b.index].term;
    } else if (kind == ExprKind::Divide || kind == ExprKind::FloorDivide) {
        result = result / exprs[b.index].term;
    }
    return add(std::move(expr), std::move(result));
}

ExprId Draft::power(ExprId base, ExprId exponent, const Term& term, Span span) {
    model::Expr expr = leaf(ExprKind::Power, Scalar::Real, span);
    expr.args = {to_real(base), to_real(exponent)};
    return add(std::move(expr), term);
}

ExprId Draft::call(model::Builtin function, std::vector<ExprId> args, Scalar scalar, Term term,
                   Span span) {
    model::Expr expr = leaf(ExprKind::Call, scalar, span);
    expr.symbol = static_cast<std::uint32_t>(function);
    expr.args = std::move(args);
    return add(std::move(expr), std::move(term));
}

ExprId Draft::to_real(ExprId id) {
    const model::Expr& from = model.exprs[id];
    if (from.type.scalar == Scalar::Real) {
        return id;
    }
    if (from.kind == ExprKind::Integer) {
        return number(static_cast<double>(from.integer), {}, from.span);
    }
    model::Expr expr = leaf(ExprKind::ToReal, Scalar::Real, from.span);
    expr.args = {id};
    return add(std::move(expr), {});
}

void Draft::settle() {
    HHC_CHECK(exprs.size() == model.exprs.size(), "facts for every expression");
    HHC_CHECK(variables.size() == model.variables.size(), "facts for every variable");
    for (std::size_t i = 0; i < exprs.size(); ++i) {
        model.exprs.raw()[i].type.dimension = solver.resolve(exprs[i].term).known;
    }
    for (std::size_t i = 0; i < variables.size(); ++i) {
        model::Variable& variable = model.variables.raw()[i];
        variable.type.dimension = solver.resolve(variables[i].term).known;
        if (variable.display.text.empty()) {
            variable.display.text = units::describe(variable.type.dimension);
        }
    }
}

} // namespace hhc::sema
