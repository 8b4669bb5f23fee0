// SPDX-License-Identifier: MIT
#include "synapse/connectivity.h"

#include <algorithm>
#include <utility>

namespace hodg::synapse {

void Connectivity::append(std::span<const std::int32_t> sources,
                          std::span<const std::int32_t> targets) {
    const std::size_t before = size();
    base::Array<std::int32_t> all_sources(before + sources.size());
    base::Array<std::int32_t> all_targets(before + targets.size());
    for_each([&](std::size_t k, std::int32_t source, std::int32_t target) {
        all_sources[k] = source;
        all_targets[k] = target;
    });
    std::copy(sources.begin(), sources.end(), all_sources.data() + before);
    std::copy(targets.begin(), targets.end(), all_targets.data() + before);
    *this = Connectivity(std::move(all_sources), std::move(all_targets));
}

void Connectivity::append(connect::Rows rows) {
    if (size() == 0) {
        *this = Connectivity(std::move(rows));
        return;
    }
    base::Array<std::int32_t> sources(rows.targets.size());
    for (std::size_t s = 0; s + 1 < rows.begin.size(); ++s) {
        std::fill(sources.data() + rows.begin[s], sources.data() + rows.begin[s + 1],
                  static_cast<std::int32_t>(s));
    }
    append(sources.view(), rows.targets.view());
}

} // namespace hodg::synapse
