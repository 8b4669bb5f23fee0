// SPDX-License-Identifier: MIT
// What numbers, constants and default values make of the equations: divisions by zero, functions
// outside of their domain, impossible distributions, time constants below zero.
#pragma once

#include "sema/draft.h"

#include <cstddef>

namespace hhc::sema {

/// Every expression from `first` on. What no run can ever compute is an error; what only the
/// default value of a parameter makes impossible is a warning. After `order_values`.
void check_values(Draft& draft, std::size_t first = 0);

} // namespace hhc::sema
