// SPDX-License-Identifier: MIT
#include "base/aligned_memory.h"

#include "base/fail.h"
#include "base/together.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <sys/mman.h>

namespace hodg::base {

static constexpr std::size_t huge_page = std::size_t{1} << 21U;
static constexpr std::size_t page = 4096;
#ifdef __SANITIZE_ADDRESS__
static constexpr std::size_t mapped_from = SIZE_MAX; // the heap, where every piece is watched
#else
static constexpr std::size_t mapped_from = huge_page;
#endif

static std::size_t rounded_up(std::size_t bytes, std::size_t unit) {
    return (bytes / unit + 1) * unit;
}

/// Pages of our own, zeroed, which the system gets back when they are freed: a heap keeps what lies
/// below anything still in use. Huge pages where they are filled, small ones for the rest: a huge
/// one of which a part is touched is taken whole.
static void* map_pages(std::size_t bytes) {
    const std::size_t reserved = bytes + huge_page;
    void* start = reserved < bytes ? MAP_FAILED
                                   : mmap(nullptr, reserved, PROT_READ | PROT_WRITE,
                                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) {
        return nullptr;
    }
    const std::size_t before = huge_page - reinterpret_cast<std::uintptr_t>(start) % huge_page;
    char* memory = static_cast<char*>(start) + before;
    munmap(start, before);
    if (before < huge_page) {
        munmap(memory + bytes, huge_page - before);
    }
    madvise(memory, bytes / huge_page * huge_page, MADV_HUGEPAGE); // a wish: no matter if refused
    return memory;
}

void FreeAligned::operator()(void* memory) const noexcept {
    if (bytes >= mapped_from) {
        munmap(memory, bytes);
    } else {
        free_together(memory, bytes);
    }
}

void shrink_aligned(std::unique_ptr<char[], FreeAligned>& memory, std::size_t bytes) {
    std::size_t& held = memory.get_deleter().bytes;
    const std::size_t kept = std::max(rounded_up(bytes, page), mapped_from); // still a mapping
    if (held >= mapped_from && kept < held) {
        munmap(memory.get() + kept, held - kept);
        held = kept;
    }
}

std::unique_ptr<char[], FreeAligned> allocate_aligned(std::size_t bytes) {
    const bool mapped = rounded_up(bytes, cache_line) >= mapped_from;
    const std::size_t rounded = rounded_up(bytes, mapped ? page : cache_line);
    void* memory = rounded < bytes ? nullptr
                   : mapped        ? map_pages(rounded)
                                   : allocate_together(rounded);
    if (memory == nullptr) {
        fail(Code::OutOfMemory, fmt::format("{} bytes were asked for and not given", bytes));
    }
    if (!mapped) {
        std::memset(memory, 0, rounded);
    }
    return {static_cast<char*>(memory), FreeAligned{rounded}};
}

} // namespace hodg::base
