// SPDX-License-Identifier: MIT
// Refuses what cannot fit before a byte is taken: the system would rather end the process.
#pragma once

#include <string_view>

namespace hodg::base {

/// Throws Error HH6029 when the machine has no `bytes` left; `what` names what needs them.
void require_memory(double bytes, std::string_view what);

} // namespace hodg::base
