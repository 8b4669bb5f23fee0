// SPDX-License-Identifier: MIT
// The top-level names of a file: its own blocks, functions and constants, and what it imports.
#pragma once

#include "sema/check.h"

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace hhc::sema {

struct FileScope;

struct TopLevel {
    std::variant<const ast::Function*, const ast::Const*, const ast::Block*> node;
    const FileScope* home = nullptr; // whose names its text sees
    Span span;                       // its name
};

struct FileScope {
    const ast::File* file = nullptr;
    std::map<std::string, TopLevel> symbols; // "NaT", or "f.NaT" for `import ... as f`

    [[nodiscard]] const TopLevel* find(const std::string& name) const;
};

/// Reads top-level items and follows imports; owns every scope made.
class FileScopes {
public:
    FileScopes(const Environment& environment, diag::Sink& sink)
        : environment_(environment), sink_(sink) {}

    const FileScope& load(const ast::File& file);

private:
    void add_prelude(FileScope& scope);
    void add_own(FileScope& scope);
    void import(FileScope& scope, const ast::Import& item, Span span);
    const ast::File* ask(const ast::File& importing, const ast::Import& item, Span span,
                         std::string& selected);
    void define(FileScope& scope, const std::string& name, const TopLevel& symbol);

    const Environment& environment_;
    diag::Sink& sink_;
    std::map<const ast::File*, std::unique_ptr<FileScope>> scopes_;
    std::map<std::string, const ast::File*> by_identity_;
    std::vector<const ast::File*> open_; // files being loaded, outermost first
};

} // namespace hhc::sema
