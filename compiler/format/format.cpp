// SPDX-License-Identifier: MIT
// Statements come from the splitter, blanks from Spacing; this file lays out lines: indentation,
// blocks, comments, empty lines.
#include "format/format.h"

#include "ast/dump.h"
#include "diag/sink.h"
#include "format/spacing.h"
#include "parse/parse.h"
#include "parse/split.h"
#include "support/check.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace hhc::format {
namespace {

using parse::Piece;

constexpr std::size_t indent_width = 4;
constexpr std::size_t max_width = 100; // of a block on one line

struct Line {
    std::string text;
    std::string comment; // behind the text, or alone where there is none
    std::size_t indent = 0;
    bool blank_before = false;
};

bool starts_with(std::string_view text, char c) {
    return !text.empty() && text.front() == c;
}

/// Indentation that all lines of a docstring but the first share becomes `indent`.
std::string indented(std::string_view docstring, std::size_t indent) {
    std::vector<std::string> lines{""};
    for (const char c : docstring) {
        if (c == '\n') {
            lines.emplace_back();
        } else if (c != '\r') {
            lines.back() += c;
        }
    }
    std::size_t common = std::string::npos;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        lines[i].erase(lines[i].find_last_not_of(" \t") + 1);
        const std::size_t blanks = lines[i].find_first_not_of(" \t");
        const bool only_quotes = lines[i].find_first_not_of(" \t\"") == std::string::npos;
        common = only_quotes ? common : std::min(common, blanks);
    }
    std::string result = lines[0];
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const std::size_t own = lines[i].find_first_not_of(" \t");
        result.erase(result.find_last_not_of(" \t") + 1);
        result += '\n';
        if (own != std::string::npos) {
            result += std::string(indent, ' ') + lines[i].substr(std::min(own, common));
        }
    }
    return result;
}

class Printer {
public:
    Printer(const source::SourceFile& source, const ast::File& file)
        : text_(source.text()), tokens_(file.tokens), spacing_(source.text(), file) {}

    std::string run(const std::vector<Piece>& pieces) {
        body(pieces, 0, static_cast<std::uint32_t>(tokens_.size()));
        return joined();
    }

private:
    [[nodiscard]] std::string_view text(std::uint32_t token) const {
        const Span at = tokens_[token].span;
        return text_.substr(at.begin, at.end - at.begin);
    }
    [[nodiscard]] bool is_newline(std::uint32_t token) const {
        return text(token).ends_with('\n') && !tokens_[token].hidden;
    }
    [[nodiscard]] bool is_comment(std::uint32_t token) const {
        return starts_with(text(token), '#');
    }

    // ---- Comments and empty lines

    /// Comments from the last printed token to `until`. True: an empty line precedes `until`.
    bool comments(std::uint32_t until, std::size_t indent) {
        std::size_t newlines = 0;
        bool at_start = lines_.empty();
        for (; cursor_ < until; ++cursor_) {
            if (is_newline(cursor_)) {
                ++newlines;
            } else if (is_comment(cursor_)) {
                comment(indent, newlines == 0 && !at_start, newlines > 1);
                newlines = 0;
                at_start = false;
            } else if (!tokens_[cursor_].hidden) {
                newlines = 0; // a brace or a semicolon
            }
        }
        return newlines > 1;
    }

    void comment(std::size_t indent, bool behind, bool blank_before) {
        std::string words(text(cursor_));
        words.erase(words.find_last_not_of(" \t\r\f") + 1);
        if (behind && lines_.back().comment.empty()) {
            lines_.back().comment = std::move(words);
        } else {
            lines_.push_back({"", std::move(words), indent, blank_before});
        }
    }

    // ---- Statements

    /// Where a continued line begins: at the open bracket, at the value, or four columns in.
    class Continuation {
    public:
        explicit Continuation(std::size_t indent) : base_(indent + indent_width) {}

        /// `column` is where the next token would stand.
        void after(std::string_view token, std::size_t column, bool ends_line) {
            if (token == "(" || token == "[") {
                const std::size_t hanging = open_.empty() ? base_ : open_.back() + indent_width;
                open_.push_back(ends_line ? hanging : column);
                hanging_.push_back(ends_line);
            } else if ((token == ")" || token == "]") && !open_.empty()) {
                open_.pop_back();
                hanging_.pop_back();
            } else if (open_.empty() && token == ":") {
                value_ = 0; // a unit: what follows are flags
            } else if (open_.empty() && value_ == 0 && !ends_line &&
                       (token == "=" || token == "use")) {
                value_ = column;
            }
        }
        [[nodiscard]] std::size_t column(std::string_view next) const {
            if (next == ")" && !open_.empty()) {
                return hanging_.back() ? open_.back() - indent_width : open_.back() - 1;
            }
            return next == ":" && open_.empty() ? base_ : here();
        }

    private:
        [[nodiscard]] std::size_t here() const {
            if (!open_.empty()) {
                return open_.back();
            }
            return value_ != 0 ? value_ : base_;
        }
        std::size_t base_;
        std::size_t value_ = 0; // 0: none
        std::vector<std::size_t> open_;
        std::vector<bool> hanging_;
    };

    [[nodiscard]] bool breaks_between(std::uint32_t left, std::uint32_t right) const {
        for (std::uint32_t i = left + 1; i < right; ++i) {
            if (is_newline(i)) {
                return true;
            }
        }
        return false;
    }

    [[nodiscard]] std::string_view gap(const Piece& piece, std::size_t i) const {
        const ast::Token* before = i == 0 ? nullptr : &tokens_[piece.tokens[i - 1]];
        const ast::Token& left = tokens_[piece.tokens[i]];
        return spacing_.between(before, left, tokens_[piece.tokens[i + 1]]) ? " " : "";
    }

    void statement(const Piece& piece, std::size_t indent) {
        Continuation continuation(indent);
        std::size_t column = indent; // where the current line begins
        for (std::size_t i = 0; i < piece.tokens.size(); ++i) {
            const std::uint32_t token = piece.tokens[i];
            if (i > 0 && breaks_between(piece.tokens[i - 1], token)) {
                column = continuation.column(text(token));
                comments(token, column);
                lines_.push_back({"", "", column, false});
            }
            std::string& line = lines_.back().text;
            const bool docstring = starts_with(text(token), '"');
            line += docstring ? indented(text(token), indent) : std::string(text(token));
            cursor_ = token + 1;
            const bool last = i + 1 == piece.tokens.size();
            const bool ends_line = !last && breaks_between(token, piece.tokens[i + 1]);
            if (!last && !ends_line) {
                line += gap(piece, i);
            }
            continuation.after(text(token), column + line.size(), ends_line);
        }
    }

    // ---- Blocks

    [[nodiscard]] std::uint32_t closing_brace(const Piece& piece) const {
        std::uint32_t token = piece.end_token - 1;
        while (text(token) != "}") {
            --token;
        }
        return token;
    }

    /// The piece on one line, if it is written on one.
    [[nodiscard]] std::optional<std::string> one_line(const Piece& piece) const {
        std::string line;
        for (std::size_t i = 0; i < piece.tokens.size(); ++i) {
            if (text(piece.tokens[i]).find('\n') != std::string_view::npos) {
                return std::nullopt; // a docstring
            }
            line += text(piece.tokens[i]);
            line += i + 1 < piece.tokens.size() ? gap(piece, i) : "";
        }
        if (!piece.has_block) {
            return line;
        }
        const std::uint32_t close = closing_brace(piece);
        if (breaks_between(piece.tokens.front(), close)) {
            return std::nullopt;
        }
        std::string inside;
        for (const Piece& inner : piece.body) {
            const std::optional<std::string> part = one_line(inner);
            if (!part) {
                return std::nullopt;
            }
            inside += (inside.empty() ? " " : "; ") + *part;
        }
        line += " {" + inside + (inside.empty() ? "}" : " }");
        return line;
    }

    void print(const Piece& piece, std::size_t indent, const std::optional<std::string>& whole) {
        if (whole) {
            lines_.back().text = *whole;
            cursor_ = piece.has_block ? closing_brace(piece) + 1 : piece.tokens.back() + 1;
            return;
        }
        statement(piece, indent);
        if (!piece.has_block) {
            return;
        }
        const std::uint32_t close = closing_brace(piece);
        lines_.back().text += " {";
        body(piece.body, indent + indent_width, close);
        lines_.push_back({"}", "", indent, false});
        cursor_ = close + 1;
    }

    /// Statements up to the token `end`. At the top, blocks of several lines stand apart.
    void body(const std::vector<Piece>& pieces, std::size_t indent, std::uint32_t end) {
        const std::size_t first = lines_.size();
        bool after_block = false;
        for (const Piece& piece : pieces) {
            if (piece.tokens.empty()) {
                continue;
            }
            std::optional<std::string> whole;
            if (!breaks_between(piece.tokens.front(), piece.tokens.back())) {
                whole = one_line(piece);
            }
            if (whole && piece.has_block && indent + whole->size() > max_width) {
                whole = std::nullopt;
            }
            const bool block = piece.has_block && !whole;
            const std::size_t from = lines_.size();
            const bool blank = comments(piece.tokens.front(), indent);
            lines_.push_back({"", "", indent, blank});
            if (from > 0 && indent == 0 && (block || after_block)) {
                lines_[from].blank_before = true;
            }
            print(piece, indent, whole);
            after_block = block;
        }
        comments(end, indent);
        if (lines_.size() > first) {
            lines_[first].blank_before = lines_[first].blank_before && indent == 0 && first > 0;
        }
    }

    // ---- The text

    /// Comments behind neighbouring lines stand in one column.
    void align_comments(std::vector<std::size_t>& columns) const {
        for (std::size_t i = 0; i < lines_.size();) {
            std::size_t end = i;
            std::size_t column = 0;
            while (end < lines_.size() && !lines_[end].comment.empty() &&
                   !lines_[end].text.empty() && (end == i || !lines_[end].blank_before)) {
                column = std::max(column, lines_[end].indent + lines_[end].text.size() + 2);
                ++end;
            }
            for (; i < end; ++i) {
                columns[i] = column;
            }
            i = std::max(end, i + (end == i ? 1 : 0));
        }
    }

    [[nodiscard]] std::string joined() const {
        std::vector<std::size_t> columns(lines_.size(), 0);
        align_comments(columns);
        std::string result;
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            const Line& line = lines_[i];
            result += line.blank_before && i > 0 ? "\n" : "";
            const std::size_t start = result.size();
            result += std::string(line.indent, ' ') + line.text;
            if (!line.comment.empty()) {
                const std::size_t width = result.size() - start;
                if (!line.text.empty()) {
                    result += std::string(columns[i] > width ? columns[i] - width : 2, ' ');
                }
                result += line.comment;
            }
            result += '\n';
        }
        return result;
    }

    std::string_view text_;
    const std::vector<ast::Token>& tokens_;
    Spacing spacing_;
    std::vector<Line> lines_;
    std::uint32_t cursor_ = 0; // the first token that is not printed yet
};

/// The tree as text, without blanks at the ends of the lines of docstrings.
std::string meaning(const ast::File& file) {
    std::string dump = ast::dump(file);
    for (std::size_t at = 0; (at = dump.find("\\n", at)) != std::string::npos; at += 2) {
        while (at > 0 && (dump[at - 1] == ' ' || dump[at - 1] == '\t')) {
            dump.erase(--at, 1);
        }
    }
    return dump;
}

} // namespace

std::string format(const source::SourceFile& source, const ast::File& file) {
    diag::Sink sink;
    const std::vector<Piece> pieces = parse::split(source, file.tokens, true, sink);
    HHC_CHECK(!sink.has_errors(), "only a text without mistakes is formatted");
    std::string result = Printer(source, file).run(pieces);
    const source::SourceFile written(source.id(), source.name(), result);
    const ast::File again = parse::parse_file(written, sink);
    HHC_CHECK(!sink.has_errors() && meaning(again) == meaning(file),
              "the formatter changed the meaning of a text");
    return result;
}

} // namespace hhc::format
