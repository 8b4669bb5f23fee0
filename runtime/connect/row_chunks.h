// SPDX-License-Identifier: MIT
// Rows of targets whose lengths are known only when they are made: chunk by chunk, on several
// threads where there are many, then put together in order.
#pragma once

#include "connect/make.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace hodg::connect {

/// Appends the targets of one source.
using RowMaker = std::function<void(std::int64_t source, std::vector<std::int32_t>& targets)>;

/// `expected` synapses in all decide about threads; `row` is called by several of them at once if
/// `parallel`. The result does not depend on either.
[[nodiscard]] Rows make_rows(std::int64_t sources, double expected, bool parallel,
                             const RowMaker& row);

/// work(first, last) for pieces of [0, count), on several threads when `cost` operations are many.
void in_pieces(std::int64_t count, double cost,
               const std::function<void(std::int64_t first, std::int64_t last)>& work);

} // namespace hodg::connect
