// SPDX-License-Identifier: MIT
// Indentation-aware text under construction: every printer and the emitter write through it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace hhc {

class TextWriter {
public:
    explicit TextWriter(std::size_t indent_width = 4) : indent_width_(indent_width) {}

    /// Appends to the current line; newlines inside `text` start new lines at the current indent.
    TextWriter& write(std::string_view text);
    /// write(text), then ends the line. An empty line carries no blanks.
    TextWriter& line(std::string_view text = {});
    void indent() { ++level_; }
    void dedent();
    /// line("head {"), body indented, line("}").
    template <class Body> void block(std::string_view head, Body&& body) {
        line(head);
        indent();
        std::forward<Body>(body)();
        dedent();
        line("}");
    }

    /// 1-based number of the line being written.
    [[nodiscard]] std::size_t line_number() const { return line_number_; }
    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::string text_;
    std::size_t indent_width_;
    std::size_t level_ = 0;
    std::size_t line_number_ = 1;
    bool at_line_start_ = true;
};

} // namespace hhc
