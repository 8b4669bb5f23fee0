// SPDX-License-Identifier: MIT
// A sequence that grows without moving what it holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace hodg::record {

template <class T> class ChunkedVector {
public:
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t bytes() const { return size_ * sizeof(T); }
    [[nodiscard]] const T& operator[](std::size_t i) const {
        return chunks_[i / chunk_length][i % chunk_length];
    }

    void push_back(const T& value) {
        if (size_ == chunks_.size() * chunk_length) {
            chunks_.push_back(std::make_unique_for_overwrite<T[]>(chunk_length));
        }
        chunks_[size_ / chunk_length][size_ % chunk_length] = value;
        ++size_;
    }
    void clear() {
        chunks_.clear();
        size_ = 0;
    }
    void assign(const std::vector<T>& values) {
        clear();
        for (const T& value : values) {
            push_back(value);
        }
    }
    [[nodiscard]] std::vector<T> copy() const {
        std::vector<T> all;
        all.reserve(size_);
        for (std::size_t c = 0; c < chunks_.size(); ++c) {
            const std::size_t here = std::min(chunk_length, size_ - c * chunk_length);
            all.insert(all.end(), chunks_[c].get(), chunks_[c].get() + here);
        }
        return all;
    }

private:
    static constexpr std::size_t chunk_length = std::size_t{1} << 14U;
    std::vector<std::unique_ptr<T[]>> chunks_;
    std::size_t size_ = 0;
};

} // namespace hodg::record
