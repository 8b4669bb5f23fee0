// SPDX-License-Identifier: MIT
// Diagnostics for tools (`--error-format=json`): one JSON object a line.
#pragma once

#include "source/source_file.h"

#include "hhc/diagnostic.h"

#include <string>
#include <vector>

namespace hhc::diag {

/// Keys: code, severity, message, place {file, line, column, end_line, end_column, begin, end} or
/// null, notes [{message, place}], fixes [{message, place, replacement}], help (a command). Lines
/// are the user's, columns count bytes from 1, begin and end are byte offsets in the text.
[[nodiscard]] std::string to_json(const Diagnostic& diagnostic,
                                  const source::SourceManager& sources);
[[nodiscard]] std::string to_json_lines(const std::vector<Diagnostic>& diagnostics,
                                        const source::SourceManager& sources);

} // namespace hhc::diag
