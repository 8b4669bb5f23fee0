// SPDX-License-Identifier: MIT
// Memory for the small things that every step touches: values, uniforms, contexts, calls. They come
// from a few pages of their own, so that a network of many small objects fits into the first level
// of address translation (64 to 96 pages on present processors). Scattered over the heap, two dozen
// objects touch twice as many, and each of their loads waits for the second level.
#pragma once

#include <cstddef>
#include <vector>

namespace hodg::base {

/// Aligned to cache lines, not cleared. Large pieces come from the heap. Throws Error HH6029 when
/// there is no memory.
[[nodiscard]] void* allocate_together(std::size_t bytes);
/// `bytes` as they were asked for. What is freed is given out again, but stays in the process.
void free_together(void* memory, std::size_t bytes) noexcept;

template <class T> struct Together {
    using value_type = T;
    Together() = default;
    template <class U> Together(const Together<U>& /*other*/) {} // NOLINT: a conversion
    static constexpr std::size_t size = sizeof(T); // NOLINT: of a pointer, where T is one
    [[nodiscard]] T* allocate(std::size_t count) {
        return static_cast<T*>(allocate_together(count * size));
    }
    void deallocate(T* memory, std::size_t count) noexcept { free_together(memory, count * size); }
    friend bool operator==(const Together& /*a*/, const Together& /*b*/) { return true; }
};

template <class T> using TogetherVector = std::vector<T, Together<T>>;

/// Base of what is made by `new` and touched in every step.
struct MadeTogether {
    static void* operator new(std::size_t bytes) { return allocate_together(bytes); }
    static void operator delete(void* memory, std::size_t bytes) noexcept {
        free_together(memory, bytes);
    }
};

} // namespace hodg::base
