// SPDX-License-Identifier: MIT
// A text, its name and its line table; SourceManager owns every text of one compilation.
#pragma once

#include "hhc/diagnostic.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::source {

/// 1-based line and column; the column counts bytes, `column_utf16` what editors want.
struct LineColumn {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    std::uint32_t column_utf16 = 1;
};

class SourceFile {
public:
    SourceFile(std::uint32_t id, std::string name, std::string text);

    [[nodiscard]] std::uint32_t id() const { return id_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::string_view text() const { return text_; }
    [[nodiscard]] LineColumn position(std::uint32_t offset) const;
    [[nodiscard]] std::uint32_t line_count() const;
    /// The text of a 1-based line without its newline.
    [[nodiscard]] std::string_view line(std::uint32_t number) const;
    [[nodiscard]] std::uint32_t line_start(std::uint32_t number) const;
    /// Places as the user knows them: a Python string whose text begins at line 40, column 9 of a
    /// script has these as its first line and column.
    void set_origin(std::string shown_name, std::uint32_t first_line, std::uint32_t first_column);
    [[nodiscard]] const std::string& shown_name() const { return shown_name_; }
    [[nodiscard]] std::uint32_t shown_line(std::uint32_t number) const {
        return number + first_line_ - 1;
    }
    /// The column in bytes.
    [[nodiscard]] std::uint32_t shown_column(const LineColumn& at) const {
        return at.line == 1 ? at.column + first_column_ - 1 : at.column;
    }

private:
    std::uint32_t id_;
    std::string name_;
    std::string shown_name_;
    std::string text_;
    std::uint32_t first_line_ = 1;
    std::uint32_t first_column_ = 1;
    std::vector<std::uint32_t> line_starts_;
};

class SourceManager {
public:
    SourceFile& add(std::string name, std::string text);
    [[nodiscard]] const SourceFile& file(std::uint32_t id) const { return *files_.at(id); }
    [[nodiscard]] std::size_t size() const { return files_.size(); }
    [[nodiscard]] std::string_view text(Span span) const;

private:
    std::vector<std::unique_ptr<SourceFile>> files_;
};

} // namespace hhc::source
