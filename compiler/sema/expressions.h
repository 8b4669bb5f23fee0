// SPDX-License-Identifier: MIT
// From an expression of the tree to one of the model: names resolved, types and units checked.
#pragma once

#include "sema/draft.h"

#include <map>
#include <string>
#include <utility>

namespace hhc::sema {

/// Where an expression stands; it decides what may occur in it.
enum class Place : std::uint8_t {
    Derivative,    // of a differential equation
    Subexpression, // evaluated where it is used
    PerStep,       // constant over dt
    Constant,      // const, param, and what else is fixed before a run
    Initial,       // init
    Condition,     // of an event
    Statement,     // of a block
    Refractory,
};

/// Names assigned in a block of statements.
struct Locals {
    model::Block* block = nullptr;
    std::map<std::string, std::uint32_t> index; // of the locals that have a value so far
    std::map<std::string, Span> later;          // assigned further down
    std::vector<Term> terms;                    // by index
    std::vector<bool> poisoned;
    std::vector<bool> read;
};

struct ExprContext {
    const Scope& scope;
    Place place;
    std::string stream; // "rate v", "event spike": random streams are counted within it
    Locals* locals = nullptr;
    const std::map<std::string, ExprId>* arguments = nullptr; // of a function being inlined
    diag::Sink* sink = nullptr;                               // none: the scope's, or the draft's
    int inlined = 0;                                          // depth of function calls
};

[[nodiscard]] ExprId check_expression(Draft& draft, const ExprContext& context, ast::ExprId id);

/// A binary operation of two checked operands, as `x += e` needs it.
[[nodiscard]] ExprId check_binary(Draft& draft, const ExprContext& context, ast::BinaryOp op,
                                  ExprId left, ExprId right, Span span);

/// Makes `value` fit the declared type of `what` ("`I`"): numbers are converted, a wrong unit or
/// type is reported.
[[nodiscard]] ExprId fit_definition(Draft& draft, const ExprContext& context, ExprId value,
                                    const model::Type& type, const std::string& what);
/// The same with a unit that may be unknown, a code and a full message for the unit.
[[nodiscard]] ExprId fit(Draft& draft, const ExprContext& context, ExprId value, Scalar scalar,
                         const Term& term, diag::Code code, const std::string& what);

/// A boolean, or a report.
[[nodiscard]] ExprId fit_condition(Draft& draft, const ExprContext& context, ExprId value,
                                   const std::string& what);

[[nodiscard]] diag::Sink& sink_of(const Draft& draft, const ExprContext& context);
/// How the unit of an expression is shown: "`mV`", "a plain number".
[[nodiscard]] std::string shown(const Draft& draft, ExprId id);
[[nodiscard]] std::string shown(const Term& term);

} // namespace hhc::sema
