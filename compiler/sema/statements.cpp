// SPDX-License-Identifier: MIT
#include "sema/behaviour.h"
#include "sema/expressions.h"
#include "sema/names.h"
#include "sema/sides.h"
#include "support/suggest.h"

#include <utility>

namespace hhc::sema {

namespace {

class StatementChecker {
public:
    StatementChecker(Draft& draft, const Scope& scope, std::string stream, model::Block& block)
        : draft_(draft), scope_(scope), stream_(std::move(stream)), block_(block) {
        locals_.block = &block;
    }

    void run(const std::vector<ast::Statement>& statements) {
        for (const ast::Statement& statement : statements) {
            const std::string name = statement.target.text();
            if (!target(name, statement.target.span)) {
                locals_.later.emplace(name, statement.target.span);
            }
        }
        for (const ast::Statement& statement : statements) {
            one(statement);
        }
        report_unread();
    }

private:
    diag::Sink& sink() { return sink_of(draft_, scope_); }

    void one(const ast::Statement& statement) {
        const std::string name = statement.target.text();
        const ExprContext context{scope_, Place::Statement, stream_, &locals_};
        if (const auto variable = target(name, statement.target.span)) {
            to_variable(statement, *variable, context);
        } else if (statement.target.parts.size() > 1) {
            (void)check_expression(draft_, context, statement.value);
            unknown_target(statement, name);
        } else {
            to_local(statement, name, context);
        }
    }

    std::optional<VariableId> target(const std::string& name, Span span) {
        const auto own = find_variable(draft_, scope_, name);
        return own || draft_.sides == nullptr ? own
                                              : draft_.sides->find(draft_, scope_, name, span);
    }

    void unknown_target(const ast::Statement& statement, const std::string& name) {
        auto problem = sink().report(diag::Code::UnknownName, statement.target.span,
                                     "`" + name + "` is not defined");
        const auto near = nearest_names(name, visible_names(draft_, scope_));
        if (!near.empty()) {
            problem.fix(statement.target.span, near.front(), did_you_mean(near));
        }
    }

    /// `x += e` is `x = x + e`.
    ExprId augmented(const ast::Statement& statement, const ExprContext& context, ExprId before,
                     ExprId value) {
        switch (statement.op) {
        case ast::AssignOp::Set:
            return value;
        case ast::AssignOp::Add:
            return check_binary(draft_, context, ast::BinaryOp::Add, before, value, statement.span);
        case ast::AssignOp::Subtract:
            return check_binary(draft_, context, ast::BinaryOp::Subtract, before, value,
                                statement.span);
        case ast::AssignOp::Multiply:
            return check_binary(draft_, context, ast::BinaryOp::Multiply, before, value,
                                statement.span);
        case ast::AssignOp::Divide:
            return check_binary(draft_, context, ast::BinaryOp::Divide, before, value,
                                statement.span);
        case ast::AssignOp::Power:
            return check_binary(draft_, context, ast::BinaryOp::Power, before, value,
                                statement.span);
        case ast::AssignOp::Modulo:
            return check_binary(draft_, context, ast::BinaryOp::Modulo, before, value,
                                statement.span);
        }
        return value;
    }

    /// Why a variable cannot be assigned; empty if it can.
    std::string refusal(VariableId id) {
        const model::Variable& variable = draft_.variable(id);
        switch (variable.role) {
        case Role::State:
            return "";
        case Role::Parameter:
            return variable.flags.constant ? "it is `constant`" : "";
        case Role::Given:
            return "it follows from the connections";
        case Role::Subexpression:
        case Role::ConstantOverDt:
            return "it is defined by an expression";
        case Role::SharedParameter:
            return "it has one value for the whole population, and a block runs for one entity; "
                   "declare it as `NAME : UNIT`";
        case Role::Frozen:
            return "it is a constant";
        case Role::Input:
            return "it is an input, which begins each step at zero";
        case Role::Linked:
            return "it belongs to another population";
        case Role::Foreign:
            if (variable.foreign.delayed) {
                return "it is a value of the past";
            }
            return variable.foreign.fixed;
        default:
            return "the simulator sets it";
        }
    }

    void to_variable(const ast::Statement& statement, VariableId id, const ExprContext& context) {
        ExprId value = check_expression(draft_, context, statement.value);
        if (draft_.facts(id).poisoned) {
            return;
        }
        const std::string name = draft_.variable(id).name;
        if (const std::string why = refusal(id); !why.empty()) {
            sink()
                .report(diag::Code::CannotAssign, statement.target.span,
                        "`" + name + "` cannot be assigned: " + why)
                .note_at(draft_.variable(id).span, "`" + name + "` is defined here");
            return;
        }
        draft_.facts(id).written = true;
        const bool was_read = draft_.facts(id).read;
        if (statement.op != ast::AssignOp::Set) {
            value =
                augmented(statement, context, draft_.reference(id, statement.target.span), value);
            draft_.facts(id).read = was_read;
        }
        value = fit(draft_, context, value, draft_.variable(id).type.scalar, draft_.facts(id).term,
                    diag::Code::AssignmentUnit, "`" + name + "`");
        model::Statement made;
        made.target = id;
        made.value = value;
        made.span = statement.span;
        block_.statements.push_back(made);
    }

    void to_local(const ast::Statement& statement, const std::string& name,
                  const ExprContext& context) {
        const bool known = locals_.index.contains(name);
        ExprId value = check_expression(draft_, context, statement.value);
        if (statement.op != ast::AssignOp::Set) {
            if (!known) {
                const auto near = nearest_names(name, visible_names(draft_, scope_));
                auto problem = sink().report(diag::Code::UnknownName, statement.target.span,
                                             "`" + name + "` is not defined");
                if (!near.empty()) {
                    problem.fix(statement.target.span, near.front(), did_you_mean(near));
                }
                add_local(name, draft_.poison(statement.span), statement.target.span);
                locals_.read[locals_.index.at(name)] = true;
                return;
            }
            const std::uint32_t index = locals_.index.at(name);
            model::Expr before;
            before.kind = ExprKind::Local;
            before.symbol = index;
            before.type.scalar = block_.local_types[index].scalar;
            before.span = statement.target.span;
            const ExprId old = draft_.add(std::move(before), locals_.terms[index]);
            draft_.exprs.back().poisoned = locals_.poisoned[index];
            value = augmented(statement, context, old, value);
        }
        if (!known) {
            if (!may_define(draft_, scope_, {statement.target.span, name})) {
                value = draft_.poison(statement.span);
            }
            add_local(name, value, statement.target.span);
        } else {
            const std::uint32_t index = locals_.index.at(name);
            value = fit(draft_, context, value, block_.local_types[index].scalar,
                        locals_.terms[index], diag::Code::AssignmentUnit, "`" + name + "`");
        }
        model::Statement made;
        made.to_local = true;
        made.local = locals_.index.at(name);
        made.value = value;
        made.span = statement.span;
        block_.statements.push_back(made);
    }

    void add_local(const std::string& name, ExprId value, Span span) {
        const auto index = static_cast<std::uint32_t>(block_.locals.size());
        locals_.index.emplace(name, index);
        locals_.terms.push_back(draft_.exprs[value.index].term);
        locals_.poisoned.push_back(draft_.poisoned(value));
        locals_.read.push_back(false);
        spans_.push_back(span);
        block_.locals.push_back(name);
        block_.local_types.push_back({draft_.scalar(value), {}});
    }

    void report_unread() {
        for (std::size_t i = 0; i < block_.locals.size(); ++i) {
            block_.local_types[i].dimension = draft_.solver.resolve(locals_.terms[i]).known;
            if (locals_.read[i] || locals_.poisoned[i]) {
                continue;
            }
            const std::string& name = block_.locals[i];
            auto problem = sink().report(diag::Code::UnusedName, spans_[i],
                                         "`" + name + "` is assigned and never used");
            std::vector<std::string> variables;
            for (const model::Variable& variable : draft_.model.variables) {
                variables.push_back(variable.name);
            }
            const auto near = nearest_names(name, variables);
            if (!near.empty()) {
                problem.fix(spans_[i], near.front(), did_you_mean(near));
            } else {
                problem.note("it is no variable of the model, so it lives in this block only");
            }
        }
    }

    Draft& draft_;
    const Scope& scope_;
    std::string stream_;
    model::Block& block_;
    Locals locals_;
    std::vector<Span> spans_;
};

} // namespace

model::Block check_statements(Draft& draft, const Scope& scope,
                              const std::vector<ast::Statement>& statements,
                              const std::string& stream, Span span) {
    model::Block block;
    block.span = span;
    StatementChecker(draft, scope, stream, block).run(statements);
    return block;
}

} // namespace hhc::sema
