// SPDX-License-Identifier: MIT
// From text to checked models in one call, for tests: parse and sema with their owners.
#pragma once

#include "diag/render.h"
#include "parse/parse.h"
#include "sema/check.h"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace hhc::test {

struct Checked {
    source::SourceManager sources;
    diag::Sink sink;
    std::deque<ast::File> files;
    std::map<std::string, std::string> importable; // path -> text, before the disk is asked
    sema::Environment environment;
    sema::CheckedFile result;

    Checked() { environment.sources = &sources; }
    Checked(const Checked&) = delete;
    Checked& operator=(const Checked&) = delete;

    sema::CheckedFile& read(const std::string& text, const std::string& name = "model.hhm") {
        files.push_back(parse::parse_file(sources.add(name, text), sink));
        environment.resolve_import = [this](const sema::ImportRequest& request) {
            return find(request);
        };
        result = sema::check_file(files.back(), environment, sink);
        return result;
    }

    sema::CheckedFile& read_file(const std::filesystem::path& path) {
        folder_ = path.parent_path();
        return read(text_of(path), path.filename().string());
    }

    /// Codes of everything reported, in the order of the text.
    [[nodiscard]] std::string codes() const {
        diag::Sink copy = sink;
        std::string result;
        for (const Diagnostic& diagnostic : copy.take()) {
            result += (result.empty() ? "" : " ") + diagnostic.code;
        }
        return result;
    }

    [[nodiscard]] std::string rendered() const {
        diag::Sink copy = sink;
        return diag::render_all(copy.take(), sources);
    }

private:
    static std::string text_of(const std::filesystem::path& path) {
        std::ifstream input(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(input), {}};
    }

    sema::ImportReply find(const sema::ImportRequest& request) {
        sema::ImportReply reply;
        reply.identity = request.path;
        const auto known = imported_.find(request.path);
        if (known != imported_.end()) {
            reply.file = known->second;
            return reply;
        }
        std::string text;
        if (const auto given = importable.find(request.path); given != importable.end()) {
            text = given->second;
        } else if (request.is_quoted && std::filesystem::exists(folder_ / request.path)) {
            text = text_of(folder_ / request.path);
        } else if (const auto shipped = shipped_file(request); std::filesystem::exists(shipped)) {
            text = text_of(shipped);
        } else {
            return reply;
        }
        files.push_back(parse::parse_file(sources.add(request.path, text), sink));
        reply.file = &files.back();
        imported_[request.path] = reply.file;
        return reply;
    }

    /// `import channels.pospischil_2008`: a file of the standard library, by its dotted name.
    static std::filesystem::path shipped_file(const sema::ImportRequest& request) {
        std::string path = request.path;
        std::ranges::replace(path, '.', '/');
        return std::filesystem::path(HODGPY_SOURCE_DIR) / "stdlib_models" / (path + ".hhm");
    }

    std::filesystem::path folder_;
    std::map<std::string, const ast::File*> imported_;
};

/// A Brian-style model from its strings.
struct CheckedEquations {
    source::SourceManager sources;
    diag::Sink sink;
    ast::File file;
    sema::Environment environment;
    sema::EquationSet set;

    explicit CheckedEquations(const std::string& equations) {
        file = parse::parse_equations(sources.add("equations", equations), sink);
        environment.sources = &sources;
    }
    CheckedEquations(const CheckedEquations&) = delete;
    CheckedEquations& operator=(const CheckedEquations&) = delete;

    CheckedEquations& external(const std::string& name, double value,
                               const units::Dimension& dimension = {}) {
        sema::External made;
        made.name = name;
        made.value = value;
        made.dimension = dimension;
        environment.externals.push_back(made);
        return *this;
    }
    ast::ExprId expression(const std::string& text) {
        return parse::parse_expression(sources.add("expression", text), file, sink);
    }
    std::vector<ast::Statement> statements(const std::string& text) {
        return parse::parse_statements(sources.add("statements", text), file, sink);
    }
    CheckedEquations& threshold(const std::string& text) {
        set.threshold = expression(text);
        return *this;
    }
    CheckedEquations& reset(const std::string& text) {
        set.reset = statements(text);
        return *this;
    }
    CheckedEquations& refractory(const std::string& text) {
        set.refractory = expression(text);
        return *this;
    }
    model::CheckedModel check() {
        set.file = &file;
        return sema::check_equations(set, environment, sink);
    }
    [[nodiscard]] std::string codes() const {
        diag::Sink copy = sink;
        std::string result;
        for (const Diagnostic& diagnostic : copy.take()) {
            result += (result.empty() ? "" : " ") + diagnostic.code;
        }
        return result;
    }
    [[nodiscard]] std::string rendered() const {
        diag::Sink copy = sink;
        return diag::render_all(copy.take(), sources);
    }
};

} // namespace hhc::test
