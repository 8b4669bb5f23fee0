// SPDX-License-Identifier: MIT
#include "kernel/cpu_features.h"

#include <algorithm>
#include <array>
#include <cstddef>

#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace hodg::kernel {

#if defined(__x86_64__)

// __builtin_cpu_supports takes literals only. It also asks the system to save the wide registers.
static bool has_feature(std::string_view name) {
    struct Row {
        std::string_view name;
        bool present;
    };
#define HHC_FEATURE(name) Row{name, __builtin_cpu_supports(name) != 0},
    static const std::array rows = {
#include "kernel/cpu_features_x86.def"
    };
#undef HHC_FEATURE
    const auto* row = std::find_if(rows.begin(), rows.end(),
                                   [&](const Row& candidate) { return candidate.name == name; });
    return row != rows.end() && row->present;
}

#elif defined(__aarch64__)

static bool has_feature(std::string_view name) {
    const unsigned long bits = getauxval(AT_HWCAP);
    if (name == "neon" || name == "asimd") {
        return (bits & HWCAP_ASIMD) != 0;
    }
    if (name == "fp" || name == "fp-armv8") {
        return (bits & HWCAP_FP) != 0;
    }
    return name == "sve" && (bits & HWCAP_SVE) != 0;
}

#endif

std::string first_missing_feature(std::string_view required) {
    while (!required.empty()) {
        const std::size_t comma = std::min(required.find(','), required.size());
        std::string_view name = required.substr(0, comma);
        required.remove_prefix(std::min(comma + 1, required.size()));
        while (!name.empty() && (name.front() == ' ' || name.front() == '+')) {
            name.remove_prefix(1);
        }
        while (!name.empty() && name.back() == ' ') {
            name.remove_suffix(1);
        }
        if (!name.empty() && !has_feature(name)) {
            return std::string(name);
        }
    }
    return {};
}

} // namespace hodg::kernel
