// SPDX-License-Identifier: MIT
// Currents are inward (depolarising) unless flagged `outward`. A conductance times (v - E) is
// outward: written unflagged it is almost certainly the sign of another convention.
#include "sema/usage.h"

#include <vector>

namespace hhc::sema {

namespace {

bool is_current(const units::Dimension& dimension) {
    return dimension == units::ampere() ||
           dimension == units::ampere() / units::metre().pow(2);
}

class Sign {
public:
    Sign(const Draft& draft, VariableId v) : draft_(draft), v_(v) {}

    /// True if the expression is certainly a positive amount times (v - something).
    bool outward(ExprId id) {
        int sign = 1;
        int driving = 0;
        std::vector<ExprId> pending{id};
        while (!pending.empty()) {
            const model::Expr& expr = draft_.model.exprs[pending.back()];
            const ExprId here = pending.back();
            pending.pop_back();
            if (expr.kind == ExprKind::Multiply) {
                pending.push_back(expr.args[0]);
                pending.push_back(expr.args[1]);
            } else if (expr.kind == ExprKind::Negate) {
                sign = -sign;
                pending.push_back(expr.args[0]);
            } else if (expr.kind == ExprKind::Subtract && is_v(expr.args[0]) &&
                       without_v(expr.args[1])) {
                ++driving;
            } else if (expr.kind == ExprKind::Subtract && is_v(expr.args[1]) &&
                       without_v(expr.args[0])) {
                ++driving;
                sign = -sign;
            } else if (!positive(here)) {
                return false;
            }
        }
        return driving == 1 && sign > 0;
    }

private:
    [[nodiscard]] bool is_v(ExprId id) const {
        const model::Expr& expr = draft_.model.exprs[id];
        return expr.kind == ExprKind::Variable && expr.symbol == v_.index;
    }

    /// A reversal potential: a parameter or a number.
    [[nodiscard]] bool without_v(ExprId id) const {
        const model::Expr& expr = draft_.model.exprs[id];
        if (expr.kind == ExprKind::Number) {
            return true;
        }
        if (expr.kind != ExprKind::Variable) {
            return false;
        }
        const Role role = draft_.model.variables[VariableId(expr.symbol)].role;
        return role == Role::SharedParameter || role == Role::Frozen || role == Role::Parameter;
    }

    [[nodiscard]] bool positive(ExprId id) const {
        const model::Expr& expr = draft_.model.exprs[id];
        switch (expr.kind) {
        case ExprKind::Number:
            return expr.number > 0;
        case ExprKind::Integer:
            return expr.integer > 0;
        case ExprKind::Power:
            return positive(expr.args[0]);
        case ExprKind::Variable: {
            const model::Variable& variable = draft_.model.variables[VariableId(expr.symbol)];
            return variable.gate.has_value() ||
                   (variable.default_value && *variable.default_value > 0);
        }
        default:
            return false;
        }
    }

    const Draft& draft_;
    VariableId v_;
};

} // namespace

void check_signs(Draft& draft) {
    const auto v = draft.by_name.find("v");
    if (v == draft.by_name.end()) {
        return;
    }
    Sign sign(draft, v->second);
    for (std::size_t i = 0; i < draft.variables.size(); ++i) {
        const VariableFacts& facts = draft.variables[i];
        const model::Variable& variable = draft.model.variables[VariableId(i)];
        if (variable.role != Role::Subexpression || facts.poisoned || facts.generated ||
            facts.scope == nullptr || !facts.term.is_known() || !is_current(facts.term.known) ||
            draft.poisoned(variable.definition) || !sign.outward(variable.definition)) {
            continue;
        }
        // Subtracting it in an equation is as good as the other sign: only channels promise one.
        const bool in_channel = facts.scope->is_channel;
        if (!in_channel) {
            continue;
        }
        sink_of(draft, *facts.scope)
            .report(diag::Code::WrongSign, variable.span,
                    "`" + variable.name + "` is outward as written, and an unflagged current is "
                                          "inward")
            .note("write `(E - v)`, or say that the equation is outward: `(outward)`");
    }
}

} // namespace hhc::sema
