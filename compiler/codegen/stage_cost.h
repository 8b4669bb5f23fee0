// SPDX-License-Identifier: MIT
// Private: what a loop over the values of a stage costs on a wide processor, roughly.
//
// The numbers are those of Zen 4 with vectors of 512 bits, measured one instruction at a time
// (docs/internals/speed.md), and where they differ those of Intel's servers. Only their ratios
// matter, which other processors share: a division keeps its unit busy for long and leaves the
// multipliers idle, an exponential does the opposite.
#pragma once

#include "ir/ir.h"

#include <string_view>

namespace hhc::codegen {

/// Cycles of the units that one vector of a value keeps busy, and until its result is there.
struct Work {
    int products = 0;
    int others = 0; // sums, comparisons, permutations
    int divider = 0;
    int latency = 0;

    Work& operator+=(const Work& other); // but for the latency
};

/// What differs between processors whose vectors have 512 bits.
struct Units {
    int division = 9;    // cycles of the divider for a vector
    bool shared = false; // products, sums and permutations take turns on the same two units
};

/// Of the processor with this name in LLVM; those of Zen 4 for all that are not known to differ.
[[nodiscard]] Units units_of(std::string_view processor);

[[nodiscard]] Work work_of(const ir::Value& value, const Units& units = {});

/// Cycles for one vector in a loop of such vectors, whose longest chain takes `chain` cycles: what
/// the busiest unit needs, or what the window lets through in which the processor looks for
/// operations that can begin.
[[nodiscard]] int cycles(const Work& sum, int chain, const Units& units = {});

} // namespace hhc::codegen
