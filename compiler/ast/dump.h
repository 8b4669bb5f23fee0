// SPDX-License-Identifier: MIT
// The tree as indented text (`--emit=ast`), stable enough for golden tests.
#pragma once

#include "ast/nodes.h"

#include <string>
#include <string_view>

namespace hhc::ast {

[[nodiscard]] std::string dump(const File& file);
/// One expression with every operation parenthesised: "(a + (b * c))".
[[nodiscard]] std::string dump_expr(const File& file, ExprId id);
/// "amp*meter**-2"
[[nodiscard]] std::string dump_unit(const UnitExpr& unit);

/// The operator as written: "+", "**", "and".
[[nodiscard]] std::string_view spelling(BinaryOp op);
[[nodiscard]] std::string_view spelling(UnaryOp op);
[[nodiscard]] std::string_view spelling(AssignOp op);
[[nodiscard]] std::string_view spelling(BlockKind kind);
[[nodiscard]] std::string_view spelling(EquationKind kind);

} // namespace hhc::ast
