// SPDX-License-Identifier: MIT
// A .npy file that grows by rows: numpy reads it at any time, also after the program was killed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hodg::record {

/// One column of a row: name, type as numpy writes it ("<f8"), and how many of it.
struct NpyColumn {
    std::string name;
    std::string type;
    std::size_t count = 1;
    bool scalar = true; // else an array, also of one
};

/// Rows are kept until `flush`, then written behind those that are there; the head, which says how
/// many there are, follows. Errors HH6033; rows that could not be written are kept for the next
/// flush. A file has one writer: the newest of a process, and no other process's.
class NpyFile {
public:
    NpyFile(std::string path, std::span<const NpyColumn> columns);
    ~NpyFile();
    NpyFile(const NpyFile&) = delete;
    NpyFile& operator=(const NpyFile&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::size_t row_bytes() const { return row_bytes_; }
    [[nodiscard]] std::uint64_t rows() const { return written_ + waiting(); }
    [[nodiscard]] bool is_open() const { return descriptor_ >= 0 || taken_over_; }

    /// A new file, in the place of what was there.
    void create();
    /// There is a file with at least so many rows. Errors HH6034.
    void require(std::uint64_t rows) const;
    /// Goes on behind so many.
    void reopen(std::uint64_t rows);

    /// Memory of a new row.
    char* append();
    /// Keeps the first ones.
    void truncate(std::uint64_t rows);
    /// Writes what waits, if it is much or `all`.
    void flush(bool all);
    /// Everything is on the disk.
    void sync();

private:
    [[noreturn]] void refuse_two_writers() const;
    [[noreturn]] void refuse(const char* deed, int error) const;
    [[nodiscard]] std::uint64_t waiting() const { return buffer_.size() / row_bytes_; }
    [[nodiscard]] std::string head(std::uint64_t rows) const;
    void open(int flags);
    void close();
    void write_at(std::uint64_t offset, std::span<const char> bytes, std::uint64_t& done) const;
    void write_head();

    std::string path_;
    std::string description_; // of a row, in numpy's words
    std::size_t row_bytes_ = 0;
    std::size_t head_bytes_ = 0;
    int descriptor_ = -1;
    bool taken_over_ = false;   // by a newer one of this process: a notebook ran a cell again
    std::uint64_t written_ = 0; // rows in the file
    std::vector<char> buffer_;  // rows behind them
};

} // namespace hodg::record
