// SPDX-License-Identifier: MIT
// Stochastic equations against exact paths: a second state driven by the same noise is the path W.
#include "lowered.h"
#include "run_module.h"

#include <cmath>

namespace hhc::lower::test {
namespace {

constexpr double mu = 0.5, sigma = 0.8;

/// dx = mu x dt + sigma x dW with W as a state of its own.
Text geometric() {
    Text t;
    const E x = t.state("x");
    t.state("W");
    const E xi = t.add("xi", model::Role::Noise);
    t.derivative("x", mu * x + sigma * x * xi);
    t.derivative("W", xi);
    return t;
}

/// The same with a noise that fades: W is the path of y dW, y a state without noise.
Text fading() {
    Text t;
    const E x = t.state("x");
    t.state("W");
    const E y = t.state("y");
    const E xi = t.add("xi", model::Role::Noise);
    t.derivative("x", mu * x + sigma * y * x * xi);
    t.derivative("W", y * xi);
    t.derivative("y", -y);
    return t;
}

/// Mean relative error at t = 1 against the exact path, over independent paths.
double strong_error(const Text& text, const std::string& method, double h) {
    const Lowered lowered = lower_text(text, method);
    const double drift = text.model.ito ? mu - sigma * sigma / 2 : mu;
    const bool fades = lowered.module.fields.size() > 2;
    double sum = 0;
    constexpr int paths = 800;
    for (int path = 0; path < paths; ++path) {
        Runner run(lowered.module, h);
        run.seed = 1000 + static_cast<std::uint64_t>(path);
        run.set("x", 1);
        if (fades) {
            run.set("y", 1);
        }
        run.start();
        for (int i = 0; i < std::lround(1 / h); ++i) {
            run.advance();
        }
        sum += std::abs(run.get("x") / std::exp(drift + sigma * run.get("W")) - 1);
    }
    return sum / paths;
}

class Strong : public testing::TestWithParam<std::tuple<const char*, bool>> {};

TEST_P(Strong, order_is_one) {
    const auto [method, ito] = GetParam();
    // the mean of 800 errors is known to about 3 %: the order to 0.05 over a factor 4 in dt
    Text text = geometric();
    text.model.ito = ito;
    const double coarse = strong_error(text, method, 1.0 / 16);
    const double fine = strong_error(text, method, 1.0 / 64);
    EXPECT_NEAR(std::log2(coarse / fine) / 2, 1.0, 0.1);
}

TEST(Noise, milstein_keeps_its_order_beside_a_state_without_noise) {
    const double coarse = strong_error(fading(), "milstein", 1.0 / 16);
    const double fine = strong_error(fading(), "milstein", 1.0 / 64);
    EXPECT_NEAR(std::log2(coarse / fine) / 2, 1.0, 0.1);
}

INSTANTIATE_TEST_SUITE_P(Methods, Strong,
                         testing::Combine(testing::Values("heun", "milstein"), testing::Bool()));

TEST(Noise, multiplicative_takes_heun_by_default) {
    EXPECT_EQ(method_of(lower_text(geometric()), "x").method, "heun");
}

Text ornstein_uhlenbeck() {
    Text t;
    const E x = t.state("x");
    t.derivative("x", -x / t.param("tau", 0.2) +
                          t.param("sigma", 1.5) * t.add("xi", model::Role::Noise));
    return t;
}

TEST(Noise, additive_takes_euler_by_default_and_has_its_variance) {
    const Lowered lowered = lower_text(ornstein_uhlenbeck());
    EXPECT_EQ(method_of(lowered, "x").method, "euler");
    Runner run(lowered.module, 1e-3);
    run.start();
    double sum = 0;
    constexpr int steps = 400'000; // 2000 correlation times: the variance to about 3 %
    for (int i = 0; i < steps; ++i) {
        run.advance();
        sum += run.get("x") * run.get("x");
    }
    EXPECT_NEAR(sum / steps, 1.5 * 1.5 * 0.2 / 2, 0.02);
}

TEST(Noise, is_one_draw_per_name_for_all_equations) {
    Text t;
    const E xi = t.add("xi", model::Role::Noise);
    const E other = t.add("xi_other", model::Role::Noise);
    for (const char* name : {"a", "b", "c"}) {
        t.state(name);
    }
    t.derivative("a", xi);
    t.derivative("b", 2.0 * xi);
    t.derivative("c", other);
    const Lowered lowered = lower_text(t);
    Runner run(lowered.module, 1e-3);
    run.start();
    run.advance();
    EXPECT_NE(run.get("a"), 0);
    EXPECT_DOUBLE_EQ(run.get("b"), 2 * run.get("a"));
    EXPECT_NE(run.get("c"), run.get("a"));
}

TEST(Noise, stops_while_refractory) {
    Text t;
    const E v = t.state("v", units::volt());
    t.derivative("v", 100.0 - v + t.add("xi", model::Role::Noise));
    t.variable("v").flags.unless_refractory = true;
    t.event("spike", v > 1.0).statements.statements = {t.assign("v", t.number(0.25))};
    t.refractory(t.number(5e-3), false);
    const Lowered lowered = lower_text(t);
    Runner run(lowered.module, 1e-3);
    run.start();
    while (!run.advance()) {
    }
    for (int i = 0; i < 4; ++i) {
        run.advance();
        EXPECT_EQ(run.get("v"), 0.25);
    }
    run.advance();
    EXPECT_NE(run.get("v"), 0.25);
}

} // namespace
} // namespace hhc::lower::test
