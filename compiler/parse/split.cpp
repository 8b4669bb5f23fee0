// SPDX-License-Identifier: MIT
#include "parse/split.h"

#include "grammar/HhmLexer.h"
#include "parse/token_class.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace hhc::parse {
namespace {

using L = hhm::HhmLexer;

/// How far inside: at top level, in a neuron or channel, in a gate or event block.
enum class Level : std::uint8_t { Top, Block, SubBlock };

class Splitter {
public:
    Splitter(const source::SourceFile& source, const std::vector<ast::Token>& all, bool braces,
             diag::Sink& sink)
        : source_(source), all_(all), braces_(braces), sink_(sink) {
        for (std::uint32_t i = 0; i < all.size(); ++i) {
            if (!all[i].hidden) {
                visible_.push_back(i);
            }
        }
    }

    std::vector<Piece> run() {
        std::vector<Piece> pieces;
        while (at_ < visible_.size()) {
            body(Level::Top, pieces);
            if (at_ < visible_.size()) { // stopped at a brace that closes nothing
                sink_.report(diag::Code::UnmatchedBrace, span(at_), "`}` closes no block");
                ++at_;
            }
        }
        return pieces;
    }

private:
    [[nodiscard]] TokenType type(std::size_t i) const {
        return i < visible_.size() ? all_[visible_[i]].type : TokenType{0};
    }
    [[nodiscard]] Span span(std::size_t i) const { return all_[visible_[i]].span; }
    [[nodiscard]] std::string text(std::size_t i) const {
        const Span at = span(i);
        return std::string(source_.text().substr(at.begin, at.end - at.begin));
    }
    [[nodiscard]] std::size_t after_newlines(std::size_t i) const {
        while (type(i) == L::NL) {
            ++i;
        }
        return i;
    }

    /// `neuron NAME`, `gate NAME`, `reset`, `on NAME ...` or `update ...` with `{` after it: which
    /// level of body it opens.
    [[nodiscard]] std::optional<Level> head_at(std::size_t i) const {
        if (opens_block(type(i)) && is_name(type(i + 1)) &&
            type(after_newlines(i + 2)) == L::LBRACE) {
            return Level::Block;
        }
        if (!opens_sub_block(type(i)) || is_assignment(type(i + 1)) || type(i + 1) == L::COLON) {
            return std::nullopt;
        }
        for (std::size_t k = i + 1; type(k) != 0 && type(k) != L::NL && type(k) != L::SEMI; ++k) {
            if (type(k) == L::LBRACE) {
                return Level::SubBlock;
            }
        }
        return std::nullopt;
    }

    /// A complete head whose brace was forgotten.
    [[nodiscard]] std::optional<Level> bare_head(const Piece& piece) const {
        const auto kind = [&](std::size_t i) { return all_[piece.tokens[i]].type; };
        const std::size_t count = piece.tokens.size();
        if (count == 2 && opens_block(kind(0)) && is_name(kind(1))) {
            return Level::Block;
        }
        const bool named = count == 2 && is_name(kind(1)) &&
                           (kind(0) == L::GATE || kind(0) == L::ION || kind(0) == L::KINETIC ||
                            kind(0) == L::ON || kind(0) == L::UPDATE);
        const bool bare = count == 1 && (kind(0) == L::RESET || kind(0) == L::UPDATE);
        return named || bare ? std::optional(Level::SubBlock) : std::nullopt;
    }

    /// Statements up to a closing brace of this body, the end, or a sign that the brace is missing.
    void body(Level level, std::vector<Piece>& pieces) {
        for (;;) {
            while (type(at_) == L::NL || type(at_) == L::SEMI) {
                ++at_;
            }
            if (type(at_) == 0 || type(at_) == L::RBRACE) {
                return;
            }
            const std::optional<Level> head = head_at(at_);
            if (braces_ && head && level != Level::Top && *head <= level) {
                return; // a block cannot stand here: the enclosing one was not closed
            }
            if (level == Level::SubBlock && leaves_sub_block()) {
                return;
            }
            pieces.push_back(piece(level));
        }
    }

    /// Statements of a neuron that no gate and no event block has.
    [[nodiscard]] bool leaves_sub_block() const {
        switch (type(at_)) {
        case L::USE:
        case L::INPUT:
        case L::METHOD:
        case L::NEEDS:
        case L::EVENT:
            return is_name(type(at_ + 1));
        case L::THRESHOLD:
        case L::REFRACTORY:
            return is_name(type(at_ + 1)) || type(at_ + 1) == L::NUMBER;
        default:
            return false;
        }
    }

    Piece piece(Level level) {
        Piece result;
        statement(result);
        if (!braces_) {
            return result;
        }
        std::size_t brace = at_;
        if (type(brace) == L::NL && type(after_newlines(brace)) == L::LBRACE) {
            brace = after_newlines(brace);
        }
        if (type(brace) == L::LBRACE) {
            at_ = brace;
            block(result, level);
        } else if (const auto head = bare_head(result); head && !result.broken) {
            missing_brace(result, *head);
        }
        result.end_token =
            at_ < visible_.size() ? visible_[at_] : static_cast<std::uint32_t>(all_.size());
        return result;
    }

    void block(Piece& piece, Level outside) {
        const std::size_t open = at_;
        piece.has_block = true;
        ++at_;
        Level inside = Level::SubBlock;
        if (!piece.tokens.empty() && opens_block(all_[piece.tokens[0]].type)) {
            inside = Level::Block;
        }
        if (outside == Level::SubBlock) {
            sink_.report(diag::Code::UnexpectedBlock, span(open), "`{` cannot stand here")
                .note("a gate, an event or an update has no blocks inside");
            piece.broken = true;
            at_ = open;
            skip_braces();
            return;
        }
        body(inside, piece.body);
        if (type(at_) == L::RBRACE) {
            ++at_;
            return;
        }
        piece.open = true;
        const Span head = piece.tokens.empty() ? span(open) : head_span(piece);
        auto report = sink_.report(diag::Code::UnclosedBlock, span(open),
                                   "`{` of `" + source_text(head) + "` is never closed");
        if (type(at_) != 0) {
            report.note_at(span(at_),
                           "`" + text(at_) + "` cannot stand inside it: is `}` missing before?");
        } else {
            report.note("the text ends before its `}`");
        }
    }

    void missing_brace(Piece& piece, Level inside) {
        const Span head = head_span(piece);
        sink_
            .report(diag::Code::MissingBlock, {head.file, head.end, head.end},
                    "expected `{` after `" + source_text(head) + "`")
            .fix({head.file, head.end, head.end}, " {", "write `" + source_text(head) + " {`");
        piece.has_block = true;
        body(inside, piece.body);
        if (type(at_) == L::RBRACE) {
            ++at_;
        }
    }

    [[nodiscard]] Span head_span(const Piece& piece) const {
        const Span first = all_[piece.tokens.front()].span;
        return {first.file, first.begin, all_[piece.tokens.back()].span.end};
    }
    [[nodiscard]] std::string source_text(Span at) const {
        return std::string(source_.text().substr(at.begin, at.end - at.begin));
    }

    /// Tokens up to the end of a statement; at_ is left on what ended it.
    void statement(Piece& piece) {
        std::vector<std::size_t> open;
        for (; type(at_) != 0; ++at_) {
            const TokenType kind = type(at_);
            if (kind == L::NL) {
                if (newline_ends(piece, !open.empty())) {
                    break;
                }
                continue;
            }
            if (kind == L::LBRACE || kind == L::RBRACE) {
                if (braces_) {
                    break;
                }
                sink_.report(diag::Code::UnexpectedBlock, span(at_),
                             "braces belong to `.hhm` files, not to equation strings");
                piece.broken = true;
                skip_braces();
                break;
            }
            if (kind == L::SEMI) {
                break;
            }
            if (kind == L::LPAR || kind == L::LBRACK) {
                open.push_back(at_);
            } else if (kind == L::RPAR || kind == L::RBRACK) {
                close(piece, open);
            }
            piece.tokens.push_back(visible_[at_]);
        }
        if (!open.empty() && !piece.broken) {
            sink_.report(diag::Code::UnclosedBracket, span(open.back()),
                         "`" + text(open.back()) + "` is never closed");
            piece.broken = true;
        }
    }

    void skip_braces() {
        int depth = 0;
        do {
            depth += type(at_) == L::LBRACE ? 1 : 0;
            depth -= type(at_) == L::RBRACE ? 1 : 0;
            ++at_;
        } while (type(at_) != 0 && depth > 0);
    }

    void close(Piece& piece, std::vector<std::size_t>& open) {
        const TokenType opener = type(at_) == L::RPAR ? L::LPAR : L::LBRACK;
        if (!open.empty() && type(open.back()) == opener) {
            open.pop_back();
            return;
        }
        if (!piece.broken) {
            auto report = sink_.report(diag::Code::UnmatchedBracket, span(at_),
                                       "`" + text(at_) + "` closes no bracket");
            if (!open.empty()) {
                report.note_at(span(open.back()),
                               "the open bracket is `" + text(open.back()) + "`");
            }
        }
        piece.broken = true;
    }

    /// The newline rule. Inside brackets a newline counts only if the bracket was evidently left
    /// open: the next line begins like a statement.
    [[nodiscard]] bool newline_ends(const Piece& piece, bool in_brackets) const {
        const std::size_t next = after_newlines(at_);
        if (piece.tokens.empty()) {
            return false;
        }
        const TokenType before = all_[piece.tokens.back()].type;
        if (in_brackets) {
            return bracket_left_open(piece, before, next);
        }
        if (type(next) == L::IF && has_colon(piece)) {
            return true; // no expression is left open behind a unit
        }
        if (type(next) == 0 || cannot_begin_statement(type(next))) {
            return type(next) == 0;
        }
        if (!cannot_end_statement(before)) {
            return true;
        }
        if (before == L::COLON && is_name(type(next)) && type(next + 1) == L::COLON) {
            return true;
        }
        return begins_definition(next) ||
               (is_name(type(next)) && type(next + 1) == L::ASSIGN && before != L::COMMA);
    }

    [[nodiscard]] bool has_colon(const Piece& piece) const {
        return std::any_of(piece.tokens.begin(), piece.tokens.end(),
                           [&](std::uint32_t i) { return all_[i].type == L::COLON; });
    }

    [[nodiscard]] bool bracket_left_open(const Piece& piece, TokenType before,
                                         std::size_t next) const {
        if (type(next) == 0 || cannot_begin_statement(type(next))) {
            return false;
        }
        const bool begins_with_word = is_name(type(next));
        const bool after_colon = has_colon(piece); // in flags, where words may stand side by side
        if (ends_operand(before) && !after_colon) {
            return begins_with_word && type(next) != L::AS && type(next) != L::CROSSES;
        }
        const bool function = all_[piece.tokens.front()].type == L::FUNCTION;
        const bool declares = begins_with_word && type(next + 1) == L::COLON && !function;
        const bool defines = begins_with_word && type(next + 1) == L::ASSIGN && after_colon;
        return declares || defines || begins_definition(next);
    }

    /// `dv/dt =`, `d v/dt =`, `param NAME`, `gate NAME`, ...
    [[nodiscard]] bool begins_definition(std::size_t i) const {
        const bool keyword = begins_item(type(i)) || type(i) == L::THRESHOLD ||
                             type(i) == L::RESET || type(i) == L::REFRACTORY;
        if (keyword && is_name(type(i + 1)) && type(i + 1) != L::CROSSES) {
            return true;
        }
        const std::size_t slash = type(i) == L::D && is_name(type(i + 1)) ? i + 2 : i + 1;
        return is_name(type(i)) && type(slash) == L::SLASH && is_name(type(slash + 1)) &&
               type(slash + 2) == L::ASSIGN;
    }

    const source::SourceFile& source_;
    const std::vector<ast::Token>& all_;
    bool braces_;
    diag::Sink& sink_;
    std::vector<std::uint32_t> visible_;
    std::size_t at_ = 0;
};

} // namespace

std::vector<Piece> split(const source::SourceFile& source, const std::vector<ast::Token>& tokens,
                         bool braces, diag::Sink& sink) {
    return Splitter(source, tokens, braces, sink).run();
}

} // namespace hhc::parse
