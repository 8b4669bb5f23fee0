// SPDX-License-Identifier: MIT
// Files that are written whole or not at all, and read in pieces.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace hodg::archive {

/// Appears under its name only when everything was written and is on the disk; else the file that
/// was there before stays. Errors HH6061.
class AtomicFile {
public:
    explicit AtomicFile(std::string path);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(std::span<const char> bytes);
    /// In place of the first bytes that were written.
    void write_head(std::span<const char> bytes);
    /// Onto the disk, and under its name.
    void finish();

private:
    [[noreturn]] void refuse(const char* deed, int error) const;

    std::string path_;
    std::string temporary_;
    int descriptor_ = -1;
};

/// Errors HH6062 (cannot be read).
class ReadableFile {
public:
    explicit ReadableFile(std::string path);
    ~ReadableFile();
    ReadableFile(const ReadableFile&) = delete;
    ReadableFile& operator=(const ReadableFile&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }
    /// False where the file ends before.
    [[nodiscard]] bool read(std::uint64_t offset, std::span<char> bytes) const;

private:
    std::string path_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
};

} // namespace hodg::archive
