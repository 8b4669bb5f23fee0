// SPDX-License-Identifier: MIT
// Building and running a network: what is refused, operations, progress, small print of a run.
#include "../expect_error.h"
#include "../hand_kernels.h"

#include "hodg/network.h"

#include <gtest/gtest.h>

#include <cmath>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace {

using hodg::Network;
using hodg::Population;

TEST(Network, BadTimesAreRefused) {
    EXPECT_REFUSED(Network({.dt = 0}), "HH6020", "dt is 0");
    EXPECT_REFUSED(Network({.dt = -1e-4}), "HH6020", "-0.0001");
    EXPECT_REFUSED(Network({.dt = NAN}), "HH6020", "nan");
    Network net;
    EXPECT_REFUSED(net.run(-1e-3), "HH6021", "-0.001");
    EXPECT_REFUSED(net.run(NAN), "HH6021", "nan");
    EXPECT_REFUSED(net.run(INFINITY), "HH6021", "inf");
    EXPECT_REFUSED(net.run(1.25e-3), "HH6021", "nearest multiple is 0.0013 s");
    EXPECT_EQ(net.run(0.3).steps, 3000); // 0.3/1e-4 is not a whole number in binary
    EXPECT_EQ(net.step(), 3000);
    EXPECT_REFUSED(Network({.threads = -1}), "HH6028", "-1 threads");
}

TEST(Network, ObjectsHaveOneNetworkAndNamesOneObject) {
    Network net;
    Network other;
    const Population p(hand::lif::model(), 1, "a");
    const Population q(hand::lif::model(), 1, "a");
    const hodg::SpikeRecorder spikes(p);
    net.add(p);
    EXPECT_REFUSED(net.add(p), "HH6023", "this network");
    EXPECT_REFUSED(other.add(p), "HH6023", "another network");
    EXPECT_REFUSED(net.add(q), "HH6022", "`a`");
    other.add(spikes);
    EXPECT_REFUSED(other.run(1e-3), "HH6032", "not part of the network");
}

TEST(Network, APopulationIsFreeAgainWhenItsNetworkIsGone) {
    const Population p(hand::lif::model(), 1, "a");
    {
        Network().add(p);
    }
    Network net;
    EXPECT_NO_THROW(net.add(p));
}

TEST(Network, AModelThatBringsNoIntegratorIsRefused) {
    static hhk_model table = hand::make_model("Stiff");
    table.needs_host_solver = 99; // of a later version
    const Population p(hodg::Model(&table), 1, "stiff");
    Network net;
    net.add(p);
    EXPECT_REFUSED(net.run(1e-3), "HH6026", "model `Stiff` of `stiff`");
}

TEST(Network, LastSpikesBelongToAClock) {
    Population p(hand::lif::model(), 2);
    p.set("I", 1e6);
    p.set("lastspike", std::vector<double>{-1e-3, -2e-3}); // refractory until 2 ms and 1 ms
    {
        Network fine({.dt = 1e-5});
        const hodg::SpikeRecorder spikes(p);
        fine.add(p);
        fine.add(spikes);
        fine.run(2.5e-3);
        EXPECT_EQ(spikes.steps(), (std::vector<std::int64_t>{100, 200}));
        EXPECT_EQ(spikes.indices(), (std::vector<std::int32_t>{1, 0}));
    }
    Network net;
    const hodg::SpikeRecorder spikes(p);
    net.add(p);
    net.add(spikes);
    net.run(1e-3);
    EXPECT_EQ(spikes.steps(), (std::vector<std::int64_t>{0, 0}));
}

TEST(Network, OperationsComeBeforeRecordersAndBetweenExactSteps) {
    Population p(hand::lif::model(), 2);
    const hodg::StateRecorder v(p, {"v"}, {.indices = {0}});
    Network net;
    net.add(p);
    net.add(v);
    std::vector<double> times;
    net.at(0.5e-3, [&] { p.set("v", 0.5); });
    net.every(0.4e-3, [&] { times.push_back(net.time()); }, 0.2e-3);
    net.at(0.7e-3, [&] { p.set("tau", 1.0); }); // derived values follow at once
    net.run(1e-3);
    EXPECT_EQ(times, (std::vector<double>{2 * 1e-4, 6 * 1e-4}));
    const auto values = v.values("v");
    EXPECT_EQ(values[4], 0);
    EXPECT_EQ(values[5], 0.5);
    EXPECT_NEAR(values[7] / values[6], std::exp(-0.01), 1e-15);
    EXPECT_NEAR(values[8] / values[7], std::exp(-0.0001), 1e-15);
    EXPECT_REFUSED(net.at(0.5e-3, [] {}), "HH6021", "past");
    EXPECT_REFUSED(net.every(0.25e-4, [] {}), "HH6021", "interval");
}

TEST(Network, NothingCanBeAddedWhileItRuns) {
    Network net;
    Population p(hand::lif::model(), 1);
    net.add(p);
    net.at(1e-3, [&] { net.run(1e-3); });
    EXPECT_REFUSED(net.run(2e-3), "HH6027", "while the network runs");
    EXPECT_EQ(net.step(), 10); // stands where the operation threw
    EXPECT_EQ(net.run(1e-3).steps, 10);
}

TEST(Network, ProgressBeginsAndEndsWithTheRun) {
    Network net;
    const Population p(hand::lif::model(), 1);
    net.add(p);
    std::vector<double> fractions;
    net.run(1e-3, {.progress = [&](const hodg::Progress& progress) {
                fractions.push_back(progress.fraction);
                return true;
            }});
    EXPECT_EQ(fractions, (std::vector<double>{0, 1}));
}

#if defined(__x86_64__)
TEST(Network, TheHostsFloatingPointModeMakesNoDifference) {
    const auto run = [](int threads) {
        Population p(hand::lif::model(), 1000);
        p.set("v", 1e-310); // a denormal number: zero where the host flushes them
        Network net({.threads = threads});
        net.add(p);
        net.run(0.1);
        return p.get("v").back();
    };
    const double expected = run(1);
    EXPECT_GT(expected, 0);
    const unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040U); // FTZ, DAZ
    const double alone = run(1);
    const double together = run(2);
    EXPECT_EQ(_mm_getcsr() & 0x8040U, 0x8040U); // the host gets its mode back
    _mm_setcsr(before);
    EXPECT_EQ(alone, expected);
    EXPECT_EQ(together, expected);
}
#endif

} // namespace
