// SPDX-License-Identifier: MIT
// Ahead of time: shared libraries, objects and C headers; and the list of the standard library.
#include "codegen/emit_header.h"
#include "driver/backend.h"
#include "driver/compiled_model.h"
#include "driver/guard.h"
#include "driver/import_resolver.h"
#include "driver/source_cache.h"
#include "parse/parse.h"
#include "support/atomic_file.h"

#include "hhc/compile.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace hhc {

namespace fs = std::filesystem;

namespace {

void write_or_throw(const std::string& path, std::string_view bytes) {
    std::string why;
    if (!write_atomically(path, bytes, why)) {
        diag::Sink sink;
        sink.report(diag::Code::OutputNotWritten, {}, "`" + path + "` cannot be written: " + why);
        throw CompileError(sink.take());
    }
}

/// The first paragraph as one line, whatever its line breaks in the file.
std::string first_paragraph(std::string_view text) {
    std::string found;
    const std::size_t start = std::min(text.find_first_not_of(" \t\r\n"), text.size());
    text.remove_prefix(start);
    text = text.substr(0, text.find("\n\n"));
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(" \t\r\n");
        if (!found.empty()) {
            found += ' ';
        }
        found += text.substr(0, end);
        text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n", end), text.size()));
    }
    return found;
}

} // namespace

void write_library(std::span<const std::shared_ptr<Model>> models, const std::string& path) {
    driver::Batch batch;
    for (const std::shared_ptr<Model>& model : models) {
        if (model->is_template()) {
            continue;
        }
        const driver::CompiledModel& compiled = driver::compiled(*model);
        batch.modules.push_back(&compiled.module());
        batch.options = &compiled.options();
        batch.sources = &compiled.unit()->texts->sources;
    }
    if (batch.modules.empty() && !models.empty()) {
        static_cast<void>(models.front()->code()); // says what a template needs
    }
    const std::string suffix = fs::path(path).extension().string();
    if (suffix == ".h") {
        write_or_throw(path, codegen::emit_c_header(batch.modules));
        return;
    }
    for (const ir::Module* module : batch.modules) {
        if (!module->approximations.empty()) {
            diag::Sink refused;
            refused
                .report(diag::Code::ApproximationNeedsCompiler, Span(),
                        "`" + module->name +
                            "` has gates that are read from polynomials, which the compiler "
                            "makes again when parameters or dt change")
                .note("leave out `--approximate`; `--precision fast` needs no compiler");
            driver::throw_errors(refused);
        }
    }
    std::vector<StageTime> times;
    batch.sealed = suffix != ".o"; // whoever links an object cannot seal what comes out
    const std::string object = driver::make_object(batch, true, times);
    if (suffix == ".o") {
        write_or_throw(path, object);
        return;
    }
    diag::Sink sink;
    static_cast<void>(jit::link_shared(object, path, driver::compile_options(batch).target, sink));
    driver::throw_errors(sink);
}

std::vector<std::pair<std::string, std::string>> list_library(const std::string& library_folder) {
    std::vector<std::pair<std::string, std::string>> found;
    std::error_code error;
    for (const fs::directory_entry& entry :
         fs::recursive_directory_iterator(library_folder, error)) {
        if (entry.path().extension() != ".hhm") {
            continue;
        }
        std::string why;
        const std::optional<std::string> text = driver::read_text(entry.path(), why);
        if (!text) {
            continue;
        }
        std::string name = fs::relative(entry.path(), library_folder).replace_extension().string();
        std::replace(name.begin(), name.end(), '/', '.');
        diag::Sink sink;
        const source::SourceFile source(0, name, *text);
        const ast::File file = parse::parse_file(source, sink);
        found.emplace_back(std::move(name), file.doc ? first_paragraph(file.doc->text) : "");
    }
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace hhc
