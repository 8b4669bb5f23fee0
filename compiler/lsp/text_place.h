// SPDX-License-Identifier: MIT
// Places as editors count them: lines and UTF-16 units from 0; files as URIs.
#pragma once

#include "source/source_file.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace hhc::lsp {

using Json = nlohmann::json;

struct Position {
    std::uint32_t line = 0;
    std::uint32_t character = 0; // UTF-16 units
};

/// The byte at a position; places beyond a line or the text mean their ends.
[[nodiscard]] std::uint32_t offset_of(std::string_view text, Position position);
[[nodiscard]] Position position_of(const Json& json);
[[nodiscard]] Json to_json(const source::SourceFile& file, Span span);

/// "file:///tmp/a%20b.hhm" and "/tmp/a b.hhm"; a URI of another kind is its own path.
[[nodiscard]] std::string path_of(const std::string& uri);
[[nodiscard]] std::string uri_of(const std::string& path);

} // namespace hhc::lsp
