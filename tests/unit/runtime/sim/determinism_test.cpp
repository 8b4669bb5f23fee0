// SPDX-License-Identifier: MIT
// The same bits for any number of threads, any cut of a run, and any order of objects.
#include "../hand_synapses.h"
#include "sim/network_state.h"

#include "hodg/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <thread>

namespace {

using hodg::Network;
using hodg::Population;

/// What came out of a run, bit by bit.
struct Outcome {
    std::vector<std::int64_t> spike_steps;
    std::vector<std::int32_t> spike_indices;
    std::vector<std::uint64_t> states;
    std::vector<std::uint64_t> samples;
    std::vector<std::int64_t> rates;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::vector<std::uint64_t> bits_of(const std::vector<double>& values) {
    std::vector<std::uint64_t> bits;
    for (const double value : values) {
        bits.push_back(std::bit_cast<std::uint64_t>(value));
    }
    return bits;
}

/// Noisy neurons that fire now and then; `coupled` with a ring without delay, plastic synapses of
/// many delays, and synapses that keep values per source and target.
struct Simulation {
    explicit Simulation(int threads, bool coupled, std::int64_t count = 10'000)
        : net({.threads = threads, .seed = 7}), cells(hand::lif::model(), count, "cells"),
          few(hand::lif::model(), 10, "few"), spikes(cells),
          samples(cells, {"v"}, {.indices = {9'999, 0, 63, 64, 5'000}, .dt = 0.3e-3}),
          rate(cells, {.bin = 1e-3}) {
        cells.set("noise", 0.4);
        cells.set("I", 0.95);
        few.set("I", 2);
        net.add(few);
        net.add(cells);
        net.add(spikes);
        net.add(samples);
        net.add(rate);
        net.state()->use_threads_at_once();
        if (coupled) {
            ring.connect(hodg::Shifted{.by = 1, .wrap = true});
            ring.bind(hand::delta::model());
            ring.set("w", 0.25);
            plastic.connect(hodg::FixedOutdegree{20}, {.seed = 3});
            plastic.bind(hand::stdp::model());
            plastic.set("w", 0.01);
            std::vector<double> delays;
            for (std::int64_t k = 0; k < plastic.size(); ++k) {
                delays.push_back(static_cast<double>(1 + k % 23) * 1e-4);
            }
            plastic.set_delays("pre", delays);
            plastic.set_delay("post", 0.4e-3);
            kept.connect(hodg::Probability{0.3}, {.seed = 5});
            kept.bind(hand::lumped::model());
            kept.set("w", 0.01);
            kept.set_delay("pre", 0.5e-3);
            net.add(ring);
            net.add(plastic);
            net.add(kept);
        }
    }

    [[nodiscard]] Outcome outcome() const {
        std::vector<double> states = cells.get("v");
        const auto append = [&](const std::vector<double>& more) {
            states.insert(states.end(), more.begin(), more.end());
        };
        if (plastic.bound()) {
            append(plastic.get("w"));
            append(plastic.get("x"));
            append(kept.get("g"));
            append(kept.get("trace"));
        }
        return {spikes.steps(), spikes.indices(), bits_of(states), bits_of(samples.values("v")),
                rate.counts()};
    }

    Network net;
    Population cells;
    Population few;
    hodg::Synapses ring{cells, cells, "ring"};
    hodg::Synapses plastic{cells, cells, "plastic"};
    hodg::Synapses kept{few, cells, "kept"};
    hodg::SpikeRecorder spikes;
    hodg::StateRecorder samples;
    hodg::RateRecorder rate;
};

class Threads : public testing::TestWithParam<bool> {};

TEST_P(Threads, AnyNumberGivesTheSameBits) {
    Simulation alone(1, GetParam());
    alone.net.run(20e-3);
    const Outcome expected = alone.outcome();
    EXPECT_GT(expected.spike_steps.size(), 100U);
    for (const int threads : {2, 3, 4, 7}) {
        Simulation together(threads, GetParam());
        together.net.run(20e-3);
        EXPECT_TRUE(together.outcome() == expected) << threads << " threads";
    }
}

TEST_P(Threads, ACutRunIsTheWholeRun) {
    Simulation whole(1, GetParam());
    whole.net.run(20e-3);
    Simulation cut(3, GetParam());
    cut.net.run(0);
    cut.net.run(0.1e-3);
    cut.net.run(7e-3, {.record_end = true});
    for (int piece = 0; piece < 9; ++piece) {
        cut.net.run(1e-3);
    }
    cut.net.set_threads(2);
    cut.net.run(3.9e-3);
    EXPECT_TRUE(cut.outcome() == whole.outcome());
    EXPECT_EQ(cut.net.time(), whole.net.time());
}

INSTANTIATE_TEST_SUITE_P(FreeAndCoupled, Threads, testing::Bool());

TEST(Determinism, NamesAndSeedsMakeTheRandomNumbersAndOrderDoesNot) {
    const auto run = [](std::uint64_t seed, const std::vector<std::string>& names) {
        Network net({.seed = seed});
        std::vector<Population> populations;
        for (const std::string& name : names) {
            populations.emplace_back(hand::lif::model(), 100, name);
            populations.back().set("noise", 0.4);
            net.add(populations.back());
        }
        net.run(10e-3);
        const auto found = std::find(names.begin(), names.end(), "a");
        return populations[static_cast<std::size_t>(found - names.begin())].get("v");
    };
    EXPECT_EQ(run(1, {"a", "b"}), run(1, {"b", "a"}));
    EXPECT_NE(run(1, {"a"}), run(2, {"a"}));
    Network net;
    const Population first(hand::lif::model(), 1);
    const Population second(hand::lif::model(), 1);
    net.add(first);
    net.add(second);
    EXPECT_EQ(first.name(), "population");
    EXPECT_EQ(second.name(), "population_1");
}

TEST(Determinism, LinkedPopulationsReadTheStartOfTheStepInAnyOrder) {
    // x and y read each other's v: whoever were advanced first would see a later value.
    const auto run = [](bool swapped, int threads) {
        Network net({.threads = threads});
        net.state()->use_threads_at_once();
        Population x(hand::gated::model(), 5000, "x");
        Population y(hand::gated::model(), 5000, "y");
        for (Population* p : {&x, &y}) {
            p->set("g", 1);
            p->set_table("stimulus", std::vector<double>(5000, p == &x ? 100 : -30), 1, 5000, 1e-3);
        }
        std::vector<std::int64_t> back(5000);
        for (std::size_t i = 0; i < back.size(); ++i) {
            back[i] = 4999 - static_cast<std::int64_t>(i);
        }
        x.set("v0", 2);
        x.link("source", y, "v", back);
        y.link("source", x, "v");
        net.add(swapped ? y : x);
        net.add(swapped ? x : y);
        net.run(5e-3);
        auto values = x.get("v");
        const auto others = y.get("v");
        values.insert(values.end(), others.begin(), others.end());
        return bits_of(values);
    };
    const auto expected = run(false, 1);
    EXPECT_EQ(run(true, 1), expected);
    EXPECT_EQ(run(false, 3), expected);
    EXPECT_EQ(run(true, 4), expected);
}

TEST(Determinism, AnInterruptedRunGoesOnAsIfNothingHadBeen) {
    Simulation whole(2, false);
    whole.net.run(50e-3);
    Simulation stopped(2, false);
    int calls = 0;
    hodg::RunOptions options;
    options.progress = [&](const hodg::Progress& progress) {
        EXPECT_GE(progress.fraction, 0);
        EXPECT_LE(progress.fraction, 1);
        return ++calls < 2;
    };
    // Operations take wall time, 180 ms in all, so that the second call, due after 50 ms, comes
    // long before the end however busy the machine is.
    const auto pause = [] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); };
    for (int k = 1; k <= 9; ++k) {
        stopped.net.at(k * 5e-3, pause);
    }
    const hodg::RunReport report = stopped.net.run(50e-3, options);
    EXPECT_TRUE(report.interrupted);
    EXPECT_GT(report.steps, 0);
    EXPECT_LT(report.steps, 500);
    EXPECT_EQ(stopped.net.step(), report.steps);
    stopped.net.run(static_cast<double>(500 - report.steps) * 1e-4);
    EXPECT_TRUE(stopped.outcome() == whole.outcome());
}

} // namespace
