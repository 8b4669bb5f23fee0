// SPDX-License-Identifier: MIT
// Random well-formed modules with every operation of the IR, and data to run them on, special
// numbers included.
#pragma once

#include "ir/ir.h"

#include <cstdint>
#include <random>
#include <string>

namespace hhc::testing {

struct RandomOptions {
    std::uint32_t real_size = 8;
    int operations = 60; // per kernel
    bool random_draws = true;
    bool matrices = true;
    bool integer_arithmetic = true; // without: no kernel can have an integer fault
};

[[nodiscard]] ir::Module random_module(std::uint64_t seed, const RandomOptions& options);

/// Ordinary numbers mostly, else zeros, infinities, NaN, denormals, huge and tiny ones.
[[nodiscard]] double random_number(std::mt19937_64& engine);

} // namespace hhc::testing
