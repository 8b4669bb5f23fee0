// SPDX-License-Identifier: MIT
// Mistakes as an editor shows them, with second places and quick fixes.
#include "lsp/features.h"

#include <algorithm>

namespace hhc::lsp {
namespace {

int severity_number(Severity severity) {
    switch (severity) {
    case Severity::Error:
        return 1;
    case Severity::Warning:
        return 2;
    case Severity::Note:
        return 3;
    }
    return 1;
}

Json location(const Analysis& analysis, Span span) {
    const source::SourceFile& file = analysis.sources().file(span.file);
    return {{"uri", uri_of(file.name())}, {"range", to_json(file, span)}};
}

/// The import of this text that (perhaps through others) reads a file: the first one that failed.
Span import_place(const Analysis& analysis) {
    for (const ast::Item& item : analysis.file().items) {
        if (std::holds_alternative<ast::Import>(item.node)) {
            return item.span;
        }
    }
    return {analysis.source().id(), 0, 0};
}

std::string text_of(const Diagnostic& diagnostic) {
    std::string text = diagnostic.message;
    for (const DiagnosticNote& note : diagnostic.notes) {
        if (!note.span || !note.span->valid()) {
            text += "\n" + note.text;
        } else if (note.replacement) {
            text += "\nhint: " + note.text;
        }
    }
    return text;
}

Json one(const Analysis& analysis, const Diagnostic& diagnostic) {
    const bool own = diagnostic.span.valid() && diagnostic.span.file == analysis.source().id();
    const Span span = own ? diagnostic.span : import_place(analysis);
    Json related = Json::array();
    if (!own && diagnostic.span.valid()) {
        related.push_back({{"location", location(analysis, diagnostic.span)},
                           {"message", "the mistake is here"}});
    }
    for (const DiagnosticNote& note : diagnostic.notes) {
        if (note.span && note.span->valid() && !note.replacement) {
            related.push_back(
                {{"location", location(analysis, *note.span)}, {"message", note.text}});
        }
    }
    return {{"range", to_json(analysis.source(), span)},
            {"severity", severity_number(diagnostic.severity)},
            {"code", diagnostic.code},
            {"source", "hhc"},
            {"message", (own ? "" : "in an imported file: ") + text_of(diagnostic)},
            {"relatedInformation", std::move(related)}};
}

} // namespace

Json diagnostics(const Analysis& analysis) {
    Json list = Json::array();
    for (const Diagnostic& diagnostic : analysis.diagnostics()) {
        list.push_back(one(analysis, diagnostic));
    }
    return list;
}

Json code_actions(const Analysis& analysis, std::uint32_t begin, std::uint32_t end) {
    Json list = Json::array();
    const std::uint32_t own = analysis.source().id();
    for (const Diagnostic& diagnostic : analysis.diagnostics()) {
        const bool touches = diagnostic.span.valid() && diagnostic.span.file == own &&
                             diagnostic.span.begin <= end && begin <= diagnostic.span.end;
        for (const DiagnosticNote& note : diagnostic.notes) {
            if (!touches || !note.replacement || !note.span || note.span->file != own) {
                continue;
            }
            const Json edit = {{"range", to_json(analysis.source(), *note.span)},
                               {"newText", *note.replacement}};
            list.push_back({{"title", note.text},
                            {"kind", "quickfix"},
                            {"diagnostics", Json::array({one(analysis, diagnostic)})},
                            {"edit", {{"changes", {{uri_of(analysis.source().name()), {edit}}}}}}});
        }
    }
    return list;
}

} // namespace hhc::lsp
