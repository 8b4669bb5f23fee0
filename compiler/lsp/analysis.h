// SPDX-License-Identifier: MIT
// All that the server knows about one version of one text: tree, names, checked models, mistakes.
#pragma once

#include "driver/import_resolver.h"
#include "lower/lower.h"
#include "lsp/names.h"
#include "sema/check.h"
#include "support/hash.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hhc::lsp {

/// Models that were lowered without a word, by everything that they are made of: while one block is
/// edited, the others need not be lowered again.
using LoweredBefore = std::map<Hash128, lower::MethodReport>;

/// Where imports are looked for, and what is known from before.
struct Surroundings {
    std::string library_folder;
    std::vector<std::string> search_path;
    driver::OpenTexts open_texts;
    LoweredBefore* lowered_before = nullptr; // may be none
};

class Analysis {
public:
    Analysis(const std::string& path, std::string text, const Surroundings& surroundings);
    Analysis(const Analysis&) = delete;
    Analysis& operator=(const Analysis&) = delete;

    [[nodiscard]] const source::SourceManager& sources() const { return sources_; }
    [[nodiscard]] const source::SourceFile& source() const { return *source_; }
    [[nodiscard]] const ast::File& file() const { return file_; }
    [[nodiscard]] Names& names() { return *names_; }
    [[nodiscard]] const Names& names() const { return *names_; }
    /// Of this text and of what it imports.
    [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
    /// No error of syntax.
    [[nodiscard]] bool is_readable() const { return readable_; }

    /// The checked model of a block of this text; none if the block is broken beyond that.
    [[nodiscard]] const model::CheckedModel* model(const ast::Block& block) const;
    /// How the states of a model of this text are integrated; none if the text has errors.
    [[nodiscard]] const lower::MethodReport* methods(const model::CheckedModel& model) const;

private:
    void lower_all(diag::Sink& sink, LoweredBefore* before);
    [[nodiscard]] Hash128 shared_text() const;

    source::SourceManager sources_;
    const source::SourceFile* source_;
    diag::Sink import_sink_; // mistakes inside imported files
    driver::ImportResolver resolver_;
    ast::File file_;
    sema::Environment environment_;
    sema::CheckedFile checked_;
    diag::Sink names_sink_; // what the check has said already
    std::optional<sema::FileScopes> scopes_;
    std::optional<Names> names_;
    std::vector<Diagnostic> diagnostics_;
    bool readable_ = false;
    bool has_errors_ = false;
    std::map<const model::CheckedModel*, lower::MethodReport> methods_;
};

} // namespace hhc::lsp
