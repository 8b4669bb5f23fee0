// SPDX-License-Identifier: MIT
// A stable 128-bit hash: BLAKE2b with a digest of 16 bytes (RFC 7693). The same on every machine
// and in every version, and nobody can make two texts with one hash, which matters because cached
// code is found by it.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hhc {

struct Hash128 {
    std::array<std::uint8_t, 16> bytes{};

    /// 32 lower-case digits.
    [[nodiscard]] std::string hex() const;
    /// The first 8 bytes, little-endian.
    [[nodiscard]] std::uint64_t low64() const;
    friend auto operator<=>(const Hash128&, const Hash128&) = default;
};

/// Hashes a sequence of bytes given in pieces.
class Hasher {
public:
    Hasher();
    /// Continues the sequence.
    Hasher& bytes(std::string_view data);
    /// One item of a record: its length, then its bytes, so that ("ab", "c") is not ("a", "bc").
    Hasher& field(std::string_view data);
    Hasher& field(std::uint64_t number);
    [[nodiscard]] Hash128 finish();

private:
    void compress(bool last);

    std::array<std::uint64_t, 8> state_;
    std::array<std::uint8_t, 128> block_{};
    std::size_t filled_ = 0;
    std::uint64_t total_ = 0;
};

[[nodiscard]] Hash128 hash_bytes(std::string_view data);

} // namespace hhc
