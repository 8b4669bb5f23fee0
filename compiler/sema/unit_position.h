// SPDX-License-Identifier: MIT
// What stands after a colon: the type, and the unit in which people want to see the values.
#pragma once

#include "ast/nodes.h"
#include "diag/sink.h"
#include "model/model.h"

#include <optional>

namespace hhc::sema {

struct DeclaredUnit {
    model::Type type;
    model::DisplayUnit display;
    bool poisoned = false; // reported already
};

[[nodiscard]] DeclaredUnit read_unit(const ast::UnitExpr& unit, diag::Sink& sink);

/// A unit to a power, such as the `cm**2` of `120 mS/cm**2`: 10**exponent10 SI units.
struct UnitPower {
    int exponent10 = 0;
    units::Dimension dimension;
};

[[nodiscard]] std::optional<UnitPower> unit_power(const ast::File& file, ast::ExprId id);

/// The unit of a literal such as `120 mS/cm**2` or `0.02/ms`, for declarations that give a value
/// and no unit; nothing if the expression is more than a number with a unit.
[[nodiscard]] std::optional<model::DisplayUnit> literal_unit(const ast::File& file, ast::ExprId id);

} // namespace hhc::sema
