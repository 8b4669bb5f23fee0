// SPDX-License-Identifier: MIT
// Rows of numbers by step, in chunks that are never moved.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace hodg::record {

class RowStore {
public:
    explicit RowStore(std::size_t row_length = 1)
        : length_(row_length), rows_per_chunk_(std::max<std::size_t>(1, chunk_values / length_)) {}

    [[nodiscard]] std::size_t length() const { return length_; }
    [[nodiscard]] std::size_t size() const { return steps_.size(); }
    [[nodiscard]] bool empty() const { return steps_.empty(); }
    [[nodiscard]] std::int64_t last_step() const { return steps_.back(); }
    [[nodiscard]] const std::vector<std::int64_t>& steps() const { return steps_; }
    [[nodiscard]] double* row(std::size_t index) const {
        return chunks_[index / rows_per_chunk_].get() + index % rows_per_chunk_ * length_;
    }
    [[nodiscard]] std::size_t rows_per_chunk() const { return rows_per_chunk_; }
    [[nodiscard]] std::size_t bytes() const { return chunks_.size() * chunk_bytes(); }
    [[nodiscard]] std::size_t chunk_bytes() const {
        return rows_per_chunk_ * length_ * sizeof(double);
    }
    /// The next row needs another chunk.
    [[nodiscard]] bool full() const { return steps_.size() == chunks_.size() * rows_per_chunk_; }

    double* add(std::int64_t step) {
        if (full()) {
            chunks_.push_back(std::make_unique_for_overwrite<double[]>(rows_per_chunk_ * length_));
        }
        steps_.push_back(step);
        return row(steps_.size() - 1);
    }
    void drop_last() { steps_.pop_back(); }
    /// Forgets the rows and keeps their memory.
    void restart() { steps_.clear(); }
    void clear() {
        steps_.clear();
        chunks_.clear();
    }

private:
    static constexpr std::size_t chunk_values = std::size_t{1} << 17U; // 1 MB

    std::size_t length_;
    std::size_t rows_per_chunk_;
    std::vector<std::int64_t> steps_;
    std::vector<std::unique_ptr<double[]>> chunks_;
};

} // namespace hodg::record
