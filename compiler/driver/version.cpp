// SPDX-License-Identifier: MIT
#include "hhc/version.h"

#include <dlfcn.h>
#include <filesystem>

namespace hhc {

const char* version() {
    return HODGPY_VERSION;
}

std::string installed_folder() {
    Dl_info place{};
    if (dladdr(reinterpret_cast<const void*>(&version), &place) == 0) {
        return {};
    }
    std::error_code error;
    return std::filesystem::canonical(place.dli_fname, error).parent_path().string();
}

} // namespace hhc
