// SPDX-License-Identifier: MIT
#include "lsp/transport.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <istream>
#include <ostream>

namespace hhc::lsp {
namespace {

constexpr std::size_t longest_message = std::size_t{64} << 20U;
constexpr std::size_t longest_head_line = 1024;

/// A line of the head without its "\r\n".
bool read_line(std::istream& in, std::string& line) {
    line.clear();
    for (int c = in.get(); c != std::istream::traits_type::eof(); c = in.get()) {
        if (c == '\n') {
            if (line.ends_with('\r')) {
                line.pop_back();
            }
            return true;
        }
        if (line.size() == longest_head_line) {
            return false;
        }
        line += static_cast<char>(c);
    }
    return false;
}

} // namespace

std::optional<std::string> read_message(std::istream& in) {
    constexpr std::string_view key = "content-length:";
    std::optional<std::size_t> length;
    std::string line;
    for (;;) {
        if (!read_line(in, line)) {
            return std::nullopt;
        }
        if (line.empty()) {
            break;
        }
        std::ranges::transform(line, line.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (line.starts_with(key)) {
            const std::size_t first =
                std::min(line.find_first_not_of(' ', key.size()), line.size());
            std::size_t value = 0;
            const auto [end, problem] =
                std::from_chars(line.data() + first, line.data() + line.size(), value);
            if (problem != std::errc() || end != line.data() + line.size()) {
                return std::nullopt;
            }
            length = value;
        }
    }
    if (!length || *length > longest_message) {
        return std::nullopt;
    }
    std::string text(*length, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    return static_cast<std::size_t>(in.gcount()) == text.size() ? std::optional(std::move(text))
                                                                : std::nullopt;
}

void write_message(std::ostream& out, const Json& message) {
    // A text may quote bytes that are no UTF-8: replace them rather than throw.
    const std::string text = message.dump(-1, ' ', false, Json::error_handler_t::replace);
    out << "Content-Length: " << text.size() << "\r\n\r\n" << text << std::flush;
}

} // namespace hhc::lsp
