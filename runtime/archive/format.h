// SPDX-License-Identifier: MIT
// The bytes of a saved network, as they stand in the file.
#pragma once

#include "archive/checksum.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace hodg::archive {

static_assert(std::endian::native == std::endian::little, "files are little-endian");

inline constexpr std::uint32_t format_version = 2;
inline constexpr std::uint64_t boundary = 64;

/// The first bytes; the line ends and the byte above 127 show what a transfer as text does.
inline constexpr char magic[16] = {'\x89', 'h', 'o', 'd', 'g',  'p',  'y',    ' ',
                                   's',    'a', 'v', 'e', '\r', '\n', '\x1a', '\n'};

struct Head {
    Head() { std::memcpy(mark, magic, sizeof(magic)); }

    char mark[16];
    std::uint32_t version = format_version;
    std::uint32_t reserved = 0;
    std::uint64_t sections = 0;
    std::uint64_t index_offset = 0;
    std::uint64_t index_bytes = 0;
    std::uint64_t index_checksum = 0;
    std::uint64_t checksum = 0; // of all before
};
static_assert(sizeof(Head) == 64);

/// Followed by the name.
struct IndexRow {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0; // of the array
    std::uint64_t stored =
        0; // at `offset`: the array, or its chunks, each after its size, and zeros
    std::uint64_t checksum = 0; // of what is stored
    std::uint32_t name_bytes = 0;
    std::uint16_t type = 0;
    std::uint16_t packed = 0; // 1: chunks
};
static_assert(sizeof(IndexRow) == 40);
using ChunkSize = std::uint32_t;

[[nodiscard]] inline std::uint64_t checksum_of_head(const Head& head) {
    return checksum_of({reinterpret_cast<const char*>(&head), offsetof(Head, checksum)});
}

} // namespace hodg::archive
