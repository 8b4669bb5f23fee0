// SPDX-License-Identifier: MIT
#include "sim/clear_rows.h"

#include <cstring>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace hodg::sim {

static constexpr std::size_t line = 64; // bytes
/// Longer rows hide the way into memset.
static constexpr std::size_t short_row = 16 * line;

static void clear(const Clear& row) {
    std::memset(row.data, 0, row.bytes);
}

#ifdef __x86_64__

[[gnu::target("avx512f")]] static void clear_by_64(std::span<const Clear> rows) {
    for (const Clear& row : rows) {
        if (row.bytes > short_row || row.bytes % line != 0) {
            clear(row);
            continue;
        }
        for (std::size_t at = 0; at < row.bytes; at += line) {
            _mm512_store_si512(row.data + at, _mm512_setzero_si512());
        }
    }
}

[[gnu::target("avx")]] static void clear_by_32(std::span<const Clear> rows) {
    for (const Clear& row : rows) {
        if (row.bytes > short_row || row.bytes % (line / 2) != 0) {
            clear(row);
            continue;
        }
        for (std::size_t at = 0; at < row.bytes; at += line / 2) {
            _mm256_store_si256(reinterpret_cast<__m256i*>(row.data + at), _mm256_setzero_si256());
        }
    }
}

#endif

static void clear_each(std::span<const Clear> rows) {
    for (const Clear& row : rows) {
        clear(row);
    }
}

using ClearRows = void (*)(std::span<const Clear>);

static ClearRows widest() {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f") != 0) {
        return clear_by_64;
    }
    if (__builtin_cpu_supports("avx") != 0) {
        return clear_by_32;
    }
#endif
    return clear_each;
}

void clear_rows(std::span<const Clear> rows) {
    static const ClearRows chosen = widest();
    chosen(rows);
}

} // namespace hodg::sim
