// SPDX-License-Identifier: MIT
#include "hhc/version.h"

namespace hhc {

const char* version() {
    return HODGPY_VERSION;
}

} // namespace hhc
