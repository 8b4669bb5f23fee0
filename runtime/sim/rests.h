// SPDX-License-Identifier: MIT
// Who of a tile is not refractory, a bit for each entity in place of the step of its last spike:
// eight bytes less for every entity and step where a population does not stay in the cache. Bits
// follow from the spikes, which are told, and are made anew from the field where it was assigned.
#pragma once

#include "abi/kernel_abi.h"
#include "base/array.h"

#include <cstdint>
#include <deque>
#include <memory>

namespace hodg::sim {

class Rests {
public:
    /// The field of the last spikes that kernel advance need not read; null if there is none.
    [[nodiscard]] static const hhk_field* field_of(const hhk_model& model);

    /// Words of a population, for its tiles to share.
    using Bits = std::shared_ptr<base::Array<std::uint64_t>>;
    [[nodiscard]] static Bits bits_for(std::int64_t entities);

    /// For entities [begin, end), begin a multiple of HHK_BLOCK; sets hhk_context.rested of the
    /// context, which must stay where it is.
    Rests(hhk_context& context, Bits bits, std::int64_t begin, std::int64_t end);
    Rests(const Rests&) = delete;
    Rests& operator=(const Rests&) = delete;

    /// Last spikes were assigned.
    void forget() { next_ = unknown; }
    /// Before hook advance of a step.
    void begin_step(std::int64_t step);
    /// Event bits of the step that are spikes.
    void add_spikes(const std::uint64_t* words);

private:
    struct Spike {
        std::int64_t step;
        std::int64_t entity;
    };

    static constexpr std::int64_t unknown = -1;

    void make(std::int64_t step);
    void set(std::int64_t entity, bool rested);

    hhk_context& context_;
    Bits bits_;
    std::int64_t begin_;
    std::int64_t end_;
    const std::int64_t* last_spike_ = nullptr;
    const double* uniform_ = nullptr; // how long entities rest
    double known_length_ = 0;         // as the bits have it
    std::int64_t length_ = 0;         // the same in whole steps
    std::int64_t next_ = unknown;     // step that the bits are for
    std::deque<Spike> resting_;       // in order of steps
};

} // namespace hodg::sim
