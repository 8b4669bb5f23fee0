// SPDX-License-Identifier: MIT
// When what arrives: delays, refractory targets, order, plasticity, continuous signals.
#include "../expect_error.h"
#include "../hand_synapses.h"
#include "sim/network_state.h"

#include "hodg/network.h"
#include "hodg/spike_generator.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

namespace {

using hodg::Network;
using hodg::Population;
using hodg::SpikeGenerator;
using hodg::Synapses;
using Numbers = std::vector<double>;
using Indices = std::vector<std::int64_t>;
using Ends = std::vector<std::int32_t>;

/// Spikes of given neurons onto neurons that do not leak.
struct Given {
    explicit Given(std::int64_t sources = 3, std::int64_t targets = 4)
        : generator(sources, "given"), cells(hand::lif::model(), targets, "cells"),
          synapses(generator.population(), cells, "synapses"), v(cells, {"v"}) {
        cells.set("tau", 1e300);
        net.add(generator.population());
        net.add(cells);
        net.add(synapses);
        net.add(v);
    }

    /// v of one cell at a sample.
    [[nodiscard]] double at(std::int64_t cell, std::int64_t sample) const {
        return v.values(
            "v")[static_cast<std::size_t>(cell) * v.size() + static_cast<std::size_t>(sample)];
    }

    Network net;
    SpikeGenerator generator;
    Population cells;
    Synapses synapses;
    hodg::StateRecorder v;
};

TEST(Synaptic, ASpikeOfStepKActsInStepKPlusDelay) {
    Given g;
    g.synapses.connect(Ends{0, 1, 2}, Ends{0, 1, 2});
    g.synapses.bind(hand::delta::model());
    g.synapses.set("w", 0.5);
    g.synapses.set_delays("pre", Numbers{0, 1e-4, 1.7e-3});
    g.generator.set(Numbers{2e-4, 2e-4, 2e-4}, Indices{0, 1, 2});
    g.net.run(3e-3);
    for (const auto& [cell, delay] : {std::pair{0, 0}, {1, 1}, {2, 17}}) {
        EXPECT_EQ(g.at(cell, 2 + delay), 0) << cell;
        EXPECT_EQ(g.at(cell, 3 + delay), 0.5) << cell; // the state after step 2 + delay
    }
    EXPECT_EQ(g.at(3, 29), 0);
}

TEST(Synaptic, RepeatedSynapsesAddUp) {
    Given g;
    g.synapses.connect(Ends{0, 0, 2, 0}, Ends{1, 1, 1, 1});
    g.synapses.bind(hand::delta::model());
    g.synapses.set("w", Numbers{0.1, 0.2, 0.3, 0.05});
    g.generator.set(Numbers{0, 0}, Indices{0, 2});
    g.net.run(3e-4);
    EXPECT_EQ(g.at(1, 1), 0.1 + 0.2 + 0.05 + 0.3); // by source, then number
}

TEST(Synaptic, WritesToRefractoryTargetsAreDropped) {
    Given g;
    g.synapses.connect(Ends{0, 1}, Ends{0, 0});
    g.synapses.bind(hand::delta::model());
    g.synapses.set("w", Numbers{1.5, 0.25});
    // 1.5 arrives in step 1, the cell fires in step 2; 0.25 in the same step and 29 steps after are
    // dropped, in the 30th it counts.
    g.generator.set(Numbers{1e-4, 2e-4, 1e-3, 31e-4, 32e-4}, Indices{0, 1, 1, 1, 1});
    const hodg::SpikeRecorder spikes(g.cells);
    g.net.add(spikes);
    g.net.run(4e-3);
    EXPECT_EQ(spikes.steps(), (std::vector<std::int64_t>{2}));
    EXPECT_EQ(g.at(0, 3), 0);
    EXPECT_EQ(g.at(0, 32), 0);
    EXPECT_EQ(g.at(0, 33), 0.25);
}

TEST(Synaptic, PlasticSynapsesFollowTheRule) {
    // source at steps 10 and 60, target (driven by another source) at step 30: x and y by hand
    Given g(2, 1);
    g.synapses.connect(Ends{0}, Ends{0});
    g.synapses.bind(hand::stdp::model());
    g.synapses.set("w", 0.5);
    Synapses drive(g.generator.population(), g.cells, "drive");
    drive.connect(Ends{1}, Ends{0});
    drive.bind(hand::delta::model());
    drive.set("w", 2);
    g.net.add(drive);
    g.generator.set(Numbers{10e-4, 60e-4, 29e-4}, Indices{0, 0, 1});
    g.net.run(10e-3);
    const double after_post = 0.5 + 0.01 * std::exp(-20 * 1e-4 / 20e-3);
    const double y = -0.01 * std::exp(-30 * 1e-4 / 20e-3);
    EXPECT_NEAR(g.synapses.get("w")[0], after_post + y, 1e-15);
    EXPECT_NEAR(g.synapses.get("lastupdate")[0], 60e-4, 1e-15);
}

TEST(Synaptic, ContinuousSignalsComeADelayLater) {
    Population from(hand::lif::model(), 2, "from");
    from.set("v", Numbers{0.5, -0.5});
    const Population to(hand::lif::model(), 3, "to");
    Synapses s(from, to, "s");
    s.connect(Ends{0, 1, 1}, Ends{0, 1, 2});
    s.bind(hand::graded::model());
    s.set("w", Numbers{1, 2, 4});
    s.set_delays("pre", Numbers{0, 1e-4, 5e-4});
    const hodg::StateRecorder v(from, {"v"});
    const hodg::StateRecorder input(to, {"I_syn"});
    Network net;
    net.add(from);
    net.add(to);
    net.add(s);
    net.add(v);
    net.add(input);
    net.run(1e-3);
    net.run(1e-3);
    const Numbers x = v.values("v");
    const Numbers y = input.values("I_syn");
    for (std::size_t k = 0; k < 20; ++k) {
        EXPECT_EQ(y[k], x[k]) << k;
        EXPECT_EQ(y[20 + k], 2 * x[20 + (k < 1 ? 0 : k - 1)]) << k; // before 0: as at 0
        EXPECT_EQ(y[40 + k], 4 * x[20 + (k < 5 ? 0 : k - 5)]) << k;
    }
}

TEST(Synaptic, ValuesPerSourceAndTargetAreOncePerEvent) {
    Given g(2, 2);
    g.synapses.connect(hodg::AllToAll{});
    g.synapses.bind(hand::lumped::model());
    g.synapses.set("w", 0.5);
    g.synapses.set_delay("pre", 1e-4);
    g.generator.set(Numbers{0, 3e-4, 3e-4}, Indices{0, 0, 1});
    const hodg::StateRecorder conductance(g.synapses, {"g"});
    g.net.add(conductance);
    g.net.run(6e-4);
    EXPECT_EQ(g.synapses.get("trace"), (Numbers{0.1 + 0.1, 0.1}));
    const Numbers found = conductance.values("g");
    const double decay = std::exp(-1e-4 / 5e-3);
    EXPECT_EQ(found[1], 0);
    EXPECT_EQ(found[2], 0.5);
    EXPECT_EQ(found[3], 0.5 * decay);
    EXPECT_EQ(found[5], 0.5 * decay * decay * decay + 0.5 * 1.1 + 0.5);
}

TEST(Synaptic, EventsUnderWayKeepTheirTime) {
    // A spike at step 0 with a delay of 12 steps; after 5 steps the delay becomes 1, and more
    // synapses are made. The next spike takes the new way.
    for (const bool one_delay : {true, false}) {
        Given g;
        g.synapses.connect(Ends{0, 2}, Ends{0, 1});
        g.synapses.bind(hand::delta::model());
        g.synapses.set("w", 0.25);
        if (one_delay) {
            g.synapses.set_delay("pre", 12e-4);
        } else {
            g.synapses.set_delays("pre", Numbers{12e-4, 3e-4});
        }
        g.generator.set(Numbers{0, 6e-4}, Indices{0, 0});
        g.net.run(5e-4);
        g.synapses.set_delay("pre", 1e-4);
        g.synapses.connect(Ends{1}, Ends{2});
        g.net.run(15e-4);
        EXPECT_EQ(g.at(0, 7), 0);
        EXPECT_EQ(g.at(0, 8), 0.25);
        EXPECT_EQ(g.at(0, 12), 0.25);
        EXPECT_EQ(g.at(0, 13), 0.5);
    }
}

TEST(Synaptic, AStateThatIsNoNumberEndsTheRun) {
    Given g(1, 1);
    g.synapses.connect(Ends{0}, Ends{0});
    g.synapses.bind(hand::stdp::model());
    g.synapses.set("tau", 0); // 0/0 when its traces are brought up to date
    g.generator.set(Numbers{0}, Indices{0});
    EXPECT_REFUSED(g.net.run(1e-3), "HH6001",
                   "`w` of synapse 0 of `synapses` is NaN; it became so between 0 and 1 ms");
    EXPECT_REFUSED(g.net.run(1e-3), "HH6024", "cannot go on");
}

TEST(Synaptic, PathwaysActByOrderThenName) {
    // 0.1 + 0.2 + 0.3 is another double in another order
    const auto run = [](bool swapped) {
        Given g(1, 1);
        Synapses a(g.generator.population(), g.cells, "a");
        Synapses z(g.generator.population(), g.cells, "z");
        for (Synapses* s : {&a, &z, &g.synapses}) {
            s->connect(hodg::AllToAll{});
            s->bind(hand::delta::model());
        }
        a.set("w", 0.1);
        g.synapses.set("w", 0.2);
        z.set("w", 0.3);
        g.net.add(swapped ? z : a);
        g.net.add(swapped ? a : z);
        g.generator.set(Numbers{0}, Indices{0});
        g.net.run(2e-4);
        return g.at(0, 1);
    };
    EXPECT_EQ(run(false), 0.1 + 0.2 + 0.3);
    EXPECT_EQ(run(true), 0.1 + 0.2 + 0.3);
}

/// Bits of everything after a run with all delays of several steps: threads go on for an epoch.
TEST(Synaptic, LongDelaysGiveTheSameBitsForAnyThreads) {
    const auto run = [](int threads) {
        Population cells(hand::lif::model(), 6000, "cells");
        cells.set("noise", 0.4);
        cells.set("I", 0.95);
        Synapses s(cells, cells, "s");
        s.connect(hodg::FixedIndegree{30}, {.seed = 2});
        s.bind(hand::stdp::model());
        s.set("w", 0.004);
        s.set_delay("pre", 7e-4);
        Network net({.threads = threads, .seed = 3});
        net.state()->use_threads_at_once();
        net.add(cells);
        net.add(s);
        net.run(12.3e-3);
        net.run(0.4e-3);
        Numbers all = cells.get("v");
        for (const char* name : {"w", "x", "y"}) {
            const Numbers more = s.get(name);
            all.insert(all.end(), more.begin(), more.end());
        }
        std::vector<std::uint64_t> bits;
        for (const double value : all) {
            bits.push_back(std::bit_cast<std::uint64_t>(value));
        }
        return bits;
    };
    const auto expected = run(1);
    for (const int threads : {2, 3, 4, 7}) {
        EXPECT_TRUE(run(threads) == expected) << threads;
    }
}

TEST(Synaptic, ContinuousSignalsGiveTheSameBitsForAnyThreads) {
    const auto run = [](int threads) {
        Population cells(hand::lif::model(), 5000, "cells");
        cells.set("noise", 0.4);
        Synapses s(cells, cells, "s");
        s.connect(hodg::FixedOutdegree{5}, {.seed = 2});
        s.bind(hand::graded::model());
        s.set("w", 0.1);
        s.set_delay("pre", 2e-4);
        Network net({.threads = threads, .seed = 3});
        net.state()->use_threads_at_once();
        net.add(cells);
        net.add(s);
        net.run(3e-3);
        return cells.get("v");
    };
    const auto expected = run(1);
    EXPECT_EQ(run(2), expected);
    EXPECT_EQ(run(5), expected);
}

TEST(Synaptic, ThreadsAreTakenWhenAStepHasShownToBeLong) {
    // Nobody notices but the clock: the plan changes within the run.
    const auto run = [](int threads, std::int64_t steps_a_run) {
        Population cells(hand::lif::model(), 20'000, "cells");
        cells.set("noise", 0.4);
        cells.set("I", 0.95);
        Synapses s(cells, cells, "s");
        s.connect(hodg::Shifted{.by = 70, .wrap = true});
        s.bind(hand::delta::model());
        s.set("w", 0.3);
        s.set_delay("pre", 3e-4);
        Network net({.threads = threads, .seed = 3});
        net.add(cells);
        net.add(s);
        for (std::int64_t step = 0; step < 60; step += steps_a_run) {
            net.run(static_cast<double>(steps_a_run) * 1e-4);
        }
        return cells.get("v");
    };
    const auto expected = run(1, 60);
    EXPECT_EQ(run(2, 60), expected);
    EXPECT_EQ(run(3, 5), expected);
}

TEST(SpikeGenerator, IsAPopulationWithGivenSpikes) {
    SpikeGenerator generator(70, "given");
    generator.set(Numbers{5e-4, 0, 3e-4, 3e-4}, Indices{69, 1, 0, 64});
    const hodg::SpikeRecorder spikes(generator.population());
    Network net;
    net.add(generator.population());
    net.add(spikes);
    net.run(4e-4);
    EXPECT_EQ(spikes.steps(), (std::vector<std::int64_t>{0, 3, 3}));
    EXPECT_EQ(spikes.indices(), (Ends{1, 0, 64}));
    generator.set(Numbers{1e-4, 9e-4}, Indices{2, 3}); // the first is past
    net.run(6e-4);
    EXPECT_EQ(spikes.steps().back(), 9);
    EXPECT_EQ(spikes.size(), 4U);
}

TEST(SpikeGenerator, RefusesWhatNoNeuronCanDo) {
    SpikeGenerator generator(2);
    EXPECT_REFUSED(generator.set(Numbers{0}, Indices{2}), "HH6016", "index 2");
    EXPECT_REFUSED(generator.set(Numbers{NAN}, Indices{0}), "HH6013", "time");
    EXPECT_REFUSED(generator.set(Numbers{0, 1}, Indices{0}), "HH6011", "2 times and 1");
    generator.set(Numbers{1e-4, 1.2e-4}, Indices{1, 1});
    Network net;
    net.add(generator.population());
    EXPECT_REFUSED(net.run(1e-3), "HH6047", "entity 1");
}

} // namespace
