// SPDX-License-Identifier: MIT
// What a pass is: a function from a well-formed module to a well-formed module that means the same,
// bit for bit or within the bound that its header states.
#pragma once

#include "diag/sink.h"
#include "ir/ir.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace hhc::passes {

/// How far a folded exponential may be from its own: 1e-13, 4e-13 (relative).
enum class Precision : std::uint8_t { Full, Fast };

struct Options {
    bool strict = false; // only passes that keep every bit
    Precision precision = Precision::Full;
    /// Above 0: gates may be off by so much (absolute, steady state and decay factor of a step).
    double approximate = 0;
    /// A function of the kernel prelude at width 1, to fold calls with literal arguments; without
    /// it they are left to `prepare`.
    double (*evaluate)(ir::MathOp op, const double* args) = nullptr;
};

struct Context {
    const Options& options;
    diag::Sink& sink;
};

/// Returns whether anything changed.
using PassFunction = bool (*)(ir::Module& module, const Context& context);

struct Pass {
    std::string_view name;
    std::string_view purpose;
    PassFunction run;
};

/// The rows of passes.def.
[[nodiscard]] std::span<const Pass> all_passes();
[[nodiscard]] const Pass* find_pass(std::string_view name);

} // namespace hhc::passes
