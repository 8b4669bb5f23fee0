// SPDX-License-Identifier: MIT
#include "sema/values.h"

#include "sema/constants.h"
#include "support/number_text.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hhc::sema {

namespace {

/// The value of an expression before the run.
struct Known {
    double value = 0;
    VariableId from; // the parameter whose default value decided; none: it can never be another
};

using Arguments = std::vector<std::optional<Known>>;

/// What the arguments of a distribution must satisfy; empty if those that are known do.
std::string impossible(model::Distribution function, const Arguments& args) {
    using model::Distribution;
    const auto below = [&](std::size_t i, double bound) {
        return args[i] && !(args[i]->value >= bound);
    };
    const auto reversed = [&](std::size_t low, std::size_t high) {
        return args[low] && args[high] && !(args[low]->value <= args[high]->value);
    };
    switch (function) {
    case Distribution::Poisson:
    case Distribution::Exponential:
        return below(0, 0) ? "its mean is negative" : "";
    case Distribution::Uniform:
        return reversed(0, 1) ? "its lower bound is above its upper bound" : "";
    case Distribution::Gamma:
        return below(0, 0) ? "its shape is negative" : below(1, 0) ? "its scale is negative" : "";
    case Distribution::Lognormal:
        return below(1, 0) ? "its standard deviation is negative" : "";
    case Distribution::Binomial:
        return below(0, 0) ? "its number of trials is negative"
               : below(1, 0) || (args[1] && args[1]->value > 1)
                   ? "its probability is not between 0 and 1"
                   : "";
    case Distribution::TruncatedNormal:
    case Distribution::ClippedNormal:
        return below(1, 0)      ? "its standard deviation is negative"
               : reversed(2, 3) ? "its lower bound is above its upper bound"
                                : "";
    case Distribution::Rand:
    case Distribution::Randn:
        break;
    }
    return "";
}

/// Where a function is a number.
std::string domain(model::Builtin function) {
    using model::Builtin;
    switch (function) {
    case Builtin::Log:
    case Builtin::Log10:
        return "its argument must be above 0";
    case Builtin::Log1p:
        return "its argument must be above -1";
    case Builtin::Sqrt:
        return "its argument must not be below 0";
    case Builtin::Arcsin:
    case Builtin::Arccos:
        return "its argument must lie between -1 and 1";
    default:
        return "the largest number is 1.8e308";
    }
}

class Values {
public:
    Values(Draft& draft, std::size_t first)
        : draft_(draft), first_(first), known_(draft.model.exprs.size()),
          visited_(draft.model.exprs.size()), guarded_(draft.model.exprs.size()) {}

    void run() {
        for (const model::Expr& expr : draft_.model.exprs) {
            if (expr.kind == ExprKind::Conditional) {
                guard(expr.args[0]);
                guard(expr.args[2]);
            }
        }
        for (const VariableId id : draft_.model.evaluation_order) {
            visit(draft_.variable(id).definition);
        }
        for (std::size_t i = 0; i < draft_.model.exprs.size(); ++i) {
            visit(ExprId(i));
        }
        refractory();
    }

private:
    /// What stands in a branch may be there for just the values for which it is defined.
    void guard(ExprId root) {
        std::vector<ExprId> pending{root};
        while (!pending.empty()) {
            const ExprId id = pending.back();
            pending.pop_back();
            if (!guarded_[id.index]) {
                guarded_[id.index] = true;
                const auto& args = draft_.model.exprs[id].args;
                pending.insert(pending.end(), args.begin(), args.end());
            }
        }
    }

    void visit(ExprId root) {
        std::vector<ExprId> pending;
        if (root.valid()) {
            pending.push_back(root);
        }
        while (!pending.empty()) {
            const ExprId id = pending.back();
            if (visited_[id.index]) {
                pending.pop_back();
                continue;
            }
            bool ready = true;
            for (const ExprId arg : draft_.model.exprs[id].args) {
                if (!visited_[arg.index]) {
                    pending.push_back(arg);
                    ready = false;
                }
            }
            if (ready) {
                pending.pop_back();
                visited_[id.index] = true;
                known_[id.index] = draft_.poisoned(id) ? std::nullopt : value(id);
            }
        }
    }

    std::optional<Known> value(ExprId id) {
        const model::Expr& expr = draft_.model.exprs[id];
        switch (expr.kind) {
        case ExprKind::Number:
            return Known{expr.number, {}};
        case ExprKind::Integer:
        case ExprKind::Boolean:
            return Known{static_cast<double>(expr.integer), {}};
        case ExprKind::Variable:
            return read(VariableId(expr.symbol));
        case ExprKind::Local:
        case ExprKind::Crosses:
        case ExprKind::CrossesDown:
        case ExprKind::Table:
        case ExprKind::SteadyState:
            return std::nullopt;
        default:
            break;
        }
        Arguments args;
        for (const ExprId arg : expr.args) {
            args.push_back(known_[arg.index]);
        }
        if (expr.kind == ExprKind::Random) {
            distribution(id, args);
            return std::nullopt;
        }
        if (!divisor(id, args)) {
            return std::nullopt;
        }
        return result(id, args);
    }

    std::optional<Known> read(VariableId id) {
        const model::Variable& variable = draft_.variable(id);
        if (draft_.facts(id).poisoned) {
            return std::nullopt;
        }
        switch (variable.role) {
        case Role::Frozen:
            return variable.default_value ? std::optional(Known{*variable.default_value, {}})
                                          : std::nullopt;
        case Role::SharedParameter: // `x : unit (shared)` is there to be set
            return variable.default_value &&
                           (variable.definition.valid() || draft_.facts(id).generated)
                       ? std::optional(Known{*variable.default_value, id})
                       : std::nullopt;
        case Role::Subexpression:
        case Role::ConstantOverDt:
            return variable.definition.valid() ? known_[variable.definition.index] : std::nullopt;
        default:
            return std::nullopt;
        }
    }

    /// False where there is no use in going on.
    bool divisor(ExprId id, const Arguments& args) {
        const model::Expr& expr = draft_.model.exprs[id];
        if ((expr.kind != ExprKind::Divide && expr.kind != ExprKind::FloorDivide &&
             expr.kind != ExprKind::Modulo) ||
            !args[1]) {
            return true;
        }
        const ExprId by = expr.args[1];
        const bool literal = is_literal(by);
        if (args[1]->value == 0) {
            if (!(args[0] && args[0]->value == 0 && args[1]->from.valid())) { // 0/0 has its limit
                complain(id, args[1]->from,
                         literal ? "this divides by 0"
                                 : "this divides by `" + text(by) + "`, which is 0");
            }
            return false;
        }
        const bool leaf = literal || draft_.model.exprs[by].kind == ExprKind::Variable;
        if (args[1]->value < 0 && leaf && is_time_or_capacitance(by)) {
            complain(
                id, args[1]->from,
                "this divides by " +
                    (literal ? "`" + text(by) + "`"
                             : "`" + text(by) + "`, which is " + shown_value(by)) +
                    ": a negative " +
                    (draft_.term(by).known == units::second() ? "time constant" : "capacitance"),
                true);
        }
        return true;
    }

    std::optional<Known> result(ExprId id, const Arguments& args) {
        const model::Expr& expr = draft_.model.exprs[id];
        std::vector<double> values;
        VariableId from;
        bool finite = true;
        for (const std::optional<Known>& arg : args) {
            if (!arg) {
                return std::nullopt;
            }
            values.push_back(arg->value);
            from = arg->from.valid() ? arg->from : from;
            finite = finite && std::isfinite(arg->value);
        }
        const double number = operation_value(expr, values);
        if (std::isnan(number) || (finite && std::isinf(number))) {
            const std::string is = std::isnan(number) ? " is not a number" : " is infinite";
            if (expr.kind == ExprKind::Call) {
                const auto function = static_cast<model::Builtin>(expr.symbol);
                const std::string name(model::builtins()[expr.symbol].name);
                complain(id, from, "`" + name + "` of " + with_unit(expr.args[0]) + is, false,
                         domain(function));
            } else {
                complain(id, from, "`" + text(id) + "`" + is);
            }
            return std::nullopt;
        }
        return Known{number, from};
    }

    void distribution(ExprId id, const Arguments& args) {
        const model::Expr& expr = draft_.model.exprs[id];
        const std::string why = impossible(static_cast<model::Distribution>(expr.symbol), args);
        if (why.empty()) {
            return;
        }
        VariableId from;
        for (const std::optional<Known>& arg : args) {
            from = arg && arg->from.valid() ? arg->from : from;
        }
        complain(id, from, "`" + text(id) + "` has no values: " + why);
    }

    void refractory() {
        const auto& refractory = draft_.model.refractory;
        if (!refractory || refractory->is_condition || draft_.poisoned(refractory->value) ||
            refractory->value.index < first_) {
            return;
        }
        const std::optional<Known>& time = known_[refractory->value.index];
        if (time && time->value < 0) {
            complain(refractory->value, time->from, "the refractory time is below zero");
        }
    }

    [[nodiscard]] bool is_literal(ExprId id) const {
        const ExprKind kind = draft_.model.exprs[id].kind;
        return kind == ExprKind::Number || kind == ExprKind::Integer;
    }

    [[nodiscard]] bool is_time_or_capacitance(ExprId id) const {
        const Term unit = draft_.term(id);
        return unit.is_known() && (unit.known == units::second() || unit.known == units::farad() ||
                                   unit.known == units::farad() / units::metre().pow(2));
    }

    /// As the user wrote it; a variable without the parts that it belongs to.
    [[nodiscard]] std::string text(ExprId id) const {
        const model::Expr& expr = draft_.model.exprs[id];
        if (expr.kind == ExprKind::Variable) {
            const std::string& name = draft_.model.variables[VariableId(expr.symbol)].name;
            return name.substr(name.rfind('.') + 1);
        }
        return draft_.environment.sources != nullptr
                   ? std::string(draft_.environment.sources->text(expr.span))
                   : model::expression_text(draft_.model, id);
    }

    /// A value that has no unit of its own to be shown in.
    [[nodiscard]] std::string with_unit(ExprId id) const {
        const Term unit = draft_.term(id);
        const std::string number = shortest(known_[id.index]->value);
        return unit.is_known() && !unit.known.is_dimensionless()
                   ? number + " " + units::describe(unit.known)
                   : number;
    }

    [[nodiscard]] std::string shown_value(ExprId id) const {
        const model::Variable& variable =
            draft_.model.variables[VariableId(draft_.model.exprs[id].symbol)];
        const double value = known_[id.index]->value;
        return variable.display.text.empty()
                   ? with_unit(id)
                   : shortest(value / variable.display.scale) + " " + variable.display.text;
    }

    /// `from`: see Known. `unlikely`: it can be computed, but was hardly meant.
    void complain(ExprId id, VariableId from, std::string message, bool unlikely = false,
                  const std::string& hint = "") {
        if (id.index < first_ || (from.valid() && guarded_[id.index])) {
            return;
        }
        const Span place = draft_.place(id);
        const auto call =
            std::find_if(draft_.calls.begin(), draft_.calls.end(), [&](const InlinedCall& one) {
                return one.begin <= id.index && id.index < one.end;
            });
        const bool inside = call != draft_.calls.end();
        auto problem = draft_.sink.report(from.valid() || unlikely ? diag::Code::UnlikelyValue
                                                                   : diag::Code::ConstantFault,
                                          inside ? call->span : place, std::move(message));
        if (inside) {
            problem.note_at(place, "here in the function");
        }
        if (from.valid()) {
            const model::Variable& variable = draft_.variable(from);
            const ExprId given = variable.definition; // perhaps the argument of a `use`
            problem.note_at(given.valid() ? draft_.place(given) : variable.span,
                            "`" + variable.name + "` has this value unless a run sets another");
        }
        if (!hint.empty()) {
            problem.note(hint);
        }
    }

    Draft& draft_;
    std::size_t first_;
    std::vector<std::optional<Known>> known_; // by ExprId
    std::vector<bool> visited_, guarded_;
};

} // namespace

void check_values(Draft& draft, std::size_t first) {
    Values(draft, first).run();
}

} // namespace hhc::sema
