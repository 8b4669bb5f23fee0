// SPDX-License-Identifier: MIT
// Private: one kernel as the body of a C++ function.
#pragma once

#include "codegen/emit_cpp.h"
#include "ir/ir.h"

#include <optional>
#include <string>
#include <vector>

namespace hhc::codegen {

struct KernelBody {
    std::string text;        ///< from "{" to "}", one statement a line
    std::vector<Span> lines; ///< span of each line of it
    bool by_target = false;  ///< a sum that may be called with items, target by target
    /// Of a long loop: what its second half of stages does for a word, a function that `text`
    /// calls; and the struct in which they meet. `rest_mark` stands in all three where its name
    /// goes.
    std::string rest;
    std::vector<Span> rest_lines;
    std::string meeting;
};

/// No text of a user has it.
constexpr char rest_mark = '\x01';

[[nodiscard]] KernelBody emit_kernel(const ir::Module& module, const ir::Kernel& kernel,
                                     const Options& options);

/// Both kernels of a synapse over its targets in one pass; none where an order of the two could be
/// seen, or one of them is no plain loop.
[[nodiscard]] std::optional<KernelBody> emit_sum_and_advance(const ir::Module& module,
                                                             const Options& options);

/// The sum over synapses for a host that lays them out in rounds (see kernel_abi.h): vectors of
/// targets. None where the kernel needs to know which synapse it is at, or is worth vectors anyway.
[[nodiscard]] std::optional<KernelBody> emit_sum_in_rounds(const ir::Module& module,
                                                           const Options& options);

/// A pathway over its targets, for a host that counts what arrives at each (see kernel_abi.h). None
/// where why_not_counted (emit_cpp.h) tells a reason.
[[nodiscard]] std::optional<KernelBody>
emit_by_count(const ir::Module& module, const ir::Kernel& kernel, const Options& options);

/// "(const hhk_context* context, hhk_block* block)", or without the block for `prepare`.
[[nodiscard]] const char* kernel_parameters(ir::KernelKind kind);

} // namespace hhc::codegen
