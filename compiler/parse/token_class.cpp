// SPDX-License-Identifier: MIT
#include "parse/token_class.h"

#include "grammar/HhmLexer.h"
#include "parse/parse.h"

#include <initializer_list>

namespace hhc::parse {
namespace {

using L = hhm::HhmLexer;

bool one_of(TokenType type, std::initializer_list<int> set) {
    for (const int member : set) {
        if (type == member) {
            return true;
        }
    }
    return false;
}

} // namespace

bool is_name(TokenType type) {
    return type == L::NAME || (type >= L::HHM && type <= L::D);
}

bool is_hard_keyword(TokenType type) {
    return type >= L::IF && type <= L::FALSE;
}

bool is_comparison(TokenType type) {
    return type >= L::EQ && type <= L::GT;
}

bool is_binary_operator(TokenType type) {
    return is_comparison(type) || one_of(type, {L::POW, L::IDIV, L::STAR, L::SLASH, L::PERCENT,
                                                L::PLUS, L::MINUS, L::AND, L::OR});
}

bool is_assignment(TokenType type) {
    return type >= L::ADDA && type <= L::ASSIGN;
}

bool is_foreign(TokenType type) {
    return one_of(type, {L::LBRACK, L::RBRACK, L::CARET, L::AMP, L::BAR, L::BANG, L::BAD});
}

bool cannot_end_statement(TokenType type) {
    return is_binary_operator(type) || is_assignment(type) ||
           one_of(type, {L::COMMA, L::COLON, L::NOT, L::IF, L::ELSE, L::DOT, L::BIARROW, L::ARROW,
                         L::CARET, L::AMP, L::BAR});
}

bool cannot_begin_statement(TokenType type) {
    return is_binary_operator(type) || is_assignment(type) ||
           one_of(type, {L::COMMA, L::COLON, L::IF, L::ELSE, L::DOT, L::BIARROW, L::ARROW, L::LPAR,
                         L::RPAR, L::LBRACK, L::RBRACK, L::CARET, L::AMP, L::BAR});
}

bool ends_operand(TokenType type) {
    return is_name(type) || one_of(type, {L::NUMBER, L::RPAR, L::RBRACK, L::TRUE, L::FALSE});
}

bool opens_block(TokenType type) {
    return one_of(type, {L::CHANNEL, L::NEURON, L::SYNAPSE, L::CELL});
}

bool opens_sub_block(TokenType type) {
    return one_of(type, {L::GATE, L::ION, L::KINETIC, L::RESET, L::ON, L::UPDATE});
}

bool begins_item(TokenType type) {
    return one_of(type, {L::PARAM, L::CONST, L::USE, L::INSERT, L::INPUT, L::NEEDS, L::INIT,
                         L::METHOD, L::EVENT, L::IMPORT, L::FUNCTION}) ||
           opens_block(type) || one_of(type, {L::GATE, L::ION, L::KINETIC, L::ON});
}

std::string_view token_name(std::uint16_t type) {
    static const std::vector<std::string> names = [] {
        antlr4::ANTLRInputStream empty;
        const L lexer(&empty);
        std::vector<std::string> result;
        for (std::size_t i = 0; i <= lexer.getVocabulary().getMaxTokenType(); ++i) {
            result.push_back(lexer.getVocabulary().getSymbolicName(i));
        }
        return result;
    }();
    return type < names.size() ? std::string_view(names[type]) : std::string_view("EOF");
}

} // namespace hhc::parse
