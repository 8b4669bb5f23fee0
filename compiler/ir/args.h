// SPDX-License-Identifier: MIT
// The arguments of a value: at most four of them stand in the value itself, only matrices need
// more.
#pragma once

#include "support/ids.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace hhc::ir {

using ValueId = Id<struct ValueTag>;

/// A vector of ValueId without allocation for up to four.
class Args {
public:
    Args() = default;
    Args(std::initializer_list<ValueId> ids) : Args(std::span(ids.begin(), ids.size())) {}
    explicit Args(std::span<const ValueId> ids) {
        for (const ValueId id : ids) {
            push_back(id);
        }
    }

    void push_back(ValueId id) {
        if (size_ < inline_count) {
            few_[size_] = id;
        } else {
            if (size_ == inline_count) {
                many_.assign(few_.begin(), few_.end());
            }
            many_.push_back(id);
        }
        ++size_;
    }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] ValueId* begin() { return size_ > inline_count ? many_.data() : few_.data(); }
    [[nodiscard]] ValueId* end() { return begin() + size_; }
    [[nodiscard]] const ValueId* begin() const {
        return size_ > inline_count ? many_.data() : few_.data();
    }
    [[nodiscard]] const ValueId* end() const { return begin() + size_; }
    ValueId& operator[](std::size_t i) { return begin()[i]; }
    ValueId operator[](std::size_t i) const { return begin()[i]; }
    operator std::span<const ValueId>() const { return {begin(), size_}; } // NOLINT: a view
    friend bool operator==(const Args& a, const Args& b) {
        if (a.size_ != b.size_) {
            return false;
        }
        for (std::size_t i = 0; i < a.size_; ++i) {
            if (a[i] != b[i]) {
                return false;
            }
        }
        return true;
    }

private:
    static constexpr std::size_t inline_count = 4;
    std::array<ValueId, inline_count> few_{};
    std::uint32_t size_ = 0;
    std::vector<ValueId> many_; // all of them, when they are more than four
};

} // namespace hhc::ir
