// SPDX-License-Identifier: MIT
#include "cache/object_cache.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>
#include <utility>

namespace hhc::cache {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view magic = "hodgpy-cache-1\n";
constexpr std::size_t hash_size = sizeof(Hash128::bytes);
constexpr std::string_view source_suffix = ".src";
constexpr std::string_view object_suffix = ".obj"; // as long as the other
constexpr std::string_view part_prefix = ".part-";
constexpr std::size_t stores_per_trim = 64;
constexpr std::int64_t abandoned_after_s = 3600;

/// An open file that is closed with the object.
class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() { (void)close_now(); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    [[nodiscard]] bool open() const { return descriptor_ >= 0; }
    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] bool close_now() {
        const int descriptor = std::exchange(descriptor_, -1);
        return descriptor < 0 || ::close(descriptor) == 0;
    }
    [[nodiscard]] bool write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t done = ::write(descriptor_, bytes.data(), bytes.size());
            if (done <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(done));
        }
        return true;
    }
    [[nodiscard]] std::string read_all() const {
        std::string text;
        std::array<char, 65536> buffer;
        ssize_t got = 0;
        while ((got = ::read(descriptor_, buffer.data(), buffer.size())) > 0) {
            text.append(buffer.data(), static_cast<std::size_t>(got));
        }
        return text;
    }

private:
    int descriptor_;
};

std::string as_text(const Hash128& hash) {
    return {hash.bytes.begin(), hash.bytes.end()};
}

/// The key is part of what is summed, so that a file under a wrong name is found out.
std::string checksum(const Hash128& key, std::string_view payload) {
    return as_text(Hasher().field(as_text(key)).field(payload).finish());
}

std::string make_private_folder(const std::string& folder) {
    std::error_code error;
    const fs::path path(folder);
    if (path.has_parent_path()) {
        fs::create_directories(path.parent_path(), error);
    }
    if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
        return "it cannot be made: " + std::string(std::strerror(errno));
    }
    struct stat status{};
    if (::stat(folder.c_str(), &status) != 0) {
        return std::strerror(errno);
    }
    if (!S_ISDIR(status.st_mode)) {
        return "it is no folder";
    }
    if (status.st_uid != ::geteuid()) {
        return "it belongs to another user";
    }
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return "others may write to it";
    }
    return {};
}

/// visit(descriptor of the folder, name that ends in a 0); nothing if the folder cannot be read.
template <class Visit> void for_each_file(const std::string& folder, Visit visit) {
    const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), ::closedir);
    if (open == nullptr) {
        return;
    }
    while (const dirent* entry = ::readdir(open.get())) {
        visit(::dirfd(open.get()), std::string_view(entry->d_name));
    }
}

std::string file_name(const Hash128& key, bool is_object) {
    return key.hex() + std::string(is_object ? object_suffix : source_suffix);
}

} // namespace

ObjectCache::ObjectCache(std::string folder, std::uint64_t max_bytes)
    : folder_(std::move(folder)), max_bytes_(max_bytes) {
    problem_ = folder_.empty() ? "there is no home folder" : make_private_folder(folder_);
}

void ObjectCache::report_problem(diag::Sink& sink) const {
    if (!problem_.empty()) {
        sink.report(diag::Code::CacheIgnored, Span{},
                    "the object cache `" + folder_ + "` is not used: " + problem_)
            .note("set HHC_CACHE_DIR to a folder of your own that only you can write to");
    }
}

std::optional<std::string> ObjectCache::read(const Hash128& key, bool is_object) const {
    if (!problem_.empty()) {
        return std::nullopt;
    }
    const std::string path = folder_ + "/" + file_name(key, is_object);
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file.open()) {
        return std::nullopt;
    }
    std::string text = file.read_all();
    if (text.size() < magic.size() + hash_size || !text.starts_with(magic)) {
        return std::nullopt;
    }
    const std::string sum = text.substr(magic.size(), hash_size);
    text.erase(0, magic.size() + hash_size);
    if (sum != checksum(key, text)) {
        return std::nullopt;
    }
    (void)::utimensat(AT_FDCWD, path.c_str(), nullptr, 0); // the time of last use; may be refused
    return text;
}

void ObjectCache::write(const Hash128& key, bool is_object, std::string_view payload) {
    if (!problem_.empty()) {
        return;
    }
    std::string part = folder_ + "/" + std::string(part_prefix) + "XXXXXX";
    File file(::mkostemp(part.data(), O_CLOEXEC));
    if (!file.open()) {
        return;
    }
    const std::string path = folder_ + "/" + file_name(key, is_object);
    const bool written = file.write(magic) && file.write(checksum(key, payload)) &&
                         file.write(payload) && file.close_now();
    if (!written || ::rename(part.c_str(), path.c_str()) != 0) {
        ::unlink(part.c_str());
        return;
    }
    // Keys decide, because most processes store once or twice, and looking through a full folder
    // takes longer than a compilation.
    if (key.bytes.back() % stores_per_trim == 0) {
        trim();
    }
}

std::optional<SourceEntry> ObjectCache::find_source(const Hash128& key) const {
    const auto text = read(key, false);
    if (!text || text->size() < hash_size) {
        return std::nullopt;
    }
    SourceEntry entry;
    std::memcpy(entry.object_key.bytes.data(), text->data(), hash_size);
    entry.metadata = text->substr(hash_size);
    return entry;
}

std::optional<std::string> ObjectCache::find_object(const Hash128& key) const {
    return read(key, true);
}

void ObjectCache::store_source(const Hash128& key, const SourceEntry& entry) {
    write(key, false, as_text(entry.object_key) + entry.metadata);
}

void ObjectCache::store_object(const Hash128& key, std::string_view object) {
    write(key, true, object);
}

std::vector<Entry> ObjectCache::list() const {
    std::vector<Entry> entries;
    if (!problem_.empty()) {
        return entries;
    }
    for_each_file(folder_, [&](int folder, std::string_view name) {
        const bool is_object = name.ends_with(object_suffix);
        struct stat status{};
        if ((!is_object && !name.ends_with(source_suffix)) ||
            ::fstatat(folder, name.data(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
            return;
        }
        entries.push_back({std::string(name.substr(0, name.size() - object_suffix.size())),
                           is_object, static_cast<std::uint64_t>(status.st_size),
                           status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec});
    });
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return std::tie(a.last_used_ns, a.key) < std::tie(b.last_used_ns, b.key);
    });
    return entries;
}

std::size_t ObjectCache::clear() {
    const std::vector<Entry> entries = list();
    for (const Entry& entry : entries) {
        const auto suffix = entry.is_object ? object_suffix : source_suffix;
        ::unlink((folder_ + "/" + entry.key + std::string(suffix)).c_str());
    }
    return entries.size();
}

void ObjectCache::trim() {
    const std::vector<Entry> entries = list();
    std::uint64_t total = 0;
    for (const Entry& entry : entries) {
        total += entry.bytes;
    }
    for (const Entry& entry : entries) {
        if (total <= max_bytes_) {
            break;
        }
        const auto suffix = entry.is_object ? object_suffix : source_suffix;
        ::unlink((folder_ + "/" + entry.key + std::string(suffix)).c_str());
        total -= entry.bytes;
    }
    for_each_file(folder_, [](int folder, std::string_view name) {
        struct stat status{}; // unfinished files of processes that died
        if (name.starts_with(part_prefix) &&
            ::fstatat(folder, name.data(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            status.st_mtime + abandoned_after_s < std::time(nullptr)) {
            ::unlinkat(folder, name.data(), 0);
        }
    });
}

} // namespace hhc::cache
