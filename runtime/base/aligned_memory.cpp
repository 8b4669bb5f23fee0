// SPDX-License-Identifier: MIT
#include "base/aligned_memory.h"

#include "base/fail.h"
#include "base/together.h"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

namespace hodg::base {

static constexpr std::size_t huge_page = std::size_t{1} << 21U;

void FreeAligned::operator()(void* memory) const noexcept {
    free_together(memory, bytes);
}

std::unique_ptr<char[], FreeAligned> allocate_aligned(std::size_t bytes) {
    const bool large = bytes >= 2 * huge_page;
    const std::size_t alignment = large ? huge_page : cache_line;
    const std::size_t rounded = (bytes / alignment + 1) * alignment;
    void* memory = rounded < bytes ? nullptr
                   : large         ? std::aligned_alloc(alignment, rounded)
                                   : allocate_together(rounded);
    if (memory == nullptr) {
        fail(Code::OutOfMemory, fmt::format("{} bytes were asked for and not given", bytes));
    }
    if (large) {
        madvise(memory, rounded, MADV_HUGEPAGE); // a wish: the result does not matter
    }
    std::memset(memory, 0, rounded);
    return {static_cast<char*>(memory), FreeAligned{rounded}};
}

} // namespace hodg::base
