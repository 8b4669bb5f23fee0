// SPDX-License-Identifier: MIT
// IR to freestanding C++: readable text in explicit vectors that includes nothing. What it computes
// is, bit by bit, what the interpreter computes; Clang decides nothing about rounding.
#pragma once

#include "ir/ir.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hhc::codegen {

/// Where a piece of text stands, for comments and #line.
struct Place {
    std::string file;
    std::uint32_t line = 0;
    std::string text; // of that line
};

struct Options {
    int vector_width = 1;          ///< entities per vector: 1, 2, 4, 8 or 16
    std::string processor;         ///< LLVM's name; loops are arranged for it, bits are the same
    std::string required_features; ///< comma-separated, as hhk_model.required_features
    bool library = false;          ///< export hhk_library_v1 with all models
    bool sealed = false;           ///< what it exports says that the file will end in a seal
    bool fast_math = false;        ///< precision="fast": the prelude's shorter functions
    /// Everything that a host without the IR needs. If not: no tables of variables, and of models
    /// that advance no prepare, init, half_step, observe, rhs, jacobian and linear. They are called
    /// seldom or never and take most of the time of a compilation; a host that has the IR has the
    /// tables from there and runs them in the interpreter, which gives the same bits.
    bool stand_alone = true;
    /// Two parts of about the same weight, for two calls of Clang with HHK_PART defined as 1 and as
    /// 2 whose objects belong together. Without HHK_PART the text is a whole, as ever.
    bool in_parts = false;
    bool line_directives = false; ///< #line per statement, for debuggers
    /// Place of a span; without it there are no comments about places.
    std::function<std::optional<Place>(Span)> place;
};

struct CppUnit {
    std::string text;
    std::vector<Span> lines;          ///< span of each line of `text`, line 1 first
    std::vector<std::string> symbols; ///< per module: its global `hhk_model`
    std::size_t kernels = 0;          ///< functions in the text; equal ones are shared
    bool has_parts = false;           ///< in_parts was wanted, and there is more than one function
};

/// Kernels that are called seldom or never; see Options::stand_alone.
[[nodiscard]] bool is_seldom(ir::KernelKind kind);

/// All modules in one unit, for one call of Clang. Their real_size must be the same.
[[nodiscard]] CppUnit emit_cpp(std::span<const ir::Module* const> modules, const Options& options);

/// Why arrivals on a pathway (its kernel `deliver`) are done synapse by synapse, where it is not
/// enough to count them at each target; empty if it is.
[[nodiscard]] std::string why_not_counted(const ir::Module& module, const ir::Kernel& kernel);

/// Bits of the parameters of synapses that such a pathway reads: it is enough to count while each
/// has one value in all synapses.
[[nodiscard]] std::uint64_t alike_fields(const ir::Module& module, const ir::Kernel& kernel);

/// The body of one kernel's function alone, for tests and people.
[[nodiscard]] std::string emit_kernel_text(const ir::Module& module, const ir::Kernel& kernel,
                                           const Options& options);

} // namespace hhc::codegen
