// SPDX-License-Identifier: MIT
// Thresholds, resets, refractoriness, crossings, update blocks: one step, exactly.
#include "lowered.h"
#include "run_module.h"

#include <cmath>

namespace hhc::lower::test {
namespace {

constexpr double dt = 1e-4;

/// A ramp of 10 volt per second that is reset to 0.
Text ramp() {
    Text t;
    t.state("v", units::volt());
    t.derivative("v", t.param("slope", 10));
    t.variable("v").flags.unless_refractory = true;
    return t;
}

TEST(Refractory, of_3_ms_holds_30_samples_and_29_steps) {
    Text t = ramp();
    t.event("spike", t["v"] > 9.5e-3).statements.statements = {t.assign("v", t.number(0))};
    t.refractory(t.number(3e-3), false);
    const Lowered lowered = lower_text(t);
    Runner runner(lowered.module, dt);
    runner.start();
    std::vector<double> samples;
    std::vector<std::int64_t> spikes;
    for (int k = 0; k < 100; ++k) {
        samples.push_back(runner.get("v"));
        if (runner.advance()) {
            spikes.push_back(k);
        }
    }
    EXPECT_EQ(spikes.at(0), 9); // at 0.9 ms, as measured in Brian 2
    for (int k = 10; k < 40; ++k) {
        EXPECT_EQ(samples[static_cast<std::size_t>(k)], 0.0) << k;
    }
    EXPECT_GT(samples[40], 0.0);
    EXPECT_EQ(spikes.at(1), 48);
}

TEST(Refractory, forbids_spikes_but_not_motion_without_the_flag) {
    Text t = ramp();
    t.variable("v").flags.unless_refractory = false;
    t.event("spike", t["v"] > 9.5e-3);
    t.refractory(t.number(3e-3), false);
    const Lowered lowered = lower_text(t);
    Runner run(lowered.module, dt);
    run.start();
    std::vector<std::int64_t> spikes;
    for (int k = 0; k < 100; ++k) {
        if (run.advance()) {
            spikes.push_back(k);
        }
    }
    EXPECT_EQ(spikes, (std::vector<std::int64_t>{9, 39, 69, 99}));
}

TEST(Refractory, by_a_condition_lasts_until_it_is_false) {
    Text t;
    const E v = t.state("v", units::volt());
    const E time = t.add("t", model::Role::Time);
    t.derivative("v", 1000.0 * sin(2 * M_PI * 100.0 * time)); // one hump of 10 ms
    t.event("spike", v > 1.0);
    t.refractory(v > 1.0, true);
    const Lowered lowered = lower_text(t);
    Runner run(lowered.module, dt);
    run.start();
    int count = 0;
    for (int k = 0; k < 300; ++k) {
        count += run.advance() ? 1 : 0;
    }
    EXPECT_EQ(count, 3);
}

TEST(Events, crossing_happens_once_per_passage) {
    Text t = ramp();
    t.event("up", crosses(t["v"], 9.5e-3));
    const Lowered lowered = lower_text(t);
    Runner run(lowered.module, dt);
    run.start();
    std::vector<std::int64_t> at;
    for (int k = 0; k < 50; ++k) {
        if (run.advance()) {
            at.push_back(k);
        }
    }
    EXPECT_EQ(at, std::vector<std::int64_t>{9});
}

TEST(Events, a_reset_sees_what_its_earlier_statements_wrote) {
    Text t = ramp();
    t.state("a");
    t.state("b");
    model::Event& spike = t.event("spike", t["v"] > 9.5e-3);
    spike.statements.statements = {t.assign("a", t["v"] * 2.0), t.assign("v", t.number(0)),
                                   t.assign("b", t["v"] + t["a"])};
    const Lowered lowered = lower_text(t);
    Runner run(lowered.module, dt);
    run.start();
    while (!run.advance()) {
    }
    EXPECT_EQ(run.get("v"), 0);
    EXPECT_NEAR(run.get("a"), 0.02, 1e-15);
    EXPECT_EQ(run.get("b"), run.get("a"));
    EXPECT_EQ(run.get("lastspike"), 9);
}

TEST(Events, last_spike_is_a_time_and_the_interval_counts_steps) {
    Text t = ramp();
    t.state("since");
    t.state("last");
    const E time = t.add("t", model::Role::Time);
    const E last = t.add("lastspike", model::Role::LastSpike);
    t.event("spike", t["v"] > 9.5e-3);
    model::Update after;
    after.place = model::UpdatePlace::After;
    after.statements.statements = {t.assign("since", time - last), t.assign("last", last)};
    t.model.updates.push_back(after);
    t.refractory(t.number(1.0), false);
    const Lowered lowered = lower_text(t);
    Runner run(lowered.module, dt);
    run.start();
    for (int k = 0; k < 20; ++k) {
        run.advance();
    }
    EXPECT_DOUBLE_EQ(run.get("since"), 10 * dt);
    EXPECT_DOUBLE_EQ(run.get("last"), 9 * dt);
}

TEST(Update, replaces_the_integrator_in_the_order_of_its_statements) {
    Text t;
    t.state("x");
    t.state("y");
    model::Update map;
    map.statements.statements = {t.assign("x", 2.0 * t["x"] + t["y"]),
                                 t.assign("y", t["x"] - t["y"])};
    t.model.updates.push_back(map);
    const Lowered lowered = lower_text(t);
    Runner run(lowered.module, dt);
    run.set("x", 3);
    run.set("y", 1);
    run.start();
    run.advance();
    EXPECT_EQ(run.get("x"), 7);
    EXPECT_EQ(run.get("y"), 6);
}

TEST(Update, before_and_after_stand_around_the_integrator) {
    Text t;
    const E x = t.state("x");
    t.state("seen");
    t.derivative("x", -x);
    model::Update before;
    before.place = model::UpdatePlace::Before;
    before.statements.statements = {t.assign("x", x + 1.0)};
    model::Update after;
    after.place = model::UpdatePlace::After;
    after.statements.statements = {t.assign("seen", x)};
    t.model.updates = {before, after};
    const Lowered lowered = lower_text(t, "euler");
    Runner run(lowered.module, 0.5);
    run.set("x", 1);
    run.start();
    run.advance();
    EXPECT_EQ(run.get("x"), 1);
    EXPECT_EQ(run.get("seen"), 1);
}

TEST(Update, with_an_interval_runs_in_its_own_steps) {
    Text t;
    const E count = t.state("count");
    model::Update update;
    update.place = model::UpdatePlace::Before;
    update.every = t.number(1e-3).id;
    update.statements.statements = {t.assign("count", count + 1.0)};
    t.model.updates = {update};
    const Lowered lowered = lower_text(t);
    Runner run(lowered.module, dt);
    run.start();
    for (int k = 0; k < 21; ++k) {
        run.advance();
    }
    EXPECT_EQ(run.get("count"), 3); // in steps 0, 10 and 20
}

TEST(ConstantOverDt, keeps_the_value_of_the_start_of_the_step) {
    Text t;
    const E x = t.state("x");
    const E y = t.state("y");
    t.add("start", model::Role::ConstantOverDt);
    t.variable("start").definition = (x * 10.0).id;
    t.model.evaluation_order.push_back(*t.model.find("start"));
    model::Update update;
    update.statements.statements = {t.assign("x", x + 1.0), t.assign("y", t["start"] + x)};
    t.model.updates = {update};
    (void)y;
    const Lowered lowered = lower_text(t);
    Runner run(lowered.module, dt);
    run.set("x", 1);
    run.start();
    run.advance();
    EXPECT_EQ(run.get("y"), 12);
    EXPECT_EQ(run.get("start"), 10);
}

TEST(Init, follows_the_order_of_what_it_reads_and_leaves_assigned_values) {
    Text t = squid();
    const Lowered lowered = lower_text(t);
    Runner run(lowered.module, dt);
    run.start();
    EXPECT_EQ(run.get("v"), -65e-3);
    EXPECT_NEAR(run.get("m"), 0.0529325, 1e-7); // gates at exactly -65 mV
    EXPECT_NEAR(run.get("h"), 0.5961208, 1e-7);
    EXPECT_NEAR(run.get("n"), 0.3176769, 1e-7);
    run.set("v", -50e-3);
    run.set("init:m", 1); // v was assigned, m was not
    run.run(ir::KernelKind::Init);
    EXPECT_EQ(run.get("v"), -50e-3);
    EXPECT_NEAR(run.get("m"), 0.250812, 1e-6);
    EXPECT_NEAR(run.get("h"), 0.5961208, 1e-7);
}

TEST(HalfStep, leaves_a_gate_at_its_steady_state_alone) {
    const Lowered lowered = lower_text(squid());
    Runner run(lowered.module, dt);
    run.start();
    const double m = run.get("m");
    run.half_step();
    EXPECT_NEAR(run.get("m"), m, 1e-16);
    run.set("m", 0.5);
    run.half_step();
    EXPECT_NE(run.get("m"), 0.5);
    EXPECT_NE(lowered.module.fields[ir::FieldId(1)].flags & HHK_STAGGERED, 0);
}

} // namespace
} // namespace hhc::lower::test
