// SPDX-License-Identifier: MIT
#include "sema/constants.h"

#include "sema/expressions.h"
#include "sema/unit_position.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>

namespace hhc::sema {

namespace {

double exprel(double x) {
    return x == 0 ? 1 : std::expm1(x) / x;
}

double call_value(model::Builtin function, const std::vector<double>& a) {
    using model::Builtin;
    switch (function) {
    case Builtin::Sin:
        return std::sin(a[0]);
    case Builtin::Cos:
        return std::cos(a[0]);
    case Builtin::Tan:
        return std::tan(a[0]);
    case Builtin::Sinh:
        return std::sinh(a[0]);
    case Builtin::Cosh:
        return std::cosh(a[0]);
    case Builtin::Tanh:
        return std::tanh(a[0]);
    case Builtin::Arcsin:
        return std::asin(a[0]);
    case Builtin::Arccos:
        return std::acos(a[0]);
    case Builtin::Arctan:
        return std::atan(a[0]);
    case Builtin::Exp:
        return std::exp(a[0]);
    case Builtin::Log:
        return std::log(a[0]);
    case Builtin::Log10:
        return std::log10(a[0]);
    case Builtin::Expm1:
        return std::expm1(a[0]);
    case Builtin::Log1p:
        return std::log1p(a[0]);
    case Builtin::Exprel:
        return exprel(a[0]);
    case Builtin::InvExprel:
        return 1 / exprel(a[0]);
    case Builtin::Sqrt:
        return std::sqrt(a[0]);
    case Builtin::Abs:
        return std::abs(a[0]);
    case Builtin::Sign:
        return a[0] > 0 ? 1 : a[0] < 0 ? -1 : 0;
    case Builtin::Ceil:
        return std::ceil(a[0]);
    case Builtin::Floor:
        return std::floor(a[0]);
    case Builtin::Clip:
        return std::min(std::max(a[0], a[1]), a[2]);
    case Builtin::Min:
        return std::min(a[0], a[1]);
    case Builtin::Max:
        return std::max(a[0], a[1]);
    case Builtin::Sigmoid:
        return 1 / (1 + std::exp(-a[0]));
    case Builtin::Erf:
        return std::erf(a[0]);
    case Builtin::Timestep:
        return std::floor((a[0] + 1e-3 * a[1]) / a[1]);
    }
    return std::numeric_limits<double>::quiet_NaN();
}

} // namespace

double operation_value(const model::Expr& expr, const std::vector<double>& a) {
    switch (expr.kind) {
    case ExprKind::Negate:
        return -a[0];
    case ExprKind::Not:
        return a[0] == 0 ? 1 : 0;
    case ExprKind::Add:
        return a[0] + a[1];
    case ExprKind::Subtract:
        return a[0] - a[1];
    case ExprKind::Multiply:
        return a[0] * a[1];
    case ExprKind::Divide:
        return a[0] / a[1];
    case ExprKind::FloorDivide:
        return std::floor(a[0] / a[1]);
    case ExprKind::Modulo:
        return a[0] - a[1] * std::floor(a[0] / a[1]);
    case ExprKind::Power:
        return std::pow(a[0], a[1]);
    case ExprKind::Less:
        return a[0] < a[1] ? 1 : 0;
    case ExprKind::LessEqual:
        return a[0] <= a[1] ? 1 : 0;
    case ExprKind::Greater:
        return a[0] > a[1] ? 1 : 0;
    case ExprKind::GreaterEqual:
        return a[0] >= a[1] ? 1 : 0;
    case ExprKind::Equal:
        return a[0] == a[1] ? 1 : 0;
    case ExprKind::NotEqual:
        return a[0] != a[1] ? 1 : 0;
    case ExprKind::And:
        return a[0] != 0 && a[1] != 0 ? 1 : 0;
    case ExprKind::Or:
        return a[0] != 0 || a[1] != 0 ? 1 : 0;
    case ExprKind::Conditional:
        return a[1] != 0 ? a[0] : a[2];
    case ExprKind::Call:
        return call_value(static_cast<model::Builtin>(expr.symbol), a);
    case ExprKind::ToInteger:
        return std::trunc(a[0]);
    case ExprKind::ToReal:
        return a[0];
    default:
        return std::numeric_limits<double>::quiet_NaN();
    }
}

namespace {

class Evaluation {
public:
    Evaluation(Draft& draft, bool frozen_only) : draft_(draft), frozen_only_(frozen_only) {}

    std::variant<double, NotFixed> run(ExprId root) {
        std::vector<ExprId> pending{root};
        while (!pending.empty()) {
            const ExprId id = pending.back();
            if (values_.contains(id.index)) {
                pending.pop_back();
                continue;
            }
            if (draft_.poisoned(id)) {
                return NotFixed{{}, {}, true};
            }
            bool ready = true;
            for (const ExprId arg : draft_.model.exprs[id].args) {
                if (!values_.contains(arg.index)) {
                    pending.push_back(arg);
                    ready = false;
                }
            }
            if (ready) {
                pending.pop_back();
                if (auto failed = step(id)) {
                    return *failed;
                }
            }
        }
        return values_.at(root.index);
    }

private:
    std::optional<NotFixed> step(ExprId id) {
        const model::Expr& expr = draft_.model.exprs[id];
        switch (expr.kind) {
        case ExprKind::Number:
            values_[id.index] = expr.number;
            return std::nullopt;
        case ExprKind::Integer:
        case ExprKind::Boolean:
            values_[id.index] = static_cast<double>(expr.integer);
            return std::nullopt;
        case ExprKind::Variable:
            return read(id, VariableId(expr.symbol));
        case ExprKind::Random:
            return NotFixed{{}, "it contains a random function"};
        case ExprKind::Table:
            return NotFixed{{}, "it reads a timed array"};
        case ExprKind::Local:
        case ExprKind::Crosses:
        case ExprKind::CrossesDown:
            return NotFixed{{}, "it changes during a run"};
        default:
            break;
        }
        std::vector<double> args;
        for (const ExprId arg : expr.args) {
            args.push_back(values_.at(arg.index));
        }
        const bool divides = expr.kind == ExprKind::Divide || expr.kind == ExprKind::FloorDivide ||
                             expr.kind == ExprKind::Modulo;
        if (divides && args[1] == 0) {
            return NotFixed{{}, {}, true}; // values.cpp reports it
        }
        values_[id.index] = operation_value(expr, args);
        return std::nullopt;
    }

    std::optional<NotFixed> read(ExprId id, VariableId variable_id) {
        draft_.define(variable_id);
        const model::Variable& variable = draft_.variable(variable_id);
        const bool fixed = variable.role == Role::Frozen ||
                           (variable.role == Role::SharedParameter && !frozen_only_);
        if (draft_.facts(variable_id).poisoned) {
            return NotFixed{variable_id, {}, true};
        }
        if (!fixed || !variable.default_value) {
            return NotFixed{variable_id, {}, draft_.facts(variable_id).is_free};
        }
        values_[id.index] = *variable.default_value;
        return std::nullopt;
    }

    Draft& draft_;
    bool frozen_only_;
    std::unordered_map<std::uint32_t, double> values_;
};

} // namespace

std::variant<double, NotFixed> evaluate(Draft& draft, ExprId id, bool frozen_only) {
    if (!id.valid()) {
        return NotFixed{{}, {}, true};
    }
    return Evaluation(draft, frozen_only).run(id);
}

std::optional<Rational> as_rational(double value) {
    constexpr std::int64_t largest_denominator = 1000;
    constexpr double largest = 1000;
    if (!(std::abs(value) <= largest)) {
        return std::nullopt;
    }
    for (std::int64_t denominator = 1; denominator <= largest_denominator; ++denominator) {
        const double numerator = std::round(value * static_cast<double>(denominator));
        if (numerator / static_cast<double>(denominator) == value) {
            return Rational(static_cast<std::int64_t>(numerator), denominator);
        }
    }
    return std::nullopt;
}

VariableId top_level_constant(Draft& draft, const ast::Const& constant, const FileScope& home) {
    const auto known = draft.top_level_constants.find(&constant);
    if (known != draft.top_level_constants.end()) {
        return known->second;
    }
    Scope& scope = draft.add_scope({});
    scope.prefix = file_prefix; // a constant sees its file only
    scope.file = &home;
    scope.is_channel = true;
    model::Variable variable;
    variable.name = constant.name.text;
    for (int n = 2; draft.by_name.contains(variable.name); ++n) {
        variable.name = constant.name.text + "_" + std::to_string(n);
    }
    variable.role = Role::Frozen;
    variable.span = constant.name.span;
    VariableFacts facts;
    facts.constant_value = true;
    facts.generated = true;
    facts.unit_known = false;
    facts.progress = VariableFacts::Progress::Waiting;
    std::optional<DeclaredUnit> unit;
    if (constant.unit) {
        unit = read_unit(*constant.unit, draft.sink);
        variable.display = unit->display;
        facts.poisoned = unit->poisoned;
    } else if (const auto shown = literal_unit(*home.file, constant.value)) {
        variable.display = *shown;
    }
    const VariableId id = draft.declare(std::move(variable), std::move(facts));
    draft.top_level_constants[&constant] = id;
    draft.facts(id).define = [&draft, &scope, &constant, unit, id] {
        const ExprContext context{scope, Place::Constant, "const " + constant.name.text};
        ExprId value = check_expression(draft, context, constant.value);
        if (unit && !unit->poisoned) {
            value =
                fit_definition(draft, context, value, unit->type, "`" + constant.name.text + "`");
        }
        return value;
    };
    return id;
}

static void report_not_fixed(Draft& draft, VariableId id, const NotFixed& why) {
    const model::Variable& variable = draft.variable(id);
    const VariableFacts& facts = draft.facts(id);
    diag::Sink& sink =
        facts.scope != nullptr && facts.scope->sink != nullptr ? *facts.scope->sink : draft.sink;
    const Span place = draft.place(variable.definition);
    if (why.reads.valid()) {
        const model::Variable& read = draft.variable(why.reads);
        sink.report(diag::Code::NotConstant, place,
                    "`" + variable.name + "` is fixed before a run and cannot read `" + read.name +
                        "`, " +
                        (read.role == Role::SharedParameter ? "which may change between runs"
                                                            : "which changes during it"))
            .note_at(read.span, "`" + read.name + "` is defined here");
        return;
    }
    const bool random = why.reason.find("random") != std::string::npos;
    sink.report(random ? diag::Code::RandomConstant : diag::Code::NotConstant, place,
                "`" + variable.name + "` needs one fixed value, but " + why.reason);
}

void fix_value(Draft& draft, VariableId id) {
    const ExprId definition = draft.variable(id).definition;
    const bool frozen_only = draft.variable(id).role == Role::Frozen || draft.facts(id).follows;
    const auto value = evaluate(draft, definition, frozen_only);
    model::Variable& variable = draft.variable(id);
    const auto frozen = draft.environment.freeze.find(variable.name);
    if (frozen != draft.environment.freeze.end() && frozen->second) {
        variable.default_value = *frozen->second;
        variable.definition = draft.number(*frozen->second, {}, variable.span);
        draft.exprs.back().term = draft.facts(id).term;
        return;
    }
    if (const double* number = std::get_if<double>(&value)) {
        variable.default_value = *number;
        if (std::isnan(*number)) {
            draft.facts(id).poisoned = true; // values.cpp reports it
        }
        return;
    }
    const NotFixed& why = std::get<NotFixed>(value);
    const bool reads_follower = why.reads.valid() && draft.facts(why.reads).follows &&
                                draft.variable(why.reads).role == Role::Subexpression;
    if (!why.silent && (draft.facts(id).follows || reads_follower)) {
        draft.facts(id).follows = true;
        variable.role = Role::Subexpression; // it follows what its user gave it
        return;
    }
    if (!why.silent) {
        report_not_fixed(draft, id, why);
        draft.facts(id).poisoned = true;
    } else if (!why.reads.valid() || draft.facts(why.reads).poisoned) {
        draft.facts(id).poisoned = true;
    }
}

void freeze_for_exponent(Draft& draft, ExprId id) {
    std::vector<ExprId> pending{id};
    while (!pending.empty()) {
        const model::Expr& expr = draft.model.exprs[pending.back()];
        pending.pop_back();
        pending.insert(pending.end(), expr.args.begin(), expr.args.end());
        if (expr.kind != ExprKind::Variable) {
            continue;
        }
        const VariableId read(expr.symbol);
        model::Variable& variable = draft.variable(read);
        if (variable.role == Role::SharedParameter) {
            variable.role = Role::Frozen;
            draft.model.remarks.push_back(
                {"`" + variable.name + "` is frozen: as an exponent it decides a unit", expr.span});
        }
        if (variable.definition.valid()) {
            pending.push_back(variable.definition);
        }
    }
}

} // namespace hhc::sema
