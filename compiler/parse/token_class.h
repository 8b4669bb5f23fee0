// SPDX-License-Identifier: MIT
// Private to parse: kinds of tokens as the newline rule and the messages see them.
#pragma once

#include "ast/nodes.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace hhc::parse {

using TokenType = std::uint16_t;

[[nodiscard]] bool is_name(TokenType type);            // a name or a soft keyword
[[nodiscard]] bool is_hard_keyword(TokenType type);    // if else and or not True False
[[nodiscard]] bool is_binary_operator(TokenType type); // arithmetic, comparison, and, or
[[nodiscard]] bool is_comparison(TokenType type);      // < <= > >= == !=
[[nodiscard]] bool is_assignment(TokenType type);      // = += ...
[[nodiscard]] bool is_foreign(TokenType type);         // ^ & | ! [ ] and stray bytes
[[nodiscard]] bool cannot_end_statement(TokenType type);
[[nodiscard]] bool cannot_begin_statement(TokenType type);
[[nodiscard]] bool ends_operand(TokenType type); // a name, a number, a closing bracket

/// channel, neuron, synapse, cell
[[nodiscard]] bool opens_block(TokenType type);
/// gate, ion, kinetic, reset, on, update
[[nodiscard]] bool opens_sub_block(TokenType type);
/// Words that begin a statement of a block and nothing else when a name follows.
[[nodiscard]] bool begins_item(TokenType type);

} // namespace hhc::parse
