// SPDX-License-Identifier: MIT
#include "source/source_file.h"

#include <algorithm>
#include <utility>

namespace hhc::source {

SourceFile::SourceFile(std::uint32_t id, std::string name, std::string text)
    : id_(id), name_(std::move(name)), shown_name_(name_), text_(std::move(text)) {
    line_starts_.push_back(0);
    for (std::size_t i = 0; i < text_.size(); ++i) {
        if (text_[i] == '\n') {
            line_starts_.push_back(static_cast<std::uint32_t>(i + 1));
        }
    }
}

LineColumn SourceFile::position(std::uint32_t offset) const {
    offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
    const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    const std::uint32_t start = *(next - 1);
    LineColumn place;
    place.line = static_cast<std::uint32_t>(next - line_starts_.begin());
    place.column = offset - start + 1;
    for (std::uint32_t i = start; i < offset; ++i) {
        const auto byte = static_cast<unsigned char>(text_[i]);
        if ((byte & 0xC0U) != 0x80U) {
            place.column_utf16 += byte >= 0xF0U ? 2 : 1; // beyond the basic plane: a surrogate pair
        }
    }
    return place;
}

std::uint32_t SourceFile::line_count() const {
    return static_cast<std::uint32_t>(line_starts_.size());
}

std::uint32_t SourceFile::line_start(std::uint32_t number) const {
    return line_starts_.at(number - 1);
}

std::string_view SourceFile::line(std::uint32_t number) const {
    const std::uint32_t start = line_start(number);
    const std::size_t end = number < line_count() ? line_start(number + 1) - 1 : text_.size();
    std::string_view found = text().substr(start, end - start);
    if (!found.empty() && found.back() == '\r') {
        found.remove_suffix(1);
    }
    return found;
}

void SourceFile::set_origin(std::string shown_name, std::uint32_t first_line,
                            std::uint32_t first_column) {
    shown_name_ = std::move(shown_name);
    first_line_ = first_line;
    first_column_ = first_column;
}

SourceFile& SourceManager::add(std::string name, std::string text) {
    const auto id = static_cast<std::uint32_t>(files_.size());
    files_.push_back(std::make_unique<SourceFile>(id, std::move(name), std::move(text)));
    return *files_.back();
}

std::string_view SourceManager::text(Span span) const {
    if (!span.valid()) {
        return {};
    }
    return file(span.file).text().substr(span.begin, span.end - span.begin);
}

} // namespace hhc::source
