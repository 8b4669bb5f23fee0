// SPDX-License-Identifier: MIT
// What is defined and never used, hidden names, currents with a doubtful sign, and sizes.
#pragma once

#include "sema/collect.h"

namespace hhc::sema {

/// Warnings about things that nothing reads; for blocks of a file, not for equation strings.
void check_usage(Draft& draft, const Behaviour& behaviour);

/// Currents of a channel that are provably outward although they are not flagged so.
void check_signs(Draft& draft);

void check_sizes(Draft& draft);

} // namespace hhc::sema
