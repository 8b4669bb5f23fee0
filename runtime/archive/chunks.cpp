// SPDX-License-Identifier: MIT
#include "archive/chunks.h"

#include <algorithm>
#include <zstd.h>

namespace hodg::archive {

static constexpr int level = 1;

static void sort_bytes(std::span<const char> chunk, std::size_t element, char* to) {
    const std::size_t count = chunk.size() / element;
    for (std::size_t byte = 0; byte < element; ++byte) {
        for (std::size_t i = 0; i < count; ++i) {
            to[byte * count + i] = chunk[i * element + byte];
        }
    }
}

static void unsort_bytes(std::span<const char> sorted, std::size_t element, char* to) {
    const std::size_t count = sorted.size() / element;
    for (std::size_t byte = 0; byte < element; ++byte) {
        for (std::size_t i = 0; i < count; ++i) {
            to[i * element + byte] = sorted[byte * count + i];
        }
    }
}

void pack(std::span<const char> chunk, std::size_t element, std::vector<char>& to) {
    std::vector<char> sorted(chunk.size());
    sort_bytes(chunk, element, sorted.data());
    to.resize(ZSTD_compressBound(sorted.size()));
    const std::size_t size =
        ZSTD_compress(to.data(), to.size(), sorted.data(), sorted.size(), level);
    if (ZSTD_isError(size) != 0 || size >= chunk.size()) {
        to.assign(chunk.begin(), chunk.end());
    } else {
        to.resize(size);
    }
}

bool unpack(std::span<const char> packed, std::size_t element, std::span<char> to) {
    if (packed.size() == to.size()) {
        std::ranges::copy(packed, to.begin());
        return true;
    }
    if (to.size() % element != 0) {
        return false;
    }
    std::vector<char> sorted(to.size());
    const std::size_t size =
        ZSTD_decompress(sorted.data(), sorted.size(), packed.data(), packed.size());
    if (ZSTD_isError(size) != 0 || size != to.size()) {
        return false;
    }
    unsort_bytes(sorted, element, to.data());
    return true;
}

} // namespace hodg::archive
