// SPDX-License-Identifier: MIT
// Events under way on a pathway that does the same to a target whichever synapse brings them: for
// every step until the longest delay a row with the number of arrivals at each target, counted when
// the event happens. What is under way is known from the events, of which a log is kept.
#pragma once

#include "abi/kernel_abi.h"
#include "base/array.h"
#include "synapse/routes.h"

#include <cstdint>
#include <span>
#include <vector>

namespace hodg::synapse {

class CountRing {
public:
    CountRing() = default;
    /// For `targets` targets from `first` on.
    CountRing(std::int64_t first, std::int64_t targets, std::int64_t longest_delay);

    /// Bytes of such a ring.
    [[nodiscard]] static std::int64_t bytes(std::int64_t targets, std::int64_t longest_delay) {
        return (longest_delay + 1) * stride_of(targets);
    }
    [[nodiscard]] static std::int64_t stride_of(std::int64_t targets);

    /// Events of `step` of these entities; returns whether they reach anything.
    bool push(const Routes& routes, std::span<const std::int32_t> sources, std::int64_t step);
    /// One more arrival in `step` at each of these targets.
    void add(std::int64_t step, const Routes& routes, std::span<const std::uint32_t> positions);
    /// One more arrival in the first row at the target of each of these positions.
    void count(const Routes& routes, std::span<const hhk_range> positions);

    /// Counts of the arrivals in `step`, to be set to zero by whoever reads them. Targets that have
    /// more than a count holds come as often in `full` as 256 arrivals more fit.
    [[nodiscard]] std::uint8_t* take(std::int64_t step, std::vector<std::uint32_t>& full);
    /// The last step in which something arrives.
    [[nodiscard]] std::int64_t last() const { return last_; }

    /// visit(step of arrival, first position, number of positions) for what events of the log reach
    /// from `step` on.
    template <class Visit>
    void for_each_under_way(const Routes& routes, std::int64_t step, const Visit& visit) const {
        for (const Event& event : log_) {
            routes.for_each_piece(static_cast<std::size_t>(event.source),
                                  [&](std::int64_t delay, std::uint32_t at, std::uint32_t size) {
                                      if (event.step + delay >= step) {
                                          visit(event.step + delay, at, size);
                                      }
                                  });
        }
    }

private:
    struct Event {
        std::int64_t step;
        std::int32_t source;
    };
    struct Full {
        std::uint32_t row;
        std::uint32_t target;
    };

    void spill(std::size_t place);
    void count_targets(const Routes& routes, std::size_t begin, std::size_t at, std::size_t size);
    void count_landings(const Routes& routes, std::size_t source, std::size_t row);
    void count_pieces(const Routes& routes, std::size_t source, std::size_t row);
    void log(std::int32_t source, std::int64_t step);

    base::Array<std::uint8_t> counts_; // row by row
    std::int64_t first_ = 0;
    std::size_t stride_ = 0;
    std::size_t rows_ = 1;
    std::int64_t last_ = -1;
    std::vector<Full> full_;
    std::vector<Event> log_;
    std::size_t log_limit_ = 1024;
};

} // namespace hodg::synapse
