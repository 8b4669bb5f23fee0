// SPDX-License-Identifier: MIT
// Zeroed memory, aligned to cache lines, and to huge pages where it is large: then it goes back to
// the system when it is freed. Small pieces stand together (base/together.h).
#pragma once

#include <cstddef>
#include <memory>

namespace hodg::base {

inline constexpr std::size_t cache_line = 64;

struct FreeAligned {
    std::size_t bytes = 0;
    void operator()(void* memory) const noexcept;
};

/// At least one byte is allocated; throws Error HH6029 when the system has no more.
std::unique_ptr<char[], FreeAligned> allocate_aligned(std::size_t bytes);

/// The system gets back what lies behind the first bytes, where it is large.
void shrink_aligned(std::unique_ptr<char[], FreeAligned>& memory, std::size_t bytes);

} // namespace hodg::base
