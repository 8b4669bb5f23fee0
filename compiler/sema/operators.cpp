// SPDX-License-Identifier: MIT
// Operators: types, units, and what to say when they do not fit.
#include "ast/dump.h"
#include "sema/checker.h"
#include "sema/constants.h"

#include <array>
#include <cstdlib>
#include <utility>

namespace hhc::sema {

using ast::BinaryOp;

ExprId Checker::fit_condition(ExprId value, const std::string& what) {
    if (draft_.poisoned(value) || draft_.scalar(value) == Scalar::Boolean) {
        return value;
    }
    const model::Expr& expr = draft_.model.exprs[value];
    if (expr.kind == ExprKind::Variable) {
        VariableFacts& facts = draft_.facts(VariableId(expr.symbol));
        if (facts.scalar_open && draft_.solver.unify(facts.term, Term())) {
            facts.scalar_open = false;
            draft_.variable(VariableId(expr.symbol)).type.scalar = Scalar::Boolean;
            draft_.model.exprs[value].type.scalar = Scalar::Boolean;
            return value;
        }
    }
    report(diag::Code::BooleanExpected, expr.span,
           what + " must be a condition, but this is " +
               (draft_.term(value).known.is_dimensionless() ? "" : "a value in ") +
               shown(draft_, value))
        .note("compare it with something, as in `v > -50*mV`");
    return draft_.poison(expr.span);
}

ExprId Checker::unary(ast::UnaryOp op, ExprId operand, Span span) {
    if (op == ast::UnaryOp::Not) {
        const ExprId condition = fit_condition(operand, "what stands after `not`");
        return draft_.poisoned(condition)
                   ? condition
                   : operation(ExprKind::Not, {condition}, Scalar::Boolean, {}, span);
    }
    if (draft_.poisoned(operand)) {
        return operand;
    }
    if (draft_.scalar(operand) == Scalar::Boolean) {
        report(diag::Code::BooleanArithmetic, span, "a condition has no sign")
            .note("write `int(...)` for 1 or 0");
        return draft_.poison(span);
    }
    if (op == ast::UnaryOp::Plus) {
        return operand;
    }
    const model::Expr inner = draft_.model.exprs[operand];
    if (inner.kind == ExprKind::Number) { // a negative literal is a literal
        const ExprId id = draft_.number(-inner.number, {}, span);
        draft_.exprs[id.index].term = draft_.exprs[operand.index].term;
        return id;
    }
    if (inner.kind == ExprKind::Integer) {
        return draft_.integer(-inner.integer, span);
    }
    return draft_.negate(operand, span);
}

ExprId Checker::binary(BinaryOp op, ExprId left, ExprId right, Span span) {
    switch (op) {
    case BinaryOp::Add:
    case BinaryOp::Subtract:
    case BinaryOp::Modulo:
    case BinaryOp::FloorDivide:
        return arithmetic(op, left, right, span);
    case BinaryOp::Multiply:
    case BinaryOp::Divide:
        return product(op, left, right, span);
    case BinaryOp::Power:
        return power(left, right, span);
    case BinaryOp::Less:
    case BinaryOp::LessEqual:
    case BinaryOp::Greater:
    case BinaryOp::GreaterEqual:
    case BinaryOp::Equal:
    case BinaryOp::NotEqual:
    case BinaryOp::Crosses:
        return comparison(op, left, right, span);
    case BinaryOp::And:
    case BinaryOp::Or:
        return logic(op, left, right, span);
    }
    return draft_.poison(span);
}

bool Checker::numbers(ExprId left, ExprId right, Span span) {
    for (const ExprId side : {left, right}) {
        if (draft_.scalar(side) == Scalar::Boolean) {
            report(diag::Code::BooleanArithmetic, draft_.place(side),
                   "a condition cannot be calculated with")
                .note_at(span, "write `int(...)` for 1 or 0, or `a if condition else b`");
            return false;
        }
    }
    return true;
}

bool Checker::promote(ExprId& left, ExprId& right) {
    if (draft_.scalar(left) == Scalar::Integer && draft_.scalar(right) == Scalar::Integer) {
        return true;
    }
    left = draft_.to_real(left);
    right = draft_.to_real(right);
    return false;
}

static bool is_zero(const model::Expr& expr) {
    return (expr.kind == ExprKind::Number && expr.number == 0) ||
           (expr.kind == ExprKind::Integer && expr.integer == 0);
}

static bool is_literal(const model::Expr& expr) {
    return expr.kind == ExprKind::Number || expr.kind == ExprKind::Integer;
}

/// A plain number meets a quantity: `v + 55`, where `v + 55*mV` was meant. `tight`: a product would
/// bind no closer than what stands before, as in `v % 3`; a literal `3 mV` does.
static bool number_without_unit(const Draft& draft, ExprId number, const Term& its, const Term& of,
                                diag::Sink::Report& problem, bool tight = false) {
    if (!its.is_known() || !its.known.is_dimensionless() || !of.is_known()) {
        return false;
    }
    const std::string unit = units::describe_short(of.known);
    const model::Expr& expr = draft.model.exprs[number];
    if (is_literal(expr)) {
        const Span end{expr.span.file, expr.span.end, expr.span.end};
        problem.fix(end, (tight ? " " : "*") + unit, "give the number its unit");
        return true;
    }
    if (expr.kind == ExprKind::Variable) {
        const std::string& name = draft.model.variables[VariableId(expr.symbol)].name;
        problem.note("give `" + name + "` its unit where it is defined, or write `" + name + "*" +
                     unit + "`");
        return true;
    }
    return false;
}

/// What to write instead, judged by the ratio of the two units.
static std::string ratio_hint(const units::Dimension& left, const units::Dimension& right) {
    const units::Dimension ratio = left / right;
    if (left.is_dimensionless() || right.is_dimensionless()) {
        return ratio == units::volt() || ratio == units::volt().pow(-1)
                   ? "multiply the plain number by a unit, as in `5*mV`"
                   : "";
    }
    if (ratio == units::metre().pow(2) || ratio == units::metre().pow(-2)) {
        return "the two differ by an area: one is per area, as `uF/cm**2`, the other is not";
    }
    if (ratio == units::second() || ratio == units::second().pow(-1)) {
        return "the two differ by a time: is a time constant missing in a quotient?";
    }
    if (ratio == units::volt() || ratio == units::volt().pow(-1)) {
        return "the two differ by a voltage: is a driving force such as `(E - v)` missing?";
    }
    if (ratio == units::siemens() || ratio == units::siemens().pow(-1)) {
        return "the two differ by a conductance";
    }
    return noise_hint(ratio);
}

bool Checker::same_unit(ExprId left, ExprId right, Span span, const std::string& what, bool tight) {
    if (draft_.solver.unify(draft_.exprs[left.index].term, draft_.exprs[right.index].term)) {
        return true;
    }
    const Term a = draft_.term(left);
    const Term b = draft_.term(right);
    const units::Dimension per_area = units::ampere() / units::metre().pow(2);
    const bool left_density = a.known == per_area && b.known == units::ampere();
    const bool right_density = b.known == per_area && a.known == units::ampere();
    const bool area = left_density || right_density;
    auto problem = report(area ? diag::Code::AreaMissing : diag::Code::DimensionMismatch, span,
                          what + " " + shown(a) + " and " + shown(b));
    problem.note_at(draft_.place(left), "this is " + shown(a));
    problem.note_at(draft_.place(right), "this is " + shown(b));
    if (area) {
        problem.note("a current in amp enters an equation of densities as `I/area`: declare "
                     "`param area = 20000 um**2` and divide by it, or give the current in "
                     "`uA/cm**2`");
    } else if (is_zero(draft_.model.exprs[left]) || is_zero(draft_.model.exprs[right])) {
        const Term& other = is_zero(draft_.model.exprs[left]) ? b : a;
        problem.note("zero has a unit too: write `0*" + units::describe_short(other.known) + "`");
    } else if (!number_without_unit(draft_, left, a, b, problem) &&
               !number_without_unit(draft_, right, b, a, problem, tight)) {
        if (const std::string hint = ratio_hint(a.known, b.known); !hint.empty()) {
            problem.note(hint);
        }
    }
    return false;
}

ExprId Checker::arithmetic(BinaryOp op, ExprId left, ExprId right, Span span) {
    if (draft_.poisoned(left) || draft_.poisoned(right)) {
        return draft_.poison(span);
    }
    if (!numbers(left, right, span)) {
        return draft_.poison(span);
    }
    struct Row {
        BinaryOp op;
        ExprKind kind;
        const char* what;
    };
    static constexpr std::array<Row, 4> rows = {{
        {BinaryOp::Add, ExprKind::Add, "cannot add"},
        {BinaryOp::Subtract, ExprKind::Subtract, "cannot subtract, one from the other,"},
        {BinaryOp::Modulo, ExprKind::Modulo, "cannot take the remainder of"},
        {BinaryOp::FloorDivide, ExprKind::FloorDivide, "cannot count one in the other:"},
    }};
    for (const Row& row : rows) {
        if (row.op != op) {
            continue;
        }
        const bool tight = op == BinaryOp::Modulo || op == BinaryOp::FloorDivide;
        if (!same_unit(left, right, span, row.what, tight)) {
            return draft_.poison(span);
        }
        return draft_.arithmetic(row.kind, left, right, span);
    }
    return draft_.poison(span);
}

ExprId Checker::product(BinaryOp op, ExprId left, ExprId right, Span span) {
    if (draft_.poisoned(left) || draft_.poisoned(right) || !numbers(left, right, span)) {
        return draft_.poison(span);
    }
    if (op == BinaryOp::Divide) {
        return draft_.arithmetic(ExprKind::Divide, left, right, span);
    }
    for (const ExprId side : {left, right}) {
        const model::Expr& expr = draft_.model.exprs[side];
        const bool idiom =
            expr.kind == ExprKind::ToInteger && draft_.scalar(expr.args[0]) == Scalar::Boolean;
        if (idiom && !draft_.is_equations) {
            report(diag::Code::ConditionAsNumber, expr.span,
                   "a condition multiplies the other factor by 1 or 0")
                .note("`value if condition else 0*unit` says the same, also where the value is "
                      "infinite");
        }
    }
    return draft_.arithmetic(ExprKind::Multiply, left, right, span);
}

ExprId Checker::comparison(BinaryOp op, ExprId left, ExprId right, Span span) {
    static constexpr std::array<std::pair<BinaryOp, ExprKind>, 7> kinds = {{
        {BinaryOp::Less, ExprKind::Less},
        {BinaryOp::LessEqual, ExprKind::LessEqual},
        {BinaryOp::Greater, ExprKind::Greater},
        {BinaryOp::GreaterEqual, ExprKind::GreaterEqual},
        {BinaryOp::Equal, ExprKind::Equal},
        {BinaryOp::NotEqual, ExprKind::NotEqual},
        {BinaryOp::Crosses, ExprKind::Crosses},
    }};
    ExprKind kind = ExprKind::Less;
    for (const auto& [from, to] : kinds) {
        kind = from == op ? to : kind;
    }
    if (op == BinaryOp::Crosses && context_.place != Place::Condition) {
        report(diag::Code::CrossesPlace, span,
               "`crosses` compares two moments and belongs into `threshold` or `event`")
            .note("write `>` to compare the values of one moment");
        return draft_.poison(span);
    }
    if (draft_.poisoned(left) || draft_.poisoned(right)) {
        return draft_.poison(span);
    }
    const bool equality = op == BinaryOp::Equal || op == BinaryOp::NotEqual;
    const bool both =
        draft_.scalar(left) == Scalar::Boolean && draft_.scalar(right) == Scalar::Boolean;
    if (!(equality && both)) {
        if (!numbers(left, right, span) || !same_unit(left, right, span, "cannot compare")) {
            return draft_.poison(span);
        }
        promote(left, right);
    }
    return operation(kind, {left, right}, Scalar::Boolean, {}, span);
}

ExprId Checker::logic(BinaryOp op, ExprId left, ExprId right, Span span) {
    const std::string word(ast::spelling(op));
    left = fit_condition(left, "what stands before `" + word + "`");
    right = fit_condition(right, "what stands after `" + word + "`");
    if (draft_.poisoned(left) || draft_.poisoned(right)) {
        return draft_.poison(span);
    }
    return operation(op == BinaryOp::And ? ExprKind::And : ExprKind::Or, {left, right},
                     Scalar::Boolean, {}, span);
}

ExprId Checker::conditional(ExprId then_value, ExprId condition, ExprId else_value, Span span) {
    condition = fit_condition(condition, "what stands after `if`");
    if (draft_.poisoned(condition) || draft_.poisoned(then_value) || draft_.poisoned(else_value)) {
        return draft_.poison(span);
    }
    Scalar scalar = Scalar::Boolean;
    const bool both = draft_.scalar(then_value) == Scalar::Boolean &&
                      draft_.scalar(else_value) == Scalar::Boolean;
    if (!both) {
        if (!numbers(then_value, else_value, span) ||
            !same_unit(then_value, else_value, span, "a choice cannot be between")) {
            return draft_.poison(span);
        }
        scalar = promote(then_value, else_value) ? Scalar::Integer : Scalar::Real;
    }
    const Term term = draft_.exprs[then_value.index].term;
    return operation(ExprKind::Conditional, {then_value, condition, else_value}, scalar, term,
                     span);
}

/// An integer to a small whole power by multiplication, so that it stays an integer.
ExprId Checker::whole_power(ExprId base, std::int64_t exponent, Span span) {
    if (exponent == 0) {
        return draft_.integer(1, span);
    }
    ExprId result;
    for (ExprId square = base; exponent > 0; exponent /= 2) {
        if (exponent % 2 == 1) {
            result = result.valid() ? draft_.arithmetic(ExprKind::Multiply, result, square, span)
                                    : square;
        }
        if (exponent > 1) {
            square = draft_.arithmetic(ExprKind::Multiply, square, square, span);
        }
    }
    return result;
}

ExprId Checker::power(ExprId base, ExprId exponent, Span span) {
    if (draft_.poisoned(base) || draft_.poisoned(exponent) || !numbers(base, exponent, span)) {
        return draft_.poison(span);
    }
    if (!draft_.solver.unify(draft_.exprs[exponent.index].term, Term())) {
        report(diag::Code::ExponentUnit, draft_.place(exponent),
               "an exponent is a plain number, but this is in " + shown(draft_, exponent));
        return draft_.poison(span);
    }
    const model::Expr by = draft_.model.exprs[exponent];
    constexpr std::int64_t largest_product = 16;
    const bool fixed_integer = by.kind == ExprKind::Integer && by.integer >= 0;
    if (draft_.scalar(base) == Scalar::Integer && fixed_integer && by.integer <= largest_product &&
        draft_.model.exprs[base].kind != ExprKind::Integer) {
        return whole_power(base, by.integer, span);
    }
    const Term unit = draft_.term(base);
    if (unit.is_known() && unit.known.is_dimensionless()) {
        return draft_.power(base, exponent, {}, span);
    }
    const auto value = evaluate(draft_, exponent);
    const auto* number = std::get_if<double>(&value);
    const auto ratio = number != nullptr ? as_rational(*number) : std::nullopt;
    if (ratio) {
        freeze_for_exponent(draft_, exponent);
        return draft_.power(base, exponent, draft_.exprs[base.index].term.pow(*ratio), span);
    }
    if (!unit.is_known() && draft_.solver.unify(unit, Term())) {
        return draft_.power(base, exponent, {}, span);
    }
    const auto* why = std::get_if<NotFixed>(&value);
    if (why == nullptr || !why->silent || draft_.environment.free_names) {
        auto problem = report(diag::Code::ExponentVaries, draft_.place(exponent),
                              "the base is in " + shown(draft_, base) +
                                  ", so its exponent must be a fixed number");
        problem.note("write a number or a small fraction, or divide the base by a reference value");
        if (why != nullptr && why->reads.valid()) {
            problem.note_at(draft_.variable(why->reads).span,
                            "`" + draft_.variable(why->reads).name + "` is not fixed");
        }
    }
    return draft_.poison(span);
}

} // namespace hhc::sema
