// SPDX-License-Identifier: MIT
// Collects diagnostics of one compilation, in the order of the text; never prints.
#pragma once

#include "hhc/diagnostic.h"

#include <string>
#include <string_view>
#include <vector>

namespace hhc::diag {

enum class Code : std::uint16_t {
#define HHC_CODE(name, code, severity, headline) name,
#include "diag/codes.def"
#undef HHC_CODE
};

struct CodeInfo {
    std::string_view name;
    std::string_view code;
    Severity severity;
    std::string_view headline;
};

[[nodiscard]] const CodeInfo& info(Code code);
/// All rows of codes.def in order.
[[nodiscard]] const std::vector<CodeInfo>& all_codes();

class Sink {
public:
    /// Handle on the diagnostic just reported, to hang notes on: sink.error(...).note("...").
    class Report {
    public:
        explicit Report(Diagnostic& diagnostic) : diagnostic_(&diagnostic) {}
        Report& note(std::string text);
        Report& note_at(Span span, std::string text);
        /// A hint that says what to write at `span`.
        Report& fix(Span span, std::string replacement, std::string text);

    private:
        Diagnostic* diagnostic_;
    };

    Report report(Code code, Span span, std::string message);
    /// Everything that another sink collected.
    void append(const Sink& other);
    [[nodiscard]] bool has_errors() const { return errors_ > 0; }
    [[nodiscard]] std::size_t error_count() const { return errors_; }
    /// Sorted by file and place, duplicates removed.
    [[nodiscard]] std::vector<Diagnostic> take();
    [[nodiscard]] const std::vector<Diagnostic>& seen() const { return diagnostics_; }

private:
    std::vector<Diagnostic> diagnostics_;
    std::size_t errors_ = 0;
};

} // namespace hhc::diag
