// SPDX-License-Identifier: MIT
// Philox4x32-10 in vectors: the same numbers as one by one. Salmon JK et al. (2011) Proc SC11:16,
// doi:10.1145/2063384.2063405.
#include "connect/draws.h"

#include <cstddef>

#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) &&             \
    !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define HODG_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define HODG_CLONES
#endif

namespace hodg::connect {

static constexpr std::size_t blocks = 16; // of four words each

struct Counters {
    alignas(64) std::uint32_t word[4][blocks];
};

HODG_CLONES static void encrypt(Counters& counters, std::uint32_t key0, std::uint32_t key1) {
    auto& [a, b, c, d] = counters.word;
    for (int round = 0; round < 10; ++round) {
        for (std::size_t k = 0; k < blocks; ++k) {
            const std::uint64_t p = std::uint64_t{0xD2511F53} * a[k];
            const std::uint64_t q = std::uint64_t{0xCD9E8D57} * c[k];
            a[k] = static_cast<std::uint32_t>(q >> 32U) ^ b[k] ^ key0;
            b[k] = static_cast<std::uint32_t>(q);
            c[k] = static_cast<std::uint32_t>(p >> 32U) ^ d[k] ^ key1;
            d[k] = static_cast<std::uint32_t>(p);
        }
        key0 += 0x9E3779B9;
        key1 += 0xBB67AE85;
    }
}

void Draws::positive_units(Units& units) {
    Counters counters;
    for (std::size_t k = 0; k < blocks; ++k) {
        counters.word[0][k] = counter_[0]++;
        counters.word[1][k] = counter_[1];
        counters.word[2][k] = counter_[2];
        counters.word[3][k] = counter_[3];
    }
    encrypt(counters, key_[0], key_[1]);
    for (std::size_t k = 0; k < blocks; ++k) { // a block gives its last word first
        for (const std::size_t half : {std::size_t{0}, std::size_t{1}}) {
            const std::uint64_t high = counters.word[3 - 2 * half][k];
            const std::uint64_t bits = high << 32U | counters.word[2 - 2 * half][k];
            units[2 * k + half] = static_cast<double>((bits >> 11U) + 1) * 0x1p-53;
        }
    }
}

} // namespace hodg::connect
