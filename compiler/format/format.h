// SPDX-License-Identifier: MIT
// The one layout of a `.hhm` file (`hhc fmt`). Indentation, blanks and empty lines are the
// formatter's; tokens, their order, line breaks inside a statement and comments are the author's.
#pragma once

#include "ast/nodes.h"
#include "source/source_file.h"

#include <string>

namespace hhc::format {

/// The text of `file`, which was parsed from `source` without an error, laid out. The result means
/// the same (checked: it parses to the same tree), and formatting it again changes nothing.
[[nodiscard]] std::string format(const source::SourceFile& source, const ast::File& file);

} // namespace hhc::format
