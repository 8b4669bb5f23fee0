// SPDX-License-Identifier: MIT
#include "archive/file.h"

#include "base/fail.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace hodg::archive {

using base::Code;
using base::fail;

static constexpr std::size_t most_at_once = std::size_t{1} << 30U;

/// "." for a name without a folder.
static std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
}

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)) {
    static std::atomic<int> count{0};
    temporary_ = fmt::format("{}.{}.{}.tmp", path_, ::getpid(), ++count);
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0) {
        refuse("opened for writing", errno);
    }
}

AtomicFile::~AtomicFile() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
        ::unlink(temporary_.c_str());
    }
}

void AtomicFile::refuse(const char* deed, int error) const {
    fail(Code::SaveFailed, fmt::format("`{}` cannot be {}: {}", path_, deed, std::strerror(error)),
         "what was there before is untouched");
}

void AtomicFile::write(std::span<const char> bytes) {
    while (!bytes.empty()) {
        const ssize_t written =
            ::write(descriptor_, bytes.data(), std::min(bytes.size(), most_at_once));
        if (written < 0 && errno != EINTR) {
            refuse("written", errno);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
}

void AtomicFile::write_head(std::span<const char> bytes) {
    if (::pwrite(descriptor_, bytes.data(), bytes.size(), 0) !=
        static_cast<ssize_t>(bytes.size())) {
        refuse("written", errno);
    }
}

void AtomicFile::finish() {
    if (::fsync(descriptor_) != 0) {
        refuse("brought to the disk", errno);
    }
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
        refuse("given its name", errno);
    }
    ::close(descriptor_);
    descriptor_ = -1;
    const int folder = ::open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) { // the name itself; some file systems know no such thing
        static_cast<void>(::fsync(folder));
        ::close(folder);
    }
}

ReadableFile::ReadableFile(std::string path) : path_(std::move(path)) {
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about{};
    if (descriptor_ < 0 || ::fstat(descriptor_, &about) != 0 || !S_ISREG(about.st_mode)) {
        const int error = descriptor_ < 0 ? errno : EISDIR;
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
        fail(Code::SaveUnreadable,
             fmt::format("`{}` cannot be read: {}", path_,
                         error == EISDIR ? "it is no file" : std::strerror(error)));
    }
    size_ = static_cast<std::uint64_t>(about.st_size);
}

ReadableFile::~ReadableFile() {
    ::close(descriptor_);
}

bool ReadableFile::read(std::uint64_t offset, std::span<char> bytes) const {
    while (!bytes.empty()) {
        const ssize_t got = ::pread(descriptor_, bytes.data(), std::min(bytes.size(), most_at_once),
                                    static_cast<off_t>(offset));
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return false;
        }
        const auto count = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        bytes = bytes.subspan(count);
        offset += count;
    }
    return true;
}

} // namespace hodg::archive
