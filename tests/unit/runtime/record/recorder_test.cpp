// SPDX-License-Identifier: MIT
// What recorders take, and in which order they give it back.
#include "../expect_error.h"
#include "../hand_kernels.h"

#include "hodg/network.h"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using hodg::Network;
using hodg::Population;

Population constant_source() {
    static hhk_field field = hand::make_field("z", HHK_REAL, HHK_PARAMETER);
    static hhk_model table = hand::make_model("Zero");
    table.field_count = 1;
    table.fields = &field;
    return Population(hodg::Model(&table), 1, "zero");
}

/// Gated cells with a stimulus per entity, ready to run.
struct Gated {
    Gated() : cells(hand::gated::model(), 100, "cells"), zero(constant_source()) {
        cells.link("source", zero, "z");
        cells.set("g", 1);
        std::vector<double> stimulus;
        for (int value = 0; value < 300; ++value) {
            stimulus.push_back(value);
        }
        cells.set_table("stimulus", stimulus, 3, 100, 1e-3);
        net.add(cells);
        net.add(zero);
    }
    Population cells;
    Population zero;
    Network net;
};

TEST(EventRecorder, OrdersByStepThenEntityAndCounts) {
    Population p(hand::lif::model(), 200);
    std::vector<double> drive(200, 0);
    drive[199] = 3;
    drive[5] = 3;
    drive[64] = 2;
    p.set("I", drive);
    hodg::SpikeRecorder spikes(p);
    Network net;
    net.add(p);
    net.add(spikes);
    net.run(8e-3);
    EXPECT_EQ(spikes.indices(), (std::vector<std::int32_t>{5, 199, 64}));
    EXPECT_EQ(spikes.steps(), (std::vector<std::int64_t>{40, 40, 69})); // tau ln(3/2), tau ln 2
    EXPECT_EQ(spikes.counts()[199], 1);
    spikes.clear();
    EXPECT_EQ(spikes.size(), 0U);
    net.run(8e-3);
    EXPECT_EQ(spikes.indices(), (std::vector<std::int32_t>{5, 199}));
}

TEST(EventRecorder, RefusesUnknownEventsAndAFullMemory) {
    Population p(hand::lif::model(), 200);
    EXPECT_REFUSED(hodg::EventRecorder(p, {.event = "spikes"}), "HH6031", "did you mean `spike`?");
    EXPECT_REFUSED(hodg::EventRecorder(p, {.interpolate = "u"}), "HH6010", "`u`");
    p.set("I", 100);
    hodg::SpikeRecorder spikes(p, {.memory_limit = 2000});
    Network net;
    net.add(p);
    net.add(spikes);
    net.run(1.5e-3);
    const std::size_t before = spikes.size();
    EXPECT_GT(before, 0U);
    EXPECT_REFUSED(net.run(2e-3), "HH6030", "its limit is 2000");
    EXPECT_EQ(spikes.size(), before);
    spikes.clear();
    EXPECT_NO_THROW(net.run(1.5e-3));
}

TEST(RateRecorder, CountsCompleteBinsPerEntityAndSecond) {
    Population p(hand::lif::model(), 50);
    p.set("I", 1e6); // fires at steps 0, 30, 60, ...
    const hodg::RateRecorder rate(p, {.bin = 2e-3});
    Network net;
    net.add(p);
    net.add(rate);
    net.run(5e-3);
    EXPECT_EQ(rate.counts(), (std::vector<std::int64_t>{50, 50}));
    net.run(5e-3);
    EXPECT_EQ(rate.counts(), (std::vector<std::int64_t>{50, 50, 0, 50, 50}));
    EXPECT_EQ(rate.rates()[0], 500);
    EXPECT_EQ(rate.times()[4], 80 * 1e-4);
    EXPECT_REFUSED(hodg::RateRecorder(p, {.bin = -1}), "HH6020", "-1");
}

TEST(StateRecorder, RecordsFieldsUniformsAndExpressions) {
    Gated g;
    hodg::Expression expression;
    expression.function = &hand::gated::observe;
    expression.names = {"current", "now"};
    const hodg::StateRecorder all(g.cells, {"v", "k.m", "v0"},
                                  {.indices = {99, 3}, .expressions = {expression}});
    g.net.add(all);
    g.net.run(2e-3);
    const auto v = all.values("v");
    const auto m = all.values("k.m");
    const auto current = all.values("current");
    ASSERT_EQ(v.size(), 40U);
    for (std::size_t n = 0; n < v.size(); ++n) {
        EXPECT_EQ(current[n], v[n] * m[n]);
        EXPECT_EQ(all.values("now")[n], static_cast<double>(n % 20) * 1e-4);
        EXPECT_EQ(all.values("v0")[n], -1);
    }
    EXPECT_NE(v[19], v[39]); // entities 99 and 3 have different stimuli
    EXPECT_REFUSED(static_cast<void>(all.values("k.n")), "HH6010", "did you mean `k.m`?");
}

TEST(StateRecorder, AveragesStaggeredStatesToTheSampleTime) {
    Gated g;
    const hodg::StateRecorder raw(g.cells, {"v", "k.m"}, {.indices = {50, 7}});
    const hodg::StateRecorder mean(g.cells, {"v", "k.m"},
                                   {.indices = {50, 7}, .average_staggered = true});
    const hodg::StateRecorder third(g.cells, {"k.m"},
                                    {.indices = {7}, .dt = 0.3e-3, .average_staggered = true});
    g.net.add(raw);
    g.net.add(mean);
    g.net.add(third);
    g.net.run(0.5e-3);
    g.net.run(0.5e-3);
    const auto m = raw.values("k.m");
    const auto averaged = mean.values("k.m");
    EXPECT_EQ(mean.values("v"), raw.values("v"));
    EXPECT_EQ(averaged[10], m[10]); // nothing stands before the first
    for (std::size_t k = 11; k < 20; ++k) {
        EXPECT_EQ(averaged[k], 0.5 * (m[k - 1] + m[k]));
    }
    EXPECT_EQ(third.values("k.m"),
              (std::vector<double>{averaged[10], averaged[13], averaged[16], averaged[19]}));
}

TEST(StateRecorder, RefusesWhatItCannotRecord) {
    Population p(hand::lif::model(), 10);
    EXPECT_REFUSED(hodg::StateRecorder(p, {}), "HH6028", "nothing to record");
    EXPECT_REFUSED(hodg::StateRecorder(p, {"v", "v"}), "HH6028", "twice");
    EXPECT_REFUSED(hodg::StateRecorder(p, {"w"}), "HH6010", "`w`");
    EXPECT_REFUSED(hodg::StateRecorder(p, {"v"}, {.indices = {10}}), "HH6016", "index 10");
    EXPECT_REFUSED(hodg::StateRecorder(p, {"v"}, {.dt = NAN}), "HH6020", "nan");
    const hodg::StateRecorder odd(p, {"v"}, {.dt = 0.25e-3});
    Network net;
    net.add(p);
    net.add(odd);
    EXPECT_REFUSED(net.run(1e-3), "HH6021", "the recorder's dt");
}

TEST(StateRecorder, AFullMemoryEndsTheRunWithWhatThereIs) {
    Population p(hand::lif::model(), 1000);
    const hodg::StateRecorder other(p, {"I"});
    hodg::StateRecorder v(p, {"v"}, {.memory_limit = 5'000'000}); // 4 chunks of 131 rows
    Network net;
    net.add(p);
    net.add(other);
    net.add(v);
    EXPECT_REFUSED(net.run(1), "HH6030", "its limit is 5000000");
    EXPECT_GT(v.size(), 0U);
    EXPECT_LE(v.size(), 4U * 131U);
    EXPECT_EQ(v.steps(), other.steps());
    EXPECT_EQ(v.steps().back() + 1, net.step());
    v.clear();
    EXPECT_EQ(net.run(1e-3).steps, 10);
}

} // namespace
