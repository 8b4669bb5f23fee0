// SPDX-License-Identifier: MIT
// Hash of a name that never changes: it identifies an object in the random streams.
#pragma once

#include <cstdint>
#include <string_view>

namespace hodg::base {

/// FNV-1a, 64 bits folded to 32.
constexpr std::uint32_t stable_hash(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    return static_cast<std::uint32_t>(hash ^ (hash >> 32U));
}

} // namespace hodg::base
