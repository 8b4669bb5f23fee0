// SPDX-License-Identifier: MIT
// Values that are known at compile time: their evaluation, and constants at the top of a file.
#pragma once

#include "sema/draft.h"

#include <optional>
#include <variant>
#include <vector>

namespace hhc::sema {

/// Why an expression has no value at compile time.
struct NotFixed {
    VariableId reads;    // the first variable that changes; none: something else
    std::string reason;  // "it contains a random function"; empty if `reads` says it
    bool silent = false; // poisoned: reported already
};

/// The value of an expression of numbers, constants and default values of parameters. Defines what
/// it reads. With `frozen_only`, parameters do not count.
[[nodiscard]] std::variant<double, NotFixed> evaluate(Draft& draft, ExprId id,
                                                      bool frozen_only = false);

/// What an operation or a call of the language gives for the values of its arguments.
[[nodiscard]] double operation_value(const model::Expr& expr, const std::vector<double>& args);

/// The value as an exact small fraction, if it is one.
[[nodiscard]] std::optional<Rational> as_rational(double value);

/// The variable of a `const` at the top of a file, made when first used.
[[nodiscard]] VariableId top_level_constant(Draft& draft, const ast::Const& constant,
                                            const FileScope& home);

/// Gives a variable that is fixed at compile time its value; reports what prevents it.
void fix_value(Draft& draft, VariableId id);

/// Turns the parameters that an expression reads into frozen ones, with a remark: their value
/// decides a unit.
void freeze_for_exponent(Draft& draft, ExprId id);

} // namespace hhc::sema
