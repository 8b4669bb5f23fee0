// SPDX-License-Identifier: MIT
// Synapses as users see them: numbers, values, delays, memory, and what is refused.
#include "../expect_error.h"
#include "../hand_synapses.h"
#include "sim/network_state.h"

#include "hodg/network.h"
#include "hodg/recorder.h"

#include <gtest/gtest.h>

#include <numeric>

namespace {

using hodg::Network;
using hodg::Population;
using hodg::Synapses;
using Numbers = std::vector<double>;
using Indices = std::vector<std::int64_t>;
using Ends = std::vector<std::int32_t>;

struct Fixture : testing::Test {
    Population p{hand::lif::model(), 70, "p"};
    Population q{hand::lif::model(), 90, "q"};
    Synapses s{p, q, "s"};

    void connect_backwards() {
        s.connect(Ends{5, 3, 3, 0, 69}, Ends{7, 8, 8, 1, 89});
        s.bind(hand::delta::model());
        s.set("w", Numbers{50, 30, 31, 0, 69});
    }
};

using SynapsesTest = Fixture;

TEST_F(SynapsesTest, AreNumberedAsTheyWereMade) {
    connect_backwards();
    EXPECT_EQ(s.sources(), (Ends{5, 3, 3, 0, 69}));
    EXPECT_EQ(s.targets(), (Ends{7, 8, 8, 1, 89}));
    EXPECT_EQ(s.get("w"), (Numbers{50, 30, 31, 0, 69}));
    EXPECT_EQ(s.get("w", Indices{4, 0}), (Numbers{69, 50}));
    s.set("w", Indices{1, 4}, Numbers{-1, -2});
    EXPECT_EQ(s.get("w"), (Numbers{50, -1, 31, 0, -2}));
    s.set("w", Indices{1, 2}, Numbers{9});
    EXPECT_EQ(s.get("w"), (Numbers{50, 9, 9, 0, -2}));
    EXPECT_EQ(s.outgoing()[3], 2);
    EXPECT_EQ(s.incoming()[8], 2);
    EXPECT_EQ(s.incoming()[9], 0);
}

TEST_F(SynapsesTest, KeepTheirValuesWhenMoreAreMade) {
    connect_backwards();
    s.connect(Ends{1, 0}, Ends{0, 89});
    s.set("w", Indices{5, 6}, Numbers{100, 200});
    EXPECT_EQ(s.get("w"), (Numbers{50, 30, 31, 0, 69, 100, 200}));
    EXPECT_REFUSED(s.connect(hodg::OneToOne{}), "HH6050", "70 sources and 90 targets");
    EXPECT_EQ(s.size(), 7);
}

TEST_F(SynapsesTest, KeepTheirNumbersForAnyDelaysAndThreads) {
    connect_backwards();
    s.connect(hodg::Probability{0.5}, {.seed = 1});
    const auto n = static_cast<std::size_t>(s.size());
    Numbers weights(n);
    std::iota(weights.begin(), weights.end(), 0.5);
    Numbers delays(n);
    for (std::size_t k = 0; k < n; ++k) {
        delays[k] = static_cast<double>(k * 7 % 13) * 1e-4;
    }
    s.set("w", weights);
    s.set_delays("pre", delays);
    const Ends sources = s.sources();
    const Ends targets = s.targets();
    // so many neurons that there are tiles for all threads
    const Population many(hand::lif::model(), 5000, "many");
    Network net({.threads = 3});
    net.state()->use_threads_at_once();
    net.add(p);
    net.add(q);
    net.add(many);
    net.add(s);
    for (const int threads : {3, 1, 2}) {
        net.set_threads(threads);
        net.run(1e-3);
        EXPECT_EQ(s.get("w"), weights);
        EXPECT_EQ(s.get("w", Indices{77}), Numbers{77.5});
        EXPECT_EQ(s.sources(), sources);
        EXPECT_EQ(s.targets(), targets);
        const Numbers found = s.delays("pre");
        ASSERT_EQ(found.size(), n);
        for (std::size_t k = 0; k < n; ++k) {
            EXPECT_NEAR(found[k], delays[k], 1e-15);
        }
    }
}

TEST_F(SynapsesTest, OfSubgroupsCountPositions) {
    Synapses part(p, p, "part", {10, 20, 30}, {30, 10});
    part.connect(hodg::AllToAll{}, {.self = false});
    EXPECT_EQ(part.sources(), (Ends{0, 1, 1, 2}));
    EXPECT_EQ(part.targets(), (Ends{0, 0, 1, 1}));
    part.connect(Ends{2}, Ends{0});
    EXPECT_EQ(part.sources().back(), 2);
    EXPECT_EQ(part.incoming(), (Indices{3, 2}));
    EXPECT_EQ(part.outgoing(), (Indices{1, 2, 2}));
    for (const Indices& entities : {Indices{0, 4, 5, 69}, Indices{5, 0}, Indices{4, 4}}) {
        Synapses rule(p, q, "rule", entities);
        rule.connect(hodg::Shifted{1, false});
        rule.connect(hodg::Shifted{0, false});
        const auto n = static_cast<std::int32_t>(entities.size());
        const bool twice = entities == Indices{4, 4}; // the first of equal ones is shown
        for (std::int32_t k = 0; k < 2 * n; ++k) {
            const auto at = static_cast<std::size_t>(k);
            EXPECT_EQ(rule.sources()[at], twice ? 0 : k % n);
            EXPECT_EQ(rule.targets()[at], k % n + (k < n ? 1 : 0));
        }
        rule.bind(hand::delta::model());
        rule.set("w", 3);
        EXPECT_EQ(rule.get("w"), Numbers(static_cast<std::size_t>(2 * n), 3.0));
        EXPECT_EQ(rule.outgoing()[0], twice ? 4 : 2);
    }
    EXPECT_REFUSED(part.connect(Ends{3}, Ends{0}), "HH6016", "index 3 of the sources");
    EXPECT_REFUSED(Synapses(p, p, "x", {70}), "HH6016", "index 70");
}

TEST_F(SynapsesTest, KnowWhatIsKeptPerNeuron) {
    s.connect(Ends{0, 0, 5}, Ends{3, 4, 3});
    s.bind(hand::lumped::model());
    s.set_delay("pre", 2e-4);
    EXPECT_EQ(s.variable("w").space, hodg::Space::Each);
    EXPECT_EQ(s.variable("g").space, hodg::Space::PerPost);
    EXPECT_EQ(s.variable("trace").space, hodg::Space::PerPre);
    EXPECT_FALSE(s.variable("tau").per_entity);
    EXPECT_EQ(s.get("g").size(), 90U);
    EXPECT_EQ(s.get("trace").size(), 70U);
    EXPECT_EQ(s.get("N_incoming", Indices{3, 4, 5}), (Numbers{2, 1, 0}));
    EXPECT_EQ(s.get("N_outgoing", Indices{0, 5}), (Numbers{2, 1}));
    EXPECT_EQ(s.get("delay"), (Numbers{2e-4, 2e-4, 2e-4}));
    EXPECT_REFUSED(s.set("N_incoming", 1), "HH6012", "follows from the connections");
    EXPECT_REFUSED(s.set("g", Numbers{1}), "HH6011", "expected 90");
}

TEST_F(SynapsesTest, StaticFloatWeightsTakeEightBytes) {
    s.connect(hodg::Probability{0.5});
    static const hhk_field fields[] = {hand::make_field("w", HHK_REAL, HHK_PARAMETER)};
    static const hhk_uniform uniforms[] = {hand::make_uniform("u", HHK_PARAMETER, 0)};
    static const hhk_synapse synapse = [] {
        hhk_synapse row{};
        row.size = sizeof(hhk_synapse);
        return row;
    }();
    static const hhk_model table = [] {
        hhk_model row = hand::make_synapse_model("Static", fields, uniforms, &synapse);
        row.real_size = 4;
        return row;
    }();
    s.bind(hodg::Model(&table));
    s.set("w", 0.1);
    EXPECT_EQ(s.get("w")[0], static_cast<double>(0.1F));
    EXPECT_LE(s.bytes_per_synapse(), 8.0);
}

TEST_F(SynapsesTest, RebindingKeepsValues) {
    connect_backwards();
    s.bind(hand::stdp::model());
    EXPECT_EQ(s.get("w"), (Numbers{50, 30, 31, 0, 69}));
    s.set("x", Indices{2}, Numbers{3});
    s.bind(hand::stdp::model());
    EXPECT_EQ(s.get("x"), (Numbers{0, 0, 3, 0, 0}));
}

TEST_F(SynapsesTest, RefusesWrongConnections) {
    EXPECT_REFUSED(s.connect(Ends{0}, Ends{0, 1}), "HH6011", "1 sources and 2 targets");
    EXPECT_REFUSED(s.connect(Ends{0}, Ends{90}), "HH6016", "index 90 of the targets of `s`");
    EXPECT_REFUSED(s.connect(Ends{-1}, Ends{0}), "HH6016", "index -1");
    EXPECT_EQ(s.size(), 0);
    EXPECT_REFUSED(static_cast<void>(s.get("w")), "HH6044", "no model");
    EXPECT_REFUSED(s.bind(hand::lif::model()), "HH6043", "no synapse");
    EXPECT_REFUSED(Population(hand::delta::model(), 3), "HH6025", "use Synapses");
}

TEST_F(SynapsesTest, RefusesWrongDelays) {
    connect_backwards();
    EXPECT_REFUSED(s.set_delay("pre", -1e-3), "HH6042", "not negative");
    EXPECT_REFUSED(s.set_delay("post", 1e-3), "HH6046", "`post`");
    EXPECT_REFUSED(s.set_delays("pre", Numbers{1, 2}), "HH6011", "expected 5");
    s.set_delay("pre", 1.55e-4);
    Network net;
    net.add(p);
    net.add(q);
    EXPECT_REFUSED(net.add(s), "HH6042", "no multiple of dt");
    s.set_delay("pre", 1.55e-4, true);
    Network other;
    Synapses t(p, q, "t");
    t.connect(Ends{0}, Ends{0});
    t.set_delay("back", 1e-3);
    EXPECT_REFUSED(t.bind(hand::delta::model()), "HH6046", "`back`");
    Synapses lumped(p, q, "lumped");
    lumped.connect(Ends{0, 1}, Ends{0, 1});
    lumped.set_delays("pre", Numbers{1e-4, 2e-4});
    EXPECT_REFUSED(lumped.bind(hand::lumped::model()), "HH6045", "one delay");
}

TEST_F(SynapsesTest, RoundDelaysOnlyByName) {
    connect_backwards();
    s.set_delay("pre", 1.6e-4, true);
    Network net;
    net.add(s);
    EXPECT_EQ(s.delays("pre"), Numbers{2e-4});
    EXPECT_REFUSED(s.set_delays("pre", Numbers{1e-4, 2e-4, 3e-4, 4e-4, 4.5e-4}), "HH6042",
                   "no multiple");
    EXPECT_EQ(s.delays("pre"), Numbers{2e-4});
    EXPECT_REFUSED(s.set_delay("pre", 1e9), "HH6042", "more than");
}

TEST_F(SynapsesTest, RefuseOtherPopulationsThanTheyWereCompiledFor) {
    const Population gated(hand::gated::model(), 3, "gated");
    Synapses wrong(p, gated, "wrong");
    wrong.connect(Ends{0}, Ends{0});
    wrong.bind(hand::delta::model());
    Network net;
    net.add(p);
    net.add(gated);
    net.add(wrong);
    EXPECT_REFUSED(net.run(1e-3), "HH6043", "`lastspike` per neuron, which `gated` has not");
}

TEST_F(SynapsesTest, NeedTheirPopulationsInTheNetwork) {
    connect_backwards();
    Network net;
    net.add(p);
    net.add(s);
    EXPECT_REFUSED(net.run(1e-3), "HH6032", "`s` connects `q`");
    Network other;
    EXPECT_REFUSED(other.add(s), "HH6023", "another network");
    Synapses twin(p, q, "p");
    EXPECT_REFUSED(net.add(twin), "HH6022", "an object `p` already");
}

TEST_F(SynapsesTest, AreRecordedByNumber) {
    connect_backwards();
    s.bind(hand::stdp::model());
    s.set("w", Numbers{50, 30, 31, 0, 69});
    const hodg::StateRecorder some(s, {"w"}, {.indices = {4, 0}});
    const hodg::StateRecorder all(s, {"w"});
    Network net;
    net.add(p);
    net.add(q);
    net.add(s);
    net.add(some);
    net.add(all);
    net.run(2e-4);
    EXPECT_EQ(some.values("w"), (Numbers{69, 69, 50, 50}));
    EXPECT_EQ(all.indices(), (Indices{0, 1, 2, 3, 4}));
    EXPECT_EQ(all.values("w")[2], 30);
    EXPECT_REFUSED(hodg::StateRecorder(s, {"w"}, {.indices = {5}}), "HH6016", "index 5");
    s.bind(hand::lumped::model());
    EXPECT_REFUSED(hodg::StateRecorder(s, {"w", "g"}), "HH6028", "kept for different things");
}

} // namespace
