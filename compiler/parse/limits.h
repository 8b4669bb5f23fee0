// SPDX-License-Identifier: MIT
// Private to parse: what a text must satisfy before ANTLR sees it. ANTLR's recursion and memory are
// bounded by these limits, not by its own care.
#pragma once

#include "ast/nodes.h"
#include "diag/sink.h"
#include "parse/split.h"
#include "source/source_file.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hhc::parse {

inline constexpr std::size_t max_file_bytes = std::size_t{4} << 20U;
inline constexpr std::size_t max_line_bytes = std::size_t{64} << 10U;
inline constexpr std::size_t max_nesting = 200;

/// Size, length of lines, UTF-8. False: reported, do not even split into tokens.
[[nodiscard]] bool check_bytes(const source::SourceFile& source, diag::Sink& sink);

/// Nesting of brackets and of unary, `**`, `not` and `else` chains in one statement.
[[nodiscard]] bool check_nesting(const std::vector<ast::Token>& tokens,
                                 std::span<const std::uint32_t> piece, diag::Sink& sink);

/// Tokens that belong to no statement at all: operators of other languages, stray characters.
[[nodiscard]] bool check_foreign(const source::SourceFile& source,
                                 const std::vector<ast::Token>& tokens,
                                 std::span<const std::uint32_t> piece, diag::Sink& sink);

} // namespace hhc::parse
