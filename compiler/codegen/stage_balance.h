// SPDX-License-Identifier: MIT
// Private: which chunks of a long kernel stand in one loop.
//
// A gate divides, waits, takes an exponential and waits again. One gate after the other leaves the
// multipliers idle while the divider works, and the divider while exponentials are taken. Chunks
// that do not wait for each other share a stage where their work falls on different units; what
// waits for it stands in a later one.
#pragma once

#include "codegen/stage_cost.h"

#include <cstddef>
#include <vector>

namespace hhc::codegen {

/// A value that a loop computes; arguments are indices of values before it.
struct Operation {
    Work work;
    std::vector<std::size_t> arguments;
    std::size_t chunk = 0; // never less than that of an argument
};

struct Balance {
    std::vector<std::size_t> stages; // by chunk, numbered from 0 without gaps
    int cycles = 0;                  // for a vector of entities, as far as can be said
};

/// What a chunk needs comes from its own stage or from an earlier one. The same for the same
/// operations, wherever it runs.
[[nodiscard]] Balance balanced_stages(const std::vector<Operation>& operations,
                                      const Units& units = {});

} // namespace hhc::codegen
