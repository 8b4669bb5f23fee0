// SPDX-License-Identifier: MIT
#include "diag/sink.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace hhc::diag {

const std::vector<CodeInfo>& all_codes() {
    static const std::vector<CodeInfo> table = {
#define HHC_CODE(name, code, severity, headline) {#name, code, Severity::severity, headline},
#include "diag/codes.def"
#undef HHC_CODE
    };
    return table;
}

const CodeInfo& info(Code code) {
    return all_codes()[static_cast<std::size_t>(code)];
}

Sink::Report& Sink::Report::note(std::string text) {
    diagnostic_->notes.push_back({std::nullopt, std::move(text), std::nullopt});
    return *this;
}

Sink::Report& Sink::Report::note_at(Span span, std::string text) {
    diagnostic_->notes.push_back({span, std::move(text), std::nullopt});
    return *this;
}

Sink::Report& Sink::Report::fix(Span span, std::string replacement, std::string text) {
    diagnostic_->notes.push_back({span, std::move(text), std::move(replacement)});
    return *this;
}

Sink::Report Sink::report(Code code, Span span, std::string message) {
    const CodeInfo& row = info(code);
    if (row.severity == Severity::Error) {
        ++errors_;
    }
    diagnostics_.push_back({std::string(row.code), row.severity, span, std::move(message), {}});
    return Report(diagnostics_.back());
}

void Sink::append(const Sink& other) {
    diagnostics_.insert(diagnostics_.end(), other.diagnostics_.begin(), other.diagnostics_.end());
    errors_ += other.errors_;
}

std::vector<Diagnostic> Sink::take() {
    std::vector<Diagnostic> result = std::move(diagnostics_);
    diagnostics_.clear();
    errors_ = 0;
    const auto key = [](const Diagnostic& d) {
        return std::tie(d.span.file, d.span.begin, d.span.end, d.code, d.message);
    };
    std::stable_sort(result.begin(), result.end(),
                     [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
    const auto same = [&](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); };
    result.erase(std::unique(result.begin(), result.end(), same), result.end());
    return result;
}

} // namespace hhc::diag
