// SPDX-License-Identifier: MIT
// What the event of an entity reaches, and when: for one pathway and one part of the targets.
#pragma once

#include "base/array.h"
#include "synapse/layout.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hodg::synapse {

/// The next `size` positions of an entity are reached `wait` steps after those before them, the
/// first ones so long after the event. A wait or a size that is too long for its field takes
/// several pieces.
struct Piece {
    std::uint16_t wait;
    std::uint16_t size;

    [[nodiscard]] bool is_end() const { return wait == 0 && size == 0; }
};

/// Positions are places of synapses, or items where these are given.
struct Routes {
    std::span<const std::uint32_t> begin;   // entity e reaches positions [begin[e], begin[e + 1])
    std::int64_t delay = 0;                 // if there is one
    std::vector<Piece> pieces;              // if there are several: of each entity, and an end
    std::vector<std::uint32_t> first_piece; // of each entity
    bool pieces_arrive_alone = true;        // no two of an entity in the same step
    std::int64_t steps_under_way = 0;       // until the last arrival, summed over entities
    base::Array<std::uint32_t> items;       // place of each position, unless they are the same

    /// In place of pieces, once land was called: delay * stride + target of each position.
    base::Array<std::uint32_t> landings;
    std::uint32_t stride = 0;

    const std::int32_t* targets = nullptr; // by place: what kernels will read of what arrives

    [[nodiscard]] bool several_delays() const { return !pieces.empty() || !landings.empty(); }
    /// Makes landings of the pieces. Targets count from `first` on and are below `stride`.
    void land(std::int32_t first, std::uint32_t stride);
    [[nodiscard]] std::uint32_t place(std::uint32_t position) const {
        return items.empty() ? position : items[position];
    }
    /// That grow with the number of synapses.
    [[nodiscard]] std::size_t bytes() const {
        return pieces.size() * sizeof(Piece) + items.bytes() + landings.bytes();
    }
    /// visit(delay, first position, number of positions), in order of delays.
    template <class Visit> void for_each_piece(std::size_t entity, const Visit& visit) const {
        std::int64_t after = 0;
        std::uint32_t at = begin[entity];
        if (!landings.empty()) {
            for (const std::uint32_t end = begin[entity + 1]; at < end;) {
                std::uint32_t next = at + 1;
                while (next < end && delay_of(next) == delay_of(at)) {
                    ++next;
                }
                visit(delay_of(at), at, next - at);
                at = next;
            }
            return;
        }
        for (const Piece* piece = &pieces[first_piece[entity]]; !piece->is_end(); ++piece) {
            after += piece->wait;
            if (piece->size != 0) {
                visit(after, at, std::uint32_t{piece->size});
            }
            at += piece->size;
        }
    }

    /// Of a position with a landing. These count from the first position on.
    [[nodiscard]] std::uint32_t landing(std::uint32_t position) const {
        return landings[position - begin.front()];
    }
    [[nodiscard]] std::int64_t delay_of(std::uint32_t position) const {
        return landing(position) / stride;
    }

    std::vector<std::uint32_t> own_begin; // what `begin` shows, unless rows of the part do
};

/// How a pathway's delays are given to make_routes.
struct RouteDelays {
    std::int64_t steps = 0;           // for all
    const DelaySteps* each = nullptr; // or of each synapse, by number
};

/// By source. Refers to the rows of the layout. Items only where synapses of a source are not
/// stored in order of these delays.
[[nodiscard]] Routes routes_by_source(const Layout& layout, std::size_t part,
                                      const RouteDelays& delays);

/// By target, with items: places of synapses, of one target in order of delays, then sources.
[[nodiscard]] Routes routes_by_target(const Layout& layout, std::size_t part, std::int64_t targets,
                                      const RouteDelays& delays);

/// Adds the delays that the routes of a part hold, by number.
void read_delays(const Layout& layout, const Routes& routes, DelaySteps& delays);

/// The longest of them, and the shortest, which a route without synapses has not.
[[nodiscard]] std::int64_t longest_delay(const Routes& routes);
[[nodiscard]] std::int64_t shortest_delay(const Routes& routes);

} // namespace hodg::synapse
