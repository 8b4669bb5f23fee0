// SPDX-License-Identifier: MIT
// Driven inputs and parameters: which steps get which value.
#include "../expect_error.h"
#include "../hand_synapses.h"
#include "sim/network_state.h"

#include "hodg/network.h"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using hodg::Network;
using hodg::Population;
using hodg::Stimulus;
using Numbers = std::vector<double>;
using Steps = std::vector<std::int64_t>;

struct Driven {
    explicit Driven(const char* variable, Steps indices = {}, int threads = 1,
                    std::int64_t count = 3)
        : cells(hand::lif::model(), count, "cells"), stimulus(cells, variable, std::move(indices)),
          seen(cells, {"I_syn", "I"}), net({.threads = threads}) {
        net.add(cells);
        net.add(stimulus);
        net.add(seen);
    }

    Population cells;
    Stimulus stimulus;
    hodg::StateRecorder seen;
    Network net;
};

TEST(Stimulus, DrivesAnInputStepByStep) {
    Driven d("I_syn", {0, 2});
    d.stimulus.set(Steps{-1, 1, 4}, Numbers{5, 7, 0});
    d.net.run(6e-4);
    const Numbers found = d.seen.values("I_syn");
    EXPECT_EQ(Numbers(found.begin(), found.begin() + 6), (Numbers{5, 7, 7, 7, 0, 0}));
    EXPECT_EQ(Numbers(found.begin() + 6, found.begin() + 12), Numbers(6));
    EXPECT_EQ(Numbers(found.begin() + 12, found.end()), (Numbers{5, 7, 7, 7, 0, 0}));
}

TEST(Stimulus, ComesAgainWithItsPeriod) {
    Driven d("I_syn", {1});
    d.stimulus.set(Steps{0, 2}, Numbers{3, 0}, -1, 4); // pulses of 2 steps from step -1 on
    d.net.run(1e-3);
    const Numbers found = d.seen.values("I_syn");
    EXPECT_EQ(Numbers(found.begin() + 10, found.begin() + 20),
              (Numbers{3, 0, 0, 3, 3, 0, 0, 3, 3, 0}));
    d.stimulus.set({}, {});
    d.net.run(2e-4);
    EXPECT_EQ(d.seen.values("I_syn")[12 + 10], 0);
    EXPECT_EQ(d.stimulus.value(0), 0);
}

TEST(Stimulus, WaitsForItsOnset) {
    Driven d("I_syn", {1});
    d.stimulus.set(Steps{1, 2}, Numbers{3, 0}, 3, 4);
    for (const std::int64_t step : {0, 3, 5, 7, 9}) {
        EXPECT_EQ(d.stimulus.value(step), 0) << step;
    }
    EXPECT_EQ(d.stimulus.value(4), 3);
    EXPECT_EQ(d.stimulus.value(8), 3);
    d.net.run(1e-3);
    EXPECT_EQ(d.seen.values("I_syn")[10 + 4], 3);
    EXPECT_EQ(d.seen.values("I_syn")[10 + 5], 0);
}

TEST(Stimulus, IsAddedToAParameterWhichStaysTheUsers) {
    Driven d("I", {1});
    d.cells.set("I", 0.5);
    d.stimulus.set(Steps{2, 5}, Numbers{1, 0.25});
    double looked = 0;
    d.net.at(3e-4, [&] {
        looked = d.cells.get("I")[1];
        d.cells.set("I", 0.75);
    });
    d.net.run(8e-4);
    const Numbers found = d.seen.values("I");
    EXPECT_EQ(Numbers(found.begin() + 8, found.begin() + 16),
              (Numbers{0.5, 0.5, 1.5, 1.75, 1.75, 1, 1, 1}));
    EXPECT_EQ(looked, 0.5);
    EXPECT_EQ(d.cells.get("I"), (Numbers{0.75, 0.75, 0.75}));
}

TEST(Stimulus, OfAUniformParameterReachesWhatIsDerived) {
    Population cells(hand::lif::model(), 2, "cells");
    cells.set("v", 0.5);
    Stimulus longer(cells, "tau");
    longer.set(Steps{1, 2}, Numbers{10e-3, 0}); // 20 ms in step 1
    const hodg::StateRecorder v(cells, {"v"});
    Network net;
    net.add(cells);
    net.add(longer);
    net.add(v);
    net.run(4e-4);
    const Numbers found = v.values("v");
    EXPECT_EQ(found[1], 0.5 * std::exp(-0.01));
    EXPECT_EQ(found[2], found[1] * std::exp(-0.005));
    EXPECT_EQ(found[3], found[2] * std::exp(-0.01));
    EXPECT_EQ(cells.get("tau")[0], 10e-3);
}

TEST(Stimulus, GivesTheSameForAnyThreads) {
    const auto run = [](int threads) {
        Driven d("I_syn", {}, threads, 5000);
        d.net.state()->use_threads_at_once();
        d.stimulus.set(Steps{0, 3}, Numbers{2, 0}, 0, 5);
        d.net.run(3e-3);
        return d.cells.get("v");
    };
    EXPECT_EQ(run(1), run(3));
}

TEST(Stimulus, RefusesWhatIsNoSeries) {
    Driven d("I_syn");
    EXPECT_REFUSED(d.stimulus.set(Steps{1, 1}, Numbers{1, 2}), "HH6048", "ascending");
    EXPECT_REFUSED(d.stimulus.set(Steps{1}, Numbers{1, 2}), "HH6011", "1 steps and 2 values");
    EXPECT_REFUSED(d.stimulus.set(Steps{1}, Numbers{NAN}), "HH6013", "nan");
    EXPECT_REFUSED(d.stimulus.set(Steps{5}, Numbers{1}, 0, 5), "HH6048", "period of 5");
    EXPECT_REFUSED(Stimulus(d.cells, "v"), "HH6048", "neither an input nor a parameter");
    EXPECT_REFUSED(Stimulus(d.cells, "I", {3}), "HH6016", "index 3");
    const Population outside(hand::lif::model(), 1, "outside");
    const Stimulus lost(outside, "I");
    d.net.add(lost);
    EXPECT_REFUSED(d.net.run(1e-3), "HH6032", "`outside`");
}

} // namespace
