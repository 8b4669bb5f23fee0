// SPDX-License-Identifier: MIT
#include "driver/import_resolver.h"

#include "parse/parse.h"
#include "support/suggest.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace hhc::driver {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t largest_file = std::uintmax_t{64}
                                        << 20U; // bytes; the parser refuses much less

bool is_below(const fs::path& path, const fs::path& root) {
    const auto [end, at] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
    return end == root.end() || (std::next(end) == root.end() && end->empty());
}

constexpr std::string_view extension = ".hhm";

/// Paths of `.hhm` files from `root` on. Only a few folders deep and not without end: it may be
/// somebody's home.
std::vector<std::string> models_below(const fs::path& root) {
    constexpr int deepest = 3;
    constexpr int most = 2000;
    std::vector<std::string> found;
    std::error_code error;
    int seen = 0;
    fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, error);
    for (; !error && at != fs::recursive_directory_iterator() && ++seen < most;
         at.increment(error)) {
        if (at.depth() >= deepest || at->path().filename().string().starts_with(".")) {
            at.disable_recursion_pending();
        }
        if (at->path().extension() == extension) {
            found.push_back(at->path().lexically_relative(root).generic_string());
        }
    }
    return found;
}

sema::ImportReply refusal(std::string why) {
    sema::ImportReply reply;
    reply.why = std::move(why);
    return reply;
}

bool leaves_its_folder(const fs::path& path) {
    return path.is_absolute() ||
           std::any_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
}

} // namespace

std::optional<std::string> read_text(const fs::path& path, std::string& why) {
    std::error_code error;
    if (!fs::exists(path, error)) {
        why = "there is no such file";
        return std::nullopt;
    }
    if (!fs::is_regular_file(path, error)) {
        why = "it is no regular file";
        return std::nullopt;
    }
    std::ifstream stream(path, std::ios::binary);
    if (!stream) {
        why = "it cannot be read";
        return std::nullopt;
    }
    // More is never read: the parser says that the file is too large.
    const std::uintmax_t size = std::min(fs::file_size(path, error), largest_file);
    std::string text(size, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(size));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
}

ImportResolver::ImportResolver(source::SourceManager& sources, diag::Sink& sink,
                               std::string library, std::vector<std::string> search_path)
    : sources_(sources), sink_(sink), library_(std::move(library)),
      search_path_(std::move(search_path)) {}

void ImportResolver::set_root(const ast::File& file, const fs::path& folder) {
    folders_[&file] = folder;
}

sema::ImportReply ImportResolver::resolve(const sema::ImportRequest& request) {
    return request.is_quoted ? resolve_quoted(request) : resolve_dotted(request);
}

std::vector<ImportedFile> ImportResolver::imports() const {
    std::vector<ImportedFile> found;
    for (const auto& [path, loaded] : loaded_) {
        found.push_back({path, hash_bytes(sources_.file(loaded.file->span.file).text())});
    }
    return found;
}

std::vector<fs::path> ImportResolver::roots(const ast::File* importing) const {
    std::vector<fs::path> found;
    if (const auto folder = folders_.find(importing); folder != folders_.end()) {
        found.push_back(folder->second);
    }
    found.insert(found.end(), search_path_.begin(), search_path_.end());
    if (!library_.empty()) {
        found.emplace_back(library_);
    }
    return found;
}

sema::ImportReply ImportResolver::resolve_quoted(const sema::ImportRequest& request) {
    const fs::path relative(request.path);
    if (leaves_its_folder(relative)) {
        return refusal("an import names a file below the importing one, without `..`");
    }
    if (relative.extension() != extension) {
        return refusal("only `.hhm` files can be imported");
    }
    for (const fs::path& root : roots(request.importing)) {
        std::error_code error;
        if (fs::exists(root / relative, error)) {
            return load(root, relative);
        }
    }
    return not_found(request, "there is no such file below the importing one, in the search path "
                              "or in the standard library");
}

sema::ImportReply ImportResolver::resolve_dotted(const sema::ImportRequest& request) {
    // `channels.squid` is the file channels/squid.hhm; `channels.squid.NaT` one block of it.
    std::string slashed = request.path;
    std::replace(slashed.begin(), slashed.end(), '.', '/');
    const fs::path whole(slashed + ".hhm");
    const fs::path file = fs::path(slashed).parent_path().concat(".hhm");
    const std::string block = fs::path(slashed).filename().string();
    for (const fs::path& root : roots(request.importing)) {
        std::error_code error;
        if (fs::exists(root / whole, error)) {
            return load(root, whole);
        }
        if (fs::exists(root / file, error)) {
            sema::ImportReply reply = load(root, file);
            reply.selected = block;
            return reply;
        }
    }
    return not_found(request, "the standard library has no `" + request.path +
                                  "`, nor has the folder of the importing file");
}

sema::ImportReply ImportResolver::not_found(const sema::ImportRequest& request,
                                            std::string why) const {
    const std::size_t dot = request.path.rfind('.');
    std::vector<std::string> known;
    for (const fs::path& root : roots(request.importing)) {
        for (std::string path : models_below(root)) {
            if (!request.is_quoted) {
                path.resize(path.size() - extension.size());
                std::replace(path.begin(), path.end(), '/', '.');
                if (dot != std::string::npos) { // the last part may name a block of the file
                    known.push_back(path + request.path.substr(dot));
                }
            }
            known.push_back(std::move(path));
        }
    }
    sema::ImportReply reply = refusal(std::move(why));
    reply.near = nearest_names(request.path, known);
    return reply;
}

sema::ImportReply ImportResolver::load(const fs::path& root, const fs::path& relative) {
    std::error_code error;
    const fs::path canonical_root = fs::weakly_canonical(root, error);
    const fs::path path = fs::weakly_canonical(root / relative, error);
    if (error || !is_below(path, canonical_root)) {
        return refusal("it lies outside the folder that may be read (a symbolic link?)");
    }
    auto [entry, is_new] = loaded_.try_emplace(path.string());
    if (is_new) {
        std::string why;
        std::optional<std::string> text = open_texts_ ? open_texts_(path.string()) : std::nullopt;
        if (!text) {
            text = read_text(path, why);
        }
        if (!text) {
            loaded_.erase(entry);
            return refusal(why);
        }
        const source::SourceFile& file = sources_.add(path.string(), std::move(*text));
        entry->second.file = std::make_unique<ast::File>(parse::parse_file(file, sink_));
        entry->second.folder = path.parent_path();
        folders_[entry->second.file.get()] = path.parent_path();
    }
    sema::ImportReply reply;
    reply.file = entry->second.file.get();
    reply.identity = path.string();
    return reply;
}

} // namespace hhc::driver
