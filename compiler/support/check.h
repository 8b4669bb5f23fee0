// SPDX-License-Identifier: MIT
// Broken invariants are our bug, never the user's: they throw InternalError, caught at the API rim.
#pragma once

#include "hhc/internal_error.h"

#include <string>

namespace hhc {

[[noreturn]] inline void internal_error(const char* file, int line, const std::string& message) {
    throw InternalError(std::string(file) + ":" + std::to_string(line) + ": " + message);
}

} // namespace hhc

#define HHC_CHECK(condition, message)                                                              \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ::hhc::internal_error(__FILE__, __LINE__, (message));                                  \
        }                                                                                          \
    } while (false)
