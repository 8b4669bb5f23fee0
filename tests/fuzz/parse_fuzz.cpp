// SPDX-License-Identifier: MIT
// Lexer, parser, messages and formatter: any bytes give a tree and diagnostics whose places lie in
// the text; what can be read is formatted, and formatting it again changes nothing.
#include "ast/dump.h"
#include "diag/json.h"
#include "diag/render.h"
#include "format/format.h"
#include "one_input.h"
#include "parse/parse.h"

#include <cstdlib>
#include <string>

namespace {

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

void check_places(const hhc::source::SourceManager& sources, hhc::diag::Sink& sink) {
    const std::vector<hhc::Diagnostic> found = sink.take();
    for (const hhc::Diagnostic& each : found) {
        const auto size = sources.file(0).text().size();
        require(!each.span.valid() || (each.span.begin <= each.span.end && each.span.end <= size));
    }
    (void)hhc::diag::render_all(found, sources);
    (void)hhc::diag::to_json_lines(found, sources);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hhc;
    source::SourceManager sources;
    const source::SourceFile& source =
        sources.add("model", std::string(reinterpret_cast<const char*>(data), size));
    diag::Sink sink;
    const ast::File file = parse::parse_file(source, sink);
    (void)ast::dump(file);
    if (!sink.has_errors()) {
        const std::string once = format::format(source, file);
        diag::Sink none;
        const source::SourceFile again(0, "model", once);
        require(format::format(again, parse::parse_file(again, none)) == once);
    }
    check_places(sources, sink);
    diag::Sink others;
    (void)ast::dump(parse::parse_equations(source, others));
    ast::File scratch;
    (void)parse::parse_expression(source, scratch, others);
    (void)parse::parse_statements(source, scratch, others);
    (void)parse::parse_unit(source, others);
    check_places(sources, others);
    return 0;
}
