// SPDX-License-Identifier: MIT
// What arrives when, for any mixture of delays, against a list of all events.
#include "synapse/arrivals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <utility>

namespace {

using hodg::synapse::Arrivals;
using hodg::synapse::DelaySteps;
using hodg::synapse::Layout;
using hodg::synapse::RouteDelays;
using hodg::synapse::Routes;
using Places = std::vector<std::uint32_t>;

constexpr std::int32_t sources = 9;
constexpr std::int32_t targets = 14;

struct Case {
    const char* name;
    std::int64_t shortest;
    std::int64_t range; // of delays beyond it
    bool by_target;
    bool items;
    bool sorted_by_others; // the layout follows delays of another pathway
    friend void PrintTo(const Case& shown, std::ostream* out) { *out << shown.name; }
};

const Case cases[] = {
    {"Ranges", 1, 7, false, false, false},  {"Items", 0, 7, false, true, false},
    {"ByTarget", 2, 9, true, true, false},  {"Sparse", 3, 900, false, true, false},
    {"Unsorted", 1, 12, false, true, true}, {"UnsortedRanges", 1, 12, false, false, true},
    {"Far", 65530, 12, false, true, false}, {"Farther", 65'535, 70'000, true, true, false},
    {"OneDelay", 4, 1, false, true, false},
};

struct ArrivalsTest : testing::TestWithParam<Case> {
    ArrivalsTest() {
        std::vector<std::int32_t> from;
        std::vector<std::int32_t> to;
        for (int k = 0; k < 300; ++k) {
            from.push_back(static_cast<std::int32_t>(random() % sources));
            to.push_back(static_cast<std::int32_t>(random() % targets));
        }
        const Case& c = GetParam();
        delays = DelaySteps(from.size(), c.shortest + c.range);
        DelaySteps others(from.size(), 50);
        for (std::size_t k = 0; k < from.size(); ++k) {
            delays.set(k, c.shortest + static_cast<std::int64_t>(random() % 1000) % c.range *
                                           (c.range > 1000 ? c.range / 1000 : 1));
            others.set(k, static_cast<std::int64_t>(random() % 50));
        }
        hodg::synapse::Connectivity connectivity;
        connectivity.append(from, to);
        layout = hodg::synapse::lay_out(std::move(connectivity), sources, {0, targets},
                                        c.sorted_by_others ? others : delays);
        longest = c.shortest + c.range;
    }

    [[nodiscard]] Routes routes() const {
        const Case& c = GetParam();
        const RouteDelays said{c.shortest, c.range == 1 ? nullptr : &delays};
        return c.by_target ? hodg::synapse::routes_by_target(layout, 0, targets, said)
                           : hodg::synapse::routes_by_source(layout, 0, said);
    }
    [[nodiscard]] Arrivals make() const { return {routes(), longest, {GetParam().items, false}}; }

    /// Places that the event of an entity reaches after `delay`, in order of number.
    [[nodiscard]] Places reached(std::int32_t entity, std::int64_t delay) const {
        Places found;
        layout.for_each([&](std::uint32_t at, std::int32_t source) {
            const std::int32_t side = GetParam().by_target ? layout.post[at] : source;
            if (side == entity && delays[layout.number(at, source)] == delay) {
                found.push_back(at);
            }
        });
        return found;
    }

    /// By step, entity and delay.
    [[nodiscard]] std::map<std::int64_t, Places> expected() const {
        std::map<std::int64_t, std::map<std::pair<std::int32_t, std::int64_t>, Places>> all;
        std::set<std::int64_t> kinds;
        for (std::size_t k = 0; k < delays.size(); ++k) {
            kinds.insert(delays[k]);
        }
        for (const std::int64_t delay : kinds) {
            for (std::int32_t entity = 0; entity < targets; ++entity) {
                const Places places = reached(entity, delay);
                for (const auto& [step, list] : events) {
                    if (!places.empty() && std::ranges::count(list, entity) != 0) {
                        all[step + delay][{entity, delay}] = places;
                    }
                }
            }
        }
        std::map<std::int64_t, Places> flat;
        for (const auto& [step, groups] : all) {
            for (const auto& [key, places] : groups) {
                flat[step].insert(flat[step].end(), places.begin(), places.end());
            }
        }
        return flat;
    }

    [[nodiscard]] static Places flat(const Arrivals::Due& due) {
        Places places;
        for (const hhk_range& range : due.ranges) {
            for (std::int64_t at = range.begin; at < range.end; ++at) {
                places.push_back(due.items == nullptr ? static_cast<std::uint32_t>(at)
                                                      : due.items[at]);
            }
        }
        return places;
    }

    [[nodiscard]] std::vector<std::int32_t> fired(std::int64_t step) const {
        const auto found = events.find(step);
        return found == events.end() ? std::vector<std::int32_t>() : found->second;
    }

    void make_events() {
        const std::int32_t entities = GetParam().by_target ? targets : sources;
        for (std::int64_t step = 0; step < 60; ++step) {
            for (std::int32_t entity = 0; entity < entities; ++entity) {
                if (random() % 5 == 0) {
                    events[step].push_back(entity);
                }
            }
        }
    }

    std::mt19937_64 random{11};
    DelaySteps delays;
    Layout layout;
    std::int64_t longest = 0;
    std::map<std::int64_t, std::vector<std::int32_t>> events;
};

/// Takes what is due as a network does: where something was marked, and after it.
TEST_P(ArrivalsTest, ComeByEntityThenDelay) {
    make_events();
    const std::map<std::int64_t, Places> all = expected();
    Arrivals arrivals = make();
    std::set<std::int64_t> marked;
    const auto mark = [&](std::int64_t step) { marked.insert(step); };
    std::map<std::int64_t, Places> found;
    for (std::int64_t step = 0; step < 60 + longest; ++step) {
        arrivals.push(fired(step), step, mark);
        if (marked.erase(step) == 0) {
            continue;
        }
        if (Places places = flat(arrivals.take(step)); !places.empty()) {
            found[step] = std::move(places);
        }
        if (arrivals.stays_due()) {
            marked.insert(step + 1);
        }
    }
    EXPECT_EQ(found, all);
}

/// What is under way can be put into other arrivals at any time.
TEST_P(ArrivalsTest, CanBeCollectedAndPutBack) {
    make_events();
    const std::map<std::int64_t, Places> all = expected();
    Arrivals first = make();
    const std::int64_t cut = 31;
    std::map<std::int64_t, Places> found;
    const auto ignore = [](std::int64_t) {};
    const auto take = [&](Arrivals& from, std::int64_t step) {
        if (Places places = flat(from.take(step)); !places.empty()) {
            found[step] = std::move(places);
        }
    };
    for (std::int64_t step = 0; step < cut; ++step) {
        first.push(fired(step), step, ignore);
        take(first, step);
    }
    Arrivals second = make();
    for (const Arrivals::UnderWay& one : first.under_way(cut)) {
        second.put(one.step, one.positions, one.entities);
        EXPECT_TRUE(second.has(one.step));
    }
    for (std::int64_t step = cut; step < 60 + longest; ++step) {
        second.push(fired(step), step, ignore);
        take(second, step);
    }
    EXPECT_EQ(found, all);
}

/// Counts of a step, of which nothing may be left.
std::vector<int> counts_of(Arrivals& arrivals, std::int64_t step) {
    const Arrivals::Due due = arrivals.take(step);
    std::vector<int> counts(targets);
    for (const std::uint32_t target : due.full) {
        counts[target] += 256;
    }
    for (std::int32_t target = 0; due.counts != nullptr && target < targets; ++target) {
        counts[static_cast<std::size_t>(target)] += std::exchange(due.counts[target], 0);
    }
    return counts;
}

/// Where counts are enough, they are those of the list of all events, also of what was under way
/// and put back in the middle; routes know their delays as before.
TEST_P(ArrivalsTest, CountsAreThoseOfTheList) {
    const Case& c = GetParam();
    if (c.by_target || c.range == 1 || c.shortest > 1000) { // or so long that trains are better
        return;
    }
    make_events();
    std::map<std::int64_t, std::vector<int>> all;
    for (const auto& [step, places] : expected()) {
        all[step].resize(targets);
        for (const std::uint32_t place : places) {
            ++all[step][static_cast<std::size_t>(layout.post[place])];
        }
    }
    const auto make_counting = [&] {
        return Arrivals(routes(), longest, {c.items, false, true, {0, targets}});
    };
    Arrivals first = make_counting();
    ASSERT_TRUE(first.in_counts());
    Arrivals second = make_counting();
    const std::int64_t cut = 31;
    std::set<std::int64_t> marked;
    const auto mark = [&](std::int64_t step) { marked.insert(step); };
    std::map<std::int64_t, std::vector<int>> found;
    for (std::int64_t step = 0; step < 60 + longest; ++step) {
        Arrivals& now = step < cut ? first : second;
        if (step == cut) {
            for (const Arrivals::UnderWay& one : first.under_way(cut)) {
                second.put(one.step, one.positions, one.entities);
                EXPECT_TRUE(second.has(one.step));
                mark(one.step);
            }
        }
        now.push(fired(step), step, mark);
        if (marked.erase(step) != 0) {
            std::vector<int> counts = counts_of(now, step);
            if (std::ranges::any_of(counts, [](int count) { return count != 0; })) {
                found[step] = std::move(counts);
            }
            if (now.stays_due()) {
                mark(step + 1);
            }
        }
    }
    EXPECT_EQ(found, all);
    EXPECT_TRUE(second.under_way(60 + longest).empty());
    DelaySteps read(delays.size(), longest);
    hodg::synapse::read_delays(layout, second.routes(), read);
    for (std::size_t k = 0; k < delays.size(); ++k) {
        ASSERT_EQ(read[k], delays[k]) << k;
    }
}

TEST(CountRing, HoldsMoreThanAByte) {
    const std::vector<std::int32_t> from(700, 0);
    const std::vector<std::int32_t> to(700, 5);
    DelaySteps delays(700, 9);
    for (std::size_t k = 0; k < 700; ++k) {
        delays.set(k, k < 20 ? 9 : 3);
    }
    hodg::synapse::Connectivity connectivity;
    connectivity.append(from, to);
    const Layout layout = hodg::synapse::lay_out(std::move(connectivity), 1, {0, targets}, delays);
    Arrivals arrivals(hodg::synapse::routes_by_source(layout, 0, {3, &delays}), 9,
                      {true, false, true, {0, targets}});
    ASSERT_TRUE(arrivals.in_counts());
    const std::vector<std::int32_t> source = {0};
    const auto ignore = [](std::int64_t) {};
    arrivals.push(source, 0, ignore);
    EXPECT_EQ(counts_of(arrivals, 3)[5], 680);
    EXPECT_EQ(counts_of(arrivals, 9)[5], 20);
    arrivals.push(source, 4, ignore);
    EXPECT_EQ(counts_of(arrivals, 7)[5], 680);
}

/// Trains alone give positions, whether they are worth it or not.
TEST_P(ArrivalsTest, TrainsKeepTheOrderOfAnyDelays) {
    make_events();
    const Routes own = routes();
    if (!own.several_delays()) {
        return;
    }
    hodg::synapse::Trains trains;
    std::map<std::int64_t, Places> found;
    for (std::int64_t step = 0; step < 60 + longest; ++step) {
        trains.push(own, fired(step), step, [](std::int64_t) {});
        trains.take(own, step, [&](std::uint32_t at, std::uint32_t size) {
            for (std::uint32_t k = 0; k < size; ++k) {
                found[step].push_back(own.place(at + k));
            }
        });
    }
    EXPECT_FALSE(trains.any());
    std::erase_if(found, [](const auto& one) { return one.second.empty(); });
    EXPECT_EQ(found, expected());
}

TEST_P(ArrivalsTest, RoutesTellTheirDelays) {
    const Routes own = routes();
    ASSERT_EQ(own.several_delays(), GetParam().range > 1);
    if (!own.several_delays()) {
        return;
    }
    DelaySteps read(delays.size(), longest);
    hodg::synapse::read_delays(layout, own, read);
    std::int64_t most = 0;
    for (std::size_t k = 0; k < delays.size(); ++k) {
        ASSERT_EQ(read[k], delays[k]) << k;
        most = std::max<std::int64_t>(most, delays[k]);
    }
    EXPECT_EQ(longest_delay(own), most);
}

INSTANTIATE_TEST_SUITE_P(Delays, ArrivalsTest, testing::ValuesIn(cases),
                         [](const auto& shown) { return std::string(shown.param.name); });

} // namespace
