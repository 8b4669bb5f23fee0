// SPDX-License-Identifier: MIT
// Private to parse: a syntax error in the words of the language; ANTLR's own are never shown.
#pragma once

#include "ast/nodes.h"
#include "diag/sink.h"
#include "source/source_file.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace hhc::parse {

/// A statement that a grammar rule refused.
struct RefusedPiece {
    const source::SourceFile& source;
    const std::vector<ast::Token>& tokens;
    std::span<const std::uint32_t> piece;
    std::size_t position; // index in the piece of the offending token, or its size
    const std::vector<std::size_t>& within; // grammar rules, innermost first
    std::string_view where;                 // "a neuron", "a gate": for the fallback
};

void report_syntax_error(const RefusedPiece& refused, diag::Sink& sink);

} // namespace hhc::parse
