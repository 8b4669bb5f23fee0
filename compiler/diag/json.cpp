// SPDX-License-Identifier: MIT
#include "diag/json.h"

#include <nlohmann/json.hpp>

namespace hhc::diag {
namespace {

using Json = nlohmann::ordered_json;

Json place(const std::optional<Span>& span, const source::SourceManager& sources) {
    if (!span || !span->valid()) {
        return nullptr;
    }
    const source::SourceFile& file = sources.file(span->file);
    const source::LineColumn begin = file.position(span->begin);
    const source::LineColumn end = file.position(span->end);
    return {{"file", file.shown_name()},
            {"line", file.shown_line(begin.line)},
            {"column", file.shown_column(begin)},
            {"end_line", file.shown_line(end.line)},
            {"end_column", file.shown_column(end)},
            {"begin", span->begin},
            {"end", span->end}};
}

std::string_view severity_name(Severity severity) {
    switch (severity) {
    case Severity::Note:
        return "note";
    case Severity::Warning:
        return "warning";
    case Severity::Error:
        return "error";
    }
    return "error";
}

} // namespace

std::string to_json(const Diagnostic& diagnostic, const source::SourceManager& sources) {
    Json notes = Json::array();
    Json fixes = Json::array();
    for (const DiagnosticNote& note : diagnostic.notes) {
        Json one = {{"message", note.text}, {"place", place(note.span, sources)}};
        if (note.replacement) {
            one["replacement"] = *note.replacement;
            fixes.push_back(std::move(one));
        } else {
            notes.push_back(std::move(one));
        }
    }
    const Json whole = {{"code", diagnostic.code},
                        {"severity", severity_name(diagnostic.severity)},
                        {"message", diagnostic.message},
                        {"place", place(diagnostic.span, sources)},
                        {"notes", std::move(notes)},
                        {"fixes", std::move(fixes)},
                        {"help", "hhc explain " + diagnostic.code}};
    // A message may quote bytes of a text that is no UTF-8: replace them rather than throw.
    return whole.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_json_lines(const std::vector<Diagnostic>& diagnostics,
                          const source::SourceManager& sources) {
    std::string text;
    for (const Diagnostic& diagnostic : diagnostics) {
        text += to_json(diagnostic, sources) + "\n";
    }
    return text;
}

} // namespace hhc::diag
