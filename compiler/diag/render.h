// SPDX-License-Identifier: MIT
// Diagnostics as text for people: the only printer of diagnostics.
#pragma once

#include "source/source_file.h"

#include "hhc/diagnostic.h"

#include <cstddef>
#include <string>
#include <vector>

namespace hhc::diag {

struct RenderOptions {
    bool colour = false;
    std::size_t width = 100; // columns of source shown; longer lines are cut around the span
};

/// One diagnostic: place, message, the source with the span underlined, notes and what to write.
[[nodiscard]] std::string render(const Diagnostic& diagnostic, const source::SourceManager& sources,
                                 const RenderOptions& options = {});
/// All of them, then a line that counts errors and warnings.
[[nodiscard]] std::string render_all(const std::vector<Diagnostic>& diagnostics,
                                     const source::SourceManager& sources,
                                     const RenderOptions& options = {});

} // namespace hhc::diag
