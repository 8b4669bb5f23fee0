// SPDX-License-Identifier: MIT
// A large array of plain values of a size known when it is made: aligned, zeroed, and with room for
// whole vectors at its end.
#pragma once

#include "base/aligned_memory.h"

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace hodg::base {

template <class T> class Array {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    Array() = default;
    explicit Array(std::size_t size)
        : memory_(allocate_aligned((size + spare) * sizeof(T))), size_(size) {}
    Array(Array&& other) noexcept
        : memory_(std::move(other.memory_)), size_(std::exchange(other.size_, 0)) {}
    Array& operator=(Array&& other) noexcept {
        memory_ = std::move(other.memory_);
        size_ = std::exchange(other.size_, 0);
        return *this;
    }

    [[nodiscard]] T* data() { return reinterpret_cast<T*>(memory_.get()); }
    [[nodiscard]] const T* data() const { return reinterpret_cast<const T*>(memory_.get()); }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t bytes() const { return size_ * sizeof(T); }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] T& operator[](std::size_t i) { return data()[i]; }
    [[nodiscard]] const T& operator[](std::size_t i) const { return data()[i]; }
    [[nodiscard]] std::span<const T> view() const { return {data(), size_}; }
    void clear() {
        memory_.reset();
        size_ = 0;
    }
    /// Keeps the first values; the system gets back what lies behind them.
    void shrink(std::size_t size) {
        shrink_aligned(memory_, (size + spare) * sizeof(T));
        size_ = size;
    }

private:
    static constexpr std::size_t spare = 64; // values behind the end that may be read

    std::unique_ptr<char[], FreeAligned> memory_;
    std::size_t size_ = 0;
};

} // namespace hodg::base
