// SPDX-License-Identifier: MIT
// The temperature of a model: set in it, or the one at which all its channels were measured.
#pragma once

#include "sema/draft.h"

namespace hhc::sema {

void settle_temperature(Draft& draft);

} // namespace hhc::sema
