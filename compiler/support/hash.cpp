// SPDX-License-Identifier: MIT
// BLAKE2b after RFC 7693; the words are little-endian on every machine.
#include "support/hash.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace hhc {

namespace {

constexpr std::size_t digest_bytes = 16;
constexpr std::size_t rounds = 12;

constexpr std::array<std::uint64_t, 8> initial_state = {
    0x6a09e667f3bcc908U, 0xbb67ae8584caa73bU, 0x3c6ef372fe94f82bU, 0xa54ff53a5f1d36f1U,
    0x510e527fade682d1U, 0x9b05688c2b3e6c1fU, 0x1f83d9abfb41bd6bU, 0x5be0cd19137e2179U};

constexpr std::array<std::array<std::uint8_t, 16>, 10> permutations = {{
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
}};

using Words = std::array<std::uint64_t, 16>;

std::uint64_t load64(const std::uint8_t* bytes) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        word |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
    }
    return word;
}

/// The mixing function G of the RFC on words a, b, c, d of v.
void mix(Words& v, std::size_t a, std::size_t b, std::size_t c, std::size_t d, std::uint64_t x,
         std::uint64_t y) {
    v[a] += v[b] + x;
    v[d] = std::rotr(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = std::rotr(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 63);
}

} // namespace

std::string Hash128::hex() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

std::uint64_t Hash128::low64() const {
    return load64(bytes.data());
}

Hasher::Hasher() : state_(initial_state) {
    state_[0] ^= 0x01010000U ^ digest_bytes;
}

void Hasher::compress(bool last) {
    Words message{};
    for (std::size_t i = 0; i < 16; ++i) {
        message[i] = load64(&block_[8 * i]);
    }
    Words v{};
    std::copy(state_.begin(), state_.end(), v.begin());
    std::copy(initial_state.begin(), initial_state.end(), v.begin() + 8);
    v[12] ^= total_;
    if (last) {
        v[14] = ~v[14];
    }
    for (std::size_t round = 0; round < rounds; ++round) {
        const auto& s = permutations[round % permutations.size()];
        mix(v, 0, 4, 8, 12, message[s[0]], message[s[1]]);
        mix(v, 1, 5, 9, 13, message[s[2]], message[s[3]]);
        mix(v, 2, 6, 10, 14, message[s[4]], message[s[5]]);
        mix(v, 3, 7, 11, 15, message[s[6]], message[s[7]]);
        mix(v, 0, 5, 10, 15, message[s[8]], message[s[9]]);
        mix(v, 1, 6, 11, 12, message[s[10]], message[s[11]]);
        mix(v, 2, 7, 8, 13, message[s[12]], message[s[13]]);
        mix(v, 3, 4, 9, 14, message[s[14]], message[s[15]]);
    }
    for (std::size_t i = 0; i < 8; ++i) {
        state_[i] ^= v[i] ^ v[i + 8];
    }
}

Hasher& Hasher::bytes(std::string_view data) {
    while (!data.empty()) {
        if (filled_ ==
            block_.size()) { // a full block waits: the last one is compressed differently
            compress(false);
            filled_ = 0;
        }
        const std::size_t take = std::min(block_.size() - filled_, data.size());
        std::memcpy(&block_[filled_], data.data(), take);
        filled_ += take;
        total_ += take;
        data.remove_prefix(take);
    }
    return *this;
}

Hasher& Hasher::field(std::string_view data) {
    return field(data.size()).bytes(data);
}

Hasher& Hasher::field(std::uint64_t number) {
    std::array<char, 8> text{};
    for (std::size_t i = 0; i < text.size(); ++i) {
        text[i] = static_cast<char>(number >> (8 * i));
    }
    return bytes({text.data(), text.size()});
}

Hash128 Hasher::finish() {
    std::fill(block_.begin() + static_cast<std::ptrdiff_t>(filled_), block_.end(), std::uint8_t{0});
    compress(true);
    Hash128 hash;
    for (std::size_t i = 0; i < digest_bytes; ++i) {
        hash.bytes[i] = static_cast<std::uint8_t>(state_[i / 8] >> (8 * (i % 8)));
    }
    return hash;
}

Hash128 hash_bytes(std::string_view data) {
    return Hasher().bytes(data).finish();
}

} // namespace hhc
