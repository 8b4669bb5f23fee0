// SPDX-License-Identifier: MIT
// Version and place of hodgpy; the file VERSION at the root of the project is the only place that
// states the version.
#pragma once

#include "hhc/export.h"

#include <string>

namespace hhc {

[[nodiscard]] HODGPY_API const char* version();
/// The folder that libhodgpy.so lies in; a wheel keeps the standard library of models beside it.
[[nodiscard]] HODGPY_API std::string installed_folder();

} // namespace hhc
