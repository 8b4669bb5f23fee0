// SPDX-License-Identifier: MIT
// Text to syntax tree. Each function always returns a tree; what could not be read is an ErrorItem
// or ErrorExpr in it, and a diagnostic in the sink. One syntax error at most per statement.
#pragma once

#include "ast/nodes.h"
#include "diag/sink.h"
#include "source/source_file.h"

#include <string_view>
#include <vector>

namespace hhc::parse {

/// A whole `.hhm` file.
[[nodiscard]] ast::File parse_file(const source::SourceFile& source, diag::Sink& sink);

/// Equations as in a Brian 2 string: items of the result are equations (or errors).
[[nodiscard]] ast::File parse_equations(const source::SourceFile& source, diag::Sink& sink);

/// A single expression (a threshold, a refractory condition, an assigned string); its nodes are
/// added to the arena of `into`.
[[nodiscard]] ast::ExprId parse_expression(const source::SourceFile& source, ast::File& into,
                                           diag::Sink& sink);

/// Statements (a reset, on_pre, run_regularly string), one a line or parted by `;`.
[[nodiscard]] std::vector<ast::Statement> parse_statements(const source::SourceFile& source,
                                                           ast::File& into, diag::Sink& sink);

/// A unit as it stands after a colon.
[[nodiscard]] ast::UnitExpr parse_unit(const source::SourceFile& source, diag::Sink& sink);

/// Name of a token type for `--emit=tokens`: "NAME", "POW".
[[nodiscard]] std::string_view token_name(std::uint16_t type);
/// One token a line: place, name, text.
[[nodiscard]] std::string dump_tokens(const source::SourceFile& source, const ast::File& file);

} // namespace hhc::parse
