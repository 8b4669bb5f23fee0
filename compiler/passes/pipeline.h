// SPDX-License-Identifier: MIT
// The passes in the order in which they run, with the bookkeeping around each: time, dump, verify.
#pragma once

#include "passes/pass.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hhc::passes {

struct PipelineOptions : Options {
    /// These passes in this order (--passes=a,b), perhaps none; nullopt: the usual ones.
    std::optional<std::vector<std::string>> only;
    /// Called after every pass with its place in the run, from 1 on.
    std::function<void(std::size_t number, const Pass& pass, const ir::Module& module)> after;
    bool verify = false; // the module around every pass; a violation is an InternalError
};

struct PassReport {
    std::string_view name;
    double seconds = 0;
    bool changed = false;
};

/// An unknown name in `only` is an error of the sink, and nothing is run.
std::vector<PassReport> run_passes(ir::Module& module, const PipelineOptions& options,
                                   diag::Sink& sink);

/// The usual passes in order.
[[nodiscard]] const std::vector<std::string_view>& usual_passes();

} // namespace hhc::passes
