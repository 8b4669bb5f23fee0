// SPDX-License-Identifier: MIT
#include "lsp/text_place.h"

#include <algorithm>

namespace hhc::lsp {
namespace {

constexpr std::string_view scheme = "file://";

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

Json position(const source::LineColumn& at) {
    return {{"line", at.line - 1}, {"character", at.column_utf16 - 1}};
}

} // namespace

std::uint32_t offset_of(std::string_view text, Position position) {
    std::size_t at = 0;
    for (std::uint32_t line = 0; line < position.line; ++line) {
        const std::size_t end = text.find('\n', at);
        if (end == std::string_view::npos) {
            return static_cast<std::uint32_t>(text.size());
        }
        at = end + 1;
    }
    for (std::uint32_t units = 0; at < text.size() && text[at] != '\n' && text[at] != '\r';) {
        const auto byte = static_cast<unsigned char>(text[at]);
        units += byte >= 0xF0U ? 2 : 1;
        if (units > position.character) {
            break;
        }
        at += byte < 0x80U ? 1 : byte < 0xE0U ? 2 : byte < 0xF0U ? 3 : 4;
    }
    return static_cast<std::uint32_t>(std::min(at, text.size()));
}

Position position_of(const Json& json) {
    return {json.at("line").get<std::uint32_t>(), json.at("character").get<std::uint32_t>()};
}

Json to_json(const source::SourceFile& file, Span span) {
    return {{"start", position(file.position(span.begin))},
            {"end", position(file.position(span.end))}};
}

std::string path_of(const std::string& uri) {
    if (!uri.starts_with(scheme)) {
        return uri;
    }
    std::string path;
    for (std::size_t i = std::min(uri.find('/', scheme.size()), uri.size()); i < uri.size(); ++i) {
        const bool escaped = uri[i] == '%' && i + 2 < uri.size() && hex_digit(uri[i + 1]) >= 0 &&
                             hex_digit(uri[i + 2]) >= 0;
        path += escaped ? static_cast<char>(hex_digit(uri[i + 1]) * 16 + hex_digit(uri[i + 2]))
                        : uri[i];
        i += escaped ? 2 : 0;
    }
    return path;
}

std::string uri_of(const std::string& path) {
    if (!path.starts_with('/')) {
        return path;
    }
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view plain = "-._~/";
    std::string uri(scheme);
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        const bool letter =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || plain.find(c) != std::string_view::npos) {
            uri += c;
        } else {
            uri += {'%', digits[byte >> 4U], digits[byte & 15U]};
        }
    }
    return uri;
}

} // namespace hhc::lsp
