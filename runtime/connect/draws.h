// SPDX-License-Identifier: MIT
// Counter-based random numbers of connection rules (Philox4x32-10, Random123): a sequence per
// (seed, purpose, row), whoever computes it.
#pragma once

#include <Random123/philox.h>

#include <array>
#include <cstdint>

namespace hodg::connect {

enum class Purpose : std::uint32_t {
    Probability = 1,
    Indegree,
    Outdegree,
    Total,
    Permutation,
    Pairwise
};

class Draws {
public:
    Draws(std::uint64_t seed, Purpose purpose, std::int64_t row)
        : key_{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}},
          counter_{{0, static_cast<std::uint32_t>(row),
                    static_cast<std::uint32_t>(static_cast<std::uint64_t>(row) >> 32U),
                    domain ^ static_cast<std::uint32_t>(purpose)}} {}

    std::uint32_t word() {
        if (left_ == 0) {
            words_ = r123::Philox4x32()(counter_, key_);
            ++counter_[0];
            left_ = 4;
        }
        return words_[--left_];
    }

    /// In (0, 1], in steps of 2^-53.
    double positive_unit() {
        const std::uint64_t high = word();
        const std::uint64_t bits = high << 32U | word();
        return static_cast<double>((bits >> 11U) + 1) * 0x1p-53;
    }

    /// The next ones, many at a time: for who asks for nothing else.
    using Units = std::array<double, 32>;
    void positive_units(Units& units);

    /// An integer of [0, n), each alike (Lemire 2019).
    std::uint64_t below(std::uint64_t n) {
        if (n <= UINT32_MAX) {
            const auto small = static_cast<std::uint32_t>(n);
            std::uint64_t product = std::uint64_t{word()} * small;
            if (static_cast<std::uint32_t>(product) < small) {
                const std::uint32_t least = (0U - small) % small;
                while (static_cast<std::uint32_t>(product) < least) {
                    product = std::uint64_t{word()} * small;
                }
            }
            return product >> 32U;
        }
        const std::uint64_t least = (std::uint64_t{0} - n) % n;
        while (true) {
            const std::uint64_t high = word();
            const std::uint64_t bits = high << 32U | word();
            if (bits >= least) {
                return bits % n;
            }
        }
    }

private:
    static constexpr std::uint32_t domain = 0x636f6e00; // apart from the streams of kernels

    r123::Philox4x32::key_type key_;
    r123::Philox4x32::ctr_type counter_;
    r123::Philox4x32::ctr_type words_{};
    int left_ = 0;
};

} // namespace hodg::connect
