// SPDX-License-Identifier: MIT
// What is defined and never used, and how large a model may be.
#pragma once

#include "sema/collect.h"

namespace hhc::sema {

/// Warnings about things that nothing reads; for blocks of a file, not for equation strings.
void check_usage(Draft& draft);

void check_sizes(Draft& draft);

} // namespace hhc::sema
