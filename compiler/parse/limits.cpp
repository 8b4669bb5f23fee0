// SPDX-License-Identifier: MIT
#include "parse/limits.h"

#include "grammar/HhmLexer.h"
#include "parse/token_class.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

namespace hhc::parse {
namespace {

using L = hhm::HhmLexer;

/// Length of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80U) {
        return 1;
    }
    if (first >= 0xC2U && first <= 0xDFU) {
        return tail(1) ? 2 : 0;
    }
    if (first >= 0xE0U && first <= 0xEFU) {
        const bool overlong = first == 0xE0U && byte(1) < 0xA0U;
        const bool surrogate = first == 0xEDU && byte(1) >= 0xA0U;
        return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xF0U && first <= 0xF4U) {
        const bool overlong = first == 0xF0U && byte(1) < 0x90U;
        const bool beyond = first == 0xF4U && byte(1) >= 0x90U;
        return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

bool check_utf8(const source::SourceFile& source, diag::Sink& sink) {
    const std::string_view text = source.text();
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = sequence_length(text.substr(i));
        if (length == 0) {
            const auto at = static_cast<std::uint32_t>(i);
            sink.report(diag::Code::InvalidUtf8, {source.id(), at, at + 1},
                        fmt::format("byte 0x{:02x} is not valid UTF-8",
                                    static_cast<unsigned char>(text[i])))
                .note("save the file as UTF-8; only comments and docstrings may go beyond ASCII");
            return false;
        }
        i += length;
    }
    return true;
}

} // namespace

bool check_bytes(const source::SourceFile& source, diag::Sink& sink) {
    const std::string_view text = source.text();
    if (text.size() > max_file_bytes) {
        sink.report(diag::Code::FileTooLarge, {source.id(), 0, 0},
                    fmt::format("the text has {:.1f} MB; the limit is {} MB",
                                static_cast<double>(text.size()) / (1U << 20U),
                                max_file_bytes >> 20U))
            .note("split the model into files and `import` them");
        return false;
    }
    for (std::uint32_t line = 1; line <= source.line_count(); ++line) {
        const std::size_t length = source.line(line).size();
        if (length > max_line_bytes) {
            const std::uint32_t start = source.line_start(line);
            sink.report(diag::Code::LineTooLong, {source.id(), start, start},
                        fmt::format("line {} has {} kB; the limit is {} kB", line, length >> 10U,
                                    max_line_bytes >> 10U));
            return false;
        }
    }
    return check_utf8(source, sink);
}

bool check_nesting(const std::vector<ast::Token>& tokens, std::span<const std::uint32_t> piece,
                   diag::Sink& sink) {
    struct LevelState {
        std::size_t tight = 0; // signs and powers of the current term
        std::size_t loose = 0; // `not` and `else`, which reach to the end of the level
    };
    std::vector<LevelState> levels(1);
    std::size_t open = 0; // sum over the levels
    TokenType before = 0;
    for (const std::uint32_t index : piece) {
        const TokenType type = tokens[index].type;
        const bool sign = (type == L::PLUS || type == L::MINUS) && !ends_operand(before);
        if (type == L::LPAR || type == L::LBRACK) {
            levels.emplace_back();
            ++open;
        } else if ((type == L::RPAR || type == L::RBRACK) && levels.size() > 1) {
            open -= 1 + levels.back().tight + levels.back().loose;
            levels.pop_back();
        } else if (sign || type == L::POW) {
            ++levels.back().tight;
            ++open;
        } else if (type == L::NOT || type == L::ELSE) {
            ++levels.back().loose;
            ++open;
        } else if (is_binary_operator(type) || type == L::COMMA || type == L::IF) {
            open -= levels.back().tight;
            levels.back().tight = 0;
            if (type == L::COMMA) {
                open -= levels.back().loose;
                levels.back().loose = 0;
            }
        }
        if (open > max_nesting) {
            sink.report(diag::Code::NestingTooDeep, tokens[index].span,
                        fmt::format("brackets and operators are nested more than {} deep here",
                                    max_nesting))
                .note("name inner parts as equations of their own");
            return false;
        }
        before = type;
    }
    return true;
}

/// Whether a colon stands before: what follows is a unit and its flags.
static bool after_unit(const std::vector<ast::Token>& tokens, std::span<const std::uint32_t> piece,
                       std::uint32_t token) {
    return std::any_of(piece.begin(), piece.end(),
                       [&](std::uint32_t i) { return i < token && tokens[i].type == L::COLON; });
}

bool check_foreign(const source::SourceFile& source, const std::vector<ast::Token>& tokens,
                   std::span<const std::uint32_t> piece, diag::Sink& sink) {
    const auto found = std::find_if(piece.begin(), piece.end(),
                                    [&](std::uint32_t i) { return is_foreign(tokens[i].type); });
    if (found == piece.end()) {
        return true;
    }
    Span at = tokens[*found].span;
    const bool logical = tokens[*found].type == L::AMP || tokens[*found].type == L::BAR;
    if (logical && std::next(found) != piece.end() &&
        tokens[*std::next(found)].type == tokens[*found].type) {
        at.end = tokens[*std::next(found)].span.end; // `&&`, `||`
    }
    const auto own = [&](std::string_view replacement, std::string hint) {
        sink.report(diag::Code::ForeignOperator, at,
                    fmt::format("`{}` is not an operator of the language",
                                source.text().substr(at.begin, at.end - at.begin)))
            .fix(at, std::string(replacement), std::move(hint));
    };
    switch (tokens[*found].type) {
    case L::CARET:
        own("**", "powers are written `**`");
        return false;
    case L::AMP:
        own("and", "the logical operator is `and`");
        return false;
    case L::BAR:
        if (std::count_if(piece.begin(), piece.end(),
                          [&](std::uint32_t i) { return tokens[i].type == L::BAR; }) == 2 &&
            at.end == tokens[*found].span.end) {
            sink.report(diag::Code::ForeignOperator, at, "`|` is not an operator of the language")
                .note("an absolute value is written `abs(x)`");
            return false;
        }
        own("or", "the logical operator is `or`");
        return false;
    case L::BANG:
        own("not ", "the logical operator is `not`");
        return false;
    case L::LBRACK:
    case L::RBRACK:
        if (found != piece.begin() && after_unit(tokens, piece, *found)) {
            sink.report(diag::Code::NoIndexing, at, "flags stand in parentheses")
                .note("as in `: volt (unless refractory)`");
            return false;
        }
        sink.report(diag::Code::NoIndexing, at, "there is no indexing in equations")
            .note("a variable has one value per entity; `v_pre` and `v_post` name the two sides of "
                  "a synapse, `f(t, i)` reads a timed array");
        return false;
    default:
        break;
    }
    const std::string_view text = source.text();
    if (text[at.begin] == '"') {
        sink.report(diag::Code::UnclosedString, at, "a string begins here and is never closed");
        return false;
    }
    while (at.end < text.size() && (static_cast<unsigned char>(text[at.end]) & 0xC0U) == 0x80U) {
        ++at.end; // the bytes of one character
    }
    const auto byte = static_cast<unsigned char>(text[at.begin]);
    const std::string shown = byte < 0x20U || byte == 0x7FU
                                  ? fmt::format("the control character 0x{:02x}", byte)
                                  : fmt::format("`{}`", text.substr(at.begin, at.end - at.begin));
    auto report = sink.report(diag::Code::BadCharacter, at, shown + " is not part of the language");
    if (byte >= 0x80U) {
        report.note(
            "names are made of ASCII letters, digits and `_`; other characters may stand in "
            "comments and docstrings");
    } else if (byte == '\'') {
        report.note("docstrings and file names stand in double quotes; the derivative of `v` is "
                    "written `dv/dt`");
    } else if (byte == '\\') {
        report.note("an expression goes on in the next line inside brackets or after an operator");
    }
    return false;
}

} // namespace hhc::parse
