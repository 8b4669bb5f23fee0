// SPDX-License-Identifier: MIT
// A set of entities of a population, cheap while it is empty or full.
#pragma once

#include <cstdint>
#include <vector>

namespace hodg::kernel {

class EntitySet {
public:
    explicit EntitySet(std::int64_t count = 0) : count_(count) {}

    [[nodiscard]] bool empty() const { return members_ == 0; }
    [[nodiscard]] bool full() const { return members_ == count_; }
    [[nodiscard]] bool contains(std::int64_t i) const {
        return !empty() && (full() || bits_[static_cast<std::size_t>(i)]);
    }

    void insert_all() {
        members_ = count_;
        bits_.clear();
    }
    void insert(std::int64_t i) {
        if (full()) {
            return;
        }
        bits_.resize(static_cast<std::size_t>(count_), false);
        if (!bits_[static_cast<std::size_t>(i)]) {
            bits_[static_cast<std::size_t>(i)] = true;
            ++members_;
        }
    }
    void clear() {
        members_ = 0;
        bits_.clear();
    }

private:
    std::int64_t count_;
    std::int64_t members_ = 0;
    std::vector<bool> bits_; // only while neither empty nor full
};

} // namespace hodg::kernel
