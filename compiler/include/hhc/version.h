// SPDX-License-Identifier: MIT
// Version of hodgpy; the file VERSION at the root of the project is the only place that states it.
#pragma once

#include "hhc/export.h"

namespace hhc {

[[nodiscard]] HODGPY_API const char* version();

} // namespace hhc
