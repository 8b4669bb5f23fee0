// SPDX-License-Identifier: MIT
// Messages of the Language Server Protocol over two streams: a head of `Content-Length`, then JSON.
#pragma once

#include "lsp/text_place.h"

#include <iosfwd>
#include <optional>
#include <string>

namespace hhc::lsp {

/// The text of the next message; nullopt at the end of the stream, or where the head is no head
/// (the place of the next message is lost then).
[[nodiscard]] std::optional<std::string> read_message(std::istream& in);
void write_message(std::ostream& out, const Json& message);

} // namespace hhc::lsp
