// SPDX-License-Identifier: MIT
// Events under way whose synapses have many delays, as with delays by distance: one entry an event,
// which moves along the pieces of its entity. Entries stand in order of entities, so what arrives
// needs no sorting, and those of following steps read what stands beside. For routes whose pieces
// arrive in steps of their own.
#pragma once

#include "synapse/routes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace hodg::synapse {

class Trains {
public:
    /// Events of `step`. mark(step) is called for the first arrival of each.
    template <class Mark>
    void push(const Routes& routes, std::span<const std::int32_t> sources, std::int64_t step,
              const Mark& mark);

    /// arrive(first position, number of positions) for what arrives in `step`, ascending. Has to be
    /// called for every step in which something does.
    template <class Arrive>
    void take(const Routes& routes, std::int64_t step, const Arrive& arrive);

    /// visit(step, first position, number of positions) for all that is still to come, `step` being
    /// the next to be taken.
    template <class Visit>
    void for_each_under_way(const Routes& routes, std::int64_t step, const Visit& visit) const;

    [[nodiscard]] bool any() const { return next_.size() > ended_; }

private:
    static constexpr std::size_t fetched_ahead = 8; // trains
    static constexpr std::uint32_t never = std::numeric_limits<std::uint32_t>::max();

    struct Train {
        std::uint32_t at;    // where what arrives next begins
        std::uint32_t index; // of its piece
        Piece piece;         // a copy, so that nobody waits for it when it is due
    };

    /// Steps are told apart by their last 31 bits.
    static std::uint32_t short_step(std::int64_t step) {
        return static_cast<std::uint32_t>(step) & (never >> 1U);
    }
    void insert(std::uint32_t step, Train train);
    void drop_ended();

    std::vector<std::uint32_t> next_; // arrival of each, or never
    std::vector<Train> trains_;
    std::vector<std::uint32_t> due_; // while they are taken
    std::size_t ended_ = 0;
};

template <class Mark>
void Trains::push(const Routes& routes, std::span<const std::int32_t> sources, std::int64_t step,
                  const Mark& mark) {
    if (ended_ > next_.size() / 4) {
        drop_ended();
    }
    for (const std::int32_t source : sources) {
        const std::uint32_t first = routes.first_piece[static_cast<std::size_t>(source)];
        const Piece& piece = routes.pieces[first];
        if (!piece.is_end()) {
            const std::int64_t arrival = step + piece.wait;
            insert(short_step(arrival),
                   {routes.begin[static_cast<std::size_t>(source)], first, piece});
            mark(arrival);
        }
    }
}

template <class Arrive>
void Trains::take(const Routes& routes, std::int64_t step, const Arrive& arrive) {
    const std::uint32_t now = short_step(step);
    const std::size_t count = next_.size();
    due_.resize(count + 1 + fetched_ahead);
    std::size_t due = 0;
    for (std::size_t k = 0; k < count; ++k) { // no branch: about every second one is due
        due_[due] = static_cast<std::uint32_t>(k);
        due += next_[k] == now ? 1 : 0;
    }
    std::fill_n(due_.begin() + static_cast<std::ptrdiff_t>(due), fetched_ahead, 0U);
    const Piece* const pieces = routes.pieces.data();
    for (std::size_t n = 0; n < due; ++n) {
        const std::uint32_t k = due_[n];
        const Train& soon = trains_[due_[n + fetched_ahead]];
        __builtin_prefetch(pieces + soon.index + 1);
        __builtin_prefetch(routes.targets + soon.at);
        Train& train = trains_[k];
        arrive(train.at, train.piece.size);
        train.at += train.piece.size;
        train.piece = pieces[++train.index];
        const bool ended = train.piece.is_end();
        next_[k] = ended ? never : short_step(step + train.piece.wait);
        ended_ += ended ? 1 : 0;
    }
}

template <class Visit>
void Trains::for_each_under_way(const Routes& routes, std::int64_t step, const Visit& visit) const {
    for (std::size_t k = 0; k < next_.size(); ++k) {
        if (next_[k] == never) {
            continue;
        }
        std::int64_t arrival = step + short_step(std::int64_t{next_[k]} - short_step(step));
        std::uint32_t at = trains_[k].at;
        for (const Piece* piece = &routes.pieces[trains_[k].index]; !piece->is_end();) {
            visit(arrival, at, std::uint32_t{piece->size});
            at += piece->size;
            ++piece;
            arrival += piece->wait;
        }
    }
}

} // namespace hodg::synapse
