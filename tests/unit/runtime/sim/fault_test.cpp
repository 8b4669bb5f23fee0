// SPDX-License-Identifier: MIT
// A state that is not a number ends the run, with its place; what was recorded stays.
#include "../expect_error.h"
#include "../hand_kernels.h"

#include "hodg/network.h"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using hodg::Network;
using hodg::Population;

class Faults : public testing::TestWithParam<int> {};

TEST_P(Faults, NameVariableEntityAndTime) {
    Population p(hand::lif::model(), 5000, "cells");
    p.set("I", 2);
    const hodg::SpikeRecorder spikes(p);
    const hodg::StateRecorder v(p, {"v"}, {.indices = {0, 4321}});
    Network net({.threads = GetParam()});
    net.add(p);
    net.add(spikes);
    net.add(v);
    // The view goes around the checks, as a fault of the model would.
    net.at(80e-3, [&] { static_cast<double*>(p.view("v", true).data)[4321] = NAN; });
    net.at(81e-3, [&] { static_cast<double*>(p.view("v", true).data)[17] = NAN; });
    try {
        net.run(1);
        FAIL() << "nothing was thrown";
    } catch (const hodg::SimulationError& error) {
        EXPECT_EQ(error.code(), "HH6001");
        EXPECT_EQ(error.message(), "`v` of entity 4321 of `cells` is NaN at 80.1 ms");
        EXPECT_EQ(error.fault().entity, 4321);
        EXPECT_EQ(error.fault().step, 800);
    }
    EXPECT_EQ(v.steps().back(), 800);
    EXPECT_EQ(v.size(), 801U);
    // from reset to threshold 70 steps (10 ms ln 2), and 29 refractory ones before
    EXPECT_EQ(spikes.size(), 8U * 5000U);
    EXPECT_EQ(spikes.steps().back(), 69 + 7 * 99);
    EXPECT_REFUSED(net.run(1e-3), "HH6024", "cannot go on");
}

INSTANTIATE_TEST_SUITE_P(AnyThreads, Faults, testing::Values(1, 2, 3));

TEST(Fault, OfAnIntegerNamesPopulationAndTime) {
    static hhk_model table = hand::make_model("Counter");
    table.advance = [](const hhk_context* context, hhk_block* block) -> std::int32_t {
        if (context->step == 3) {
            block->fault = 2;
        }
        return 0;
    };
    const Population p(hodg::Model(&table), 10, "counters");
    Network net({.dt = 1e-3});
    net.add(p);
    EXPECT_REFUSED(net.run(1), "HH6002",
                   "`counters` overflowed or was divided by zero in the step "
                   "to 0.004 s");
}

TEST(Fault, WithoutAGuardIsFoundAtTheEndOfTheRun) {
    Population p(hand::gated::model(), 100, "cells");
    static hhk_field field = hand::make_field("z", HHK_REAL, HHK_PARAMETER);
    static hhk_model table = hand::make_model("Zero");
    table.field_count = 1;
    table.fields = &field;
    Population zero(hodg::Model(&table), 1, "zero");
    p.link("source", zero, "z");
    p.set("g", 1);
    std::vector<double> stimulus(100, 0);
    stimulus[42] = 1e308; // overflows after some steps
    p.set_table("stimulus", stimulus, 1, 100, 1e-3);
    const hodg::StateRecorder v(p, {"v"}, {.indices = {42}});
    Network net({.dt = 1});
    net.add(p);
    net.add(zero);
    net.add(v);
    try {
        net.run(20);
        FAIL() << "nothing was thrown";
    } catch (const hodg::SimulationError& error) {
        EXPECT_EQ(error.fault().variable, "v");
        EXPECT_EQ(error.fault().entity, 42);
        EXPECT_EQ(error.fault().object, "cells");
    }
    EXPECT_EQ(v.size(), 20U);
}

} // namespace
