// SPDX-License-Identifier: MIT
// Files that appear whole or not at all: written under another name, then renamed.
#pragma once

#include <string>
#include <string_view>

namespace hhc {

/// False, with the reason in `why`, if the file could not be written; nothing is left behind then.
[[nodiscard]] bool write_atomically(const std::string& path, std::string_view bytes,
                                    std::string& why);

} // namespace hhc
