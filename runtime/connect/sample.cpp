// SPDX-License-Identifier: MIT
#include "connect/sample.h"

#include <algorithm>

namespace hodg::connect {

static void sample_different(Draws& draws, std::int64_t n, std::int64_t size, std::int64_t excluded,
                             std::vector<std::int32_t>& found) {
    found.clear();
    // Draws until n are different: a batch of the missing ones can never find too many.
    while (static_cast<std::int64_t>(found.size()) < n) {
        for (std::int64_t missing = n - static_cast<std::int64_t>(found.size()); missing > 0;
             --missing) {
            const auto one =
                static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(size)));
            if (one != excluded) {
                found.push_back(static_cast<std::int32_t>(one));
            }
        }
        std::sort(found.begin(), found.end());
        found.erase(std::unique(found.begin(), found.end()), found.end());
    }
}

void sample(Draws& draws, std::int64_t n, std::int64_t size, std::int64_t excluded, bool repeats,
            std::vector<std::int32_t>& found) {
    const std::int64_t allowed = size - (excluded >= 0 ? 1 : 0);
    if (repeats) {
        found.resize(static_cast<std::size_t>(n));
        for (std::int32_t& one : found) {
            const auto drawn =
                static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(allowed)));
            one = static_cast<std::int32_t>(excluded >= 0 && drawn >= excluded ? drawn + 1 : drawn);
        }
        return;
    }
    if (n <= allowed / 2) {
        sample_different(draws, n, size, excluded, found);
        return;
    }
    std::vector<std::int32_t> left_out;
    sample_different(draws, allowed - n, size, excluded, left_out);
    found.clear();
    auto next = left_out.begin();
    for (std::int64_t one = 0; one < size; ++one) {
        if (next != left_out.end() && *next == one) {
            ++next;
        } else if (one != excluded) {
            found.push_back(static_cast<std::int32_t>(one));
        }
    }
}

} // namespace hodg::connect
