// SPDX-License-Identifier: MIT
// Synapses laid out anew for hook sum_in_rounds: of each vector of targets the first synapse of
// each, then the second of each, and so on, so that the vector is summed at once and memory is read
// from begin to end. Copies of the values that do not change in a run.
#pragma once

#include "abi/kernel_abi.h"
#include "base/together.h"

#include <cstdint>
#include <span>

namespace hodg::synapse {

class Rounds : public base::MadeTogether {
public:
    /// Synapses as they are stored, one target after the other.
    struct Places {
        std::span<const std::uint32_t> by_target;
        std::span<const hhk_range> ranges; // of by_target, one for each target that has synapses
        std::span<const std::int32_t> post;
        std::span<const std::int32_t> pre; // may be empty: the kernel reads no source
    };
    /// `targets`: those of the thread, in whole vectors of `lanes`.
    Rounds(const Places& places, hhk_range targets, std::int64_t lanes);

    /// Lanes without a synapse cost as much as the others.
    [[nodiscard]] bool pays() const;
    /// Makes the context from that of the stored synapses.
    void point(const hhk_context& stored);
    /// Before a run. Values are copied where some were `assigned` or computed since the last time,
    /// or memory was moved.
    void refresh(const hhk_context& stored, bool assigned);

    [[nodiscard]] hhk_context& context() { return context_; }
    [[nodiscard]] hhk_block block() const;

private:
    [[nodiscard]] std::int64_t places_needed() const;
    template <std::size_t size> void copy_field(const char* from, char* row) const;

    hhk_range targets_;
    std::int64_t lanes_;
    std::int64_t synapses_ = 0;
    bool is_new_ = true; // what is computed before the first step was not there yet
    base::TogetherVector<hhk_range> groups_;   // places of a vector of targets, all its rounds
    base::TogetherVector<std::int32_t> place_; // of each group, round and target; none: -1
    base::TogetherVector<std::int32_t> pre_;
    base::TogetherVector<std::int32_t> counts_;
    base::TogetherVector<std::int64_t> offsets_;
    base::TogetherVector<char> values_;
    hhk_context context_{};
};

} // namespace hodg::synapse
