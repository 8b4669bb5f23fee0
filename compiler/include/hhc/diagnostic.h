// SPDX-License-Identifier: MIT
// A diagnostic as plain data: what every stage reports and every front end shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hhc {

/// Half-open byte range in one source file; file 0xffffffff means "no place".
struct Span {
    std::uint32_t file = 0xffffffffU;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    [[nodiscard]] bool valid() const { return file != 0xffffffffU; }
    friend bool operator==(const Span&, const Span&) = default;
};

enum class Severity : std::uint8_t { Note, Warning, Error };

/// A second place or a hint that belongs to a diagnostic. `replacement` is what to write at `span`.
struct DiagnosticNote {
    std::optional<Span> span;
    std::string text;
    std::optional<std::string> replacement;
};

struct Diagnostic {
    std::string code; // "HH3012", permanent
    Severity severity = Severity::Error;
    Span span;
    std::string message; // lower-case start, no full stop, names in backticks
    std::vector<DiagnosticNote> notes;
};

} // namespace hhc
