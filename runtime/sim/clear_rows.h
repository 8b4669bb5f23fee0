// SPDX-License-Identifier: MIT
// Rows of values that start every step as zeros.
#pragma once

#include <cstddef>
#include <span>

namespace hodg::sim {

struct Clear {
    char* data = nullptr; // aligned to 64 bytes
    std::size_t bytes = 0;
};

/// With stores as wide as the vectors that kernels of this machine read right after: a load that
/// spans several stores under way waits until these, and all before them, have reached the cache,
/// which costs a small network 50 ns in every step.
void clear_rows(std::span<const Clear> rows);

} // namespace hodg::sim
