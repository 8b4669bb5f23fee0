// SPDX-License-Identifier: MIT
// What each rule connects; that chance is fair; what cannot be followed.
#include "../expect_error.h"
#include "connect/draws.h"
#include "connect/make.h"
#include "connect/row_chunks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

namespace {

using namespace hodg;
using Pairs = std::vector<std::pair<std::int64_t, std::int32_t>>;

connect::Sides square(std::int64_t n) {
    connect::Sides sides;
    sides.sources = sides.targets = n;
    for (std::int64_t i = 0; i < n; ++i) {
        sides.same.push_back(static_cast<std::int32_t>(i));
    }
    return sides;
}

connect::Sides apart(std::int64_t sources, std::int64_t targets) {
    connect::Sides sides;
    sides.sources = sources;
    sides.targets = targets;
    return sides;
}

Pairs pairs(const ConnectRule& rule, const connect::Sides& sides,
            const ConnectOptions& options = {}) {
    const connect::Rows rows = connect::make(rule, sides, options);
    Pairs all;
    for (std::size_t s = 0; s + 1 < rows.begin.size(); ++s) {
        for (std::uint32_t k = rows.begin[s]; k < rows.begin[s + 1]; ++k) {
            all.emplace_back(s, rows.targets[k]);
        }
    }
    EXPECT_EQ(all.size(), rows.targets.size());
    return all;
}

std::vector<int> indegrees(const Pairs& all, std::int64_t targets) {
    std::vector<int> degrees(static_cast<std::size_t>(targets));
    for (const auto& pair : all) {
        ++degrees[static_cast<std::size_t>(pair.second)];
    }
    return degrees;
}

TEST(Rules, RegularOnes) {
    EXPECT_EQ(pairs(AllToAll{}, apart(2, 3)),
              (Pairs{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}}));
    EXPECT_EQ(pairs(AllToAll{}, square(2), {.self = false}), (Pairs{{0, 1}, {1, 0}}));
    EXPECT_EQ(pairs(OneToOne{}, apart(3, 3)), (Pairs{{0, 0}, {1, 1}, {2, 2}}));
    EXPECT_EQ(pairs(Shifted{.by = 1}, apart(3, 3)), (Pairs{{0, 1}, {1, 2}}));
    EXPECT_EQ(pairs(Shifted{.by = -4, .wrap = true}, apart(3, 3)), (Pairs{{0, 2}, {1, 0}, {2, 1}}));
    EXPECT_EQ(pairs(Shifted{.by = 0}, square(3), {.self = false}), Pairs{});
}

TEST(Rules, ProbabilityIsFairEverywhere) {
    constexpr std::int64_t n = 1000;
    const Pairs all = pairs(Probability{0.1}, square(n), {.seed = 4});
    // 1e5 of 1e6 pairs: five standard deviations are 5 sqrt(9e4) = 1500
    EXPECT_NEAR(static_cast<double>(all.size()), 1e5, 1500);
    std::vector<double> by_column(10);
    std::vector<double> by_row(10);
    for (const auto& [s, t] : all) {
        by_column[static_cast<std::size_t>(t / 100)] += 1;
        by_row[static_cast<std::size_t>(s / 100)] += 1;
    }
    for (std::size_t part = 0; part < 10; ++part) { // 5 sqrt(9000)
        EXPECT_NEAR(by_column[part], 1e4, 475);
        EXPECT_NEAR(by_row[part], 1e4, 475);
    }
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
    EXPECT_EQ(std::set(all.begin(), all.end()).size(), all.size());
    EXPECT_NE(all, pairs(Probability{0.1}, square(n), {.seed = 5}));
    EXPECT_EQ(pairs(Probability{0}, square(9)).size(), 0U);
    EXPECT_EQ(pairs(Probability{1}, square(9)).size(), 81U);
    for (const auto& [s, t] : pairs(Probability{0.5}, square(50), {.self = false})) {
        EXPECT_NE(s, t);
    }
}

TEST(Rules, FixedDegrees) {
    for (const bool repeats : {false, true}) {
        for (const std::int64_t n : {3, 15, 19}) { // 19: all others
            const ConnectOptions options{.self = false, .multapses = repeats, .seed = 9};
            const Pairs in = pairs(FixedIndegree{n}, square(20), options);
            EXPECT_EQ(indegrees(in, 20), std::vector<int>(20, static_cast<int>(n)));
            const Pairs out = pairs(FixedOutdegree{n}, square(20), options);
            EXPECT_EQ(out.size(), static_cast<std::size_t>(20 * n));
            for (const Pairs& all : {in, out}) {
                for (const auto& [s, t] : all) {
                    EXPECT_NE(s, t);
                }
                if (!repeats) {
                    EXPECT_EQ(std::set(all.begin(), all.end()).size(), all.size());
                }
            }
        }
    }
    const Pairs many = pairs(FixedOutdegree{100'000}, apart(1, 10), {.seed = 1});
    for (const int degree : indegrees(many, 10)) { // 5 sqrt(9000)
        EXPECT_NEAR(degree, 10'000, 475);
    }
}

TEST(Rules, FixedTotals) {
    for (const bool repeats : {false, true}) {
        for (const std::int64_t n : {0, 50, 300, 380}) { // 380: every pair
            const Pairs all =
                pairs(FixedTotal{n}, square(20), {.self = false, .multapses = repeats, .seed = 2});
            EXPECT_EQ(all.size(), static_cast<std::size_t>(n));
            for (const auto& [s, t] : all) {
                EXPECT_NE(s, t);
            }
            const std::size_t different = std::set(all.begin(), all.end()).size();
            EXPECT_TRUE(repeats ? n < 300 || different < all.size() : different == all.size());
        }
    }
    const Pairs all = pairs(FixedTotal{100'000}, apart(7, 10), {.seed = 3});
    for (const int degree : indegrees(all, 10)) { // 5 sqrt(9000)
        EXPECT_NEAR(degree, 10'000, 475);
    }
}

TEST(Rules, PermutationsReachEveryTargetOnce) {
    const Pairs all = pairs(Permutation{}, square(500), {.seed = 8});
    EXPECT_EQ(indegrees(all, 500), std::vector<int>(500, 1));
    EXPECT_FALSE(std::all_of(all.begin(), all.end(), [](auto p) { return p.first == p.second; }));
    for (const auto& [s, t] : pairs(Permutation{}, square(10), {.self = false, .seed = 8})) {
        EXPECT_NE(s, t);
    }
}

TEST(Rules, PairwiseProbabilitiesAreThoseOfTheFunction) {
    const Pairwise rule{[](std::int64_t s, std::span<double> p) {
        std::fill(p.begin(), p.end(), s == 0 ? 0.0 : s == 1 ? 1.0 : 0.25);
    }};
    const Pairs all = pairs(rule, apart(3, 10'000), {.seed = 6});
    std::vector<int> degrees(3);
    for (const auto& pair : all) {
        ++degrees[static_cast<std::size_t>(pair.first)];
    }
    EXPECT_EQ(degrees[0], 0);
    EXPECT_EQ(degrees[1], 10'000);
    EXPECT_NEAR(degrees[2], 2500, 217); // 5 sqrt(1875)
}

TEST(Rules, ThreadsMakeNoDifference) {
    const auto row = [](std::int64_t s, std::vector<std::int32_t>& targets) {
        for (std::int64_t k = 0; k < s % 7; ++k) {
            targets.push_back(static_cast<std::int32_t>(s * k % 101));
        }
    };
    const connect::Rows alone = connect::make_rows(10'000, 0, false, row);
    const connect::Rows together = connect::make_rows(10'000, 1e9, true, row);
    EXPECT_EQ(alone.begin, together.begin);
    EXPECT_TRUE(std::equal(alone.targets.view().begin(), alone.targets.view().end(),
                           together.targets.view().begin(), together.targets.view().end()));
    std::vector<int> seen(1000);
    std::mutex guard;
    connect::in_pieces(1000, 1e9, [&](std::int64_t first, std::int64_t last) {
        const std::scoped_lock lock(guard);
        for (; first < last; ++first) {
            ++seen[static_cast<std::size_t>(first)];
        }
    });
    EXPECT_EQ(seen, std::vector<int>(1000, 1));
}

TEST(Rows, AreTheSameWhateverWasExpected) {
    const auto size_of = [](std::int64_t s) { return s % 7 == 3 ? 200 : s % 3; };
    const connect::RowMaker maker = [&](std::int64_t s, std::vector<std::int32_t>& row) {
        for (std::int64_t k = 0; k < size_of(s); ++k) {
            row.push_back(static_cast<std::int32_t>(s + k));
        }
    };
    for (const std::int64_t sources : {0, 1, 255, 257, 30'011}) {
        for (const double expected : {0.0, 10.0, 1e6, 1e8}) { // too few, about right, too many
            for (const bool parallel : {false, true}) {
                const connect::Rows rows = connect::make_rows(sources, expected, parallel, maker);
                ASSERT_EQ(rows.begin.size(), static_cast<std::size_t>(sources) + 1);
                std::uint32_t at = 0;
                for (std::int64_t s = 0; s < sources; ++s) {
                    ASSERT_EQ(rows.begin[static_cast<std::size_t>(s)], at);
                    for (std::int64_t k = 0; k < size_of(s); ++k) {
                        ASSERT_EQ(rows.targets[at++], s + k);
                    }
                }
                ASSERT_EQ(rows.begin.back(), at);
                ASSERT_EQ(rows.targets.size(), at);
            }
        }
    }
}

TEST(Draws, ManyAtATimeAreTheSame) {
    connect::Draws one_by_one(0x123456789abcdef, connect::Purpose::Probability, 0x1234567890);
    connect::Draws many(0x123456789abcdef, connect::Purpose::Probability, 0x1234567890);
    connect::Draws::Units units;
    for (int batch = 0; batch < 5; ++batch) {
        many.positive_units(units);
        for (const double unit : units) {
            ASSERT_EQ(unit, one_by_one.positive_unit());
        }
    }
}

TEST(Rules, WhatCannotBeFollowedIsRefused) {
    const auto error = [](const ConnectRule& rule, const connect::Sides& sides,
                          const ConnectOptions& options = {}) {
        return error_of([&] { static_cast<void>(connect::make(rule, sides, options)); })
            .substr(0, 6);
    };
    EXPECT_EQ(error(Probability{1.5}, square(3)), "HH6050");
    EXPECT_EQ(error(Probability{NAN}, square(3)), "HH6050");
    EXPECT_EQ(error(OneToOne{}, apart(3, 4)), "HH6050");
    EXPECT_EQ(error(Permutation{}, apart(3, 4)), "HH6050");
    EXPECT_EQ(error(Permutation{}, square(1), {.self = false}), "HH6050");
    EXPECT_EQ(error(Pairwise{}, square(1)), "HH6050");
    EXPECT_EQ(error(FixedIndegree{20}, square(20), {.self = false, .multapses = false}), "HH6050");
    EXPECT_EQ(error(FixedOutdegree{-1}, square(20)), "HH6050");
    EXPECT_EQ(error(FixedTotal{401}, square(20), {.multapses = false}), "HH6050");
    // ten thousand million synapses
    EXPECT_EQ(error(AllToAll{}, apart(100'000, 100'000)), "HH6053");
    EXPECT_EQ(error(Probability{0.9}, apart(100'000, 100'000)), "HH6053");
    EXPECT_EQ(error(FixedIndegree{100'000}, apart(100'000, 100'000)), "HH6053");
    EXPECT_EQ(error(FixedTotal{10'000'000'000}, apart(100'000, 100'000)), "HH6053");
}

} // namespace
