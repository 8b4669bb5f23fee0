// SPDX-License-Identifier: MIT
// Method exact against closed forms: single and coupled states, equal time constants (a matrix that
// cannot be diagonalised), oscillation, refractory states that are held.
#include "lowered.h"
#include "run_module.h"

#include <cmath>

namespace hhc::lower::test {
namespace {

constexpr double dt = 1e-4;
// Rounding of some hundred steps in which each state moves by its drift times a propagator.
constexpr double rounding = 1e-12;

Text decay() {
    Text t;
    const E v = t.state("v", units::volt());
    t.derivative("v", (t.param("E", -70e-3) - v + t.parameter("I")) / t.param("tau", 20e-3));
    return t;
}

/// v' = (x - v)/tau_v, x' = (y - x)/tau_x, y' = -y/tau_y
Text chain(double tau_v, double tau_x, double tau_y) {
    Text t;
    const E v = t.state("v", units::volt());
    const E x = t.state("x");
    const E y = t.state("y");
    t.derivative("v", (x - v) / t.param("tau_v", tau_v));
    t.derivative("x", (y - x) / t.param("tau_x", tau_x));
    t.derivative("y", -y / t.param("tau_y", tau_y));
    return t;
}

TEST(Exact, single_equation_follows_its_closed_form) {
    const Lowered lowered = lower_text(decay());
    EXPECT_EQ(method_of(lowered, "v").method, "exact");
    Runner run(lowered.module, dt);
    run.set("v", -50e-3);
    run.set("I", 5e-3);
    run.start();
    for (int i = 0; i < 300; ++i) {
        run.advance();
    }
    EXPECT_NEAR(run.get("v"), -65e-3 + 15e-3 * std::exp(-30e-3 / 20e-3), rounding);
}

TEST(Exact, stays_at_rest_to_the_last_bit) {
    const Lowered lowered = lower_text(decay());
    Runner run(lowered.module, dt);
    run.set("v", -70e-3);
    run.start();
    for (int i = 0; i < 1000; ++i) {
        run.advance();
    }
    EXPECT_EQ(run.get("v"), -70e-3);
}

TEST(Exact, three_time_constants_follow_the_closed_form) {
    const double a = 1 / 20e-3;
    const double b = 1 / 5e-3;
    const double c = 1 / 3e-3;
    const Lowered lowered = lower_text(chain(1 / a, 1 / b, 1 / c));
    Runner run(lowered.module, dt);
    run.set("y", 1);
    run.start();
    for (int i = 0; i < 100; ++i) {
        run.advance();
    }
    const double t = 100 * dt;
    EXPECT_NEAR(run.get("y"), std::exp(-c * t), rounding);
    EXPECT_NEAR(run.get("x"), b / (c - b) * (std::exp(-b * t) - std::exp(-c * t)), rounding);
    const double v =
        a * b *
        (std::exp(-a * t) / ((b - a) * (c - a)) + std::exp(-b * t) / ((a - b) * (c - b)) +
         std::exp(-c * t) / ((a - c) * (b - c)));
    EXPECT_NEAR(run.get("v"), v, rounding);
}

TEST(Exact, equal_time_constants_are_no_special_case) {
    const double tau = 5e-3;
    const Lowered lowered = lower_text(chain(tau, tau, tau));
    Runner run(lowered.module, dt);
    run.set("y", 1);
    run.start();
    for (int i = 0; i < 100; ++i) {
        run.advance();
    }
    const double s = 100 * dt / tau;
    EXPECT_NEAR(run.get("y"), std::exp(-s), rounding);
    EXPECT_NEAR(run.get("x"), s * std::exp(-s), rounding);
    EXPECT_NEAR(run.get("v"), s * s / 2 * std::exp(-s), rounding);
}

TEST(Exact, a_changed_parameter_is_prepared_anew) {
    const Lowered lowered = lower_text(chain(20e-3, 5e-3, 3e-3));
    Runner run(lowered.module, dt);
    run.set("tau_v", 5e-3);
    run.set("tau_x", 5e-3);
    run.set("tau_y", 5e-3);
    run.set("y", 1);
    run.start();
    for (int i = 0; i < 100; ++i) {
        run.advance();
    }
    EXPECT_NEAR(run.get("x"), 2 * std::exp(-2.0), rounding);
}

TEST(Exact, oscillates_and_keeps_its_amplitude) {
    Text t;
    const E x = t.state("x");
    const E y = t.state("y");
    const E omega = t.param("omega", 2 * M_PI * 10);
    t.derivative("x", -omega * y);
    t.derivative("y", omega * x);
    const Lowered lowered = lower_text(t);
    Runner run(lowered.module, 1e-3);
    run.set("x", 1);
    run.start();
    for (int i = 0; i < 1025; ++i) { // ten and a quarter turns
        run.advance();
    }
    EXPECT_NEAR(run.get("x"), 0, 1e-11);
    EXPECT_NEAR(run.get("y"), 1, 1e-11);
}

TEST(Exact, a_parameter_per_entity_gives_hidden_fields) {
    const Text t = chain(20e-3, 5e-3, 3e-3);
    Options options;
    options.per_entity = {"tau_x"};
    const Lowered lowered = lower_text(t, "", options);
    EXPECT_NE(lowered.module.find(ir::KernelKind::PrepareEntities), nullptr);
    EXPECT_EQ(lowered.module.find(ir::KernelKind::Prepare), nullptr);
    Runner run(lowered.module, dt);
    run.set("tau_v", 5e-3);
    run.set("tau_x", 5e-3);
    run.set("tau_y", 5e-3);
    run.set("y", 1);
    run.start();
    for (int i = 0; i < 100; ++i) {
        run.advance();
    }
    EXPECT_NEAR(run.get("v"), 2 * std::exp(-2.0), rounding);
}

/// w follows v, v is held for 3 ms: during that time w relaxes to the v that is held.
TEST(Exact, an_adaptation_relaxes_to_a_potential_that_is_held) {
    Text t;
    const E v = t.state("v", units::volt());
    const E w = t.state("w");
    t.derivative("v", (1.0 - v - w) / t.param("tau_v", 10e-3));
    t.derivative("w", (0.2 * v - w) / t.param("tau_w", 50e-3));
    t.variable("v").flags.unless_refractory = true;
    t.event("spike", v > 0.5).statements.statements = {t.assign("v", t.number(0.1))};
    t.refractory(t.number(3e-3), false);
    const Lowered lowered = lower_text(t);
    EXPECT_EQ(method_of(lowered, "w").method, "exact");
    Runner run(lowered.module, dt);
    run.start();
    while (!run.advance()) {
    }
    const double w_0 = run.get("w");
    for (int i = 0; i < 29; ++i) {
        run.advance();
    }
    EXPECT_EQ(run.get("v"), 0.1);
    EXPECT_NEAR(run.get("w"), 0.02 + (w_0 - 0.02) * std::exp(-29 * dt / 50e-3), rounding);
}

TEST(Exact, integrates_a_constant_slope) {
    Text t;
    t.state("x");
    t.derivative("x", t.parameter("slope"));
    const Lowered lowered = lower_text(t);
    EXPECT_EQ(method_of(lowered, "x").method, "exact");
    Runner run(lowered.module, dt);
    run.set("slope", 3);
    run.start();
    run.advance();
    EXPECT_DOUBLE_EQ(run.get("x"), 3 * dt);
}

/// A conductance synapse: g decays alone, v reads its mean over the step.
double conductance_error(double step_s) {
    Text t;
    const E v = t.state("v", units::volt());
    const E g = t.state("g");
    t.derivative("v", (-v + g * (1.0 - v)) / t.param("tau", 10e-3));
    t.derivative("g", -g / t.param("tau_g", 3e-3));
    const Lowered lowered = lower_text(t);
    EXPECT_EQ(method_of(lowered, "g").order, "exact");
    EXPECT_EQ(method_of(lowered, "v").method, "staggered");
    const auto end = [&](double h) {
        Runner run(lowered.module, h);
        run.set("g", 5);
        run.start();
        for (int i = 0; i < std::lround(20e-3 / h); ++i) {
            run.advance();
        }
        EXPECT_NEAR(run.get("g"), 5 * std::exp(-20.0 / 3.0), rounding);
        return run.get("v");
    };
    return end(step_s) - end(1e-5);
}

TEST(Staggered, reads_the_mean_of_a_synapse_to_second_order) {
    const double ratio = conductance_error(4e-4) / conductance_error(2e-4);
    EXPECT_NEAR(ratio, 4, 0.2);
}

/// The same with an alpha function: two coupled states, of equal time constants.
TEST(Staggered, reads_the_mean_of_a_coupled_synapse_to_second_order) {
    Text t;
    const E v = t.state("v", units::volt());
    const E g = t.state("g");
    const E x = t.state("x");
    t.derivative("v", (-v + g * (1.0 - v)) / t.param("tau", 10e-3));
    t.derivative("g", (x - g) / t.param("tau_g", 3e-3));
    t.derivative("x", -x / t.param("tau_x", 3e-3));
    const Lowered lowered = lower_text(t);
    const auto end = [&](double h) {
        Runner run(lowered.module, h);
        run.set("x", 5);
        run.start();
        for (int i = 0; i < std::lround(20e-3 / h); ++i) {
            run.advance();
        }
        return run.get("v");
    };
    const double truth = end(1e-5);
    EXPECT_NEAR((end(4e-4) - truth) / (end(2e-4) - truth), 4, 0.2);
}

} // namespace
} // namespace hhc::lower::test
