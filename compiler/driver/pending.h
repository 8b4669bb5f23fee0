// SPDX-License-Identifier: MIT
// Tables that were given out before there was machine code for them. When a network is about to
// run, all of its own are compiled by one call of Clang (two, side by side, where that is faster).
#pragma once

#include "driver/host_table.h"

#include <memory>
#include <optional>

namespace hhc::driver {

/// The table of a module; its hooks are the interpreter's until build() is called with it. Throws
/// CompileError for a target of another architecture (HH8003).
[[nodiscard]] std::shared_ptr<const HostTable>
pending_table(const ir::Module& module, const Options& options,
              const std::optional<Hash128>& source_key = {});

} // namespace hhc::driver
