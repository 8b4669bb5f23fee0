// SPDX-License-Identifier: MIT
// XXH64 (Y. Collet, public specification): tells damage, not malice, at memory speed. Written here
// because it is short and never changes: a library of it would be one more package for every
// machine that builds. Tests hold it against the published values.
#pragma once

#include <cstdint>
#include <span>

namespace hodg::archive {

inline constexpr std::uint64_t prime1 = 0x9E3779B185EBCA87U;
inline constexpr std::uint64_t prime2 = 0xC2B2AE3D27D4EB4FU;

/// Takes bytes piece by piece; pieces may be cut anywhere.
class Checksum {
public:
    void add(std::span<const char> bytes);
    [[nodiscard]] std::uint64_t value() const;

private:
    static constexpr std::size_t stripe = 32;

    void take_stripe(const char* bytes);

    std::uint64_t lanes_[4] = {prime1 + prime2, prime2, 0, 0 - prime1};
    char rest_[stripe]{};
    std::size_t rest_size_ = 0;
    std::uint64_t total_ = 0;
};

[[nodiscard]] std::uint64_t checksum_of(std::span<const char> bytes);

} // namespace hodg::archive
