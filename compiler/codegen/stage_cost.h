// SPDX-License-Identifier: MIT
// Private: what a loop over the values of a stage costs on a wide processor, roughly.
//
// The numbers are those of Zen 4 with vectors of 512 bits, measured one instruction at a time
// (docs/internals/speed.md). Only their ratios matter, which other processors share: a division
// keeps its unit busy for long and leaves the multipliers idle, an exponential does the opposite.
#pragma once

#include "ir/ir.h"

namespace hhc::codegen {

/// Cycles of the units that one vector of a value keeps busy, and until its result is there.
struct Work {
    int products = 0;
    int others = 0; // sums, comparisons, permutations
    int divider = 0;
    int latency = 0;

    Work& operator+=(const Work& other); // but for the latency
};

[[nodiscard]] Work work_of(const ir::Value& value);

/// Cycles for one vector in a loop of such vectors, whose longest chain takes `chain` cycles: what
/// the busiest unit needs, or what the window lets through in which the processor looks for
/// operations that can begin.
[[nodiscard]] int cycles(const Work& sum, int chain);

} // namespace hhc::codegen
