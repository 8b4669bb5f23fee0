// SPDX-License-Identifier: MIT
// Private to sema: the walk over one expression. References and literals in expressions.cpp,
// operators in operators.cpp, calls in calls.cpp.
#pragma once

#include "sema/expressions.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace hhc::sema {

/// Operations that a model may have, functions written out.
inline constexpr std::size_t most_operations = 20'000;

/// What to say where two units differ by a root of a time, as those of `xi` do; else empty.
[[nodiscard]] std::string noise_hint(const units::Dimension& ratio);

class Checker {
public:
    Checker(Draft& draft, const ExprContext& context) : draft_(draft), context_(context) {}

    ExprId run(ast::ExprId root);
    ExprId binary(ast::BinaryOp op, ExprId left, ExprId right, Span span);
    ExprId fit_condition(ExprId value, const std::string& what);

private:
    [[nodiscard]] const ast::File& file() const { return *context_.scope.file->file; }
    diag::Sink::Report report(diag::Code code, Span span, std::string message) {
        return sink_of(draft_, context_).report(code, span, std::move(message));
    }
    ExprId made(ast::ExprId id) const { return results_.at(id.index); }
    ExprId operation(ExprKind kind, std::vector<ExprId> args, Scalar scalar, Term term, Span span);

    // Leaves.
    ExprId node(ast::ExprId id, const ast::Expr& expr);
    ExprId number(const ast::Number& number, Span span);
    ExprId quantity(const ast::Quantity& quantity, Span span);
    /// `120 mS/cm**2` is one number, scaled in decimal before it is rounded; none if it is not of
    /// this kind.
    ExprId scaled_quantity(ast::ExprId id, const ast::Binary& binary, Span span);
    ExprId reference(const ast::Reference& reference, Span span);
    ExprId variable(VariableId id, Span span);
    ExprId local(const std::string& name, Span span);
    ExprId symbol(const std::string& name, Span span);
    ExprId unknown(const std::string& name, Span span);
    bool in_cycle(VariableId id, Span span);
    void check_noise(VariableId id, Span span);

    // Operators.
    ExprId unary(ast::UnaryOp op, ExprId operand, Span span);
    ExprId conditional(ExprId then_value, ExprId condition, ExprId else_value, Span span);
    ExprId arithmetic(ast::BinaryOp op, ExprId left, ExprId right, Span span);
    ExprId product(ast::BinaryOp op, ExprId left, ExprId right, Span span);
    ExprId power(ExprId base, ExprId exponent, Span span);
    ExprId whole_power(ExprId base, std::int64_t exponent, Span span);
    ExprId comparison(ast::BinaryOp op, ExprId left, ExprId right, Span span);
    ExprId logic(ast::BinaryOp op, ExprId left, ExprId right, Span span);
    bool numbers(ExprId left, ExprId right, Span span);
    bool same_unit(ExprId left, ExprId right, Span span, const std::string& what,
                   bool tight = false);
    /// Both to real numbers unless both are integers; true if both are.
    bool promote(ExprId& left, ExprId& right);

    // Calls.
    ExprId call(const ast::Call& call, Span span);
    [[nodiscard]] bool is_past_value(const ast::Call& call) const;
    ExprId builtin(model::Builtin function, std::vector<ExprId> args, Span span);
    ExprId same_rule(model::Builtin function, std::vector<ExprId> args, Span span);
    ExprId random(model::Distribution function, std::vector<ExprId> args, Span span);
    ExprId to_integer(ExprId arg, Span span);
    ExprId user_function(const ast::Function& function, const FileScope& home,
                         std::vector<ExprId> args, Span span);
    ExprId table(const External& external, std::vector<ExprId> args, Span span);
    ExprId nernst(const std::vector<ExprId>& args, Span span);
    ExprId ghk(const std::vector<ExprId>& args, Span span);
    ExprId thermal(ExprId valence, Span span);
    ExprId unknown_function(const std::string& name, Span span);
    bool arity(const std::string& name, std::size_t wanted, std::size_t found, Span span,
               std::string_view form = {});
    bool fit_argument(ExprId& arg, const Term& term, const std::string& function,
                      std::size_t index);

    Draft& draft_;
    const ExprContext& context_;
    struct Literal {
        std::string number; // as written
        int exponent10 = 0;
    };
    std::unordered_map<std::uint32_t, ExprId> results_;   // by ast::ExprId
    std::unordered_map<std::uint32_t, Literal> literals_; // quantities, by ast::ExprId
};

} // namespace hhc::sema
