// SPDX-License-Identifier: MIT
// The order of every deterministic method on problems with closed solutions, from errors at two
// steps; and of spike times on the squid axon.
#include "lowered.h"
#include "run_module.h"

#include <cmath>

namespace hhc::lower::test {
namespace {

/// x' = x (1 - x) from 0.1, whose solution is 1/(1 + 9 exp(-t)).
double logistic_error(const std::string& method, double h) {
    Text t;
    const E x = t.state("x");
    t.derivative("x", x * (1.0 - x));
    const Lowered lowered = lower_text(t, method);
    Runner run(lowered.module, h);
    run.set("x", 0.1);
    run.start();
    for (int i = 0; i < std::lround(2 / h); ++i) {
        run.advance();
    }
    return run.get("x") - 1 / (1 + 9 * std::exp(-2.0));
}

/// x' = -x + sin t from 1, whose solution is (3 exp(-t) + sin t - cos t)/2: the stages must see
/// their own time.
double forced_error(const std::string& method, double h) {
    Text t;
    const E x = t.state("x");
    const E time = t.add("t", model::Role::Time);
    t.derivative("x", sin(time) - x);
    const Lowered lowered = lower_text(t, method);
    Runner run(lowered.module, h);
    run.set("x", 1);
    run.start();
    for (int i = 0; i < std::lround(2 / h); ++i) {
        run.advance();
    }
    return run.get("x") - (3 * std::exp(-2.0) + std::sin(2.0) - std::cos(2.0)) / 2;
}

double order(double coarse, double fine) {
    return std::log2(std::abs(coarse / fine));
}

struct MethodOrder {
    const char* method;
    double order;
};

class Order : public testing::TestWithParam<MethodOrder> {};

TEST_P(Order, on_a_nonlinear_equation) {
    const std::string method = GetParam().method;
    const double measured = order(logistic_error(method, 0.05), logistic_error(method, 0.025));
    EXPECT_NEAR(measured, GetParam().order, 0.1);
}

TEST_P(Order, on_an_equation_that_depends_on_time) {
    const std::string method = GetParam().method;
    const double measured = order(forced_error(method, 0.02), forced_error(method, 0.01));
    EXPECT_NEAR(measured, GetParam().order, 0.1);
}

INSTANTIATE_TEST_SUITE_P(Methods, Order,
                         testing::Values(MethodOrder{"euler", 1}, MethodOrder{"rk2", 2},
                                         MethodOrder{"heun", 2}, MethodOrder{"rk4", 4}),
                         [](const auto& info) { return std::string(info.param.method); });

TEST(ExponentialEuler, is_of_first_order) {
    const double measured =
        order(forced_error("exponential_euler", 0.02), forced_error("exponential_euler", 0.01));
    EXPECT_NEAR(measured, 1, 0.1);
}

/// A potential with a gate, an instantaneous activation and a current that depends on time, all
/// smooth: staggered is of second order in v.
double channel_v(double h, bool instantaneous) {
    Text t;
    const E v = t.state("v", units::volt());
    const E n = t.gate("n", 2.0 * exp(v), 1.5 * exp(-v));
    const E time = t.add("t", model::Role::Time);
    const E m = instantaneous ? 1.0 / (1.0 + exp(-2.0 * v)) : t.number(0.5);
    t.derivative("v", m * (2.0 - v) + 3.0 * pow(n, 2) * (-1.0 - v) + sin(3.0 * time));
    const Lowered lowered = lower_text(t);
    EXPECT_EQ(method_of(lowered, "v").method, "staggered");
    EXPECT_EQ(method_of(lowered, "v").order, "2");
    Runner run(lowered.module, h);
    run.start();
    run.set("n", 0.2); // assigned, not at its steady state: half a step first
    run.half_step();
    for (int i = 0; i < std::lround(1 / h); ++i) {
        run.advance();
    }
    return run.get("v");
}

TEST(Staggered, is_of_second_order_in_v) {
    const double truth = channel_v(1.0 / 4096, false);
    EXPECT_NEAR(order(channel_v(1.0 / 32, false) - truth, channel_v(1.0 / 64, false) - truth), 2,
                0.1);
}

TEST(Staggered, is_of_second_order_with_instantaneous_activations) {
    const double truth = channel_v(1.0 / 4096, true);
    EXPECT_NEAR(order(channel_v(1.0 / 32, true) - truth, channel_v(1.0 / 64, true) - truth), 2,
                0.1);
}

/// A Markov channel C <-> O <-> D read by v: one trapezoidal step for the scheme.
double scheme_v(double h) {
    Text t;
    const E v = t.state("v", units::volt());
    const E c = t.state("c");
    const E o = t.state("o");
    const E d = t.state("d");
    const E up = t.let("up", 2.0 * exp(v));
    const E down = t.let("down", exp(-v));
    t.derivative("c", down * o - up * c);
    t.derivative("o", up * c - down * o - 0.5 * o + 0.3 * d);
    t.derivative("d", 0.5 * o - 0.3 * d);
    t.derivative("v", 2.0 * o * (1.0 - v) - 0.3 * v);
    const Lowered lowered = lower_text(t);
    EXPECT_EQ(method_of(lowered, "o").method, "staggered");
    Runner run(lowered.module, h);
    run.set("c", 1);
    run.start();
    run.half_step();
    for (int i = 0; i < std::lround(1 / h); ++i) {
        run.advance();
    }
    EXPECT_NEAR(run.get("c") + run.get("o") + run.get("d"), 1, 1e-13);
    return run.get("v");
}

TEST(Staggered, solves_kinetic_schemes_to_second_order) {
    const double truth = scheme_v(1.0 / 4096);
    EXPECT_NEAR(order(scheme_v(1.0 / 32) - truth, scheme_v(1.0 / 64) - truth), 2, 0.1);
}

TEST(ExponentialUpdate, is_right_where_the_slope_is_zero) {
    Text t;
    const E x = t.state("x");
    const E k = t.parameter("k");
    const E y = t.state("y");
    t.derivative("x", 2.0 - k * x * y);
    t.derivative("y", -y);
    const Lowered lowered = lower_text(t, "exponential_euler");
    Runner run(lowered.module, 0.1);
    run.set("k", 0);
    run.start();
    run.advance();
    EXPECT_DOUBLE_EQ(run.get("x"), 0.2);
}

TEST(ExponentialUpdate, takes_what_stands_beside_the_state_as_its_slope) {
    Text t;
    const E x = t.state("x");
    t.derivative("x", 3.0 - (x + 1.0) * exp(0.0 - x) / 2.0);
    const Lowered lowered = lower_text(t, "exponential_euler");
    Runner run(lowered.module, 0.1);
    run.start();
    double value = run.get("x");
    for (int step = 0; step < 5; ++step) {
        const double slope = -std::exp(-value) / 2;
        const double drift = 3 - (value + 1) * std::exp(-value) / 2;
        value += drift * std::expm1(slope * 0.1) / slope;
        run.advance();
        EXPECT_NEAR(run.get("x"), value, 1e-14);
    }
}

} // namespace
} // namespace hhc::lower::test
