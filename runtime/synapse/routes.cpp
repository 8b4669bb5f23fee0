// SPDX-License-Identifier: MIT
#include "synapse/routes.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace hodg::synapse {

namespace {

/// Writes delays of ascending order as pieces.
class PieceWriter {
public:
    explicit PieceWriter(Routes& routes) : routes_(routes) {}

    void begin_entity() {
        routes_.first_piece.push_back(static_cast<std::uint32_t>(routes_.pieces.size()));
        now_ = 0;
        any_ = false;
    }
    void add(std::int64_t delay) {
        std::vector<Piece>& pieces = routes_.pieces;
        if (any_ && delay == now_ && pieces.back().size < most) {
            ++pieces.back().size;
            return;
        }
        routes_.pieces_arrive_alone = routes_.pieces_arrive_alone && !(any_ && delay == now_);
        for (; delay - now_ > most; now_ += most) {
            pieces.push_back({most, 0});
        }
        pieces.push_back({static_cast<std::uint16_t>(delay - now_), 1});
        now_ = delay;
        any_ = true;
    }
    void end_entity() {
        routes_.pieces.push_back({0, 0});
        routes_.steps_under_way += now_;
    }

private:
    static constexpr std::uint16_t most = std::numeric_limits<std::uint16_t>::max();

    Routes& routes_;
    std::int64_t now_ = 0;
    bool any_ = false;
};

} // namespace

/// Pieces of all entities, each with its positions from routes.begin.
template <class DelayAt> static void add_pieces(Routes& routes, const DelayAt& delay_at) {
    PieceWriter writer(routes);
    for (std::size_t e = 0; e + 1 < routes.begin.size(); ++e) {
        writer.begin_entity();
        for (std::uint32_t at = routes.begin[e]; at < routes.begin[e + 1]; ++at) {
            writer.add(delay_at(e, at));
        }
        writer.end_entity();
    }
    routes.pieces.shrink_to_fit();
}

/// Items of each entity by delay, equal ones as they are.
static void sort_items(Routes& routes, const Layout& layout, const DelaySteps& delays) {
    const auto delay_of = [&](std::uint32_t place) { return delays[layout.number(place)]; };
    for (std::size_t e = 0; e + 1 < routes.begin.size(); ++e) {
        std::stable_sort(
            routes.items.data() + routes.begin[e], routes.items.data() + routes.begin[e + 1],
            [&](std::uint32_t a, std::uint32_t b) { return delay_of(a) < delay_of(b); });
    }
    add_pieces(routes, [&](std::size_t, std::uint32_t at) { return delay_of(routes.items[at]); });
}

Routes routes_by_source(const Layout& layout, std::size_t part, const RouteDelays& delays) {
    Routes routes;
    routes.begin = layout.parts[part].rows;
    routes.targets = layout.post.data();
    if (delays.each == nullptr) {
        routes.delay = delays.steps;
        return routes;
    }
    const auto delay_at = [&](std::size_t source, std::uint32_t at) {
        return (*delays.each)[layout.number(at, static_cast<std::int32_t>(source))];
    };
    bool sorted = true;
    for (std::size_t s = 0; s + 1 < routes.begin.size(); ++s) {
        for (std::uint32_t at = routes.begin[s]; sorted && at + 1 < routes.begin[s + 1]; ++at) {
            sorted = delay_at(s, at) <= delay_at(s, at + 1);
        }
    }
    if (sorted) {
        add_pieces(routes, delay_at);
        return routes;
    }
    const std::uint32_t first = routes.begin.front();
    for (const std::uint32_t row : routes.begin) {
        routes.own_begin.push_back(row - first);
    }
    routes.begin = routes.own_begin;
    routes.items = base::Array<std::uint32_t>(routes.begin.back());
    std::iota(routes.items.data(), routes.items.data() + routes.items.size(), first);
    sort_items(routes, layout, *delays.each);
    return routes;
}

Routes routes_by_target(const Layout& layout, std::size_t part, std::int64_t targets,
                        const RouteDelays& delays) {
    Routes routes;
    const Part& own = layout.parts[part];
    routes.targets = layout.post.data();
    routes.own_begin.assign(static_cast<std::size_t>(targets) + 1, 0);
    for (std::uint32_t at = own.begin; at < own.end; ++at) {
        ++routes.own_begin[static_cast<std::size_t>(layout.post[at]) + 1];
    }
    std::partial_sum(routes.own_begin.begin(), routes.own_begin.end(), routes.own_begin.begin());
    routes.begin = routes.own_begin;
    routes.items = base::Array<std::uint32_t>(own.end - own.begin);
    std::vector<std::uint32_t> next(routes.begin.begin(), routes.begin.end() - 1);
    for (std::uint32_t at = own.begin; at < own.end; ++at) {
        routes.items[next[static_cast<std::size_t>(layout.post[at])]++] = at;
    }
    if (delays.each == nullptr) {
        routes.delay = delays.steps;
    } else {
        sort_items(routes, layout, *delays.each);
    }
    return routes;
}

void Routes::land(std::int32_t first, std::uint32_t most) {
    base::Array<std::uint32_t> all(begin.back() - begin.front());
    for (std::size_t e = 0; e + 1 < begin.size(); ++e) {
        for_each_piece(e, [&](std::int64_t after, std::uint32_t at, std::uint32_t size) {
            for (std::uint32_t k = at; k < at + size; ++k) {
                all[k - begin.front()] = static_cast<std::uint32_t>(after) * most +
                                         static_cast<std::uint32_t>(targets[place(k)] - first);
            }
        });
    }
    landings = std::move(all);
    stride = most;
    std::vector<Piece>().swap(pieces);
}

void read_delays(const Layout& layout, const Routes& routes, DelaySteps& delays) {
    for (std::size_t e = 0; e < routes.first_piece.size(); ++e) {
        routes.for_each_piece(e, [&](std::int64_t delay, std::uint32_t at, std::uint32_t size) {
            for (std::uint32_t k = 0; k < size; ++k) {
                delays.set(layout.number(routes.place(at + k)), delay);
            }
        });
    }
}

std::int64_t longest_delay(const Routes& routes) {
    std::int64_t longest = 0;
    for (std::size_t e = 0; e < routes.first_piece.size(); ++e) {
        routes.for_each_piece(e, [&](std::int64_t delay, std::uint32_t, std::uint32_t) {
            longest = std::max(longest, delay);
        });
    }
    return longest;
}

std::int64_t shortest_delay(const Routes& routes) {
    std::int64_t shortest = std::numeric_limits<std::int64_t>::max();
    for (std::size_t e = 0; e < routes.first_piece.size(); ++e) {
        routes.for_each_piece(e, [&](std::int64_t delay, std::uint32_t, std::uint32_t) {
            shortest = std::min(shortest, delay);
        });
    }
    return shortest;
}

} // namespace hodg::synapse
