// SPDX-License-Identifier: MIT
#include "hhc/tools.h"

#include "abi/kernel_abi.h"
#include "ast/dump.h"
#include "codegen/model_hash.h"
#include "driver/backend.h"
#include "driver/compiled_model.h"
#include "driver/guard.h"
#include "driver/source_cache.h"
#include "driver/unit.h"
#include "format/format.h"
#include "ir/print.h"
#include "parse/parse.h"
#include "passes/pipeline.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace hhc {

std::vector<std::pair<std::string, std::string>> list_passes() {
    std::vector<std::pair<std::string, std::string>> rows;
    for (const std::string_view name : passes::usual_passes()) {
        rows.emplace_back(name, passes::find_pass(name)->purpose);
    }
    return rows;
}

Blame blame(const Model& model, std::uint32_t line) {
    const driver::CompiledModel& compiled = driver::compiled(model);
    const source::SourceManager& sources = compiled.unit()->texts->sources;
    const codegen::CppUnit unit =
        driver::emit({{&compiled.module()}, &compiled.options(), &sources}, false);
    Blame result;
    if (line == 0 || line > unit.lines.size()) {
        return result;
    }
    const source::SourceFile generated(0, "", unit.text);
    result.generated = generated.line(line);
    const Span span = unit.lines[line - 1];
    if (span.valid()) {
        const source::SourceFile& file = sources.file(span.file);
        const std::uint32_t own_line = file.position(span.begin).line;
        result.file = file.shown_name();
        result.line = file.shown_line(own_line);
        result.text = file.line(own_line);
    }
    return result;
}

std::string emit_syntax(const SourceText& text, std::string_view stage) {
    source::SourceManager sources;
    source::SourceFile& file = sources.add(text.shown_name, text.text);
    file.set_origin(text.shown_name, text.first_line, text.first_column);
    diag::Sink sink;
    const ast::File tree = parse::parse_file(file, sink);
    return stage == "tokens" ? parse::dump_tokens(file, tree) : ast::dump(tree);
}

Formatted format_text(const SourceText& text) {
    auto texts = std::make_shared<driver::SourceTexts>();
    source::SourceFile& file = texts->sources.add(text.shown_name, text.text);
    file.set_origin(text.shown_name, text.first_line, text.first_column);
    Formatted result{text.text, {}, texts};
    diag::Sink sink;
    const ast::File tree = parse::parse_file(file, sink);
    try {
        if (!sink.has_errors()) {
            result.text = format::format(file, tree);
        }
        result.diagnostics = sink.take();
    } catch (const std::exception& error) {
        result.diagnostics = {driver::internal_bug(error)};
    }
    return result;
}

std::vector<std::pair<std::string, std::string>> component_versions() {
    return {{"Clang and LLVM", jit::toolchain_version()},
            {"kernel interface", std::to_string(HHK_ABI_VERSION)},
            {"IR text", std::to_string(ir::text_version)},
            {"random streams", std::to_string(codegen::random_scheme)}};
}

std::string time_step_advice(std::string_view description, double dt) {
    const auto json = nlohmann::json::parse(description, nullptr, false);
    if (!json.is_object() || !json.contains("fastest")) {
        return {};
    }
    const double seconds = json["fastest"].value("seconds", 0.0);
    if (2 * dt <= seconds * (1 + 1e-9)) {
        return {};
    }
    return fmt::format(
        "the fastest time constant of `{}` where it starts is {:.2g} ms (`{}`), below "
        "two time steps of {:g} ms",
        json.value("name", ""), 1e3 * seconds, json["fastest"].value("state", ""), 1e3 * dt);
}

} // namespace hhc
