// SPDX-License-Identifier: MIT
// Diagnostics with the texts that they point at; the pages of the codes; quantities as text.
#include "diag/explanations.h"
#include "diag/json.h"
#include "diag/render.h"
#include "driver/externals.h"
#include "driver/guard.h"
#include "driver/unit.h"
#include "parse/parse.h"
#include "sema/check.h"
#include "units/unit_table.h"

#include "hhc/compile.h"

#include <utility>

namespace hhc {

namespace driver {

std::string SourceTexts::render(const std::vector<Diagnostic>& diagnostics, bool colour) const {
    return diag::render_all(diagnostics, sources, {.colour = colour});
}

std::string SourceTexts::json(const std::vector<Diagnostic>& diagnostics) const {
    return diag::to_json_lines(diagnostics, sources);
}

DiagnosticPlace SourceTexts::place(Span span) const {
    if (!span.valid()) {
        return {};
    }
    const source::SourceFile& file = sources.file(span.file);
    const source::LineColumn at = file.position(span.begin);
    return {file.shown_name(), file.shown_line(at.line), file.shown_column(at)};
}

std::vector<sema::External> to_externals(const std::vector<External>& externals, diag::Sink& sink) {
    std::vector<sema::External> result;
    for (const External& external : externals) {
        sema::External converted;
        converted.name = external.name;
        switch (external.kind) {
        case ExternalKind::Number:
            converted.kind = sema::ExternalKind::Number;
            break;
        case ExternalKind::Integer:
            converted.kind = sema::ExternalKind::Integer;
            break;
        case ExternalKind::Boolean:
            converted.kind = sema::ExternalKind::Boolean;
            break;
        case ExternalKind::Table:
            converted.kind = sema::ExternalKind::Table;
            break;
        }
        converted.value = external.value;
        converted.per_entity = external.per_entity;
        converted.dimension = read_dimension(external.unit, sink).value_or(units::Dimension());
        result.push_back(std::move(converted));
    }
    return result;
}

} // namespace driver

CompileError::CompileError(std::vector<Diagnostic> diagnostics)
    : diagnostics_(std::move(diagnostics)) {
    for (const Diagnostic& diagnostic : diagnostics_) {
        text_ += (text_.empty() ? "" : "\n") + diagnostic.code + ": " + diagnostic.message;
        for (const DiagnosticNote& note : diagnostic.notes) {
            text_ += "\n  " + note.text;
        }
    }
}

std::string explain_code(std::string_view code) {
    return diag::explain(code);
}

} // namespace hhc
