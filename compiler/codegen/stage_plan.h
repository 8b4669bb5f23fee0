// SPDX-License-Identifier: MIT
// Private: the loop of a long kernel, cut into stages that each go over a word of entities before
// the next one begins.
//
// The values of one entity are a long chain (voltage, exponentials, rates, gates), and the window
// in which a processor looks for independent work holds little more than one such chain. A stage is
// short enough for several vectors of entities to be in flight at once, and its constants fit into
// the registers. What a later stage needs is loaded again, read back from the field where it was
// stored, or kept in a small array of the word. Each entity's operations stay the same: so do the
// bits.
#pragma once

#include "codegen/stage_cost.h"
#include "codegen/value_writer.h"
#include "ir/ir.h"

#include <cstddef>
#include <vector>

namespace hhc::codegen {

/// A value of an earlier stage. With a field: read from there; without: from its array.
struct Carried {
    ir::ValueId value;
    ir::FieldId field;
};

struct Stage {
    std::vector<Carried> carried;
    std::vector<ir::ValueId> values; // computed here, arguments first
    std::vector<ir::ValueId> kept;   // of them, those that a later stage reads from an array
    std::vector<std::size_t> stores; // rows of the kernel's lists
    std::vector<std::size_t> events;
    std::vector<std::size_t> guards;
};

/// One stage where the kernel is short, or must stay in one piece.
[[nodiscard]] std::vector<Stage> plan_stages(const ir::Module& module, const ir::Kernel& kernel,
                                             const ValueWriter& values, const Units& units = {});

/// A stage in parts that share none of its values: each with its results and all that is carried.
[[nodiscard]] std::vector<Stage> parts(const ir::Kernel& kernel, const Stage& stage);

} // namespace hhc::codegen
