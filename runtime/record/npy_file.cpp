// SPDX-License-Identifier: MIT
#include "record/npy_file.h"

#include "base/fail.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hodg::record {

using base::Code;
using base::fail;

static constexpr std::size_t much = std::size_t{1} << 20U;
static constexpr std::size_t alignment = 64; // of the first row

/// As Python writes a text.
static std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') {
            result += '\\';
        }
        result += c;
    }
    return result + "'";
}

static std::size_t bytes_of(const std::string& type) {
    return static_cast<std::size_t>(type.back() - '0');
}

NpyFile::NpyFile(std::string path, std::span<const NpyColumn> columns) : path_(std::move(path)) {
    description_ = "[";
    for (const NpyColumn& column : columns) {
        description_ += column.scalar
                            ? fmt::format("({}, '{}'), ", quoted(column.name), column.type)
                            : fmt::format("({}, '{}', ({},)), ", quoted(column.name), column.type,
                                          column.count);
        row_bytes_ += bytes_of(column.type) * column.count;
    }
    description_ += "]";
    head_bytes_ = head(0).size();
}

NpyFile::~NpyFile() {
    if (descriptor_ >= 0) {
        close();
    }
}

/// Writers of this process by path.
static std::map<std::string, NpyFile*>& writers() {
    static std::map<std::string, NpyFile*> all;
    return all;
}
static std::mutex writers_guard;

void NpyFile::close() {
    try {
        flush(true);
    } catch (...) { // nobody is there to be told; the run that filled the disk has said so
        buffer_.clear();
    }
    ::close(descriptor_);
    descriptor_ = -1;
    const std::scoped_lock lock(writers_guard);
    const auto found = writers().find(path_);
    if (found != writers().end() && found->second == this) {
        writers().erase(found);
    }
}

void NpyFile::refuse(const char* deed, int error) const {
    fail(Code::RecordingFailed,
         fmt::format("the recording `{}` cannot be {}: {}", path_, deed, std::strerror(error)),
         "what was written before can be read");
}

/// Format 2.0: magic, version, length of the rest, a Python dict, blanks, a line end.
std::string NpyFile::head(std::uint64_t rows) const {
    std::string text = fmt::format("{{'descr': {}, 'fortran_order': False, 'shape': ({},), }}",
                                   description_, rows);
    constexpr std::size_t begin = 12;
    constexpr std::size_t digits = 20; // room for any number of rows
    const std::size_t fixed = begin + text.size() - fmt::format("{}", rows).size() + digits + 1;
    const std::size_t total = (fixed + alignment - 1) / alignment * alignment;
    text.resize(total - begin - 1, ' ');
    text += '\n';
    const auto length = static_cast<std::uint32_t>(text.size());
    std::string result("\x93NUMPY\x02\x00", 8);
    result.append(reinterpret_cast<const char*>(&length), sizeof(length));
    return result + text;
}

void NpyFile::open(int flags) {
    NpyFile* older = nullptr;
    {
        const std::scoped_lock lock(writers_guard);
        older = std::exchange(writers()[path_], this);
    }
    if (older != nullptr && older != this) {
        older->close();
        older->taken_over_ = true;
    }
    taken_over_ = false;
    descriptor_ = ::open(path_.c_str(), flags | O_RDWR | O_CLOEXEC, 0666);
    if (descriptor_ < 0) {
        refuse("opened for writing", errno);
    }
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        ::close(descriptor_);
        descriptor_ = -1;
        refuse_two_writers();
    }
}

void NpyFile::refuse_two_writers() const {
    fail(Code::RecordingFailed,
         fmt::format("the recording `{}` is being written by another recorder", path_),
         "give each its own file");
}

void NpyFile::create() {
    if (descriptor_ < 0) {
        open(O_CREAT);
    }
    buffer_.clear();
    written_ = 0;
    if (::ftruncate(descriptor_, 0) != 0) {
        refuse("emptied", errno);
    }
    write_head();
}

void NpyFile::require(std::uint64_t rows) const {
    const auto lost = [&](const std::string& reason) {
        fail(
            Code::RecordingLost,
            fmt::format("the recording `{}` does not go with the saved network: {}", path_, reason),
            "put the file back, or restore with strict=False and record anew");
    };
    const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        lost(std::strerror(errno));
    }
    struct stat about{};
    std::string found(head_bytes_, '\0');
    const bool read =
        ::pread(file, found.data(), found.size(), 0) == static_cast<ssize_t>(found.size()) &&
        ::fstat(file, &about) == 0;
    ::close(file);
    const std::string expected = head(0);
    const std::size_t same = expected.find("'shape'");
    if (!read || found.compare(0, same, expected, 0, same) != 0) {
        lost("it holds something else");
    }
    if (static_cast<std::uint64_t>(about.st_size) < head_bytes_ + rows * row_bytes_) {
        lost(fmt::format("it has fewer than {} rows", rows));
    }
}

void NpyFile::reopen(std::uint64_t rows) {
    require(rows);
    if (descriptor_ < 0) {
        open(0);
    }
    buffer_.clear();
    written_ = rows;
    truncate(rows);
    write_head();
}

char* NpyFile::append() {
    buffer_.resize(buffer_.size() + row_bytes_);
    return buffer_.data() + buffer_.size() - row_bytes_;
}

void NpyFile::truncate(std::uint64_t rows) {
    if (rows >= written_) {
        buffer_.resize(std::min<std::uint64_t>(waiting(), rows - written_) * row_bytes_);
    } else {
        buffer_.clear();
        written_ = rows;
        write_head();
    }
    if (descriptor_ >= 0 && buffer_.empty() &&
        ::ftruncate(descriptor_, static_cast<off_t>(head_bytes_ + written_ * row_bytes_)) != 0) {
        refuse("cut", errno);
    }
}

/// `done` counts the bytes that were written, also where it fails.
void NpyFile::write_at(std::uint64_t offset, std::span<const char> bytes,
                       std::uint64_t& done) const {
    for (done = 0; done < bytes.size();) {
        const ssize_t count = ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                                       static_cast<off_t>(offset + done));
        if (count < 0 && errno != EINTR) {
            return;
        }
        done += static_cast<std::uint64_t>(std::max<ssize_t>(count, 0));
    }
}

void NpyFile::write_head() {
    const std::string text = head(written_);
    std::uint64_t done = 0;
    write_at(0, text, done);
    if (done < text.size()) {
        refuse("written", errno);
    }
}

void NpyFile::flush(bool all) {
    if (taken_over_ && !buffer_.empty()) {
        refuse_two_writers();
    }
    if (buffer_.empty() || (!all && buffer_.size() < much)) {
        return;
    }
    std::uint64_t done = 0;
    write_at(head_bytes_ + written_ * row_bytes_, buffer_, done);
    const int error = errno;
    const bool whole = done == buffer_.size();
    const std::uint64_t rows = done / row_bytes_;
    buffer_.erase(buffer_.begin(),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(rows * row_bytes_));
    written_ += rows;
    write_head();
    if (!whole) {
        refuse("written", error);
    }
}

void NpyFile::sync() {
    flush(true);
    if (descriptor_ >= 0 && ::fdatasync(descriptor_) != 0) {
        refuse("brought to the disk", errno);
    }
}

} // namespace hodg::record
