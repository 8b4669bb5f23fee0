// SPDX-License-Identifier: MIT
#include "base/memory_limit.h"

#include "base/fail.h"

#include <fmt/format.h>

#include <fstream>
#include <limits>
#include <string>

namespace hodg::base {

/// Bytes that programs can still get without swapping; infinity where the system does not say.
static double available_bytes() {
    std::ifstream file("/proc/meminfo");
    std::string word;
    while (file >> word) {
        if (word == "MemAvailable:") {
            double kilobytes = 0;
            file >> kilobytes;
            return file ? kilobytes * 1024 : std::numeric_limits<double>::infinity();
        }
    }
    return std::numeric_limits<double>::infinity();
}

void require_memory(double bytes, std::string_view what) {
    constexpr double worth_asking = 1e8;
    if (bytes < worth_asking) {
        return;
    }
    const double available = available_bytes();
    if (bytes > available) {
        fail(Code::OutOfMemory,
             fmt::format("{} would take {:.3g} GB, the machine has {:.3g} GB left", what,
                         bytes * 1e-9, available * 1e-9));
    }
}

} // namespace hodg::base
