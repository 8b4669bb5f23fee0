// SPDX-License-Identifier: MIT
// For parse and format: cuts the tokens of a text into statements and blocks, before ANTLR. Newline
// rule and bracket matching live here, so that one mistake spoils one statement only.
#pragma once

#include "ast/nodes.h"
#include "diag/sink.h"
#include "source/source_file.h"

#include <cstdint>
#include <vector>

namespace hhc::parse {

/// A statement, or the head of a block with the statements inside its braces.
struct Piece {
    std::vector<std::uint32_t> tokens; // indices into the token vector, no newlines
    bool has_block = false;
    bool broken = false; // reported already: not to be parsed
    bool open = false;   // its block is never closed: what it holds may belong elsewhere
    std::vector<Piece> body;
    std::uint32_t end_token = 0; // one past the last token, the closing brace included
};

/// The statements of a whole text. `braces` is false for equation strings and statement lists,
/// where a brace is a mistake.
[[nodiscard]] std::vector<Piece> split(const source::SourceFile& source,
                                       const std::vector<ast::Token>& tokens, bool braces,
                                       diag::Sink& sink);

} // namespace hhc::parse
