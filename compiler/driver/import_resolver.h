// SPDX-License-Identifier: MIT
// Finds and parses what `import` names. An import is input like any other text: only `.hhm` files
// below the importing file's folder, below a search path, or of the standard library can be read.
#pragma once

#include "diag/sink.h"
#include "sema/check.h"
#include "source/source_file.h"
#include "support/hash.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hhc::driver {

/// An imported file: path and content at the time of the compilation.
struct ImportedFile {
    std::string path;
    Hash128 content;
};

/// The text of a file that an editor holds and may not have saved; nullopt: read the disk.
using OpenTexts = std::function<std::optional<std::string>(const std::string& path)>;

class ImportResolver {
public:
    /// `library` may be empty; `search_path` holds further roots.
    ImportResolver(source::SourceManager& sources, diag::Sink& sink, std::string library,
                   std::vector<std::string> search_path);

    /// The file that the user named, and where its own imports are looked for.
    void set_root(const ast::File& file, const std::filesystem::path& folder);
    /// These texts go before those on disk; the rules about places hold for them too.
    void set_open_texts(OpenTexts open_texts) { open_texts_ = std::move(open_texts); }
    [[nodiscard]] sema::ImportReply resolve(const sema::ImportRequest& request);

    /// Every file that was imported, with its content, for the cache.
    [[nodiscard]] std::vector<ImportedFile> imports() const;

private:
    struct Loaded {
        std::unique_ptr<ast::File> file;
        std::filesystem::path folder;
    };
    [[nodiscard]] sema::ImportReply resolve_quoted(const sema::ImportRequest& request);
    [[nodiscard]] sema::ImportReply resolve_dotted(const sema::ImportRequest& request);
    [[nodiscard]] std::vector<std::filesystem::path> roots(const ast::File* importing) const;
    /// Why there is no such file, and which ones have similar names.
    [[nodiscard]] sema::ImportReply not_found(const sema::ImportRequest& request,
                                              std::string why) const;
    [[nodiscard]] sema::ImportReply load(const std::filesystem::path& root,
                                         const std::filesystem::path& relative);

    source::SourceManager& sources_;
    diag::Sink& sink_;
    std::string library_;
    OpenTexts open_texts_;
    std::vector<std::string> search_path_;
    std::map<const ast::File*, std::filesystem::path> folders_;
    std::map<std::string, Loaded> loaded_; // by canonical path
};

/// The text of a file; nullopt, with the reason in `why`, if it cannot be read or is too large.
[[nodiscard]] std::optional<std::string> read_text(const std::filesystem::path& path,
                                                   std::string& why);

} // namespace hhc::driver
