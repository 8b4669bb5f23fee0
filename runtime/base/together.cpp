// SPDX-License-Identifier: MIT
#include "base/together.h"

#include "base/fail.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <mutex>
#include <new>
#include <utility>

#ifdef __SANITIZE_ADDRESS__
static constexpr std::size_t largest = 0; // from the heap, where every piece is watched
#else
static constexpr std::size_t largest = std::size_t{16} * 1024;
#endif

namespace hodg::base {

static constexpr std::size_t line = 64;
static constexpr std::size_t chunk = std::size_t{256} * 1024;

namespace {

/// Pieces of whole lines, cut from chunks; free ones by their size.
class Pool {
public:
    void* take(std::size_t lines) {
        const std::scoped_lock lock(guard_);
        Free*& first = free_[lines];
        if (first != nullptr) {
            return std::exchange(first, first->next);
        }
        if (left_ < lines) {
            auto* fresh = static_cast<char*>(std::aligned_alloc(4096, chunk));
            if (fresh == nullptr) {
                return nullptr;
            }
            if (left_ > 0) {
                free_[left_] = ::new (next_) Free{free_[left_]};
            }
            next_ = fresh;
            left_ = chunk / line;
        }
        left_ -= lines;
        return std::exchange(next_, next_ + lines * line);
    }
    void give(void* memory, std::size_t lines) {
        const std::scoped_lock lock(guard_);
        free_[lines] = ::new (memory) Free{free_[lines]};
    }

private:
    struct Free {
        Free* next;
    };
    std::mutex guard_;
    std::array<Free*, largest / line + 1> free_{};
    char* next_ = nullptr;
    std::size_t left_ = 0; // lines of the chunk
};

Pool& pool() {
    static Pool& only = *new Pool; // outlives whatever else is static
    return only;
}

} // namespace

static std::size_t lines_of(std::size_t bytes) {
    return bytes == 0 ? 1 : (bytes + line - 1) / line;
}

void* allocate_together(std::size_t bytes) {
    const std::size_t lines = lines_of(bytes);
    void* memory = bytes <= largest ? pool().take(lines) : std::aligned_alloc(line, lines * line);
    if (memory == nullptr) {
        fail(Code::OutOfMemory, fmt::format("{} bytes were asked for and not given", bytes));
    }
    return memory;
}

void free_together(void* memory, std::size_t bytes) noexcept {
    if (memory == nullptr) {
        return;
    }
    if (bytes <= largest) {
        pool().give(memory, lines_of(bytes));
    } else {
        std::free(memory);
    }
}

} // namespace hodg::base
