// SPDX-License-Identifier: MIT
#include "connect/make.h"

#include "base/fail.h"
#include "base/memory_limit.h"
#include "connect/row_chunks.h"
#include "connect/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace hodg::connect {

using base::Code;
using base::fail;

void require_room(double count) {
    if (count > static_cast<double>(most_synapses)) {
        fail(Code::TooManySynapses,
             fmt::format("{:.4g} synapses were asked for, one object holds at most {}", count,
                         most_synapses),
             "connect with a lower probability, or several Synapses");
    }
    constexpr double bytes_a_synapse = 12; // while they are sorted; values come on top
    base::require_memory(count * bytes_a_synapse, fmt::format("{:.4g} synapses", count));
}

namespace {

/// One rule after the other; `sides` and `options` as given to make.
class Maker {
public:
    Maker(const Sides& sides, const ConnectOptions& options) : sides_(sides), options_(options) {}

    Rows operator()(const AllToAll& /*rule*/) const {
        const double expected =
            static_cast<double>(sides_.sources) * static_cast<double>(sides_.targets);
        require_room(expected);
        return make_rows(
            sides_.sources, expected, true, [this](std::int64_t s, std::vector<std::int32_t>& row) {
                const std::size_t before = row.size();
                row.resize(before + static_cast<std::size_t>(sides_.targets));
                std::iota(row.begin() + static_cast<std::ptrdiff_t>(before), row.end(), 0);
                const std::int64_t excluded = excluded_target(s);
                if (excluded >= 0) {
                    row.erase(row.begin() + static_cast<std::ptrdiff_t>(before) + excluded);
                }
            });
    }

    Rows operator()(const OneToOne& /*rule*/) const {
        require_equal("one to one");
        return (*this)(Shifted{0, false});
    }

    Rows operator()(const Shifted& rule) const {
        if (rule.wrap) {
            require_equal("shifted around the ends");
        }
        return make_rows(
            sides_.sources, 0, false, [&](std::int64_t s, std::vector<std::int32_t>& row) {
                std::int64_t target = s + rule.by;
                if (rule.wrap) {
                    target = (target % sides_.targets + sides_.targets) % sides_.targets;
                }
                if (target >= 0 && target < sides_.targets) {
                    add(s, target, row);
                }
            });
    }

    Rows operator()(const Probability& rule) const {
        require_probability(rule.p);
        const double pairs =
            static_cast<double>(sides_.sources) * static_cast<double>(sides_.targets);
        require_room(pairs * rule.p);
        if (rule.p == 1) {
            return (*this)(AllToAll{});
        }
        // The next target is geometrically far away: one draw a synapse, not one a pair.
        const double per_log = 1 / std::log1p(-rule.p);
        return make_rows(
            sides_.sources, pairs * rule.p, true,
            [&](std::int64_t s, std::vector<std::int32_t>& row) {
                if (rule.p == 0) {
                    return;
                }
                Draws draws(options_.seed, Purpose::Probability, s);
                std::int64_t target = -1;
                Draws::Units units;
                while (true) {
                    draws.positive_units(units);
                    for (const double unit : units) {
                        const double skip = std::floor(std::log(unit) * per_log);
                        if (!(skip < static_cast<double>(sides_.targets - target - 1))) {
                            return;
                        }
                        target += static_cast<std::int64_t>(skip) + 1;
                        add(s, target, row);
                    }
                }
            });
    }

    Rows operator()(const FixedOutdegree& rule) const {
        require_number(rule.n, sides_.targets, "targets");
        const double expected = static_cast<double>(rule.n) * static_cast<double>(sides_.sources);
        require_room(expected);
        return make_rows(sides_.sources, expected, true,
                         [&](std::int64_t s, std::vector<std::int32_t>& row) {
                             Draws draws(options_.seed, Purpose::Outdegree, s);
                             std::vector<std::int32_t> found;
                             sample(draws, rule.n, sides_.targets, excluded_target(s),
                                    options_.multapses, found);
                             row.insert(row.end(), found.begin(), found.end());
                         });
    }

    Rows operator()(const FixedIndegree& rule) const {
        require_number(rule.n, sides_.sources, "sources");
        const double expected = static_cast<double>(rule.n) * static_cast<double>(sides_.targets);
        require_room(expected);
        std::vector<std::int32_t> excluded(static_cast<std::size_t>(sides_.targets), -1);
        for (std::int64_t s = 0; !options_.self && s < sides_.sources; ++s) {
            if (sides_.same_as(s) >= 0) {
                excluded[static_cast<std::size_t>(sides_.same_as(s))] =
                    static_cast<std::int32_t>(s);
            }
        }
        base::Array<std::int32_t> sources(static_cast<std::size_t>(expected));
        in_pieces(sides_.targets, expected, [&](std::int64_t first, std::int64_t last) {
            std::vector<std::int32_t> found;
            for (std::int64_t t = first; t < last; ++t) {
                Draws draws(options_.seed, Purpose::Indegree, t);
                sample(draws, rule.n, sides_.sources, excluded[static_cast<std::size_t>(t)],
                       options_.multapses, found);
                std::copy(found.begin(), found.end(), sources.data() + t * rule.n);
            }
        });
        return by_source(sources, [n = rule.n](std::size_t k) {
            return static_cast<std::int32_t>(k / static_cast<std::size_t>(n));
        });
    }

    Rows operator()(const FixedTotal& rule) const {
        const double pairs = allowed_pairs();
        if (rule.n < 0 || (rule.n > 0 && pairs == 0) ||
            (!options_.multapses && static_cast<double>(rule.n) > pairs)) {
            fail(Code::BadConnection,
                 fmt::format("{} synapses in all were asked for, expected 0 to {:.15g} pairs",
                             rule.n, pairs));
        }
        require_room(static_cast<double>(rule.n));
        return options_.multapses ? total_with_repeats(rule.n) : total_without_repeats(rule.n);
    }

    Rows operator()(const Permutation& /*rule*/) const {
        require_equal("a permutation");
        std::vector<std::int32_t> order(static_cast<std::size_t>(sides_.targets));
        constexpr int most_tries = 1000;
        for (int attempt = 0; attempt < most_tries; ++attempt) {
            std::iota(order.begin(), order.end(), 0);
            Draws draws(options_.seed, Purpose::Permutation, attempt);
            for (std::size_t left = order.size(); left > 1; --left) {
                std::swap(order[left - 1], order[draws.below(left)]);
            }
            bool fits = true;
            for (std::int64_t s = 0; s < sides_.sources && fits; ++s) {
                fits = order[static_cast<std::size_t>(s)] != excluded_target(s);
            }
            if (fits) {
                return make_rows(sides_.sources, 0, false,
                                 [&](std::int64_t s, std::vector<std::int32_t>& row) {
                                     row.push_back(order[static_cast<std::size_t>(s)]);
                                 });
            }
        }
        fail(Code::BadConnection, "no permutation without self-connections was found",
             "allow self-connections");
    }

    Rows operator()(const Pairwise& rule) const {
        if (!rule.row) {
            fail(Code::BadConnection, "no function of probabilities was given");
        }
        std::vector<double> p(static_cast<std::size_t>(sides_.targets));
        return make_rows(sides_.sources, 0, false,
                         [&](std::int64_t s, std::vector<std::int32_t>& row) {
                             rule.row(s, p);
                             Draws draws(options_.seed, Purpose::Pairwise, s);
                             for (std::int64_t t = 0; t < sides_.targets; ++t) {
                                 const double chance = p[static_cast<std::size_t>(t)];
                                 require_probability(chance);
                                 if (draws.positive_unit() <= chance) {
                                     add(s, t, row);
                                 }
                             }
                         });
    }

private:
    [[nodiscard]] std::int64_t excluded_target(std::int64_t source) const {
        return options_.self ? -1 : sides_.same_as(source);
    }

    void add(std::int64_t source, std::int64_t target, std::vector<std::int32_t>& row) const {
        if (target != excluded_target(source)) {
            row.push_back(static_cast<std::int32_t>(target));
        }
    }

    void require_equal(const char* what) const {
        if (sides_.sources != sides_.targets) {
            fail(Code::BadConnection, fmt::format("{} connects {} sources and {} targets, expected "
                                                  "as many of both",
                                                  what, sides_.sources, sides_.targets));
        }
    }

    static void require_probability(double p) {
        if (!(p >= 0 && p <= 1)) {
            fail(Code::BadConnection,
                 fmt::format("a probability of connection is {}, expected 0 to 1", p));
        }
    }

    /// n partners for each, of `others`; a neuron's own place may be taken away.
    void require_number(std::int64_t n, std::int64_t others, const char* what) const {
        const std::int64_t least = others - (!options_.self && !sides_.same.empty() ? 1 : 0);
        if (n < 0 || (n > 0 && least < 1) || (!options_.multapses && n > least)) {
            fail(Code::BadConnection,
                 fmt::format("{} {} each were asked for, there are {}{}", n, what, least,
                             options_.multapses ? "" : " without repeats"));
        }
    }

    [[nodiscard]] double allowed_pairs() const {
        double pairs = static_cast<double>(sides_.sources) * static_cast<double>(sides_.targets);
        for (std::int64_t s = 0; !options_.self && s < sides_.sources; ++s) {
            pairs -= sides_.same_as(s) >= 0 ? 1 : 0;
        }
        return pairs;
    }

    /// Rows of synapses k = 0, 1, ... with these sources and target_of(k), in that order.
    template <class Target>
    [[nodiscard]] Rows by_source(const base::Array<std::int32_t>& sources,
                                 const Target& target_of) const {
        Rows rows;
        rows.begin.assign(static_cast<std::size_t>(sides_.sources) + 1, 0);
        for (const std::int32_t s : sources.view()) {
            ++rows.begin[static_cast<std::size_t>(s) + 1];
        }
        std::partial_sum(rows.begin.begin(), rows.begin.end(), rows.begin.begin());
        std::vector<std::uint32_t> next(rows.begin.begin(), rows.begin.end() - 1);
        rows.targets = base::Array<std::int32_t>(sources.size());
        for (std::size_t k = 0; k < sources.size(); ++k) {
            rows.targets[next[static_cast<std::size_t>(sources[k])]++] = target_of(k);
        }
        return rows;
    }

    [[nodiscard]] Rows total_with_repeats(std::int64_t n) const {
        base::Array<std::int32_t> sources(static_cast<std::size_t>(n));
        base::Array<std::int32_t> targets(static_cast<std::size_t>(n));
        constexpr std::int64_t block = 4096; // synapses of one sequence
        in_pieces((n + block - 1) / block, static_cast<double>(n),
                  [&](std::int64_t first, std::int64_t last) {
                      for (std::int64_t b = first; b < last; ++b) {
                          Draws draws(options_.seed, Purpose::Total, b);
                          for (std::int64_t k = b * block; k < std::min((b + 1) * block, n); ++k) {
                              const auto [s, t] = draw_pair(draws);
                              sources[static_cast<std::size_t>(k)] = s;
                              targets[static_cast<std::size_t>(k)] = t;
                          }
                      }
                  });
        return by_source(sources, [&](std::size_t k) { return targets[k]; });
    }

    [[nodiscard]] std::pair<std::int32_t, std::int32_t> draw_pair(Draws& draws) const {
        while (true) {
            const auto s =
                static_cast<std::int32_t>(draws.below(static_cast<std::uint64_t>(sides_.sources)));
            const auto t =
                static_cast<std::int32_t>(draws.below(static_cast<std::uint64_t>(sides_.targets)));
            if (t != excluded_target(s)) {
                return {s, t};
            }
        }
    }

    /// Draws pairs until n are different; of more than half of all, those that are left out.
    [[nodiscard]] Rows total_without_repeats(std::int64_t n) const {
        const auto pairs = static_cast<std::int64_t>(allowed_pairs());
        const bool inverted = n > pairs / 2;
        if (inverted) {
            require_room(static_cast<double>(pairs));
        }
        const std::int64_t wanted = inverted ? pairs - n : n;
        std::vector<std::uint64_t> cells;
        Draws draws(options_.seed, Purpose::Total, -1);
        const auto width = static_cast<std::uint64_t>(sides_.targets);
        while (static_cast<std::int64_t>(cells.size()) < wanted) {
            for (std::int64_t missing = wanted - static_cast<std::int64_t>(cells.size());
                 missing > 0; --missing) {
                const auto [s, t] = draw_pair(draws);
                cells.push_back(static_cast<std::uint64_t>(s) * width +
                                static_cast<std::uint64_t>(t));
            }
            std::sort(cells.begin(), cells.end());
            cells.erase(std::unique(cells.begin(), cells.end()), cells.end());
        }
        auto next = cells.begin();
        const auto is_next = [&](std::int64_t s, std::int64_t t) {
            return next != cells.end() &&
                   *next == static_cast<std::uint64_t>(s) * width + static_cast<std::uint64_t>(t);
        };
        return make_rows(sides_.sources, 0, false,
                         [&](std::int64_t s, std::vector<std::int32_t>& row) {
                             while (!inverted && next != cells.end() &&
                                    *next < (static_cast<std::uint64_t>(s) + 1) * width) {
                                 row.push_back(static_cast<std::int32_t>(*next++ % width));
                             }
                             for (std::int64_t t = 0; inverted && t < sides_.targets; ++t) {
                                 is_next(s, t) ? static_cast<void>(++next) : add(s, t, row);
                             }
                         });
    }

    const Sides& sides_;
    const ConnectOptions& options_;
};

} // namespace

Rows make(const ConnectRule& rule, const Sides& sides, const ConnectOptions& options) {
    return std::visit(Maker(sides, options), rule);
}

} // namespace hodg::connect
