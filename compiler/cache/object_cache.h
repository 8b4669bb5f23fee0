// SPDX-License-Identifier: MIT
// Compiled code on disk, found by content, in two levels:
//   source key = hash(source texts, imported files, options, build id) -> metadata and object key
//   object key = hash(C++ text, every Clang argument, Clang version)   -> object file
// There are no locks: a file is written under another name and renamed. Whatever is wrong with the
// folder or a file in it is a cache miss, never an error.
#pragma once

#include "diag/sink.h"
#include "support/hash.h"

#include "hhc/export.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::cache {

/// Identifies this build of hodgpy, for source keys: the linker's build id of the library that
/// holds this function.
[[nodiscard]] HODGPY_API std::string build_id();

/// What a source key leads to. The metadata is the caller's own text.
struct SourceEntry {
    std::string metadata;
    Hash128 object_key;
};

struct Entry {
    std::string key; ///< 32 digits
    bool is_object = false;
    std::uint64_t bytes = 0;
    std::int64_t last_used_ns = 0; ///< since 1970
};

constexpr std::uint64_t default_max_bytes = 256ULL << 20U;

class HODGPY_API ObjectCache {
public:
    /// Makes the folder, for this user alone. A folder of somebody else, or one that others may
    /// write to, is not used, because what is in it would be run. An empty name: no cache.
    explicit ObjectCache(std::string folder, std::uint64_t max_bytes = default_max_bytes);

    [[nodiscard]] const std::string& folder() const { return folder_; }
    /// Why the folder is not used; empty if it is.
    [[nodiscard]] const std::string& problem() const { return problem_; }
    /// The problem as warning HH8005, if there is one.
    void report_problem(diag::Sink& sink) const;

    [[nodiscard]] std::optional<SourceEntry> find_source(const Hash128& key) const;
    [[nodiscard]] std::optional<std::string> find_object(const Hash128& key) const;
    void store_source(const Hash128& key, const SourceEntry& entry);
    void store_object(const Hash128& key, std::string_view object);

    /// Every entry, least recently used first.
    [[nodiscard]] std::vector<Entry> list() const;
    /// Removes every entry; returns how many there were.
    std::size_t clear();
    /// Removes the least recently used entries until the rest fits into max_bytes. One store_* in
    /// 64 does it.
    void trim();

private:
    [[nodiscard]] std::optional<std::string> read(const Hash128& key, bool is_object) const;
    void write(const Hash128& key, bool is_object, std::string_view payload);

    std::string folder_;
    std::uint64_t max_bytes_;
    std::string problem_;
};

} // namespace hhc::cache
