// SPDX-License-Identifier: MIT
#include "diag/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace hhc::diag {
namespace {

constexpr std::size_t tab_width = 4;
constexpr std::string_view reset = "\033[0m";
constexpr std::string_view bold = "\033[1m";
constexpr std::string_view red = "\033[1;31m";
constexpr std::string_view magenta = "\033[1;35m";
constexpr std::string_view cyan = "\033[1;36m";
constexpr std::string_view green = "\033[32m";

/// Decodes one UTF-8 character (the text is valid or has been refused for not being so).
std::size_t character_length(unsigned char first) {
    return first < 0xC0U ? 1 : first < 0xE0U ? 2 : first < 0xF0U ? 3 : 4;
}

/// Columns of a terminal that a character takes: 2 for East Asian wide ones and pictures, 0 for
/// combining marks.
std::size_t column_width(std::string_view character) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
    char32_t code = byte(0);
    if (character.size() == 2) {
        code = (code & 0x1FU) << 6U | (byte(1) & 0x3FU);
    } else if (character.size() == 3) {
        code = (code & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
    } else if (character.size() == 4) {
        code = (code & 0x07U) << 18U | (byte(1) & 0x3FU) << 12U | (byte(2) & 0x3FU) << 6U |
               (byte(3) & 0x3FU);
    }
    if ((code >= 0x300 && code <= 0x36F) || code == 0x200B) {
        return 0;
    }
    const bool wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
                      (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
                      (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
                      (code >= 0x1F300 && code <= 0x1FAFF) || (code >= 0x20000 && code <= 0x3FFFD);
    return wide ? 2 : 1;
}

/// A source line as shown: tabs and control characters replaced, with the column of every byte.
struct ShownLine {
    std::string text;
    std::vector<std::size_t> column;    // of each byte of the original, and of its end
    std::vector<std::size_t> character; // shown column -> byte in `text`
};

ShownLine show(std::string_view line) {
    ShownLine shown;
    std::size_t column = 0;
    for (std::size_t i = 0; i < line.size();) {
        const auto first = static_cast<unsigned char>(line[i]);
        const std::size_t length = std::min(character_length(first), line.size() - i);
        std::string_view character = line.substr(i, length);
        std::size_t width = column_width(character);
        if (first == '\t') {
            character = "    ";
            width = tab_width;
        } else if (first < 0x20U || first == 0x7FU || (first >= 0x80U && first < 0xC0U)) {
            character = "?";
            width = 1;
        }
        for (std::size_t byte = 0; byte < length; ++byte) {
            shown.column.push_back(column);
        }
        for (std::size_t k = 0; k < width; ++k) {
            shown.character.push_back(shown.text.size() + (first == '\t' ? k : 0));
        }
        shown.text += character;
        column += width;
        i += length;
    }
    shown.column.push_back(column);
    shown.character.push_back(shown.text.size());
    return shown;
}

class Renderer {
public:
    Renderer(const source::SourceManager& sources, const RenderOptions& options)
        : sources_(sources), options_(options) {}

    std::string run(const Diagnostic& diagnostic) {
        const bool error = diagnostic.severity == Severity::Error;
        const std::string_view word = error                                      ? "error"
                                      : diagnostic.severity == Severity::Warning ? "warning"
                                                                                 : "note";
        place(diagnostic.span);
        out_ += paint(error ? red : magenta, fmt::format("{}[{}]", word, diagnostic.code));
        out_ += ": " + paint(bold, diagnostic.message) + "\n";
        source(diagnostic.span, error ? red : magenta);
        for (const DiagnosticNote& one : diagnostic.notes) {
            note(one);
        }
        return std::move(out_);
    }

private:
    [[nodiscard]] std::string paint(std::string_view colour, std::string_view text) const {
        return options_.colour ? fmt::format("{}{}{}", colour, text, reset) : std::string(text);
    }

    void place(const Span& span) {
        if (!span.valid()) {
            return;
        }
        const source::SourceFile& file = sources_.file(span.file);
        const source::LineColumn at = file.position(span.begin);
        out_ += paint(bold, fmt::format("{}:{}:{}:", file.shown_name(), file.shown_line(at.line),
                                        file.shown_column(at))) +
                " ";
    }

    void note(const DiagnosticNote& note) {
        if (note.replacement) {
            out_ += "  " + paint(green, "help") + ": " + note.text + "\n";
            if (note.span) {
                replacement(*note.span, *note.replacement);
            }
            return;
        }
        out_ += "  ";
        if (note.span) {
            place(*note.span);
        }
        out_ += paint(cyan, "note") + ": " + note.text + "\n";
        if (note.span) {
            source(*note.span, cyan);
        }
    }

    /// First and last line of the span, underlined; lines between are only hinted at.
    void source(const Span& span, std::string_view colour) {
        if (!span.valid()) {
            return;
        }
        const source::SourceFile& file = sources_.file(span.file);
        const std::uint32_t first = file.position(span.begin).line;
        const std::uint32_t last = span.end > span.begin ? file.position(span.end - 1).line : first;
        line(file, first, span, colour, true);
        if (last > first + 1) {
            out_ += fmt::format("{:>5} | ...\n", "");
        }
        if (last > first) {
            line(file, last, span, colour, false);
        }
    }

    void line(const source::SourceFile& file, std::uint32_t number, const Span& span,
              std::string_view colour, bool caret) {
        const std::string_view text = file.line(number);
        const ShownLine shown = show(text);
        const std::uint32_t start = file.line_start(number);
        const auto column_of = [&](std::uint32_t offset) {
            const std::size_t byte = offset <= start ? 0 : offset - start;
            return shown.column[std::min(byte, text.size())];
        };
        std::size_t from = column_of(span.begin);
        const std::size_t to = std::max(column_of(span.end), from + 1);
        if (!caret) { // a later line of the span: from its first letter
            from = column_of(start + static_cast<std::uint32_t>(
                                         std::min(text.find_first_not_of(" \t"), text.size())));
        }
        const auto [left, right] = window(shown, from, to);
        const std::size_t total = shown.column.back();
        const std::string before = left > 0 ? "..." : "";
        const std::string_view part =
            std::string_view(shown.text)
                .substr(shown.character[left], shown.character[right] - shown.character[left]);
        out_ += fmt::format("{:>5} | {}{}{}\n", file.shown_line(number), before, part,
                            right < total ? "..." : "");
        std::string under(std::max(std::min(to, std::max(right, from + 1)) - from, std::size_t{1}),
                          '~');
        if (caret) {
            under[0] = '^';
        }
        out_ += fmt::format("{:>5} | {}{}\n", "", std::string(before.size() + from - left, ' '),
                            paint(colour, under));
    }

    /// Columns to show: all of a short line, otherwise a part around the span.
    [[nodiscard]] std::pair<std::size_t, std::size_t>
    window(const ShownLine& shown, std::size_t from, std::size_t to) const {
        const std::size_t total = shown.column.back();
        if (total <= options_.width) {
            return {0, total};
        }
        const std::size_t length = std::min(to - from, options_.width);
        const std::size_t margin = (options_.width - length) / 2;
        const std::size_t left = std::min(from - std::min(from, margin), total - options_.width);
        return {left, left + options_.width};
    }

    /// The line as it would read with the replacement in place.
    void replacement(const Span& span, const std::string& text) {
        const source::SourceFile& file = sources_.file(span.file);
        const std::uint32_t number = file.position(span.begin).line;
        const std::uint32_t start = file.line_start(number);
        const std::string_view old = file.line(number);
        const std::size_t from = span.begin - start;
        const std::size_t to = span.end - start;
        if (to > old.size() || text.find('\n') != std::string::npos) {
            return;
        }
        const std::string made =
            std::string(old.substr(0, from)) + text + std::string(old.substr(to));
        const ShownLine shown = show(made);
        if (shown.column.back() > options_.width) {
            return;
        }
        out_ += fmt::format("{:>5} | {}\n", file.shown_line(number), shown.text);
        const std::size_t first = shown.column[from];
        const std::size_t last = shown.column[from + text.size()];
        out_ += fmt::format("{:>5} | {}{}\n", "", std::string(first, ' '),
                            paint(green, std::string(std::max<std::size_t>(last - first, 1), '+')));
    }

    const source::SourceManager& sources_;
    const RenderOptions& options_;
    std::string out_;
};

std::string counted(std::size_t count, std::string_view word) {
    return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

} // namespace

std::string render(const Diagnostic& diagnostic, const source::SourceManager& sources,
                   const RenderOptions& options) {
    return Renderer(sources, options).run(diagnostic);
}

std::string render_all(const std::vector<Diagnostic>& diagnostics,
                       const source::SourceManager& sources, const RenderOptions& options) {
    std::string text;
    std::size_t errors = 0;
    std::size_t warnings = 0;
    for (const Diagnostic& diagnostic : diagnostics) {
        text += render(diagnostic, sources, options);
        errors += diagnostic.severity == Severity::Error ? 1 : 0;
        warnings += diagnostic.severity == Severity::Warning ? 1 : 0;
    }
    if (errors > 0 || warnings > 0) {
        text += errors > 0 ? counted(errors, "error") : "";
        text += errors > 0 && warnings > 0 ? ", " : "";
        text += warnings > 0 ? counted(warnings, "warning") : "";
        text += "\n";
    }
    return text;
}

} // namespace hhc::diag
