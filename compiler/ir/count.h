// SPDX-License-Identifier: MIT
// What a kernel costs, counted from its values: for `explain`, and for the share of the machine's
// peak that a kernel reaches.
#pragma once

#include "ir/ir.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace hhc::ir {

inline constexpr std::size_t math_op_count = 0
#define HHC_MATH(id, text, arity, function) +1
#include "ir/math_ops.def"
#undef HHC_MATH
    ;

/// Work for one entity and call. What is bound before the entity is done once a call, not counted
/// here but in `scalar_values`.
struct Counts {
    std::size_t additions = 0; // add, sub, neg
    std::size_t multiplications = 0;
    std::size_t fmas = 0; // each is two floating-point operations
    std::size_t divisions = 0;
    std::size_t other = 0; // comparisons, logic, selects, conversions, integers
    std::size_t draws = 0;
    std::size_t table_reads = 0;
    std::array<std::size_t, math_op_count> math{}; // by MathOp
    std::size_t loaded_bytes = 0;
    std::size_t stored_bytes = 0;
    std::size_t scalar_values = 0;

    /// add, sub, neg, mul, div: 1; fma: 2. Functions are not included, they are counted by name.
    [[nodiscard]] std::size_t flops() const {
        return additions + multiplications + 2 * fmas + divisions;
    }
    [[nodiscard]] std::size_t math_calls() const;
};

[[nodiscard]] Counts count(const Module& module, const Kernel& kernel);

/// Bytes of one value of a field in its slab.
[[nodiscard]] std::size_t storage_size(const Module& module, Storage storage);

} // namespace hhc::ir
