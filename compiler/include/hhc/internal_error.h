// SPDX-License-Identifier: MIT
// A broken invariant: our bug, never the user's. Caught at the API rim.
#pragma once

#include "hhc/export.h"

#include <stdexcept>

namespace hhc {

class HODGPY_API InternalError : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

} // namespace hhc
