// SPDX-License-Identifier: MIT
#include "sema/file_scope.h"

#include "ast/visit.h"
#include "support/suggest.h"

#include <algorithm>

namespace hhc::sema {

const TopLevel* FileScope::find(const std::string& name) const {
    const auto found = symbols.find(name);
    return found == symbols.end() ? nullptr : &found->second;
}

const FileScope& FileScopes::load(const ast::File& file) {
    std::unique_ptr<FileScope>& slot = scopes_[&file];
    if (slot != nullptr) {
        return *slot;
    }
    slot = std::make_unique<FileScope>();
    FileScope& scope = *slot;
    scope.file = &file;
    open_.push_back(&file);
    add_prelude(scope);
    add_own(scope);
    for (const ast::Item& item : file.items) {
        if (const auto* wanted = std::get_if<ast::Import>(&item.node)) {
            import(scope, *wanted, item.span);
        }
    }
    open_.pop_back();
    return scope;
}

void FileScopes::add_prelude(FileScope& scope) {
    const auto& prelude = environment_.prelude;
    if (std::find(prelude.begin(), prelude.end(), scope.file) != prelude.end()) {
        return;
    }
    for (const ast::File* file : prelude) {
        for (const auto& [name, symbol] : load(*file).symbols) {
            scope.symbols.emplace(name, symbol);
        }
    }
}

void FileScopes::define(FileScope& scope, const std::string& name, const TopLevel& symbol) {
    const auto [place, is_new] = scope.symbols.emplace(name, symbol);
    if (is_new) {
        return;
    }
    const TopLevel& other = place->second;
    const bool both_own = other.home == &scope && symbol.home == &scope;
    if (both_own) {
        sink_.report(diag::Code::DuplicateName, symbol.span, "`" + name + "` is defined twice")
            .note_at(other.span, "the first definition");
    } else if (symbol.home == &scope) {
        place->second = symbol; // the own definition hides one of the prelude
    } else if (other.home == &scope) {
        sink_.report(diag::Code::ShadowedName, other.span,
                     "`" + name + "` hides the imported `" + name + "`");
    } else if (other.span != symbol.span) {
        sink_
            .report(diag::Code::DuplicateName, symbol.span,
                    "`" + name + "` is imported from two files")
            .note("give one of the imports a name of its own: `import ... as NAME`");
    }
}

void FileScopes::add_own(FileScope& scope) {
    for (const ast::Item& item : scope.file->items) {
        ast::match(
            item.node,
            [&](const ast::Function& f) { define(scope, f.name.text, {&f, &scope, f.name.span}); },
            [&](const ast::Const& c) { define(scope, c.name.text, {&c, &scope, c.name.span}); },
            [&](const ast::Block& b) { define(scope, b.name.text, {&b, &scope, b.name.span}); },
            [](const auto&) {});
    }
}

/// A quoted path stays below the importing file: no absolute path and no way up.
static bool leaves_folder(const std::string& path) {
    if (path.empty() || path.front() == '/' || path.front() == '\\' || path.front() == '~' ||
        path.find('\\') != std::string::npos || path.find(':') != std::string::npos) {
        return true;
    }
    std::size_t begin = 0;
    while (begin <= path.size()) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (path.substr(begin, end - begin) == "..") {
            return true;
        }
        begin = end + 1;
    }
    return false;
}

const ast::File* FileScopes::ask(const ast::File& importing, const ast::Import& item, Span span,
                                 std::string& selected) {
    ImportRequest request;
    request.is_quoted = item.file.has_value();
    request.path = request.is_quoted ? item.file->text : item.path.text();
    request.importing = &importing;
    request.span = span;
    const Span place = request.is_quoted ? item.file->span : item.path.span;
    if (request.is_quoted && leaves_folder(request.path)) {
        sink_
            .report(diag::Code::ImportOutside, place,
                    "`" + request.path + "` is not below the folder of this file")
            .note("an import names a file in this folder or below, such as `channels/na.hhm`, or "
                  "one of the standard library, such as `import channels.NaT`");
        return nullptr;
    }
    if (!environment_.resolve_import) {
        sink_.report(diag::Code::ImportFailed, place, "there are no files to import from here");
        return nullptr;
    }
    const ImportReply reply = environment_.resolve_import(request);
    if (reply.file == nullptr) {
        auto problem = sink_.report(diag::Code::ImportFailed, place,
                                    "`" + request.path + "` cannot be imported: " +
                                        (reply.why.empty() ? "there is no such file" : reply.why));
        if (!reply.near.empty()) {
            const std::string quote = request.is_quoted ? "\"" : "";
            problem.fix(place, quote + reply.near.front() + quote, did_you_mean(reply.near));
        }
        return nullptr;
    }
    selected = reply.selected;
    return by_identity_.emplace(reply.identity, reply.file).first->second;
}

void FileScopes::import(FileScope& scope, const ast::Import& item, Span span) {
    std::string selected;
    const ast::File* file = ask(*scope.file, item, span, selected);
    if (file == nullptr) {
        return;
    }
    if (std::find(open_.begin(), open_.end(), file) != open_.end()) {
        sink_.report(diag::Code::ImportCycle, span,
                     "this import leads back to the file that it stands in");
        return;
    }
    const FileScope imported = load(*file); // a copy: `scopes_` may grow
    bool found = false;
    for (const auto& [name, symbol] : imported.symbols) {
        if (symbol.home->file != file || (!selected.empty() && name != selected)) {
            continue; // what it imports itself stays its own affair
        }
        found = true;
        const bool renames = !selected.empty() && item.alias.has_value();
        define(scope,
               renames      ? item.alias->text
               : item.alias ? item.alias->text + "." + name
                            : name,
               symbol);
    }
    if (!found && !selected.empty()) {
        std::vector<std::string> known;
        for (const auto& [name, symbol] : imported.symbols) {
            if (symbol.home->file == file) {
                known.push_back(name);
            }
        }
        auto problem = sink_.report(diag::Code::ImportFailed, item.path.span,
                                    "`" + selected + "` is not defined in the imported file");
        if (const std::vector<std::string> near = nearest_names(selected, known); !near.empty()) {
            const Span last = item.path.parts.back().span;
            problem.fix(last, near.front(), did_you_mean(near));
        } else if (!known.empty()) {
            problem.note("it defines `" + known.front() + "`" +
                         (known.size() > 1 ? ", `" + known[1] + "`" : "") +
                         (known.size() > 2 ? " and others" : ""));
        }
    }
}

} // namespace hhc::sema
