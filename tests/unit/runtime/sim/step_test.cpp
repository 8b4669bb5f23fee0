// SPDX-License-Identifier: MIT
// One step, exactly: what is recorded when, and how long a neuron is refractory.
#include "../hand_kernels.h"

#include "hodg/network.h"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using hodg::Network;
using hodg::Population;

TEST(Step, SamplesTheStartOfEveryStepAndTheEndOnRequest) {
    const Population p(hand::lif::model(), 1);
    const hodg::StateRecorder every(p, {"v"});
    const hodg::StateRecorder fifth(p, {"v"}, {.dt = 0.5e-3});
    Network net;
    net.add(p);
    net.add(every);
    net.add(fifth);
    net.run(1e-3);
    EXPECT_EQ(every.steps(), (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    EXPECT_EQ(fifth.steps(), (std::vector<std::int64_t>{0, 5}));
    net.run(0.1e-3, {.record_end = true});
    EXPECT_EQ(every.steps().back(), 11);
    EXPECT_EQ(every.times().back(), 11 * 1e-4);
    EXPECT_EQ(fifth.steps().back(), 10);
}

TEST(Step, DecaysExactly) {
    Population p(hand::lif::model(), 3);
    p.set("v", std::vector<double>{0.5, 0.25, -1});
    const hodg::StateRecorder v(p, {"v"}, {.indices = {2, 0}});
    Network net;
    net.add(p);
    net.add(v);
    net.run(20e-3);
    const std::vector<double> values = v.values("v");
    // 200 products of a rounded factor: relative error below 200 * 2^-53 * 2
    EXPECT_NEAR(values[150], -std::exp(-1.5), 1e-13);
    EXPECT_NEAR(values[200 + 150], 0.5 * std::exp(-1.5), 1e-13);
}

TEST(Step, RefractoryFor29StepsAnd30Samples) {
    Population p(hand::lif::model(), 1);
    p.set("I", 1e6); // every step that is free fires
    const hodg::SpikeRecorder spikes(p);
    const hodg::StateRecorder v(p, {"v"});
    Network net;
    net.add(p);
    net.add(spikes);
    net.add(v);
    net.run(10e-3);
    EXPECT_EQ(spikes.steps(), (std::vector<std::int64_t>{0, 30, 60, 90}));
    EXPECT_EQ(spikes.times()[1], 30 * 1e-4);
    EXPECT_NEAR(p.get("lastspike")[0], 9e-3, 1e-15);
    p.set("I", 1.2);
    net.run(10e-3);
    const auto values = v.values("v");
    for (std::size_t k = 91; k <= 120; ++k) {
        EXPECT_EQ(values[k], 0) << k; // 30 samples at the reset value
    }
    EXPECT_GT(values[121], 0);
}

TEST(Step, InterpolatesTheCrossing) {
    Population p(hand::lif::model(), 1);
    p.set("I", 2);
    const hodg::SpikeRecorder spikes(p, {.interpolate = "v", .threshold = 1});
    Network net;
    net.add(p);
    net.add(spikes);
    net.run(10e-3);
    ASSERT_EQ(spikes.size(), 1U);
    // 2(1 - exp(-t/tau)) = 1 at tau ln 2; a chord instead of the arc errs by at most dt^2/(8 tau)
    EXPECT_NEAR(spikes.times()[0], 10e-3 * std::log(2), 1.25e-7);
}

} // namespace
