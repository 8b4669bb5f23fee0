// SPDX-License-Identifier: MIT
// dx/dt = alpha*(1 - x) - beta*x is a gate however it is written, as long as its rates are
// positive: its exact step is one exponential and one quotient, not exprel.
#include "ir/print.h"
#include "lowered.h"

#include <functional>

namespace hhc::lower::test {
namespace {

using Rates = std::function<E(Text&, E)>;

/// The calls of exprel in the step of a state x with the given equation; v itself stays where it
/// is.
std::size_t exprels(const std::function<E(Text&, E v, E x)>& equation) {
    Text t;
    const E v = t.state("v", units::volt());
    const E x = t.state("x");
    t.derivative("v", x - x);
    t.derivative("x", equation(t, v, x));
    const std::string text = ir::print(lower_text(t, "exponential_euler").module);
    const std::size_t begin = text.find("kernel advance");
    const std::string step = text.substr(begin, text.find("\n}", begin) - begin);
    std::size_t count = 0;
    for (std::size_t at = step.find("math exprel"); at != std::string::npos;
         at = step.find("math exprel", at + 1)) {
        ++count;
    }
    return count;
}

TEST(Rates, however_the_equation_is_written) {
    const auto alpha = [](E v) { return 3.0 * exp(v / 5.0); };
    const auto beta = [](E v) { return exp(-v / 7.0); };
    EXPECT_EQ(exprels([&](Text&, E v, E x) { return alpha(v) * (1.0 - x) - beta(v) * x; }), 0U);
    EXPECT_EQ(exprels([&](Text&, E v, E x) { return (1.0 - x) * alpha(v) - x * beta(v); }), 0U);
    EXPECT_EQ(exprels([&](Text&, E v, E x) { return -beta(v) * x + alpha(v) * (1.0 - x); }), 0U);
    EXPECT_EQ(exprels([&](Text&, E v, E x) { return alpha(v) - (alpha(v) + beta(v)) * x; }), 0U);
    EXPECT_EQ(exprels([&](Text&, E v, E x) { return (alpha(v) * (1.0 - x) - beta(v) * x) * 3.0; }),
              0U);
    EXPECT_EQ(exprels([&](Text&, E v, E x) { return (alpha(v) * (1.0 - x) - beta(v) * x) / 1e-3; }),
              0U);
}

TEST(Rates, as_papers_print_them) {
    const auto gate = [](const Rates& alpha) {
        return exprels([&](Text& t, E v, E x) { return alpha(t, v) * (1.0 - x) - exp(-v) * x; });
    };
    EXPECT_EQ(gate([](Text&, E v) { return 0.1 * (v + 40.0) / (1.0 - exp(-(v + 40.0) / 10.0)); }),
              0U);
    EXPECT_EQ(gate([](Text&, E v) { return -0.1 * (v + 40.0) / (exp(-(v + 40.0) / 10.0) - 1.0); }),
              0U);
    EXPECT_EQ(gate([](Text&, E v) { return 0.3 * (13.0 - v) / (exp((13.0 - v) / 4.0) - 1.0); }),
              0U);
    EXPECT_EQ(gate([](Text& t, E v) {
                  const E vt = t.parameter("vt");
                  return 0.3 * (vt - v) / (exp((vt - v) / 4.0) - 1.0);
              }),
              0U);
    // a sign wrong in the exponent, and another voltage there: rates that can be negative
    EXPECT_EQ(gate([](Text&, E v) { return 0.1 * (v + 40.0) / (1.0 - exp((v + 40.0) / 10.0)); }),
              1U);
    EXPECT_EQ(gate([](Text&, E v) { return 0.1 * (v + 40.0) / (1.0 - exp(-(v + 41.0) / 10.0)); }),
              1U);
}

TEST(Rates, of_unknown_sign_take_the_step_that_needs_none) {
    EXPECT_EQ(exprels([](Text& t, E, E x) {
                  return t.parameter("alpha") * (1.0 - x) - t.parameter("beta") * x;
              }),
              1U);
    EXPECT_EQ(exprels([](Text&, E v, E x) { return exp(v) * (1.0 - x) - v * x; }), 1U);
    EXPECT_EQ(exprels([](Text&, E v, E x) { return exp(v) * (1.0 - x) + exp(-v) * x; }), 1U);
    EXPECT_EQ(exprels([](Text&, E v, E x) { return exp(v) * (2.0 - x) - exp(-v) * x; }), 1U);
}

} // namespace
} // namespace hhc::lower::test
