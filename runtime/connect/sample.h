// SPDX-License-Identifier: MIT
// Draws of several from many.
#pragma once

#include "connect/draws.h"

#include <cstdint>
#include <vector>

namespace hodg::connect {

/// `n` of [0, size) without `excluded` (-1: none). With `repeats` each is drawn independently, in
/// that order; without, all are different and ascending, every set being as likely as any other.
/// There must be enough of them. `found` is overwritten.
void sample(Draws& draws, std::int64_t n, std::int64_t size, std::int64_t excluded, bool repeats,
            std::vector<std::int32_t>& found);

} // namespace hodg::connect
