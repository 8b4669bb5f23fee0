// SPDX-License-Identifier: MIT
// Who is connected to whom, in the order in which synapses were made: the order that users see.
#pragma once

#include "base/array.h"
#include "connect/make.h"

#include <cstdint>
#include <span>
#include <vector>

namespace hodg::synapse {

/// Entities of the two populations. While all synapses lie by source they are rows, which need no
/// list of sources.
class Connectivity {
public:
    Connectivity() = default;
    explicit Connectivity(connect::Rows rows) : rows_(std::move(rows)) {}
    Connectivity(base::Array<std::int32_t> sources, base::Array<std::int32_t> targets)
        : sources_(std::move(sources)), targets_(std::move(targets)) {}

    [[nodiscard]] std::size_t size() const {
        return in_rows() ? rows_.targets.size() : targets_.size();
    }
    [[nodiscard]] bool in_rows() const { return !rows_.begin.empty(); }
    [[nodiscard]] connect::Rows& rows() { return rows_; }

    /// Adds synapses behind those that are there.
    void append(std::span<const std::int32_t> sources, std::span<const std::int32_t> targets);
    void append(connect::Rows rows);

    /// visit(number, source, target) for all, in order.
    template <class Visit> void for_each(const Visit& visit) const {
        if (!in_rows()) {
            for (std::size_t k = 0; k < targets_.size(); ++k) {
                visit(k, sources_[k], targets_[k]);
            }
            return;
        }
        for (std::size_t s = 0; s + 1 < rows_.begin.size(); ++s) {
            for (std::size_t k = rows_.begin[s]; k < rows_.begin[s + 1]; ++k) {
                visit(k, static_cast<std::int32_t>(s), rows_.targets[k]);
            }
        }
    }

private:
    connect::Rows rows_; // by entity of the source population
    base::Array<std::int32_t> sources_;
    base::Array<std::int32_t> targets_;
};

} // namespace hodg::synapse
