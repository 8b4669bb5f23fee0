// SPDX-License-Identifier: MIT
// How an array is packed: in chunks, of whose numbers first all first bytes stand, then all second
// ones and so on, compressed by zstd (Y. Collet, RFC 8878) at its fastest level. Bytes that differ
// little, such as those of sizes and indices, come to stand together that way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hodg::archive {

inline constexpr std::size_t chunk_bytes = std::size_t{1} << 20U;
/// Arrays below this many bytes stand as they are.
inline constexpr std::size_t worth_packing = 512;
/// Packed arrays are filled up with zeros to one part in so many: a reader can trust that a small
/// file does not unpack to more than it has memory for.
inline constexpr std::uint64_t most_gain = 256;

/// Bytes of a chunk before the last; of the last.
[[nodiscard]] constexpr std::size_t chunk_at(std::uint64_t at, std::uint64_t bytes) {
    return static_cast<std::size_t>(bytes - at < chunk_bytes ? bytes - at : chunk_bytes);
}

/// A chunk of numbers of `element` bytes each, in place of what `to` held. What cannot be made
/// smaller stays as it is.
void pack(std::span<const char> chunk, std::size_t element, std::vector<char>& to);

/// False if it is not what a chunk of the size of `to` was packed to.
[[nodiscard]] bool unpack(std::span<const char> packed, std::size_t element, std::span<char> to);

} // namespace hodg::archive
