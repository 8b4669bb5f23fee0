// SPDX-License-Identifier: MIT
// A module means the same after a pass: bit for bit where the pass says so, within its bound where
// it has one.
#include "codegen/scalar_math.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "passes/pipeline.h"
#include "unit/compiler/interp/rig.h"
#include "unit/compiler/passes/random_module.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <ostream>
#include <string>

namespace hhc::test {
namespace {

double evaluate(ir::MathOp op, const double* args) {
    return codegen::math_function<double>(op)(args);
}

ir::Module after(const ir::Module& module, const std::vector<std::string>& names,
                 bool strict = false) {
    ir::Module result = module;
    passes::PipelineOptions options;
    if (!names.empty()) {
        options.only = names;
    }
    options.verify = true;
    options.evaluate = &evaluate;
    options.strict = strict;
    diag::Sink sink;
    passes::run_passes(result, options, sink);
    return result;
}

constexpr std::int64_t entities = 40;

/// Sets everything at random, runs three steps, gives every variable of every entity after each.
std::vector<double> run(const ir::Module& module, std::uint64_t seed) {
    Rig rig(module, entities);
    std::mt19937_64 random(seed);
    for (const char* name : {"u0", "u1", "u2"}) {
        rig.uniform(name) = RandomModule::number(random);
    }
    for (const char* name : {"x0", "x1", "x2", "x3", "k"}) {
        for (std::int64_t i = 0; i < entities; ++i) {
            rig.set(name, i, RandomModule::number(random));
        }
    }
    std::vector<double> results;
    for (int step = 0; step < 3; ++step) {
        rig.prepare();
        rig.step();
        results.push_back(rig.block().fault);
        results.push_back(static_cast<double>(rig.bits(0)[0]));
        for (const char* name : {"x0", "x1", "x2", "x3", "n0", "n1", "flag"}) {
            for (std::int64_t i = 0; i < entities; ++i) {
                results.push_back(rig.get(name, i));
            }
        }
    }
    return results;
}

bool same_bits(double a, double b) {
    return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

struct Exact {
    std::vector<std::string> passes;
    std::uint32_t real_size;

    friend void PrintTo(const Exact& exact, std::ostream* out) {
        *out << (exact.passes.empty() ? "all strict passes" : exact.passes.front()) << ", real"
             << 8 * exact.real_size;
    }
};

class ExactPass : public testing::TestWithParam<Exact> {};

TEST_P(ExactPass, keeps_every_bit_of_random_modules) {
    int changed = 0;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        const RandomModule made(seed, GetParam().real_size);
        const ir::Module result = after(made.module(), GetParam().passes, true);
        changed += ir::print(result) != ir::print(made.module()) ? 1 : 0;
        const std::vector<double> expected = run(made.module(), seed);
        const std::vector<double> found = run(result, seed);
        for (std::size_t i = 0; i < expected.size(); ++i) {
            ASSERT_TRUE(same_bits(expected[i], found[i]))
                << "seed " << seed << ", value " << i << ": " << expected[i] << " became "
                << found[i] << "\n"
                << ir::print(made.module()) << ir::print(result);
        }
    }
    EXPECT_GT(changed, 0);
}

INSTANTIATE_TEST_SUITE_P(Passes, ExactPass,
                         testing::Values(Exact{{"fold_constants"}, 8}, Exact{{"fold_constants"}, 4},
                                         Exact{{"simplify_algebra"}, 8},
                                         Exact{{"simplify_algebra"}, 4},
                                         Exact{{"expand_powers"}, 8}, Exact{{"expand_powers"}, 4},
                                         Exact{{"eliminate_common", "remove_dead"}, 8},
                                         Exact{{"hoist_invariants"}, 8},
                                         Exact{{"hoist_invariants"}, 4}, Exact{{"remove_dead"}, 4},
                                         Exact{{}, 8}, Exact{{}, 4}));

/// out = f(v) as a kernel, v = x0 over a range.
std::vector<double> sweep(const ir::Module& module, double from, double to, std::int64_t count,
                          const char* out = "out") {
    Rig rig(module, count);
    for (std::int64_t i = 0; i < count; ++i) {
        rig.set("v", i,
                from + (to - from) * static_cast<double>(i) / static_cast<double>(count - 1));
    }
    for (std::size_t u = 0; u < module.uniforms.size(); ++u) {
        if (module.uniforms[ir::UniformId(u)].role == ir::role::parameter) {
            rig.context().uniforms[u] = 0.7 + 0.3 * static_cast<double>(u);
        }
    }
    rig.prepare();
    rig.call(rig.model().advance);
    std::vector<double> values;
    for (std::int64_t i = 0; i < count; ++i) {
        values.push_back(rig.get(out, i));
    }
    return values;
}

std::string kernel(const std::string& body, const std::string& uniforms = "",
                   std::uint32_t real_size = 8) {
    return "hhir 1\nmodule \"m\" real_size " + std::to_string(real_size) + "\n" + uniforms +
           "field v real state\nfield out real state\nkernel advance {\n" + body +
           "  store out, %out\n}\n";
}

double worst_difference(const std::vector<double>& a, const std::vector<double>& b,
                        const std::function<bool(std::size_t)>& counts) {
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (counts(i)) {
            worst = std::max(worst, std::abs(a[i] - b[i]) / std::abs(a[i]));
        }
    }
    return worst;
}

class Singularity : public testing::TestWithParam<const char*> {};

TEST_P(Singularity, has_its_limit_and_else_the_same_value) {
    // singular at v = -40; a grid that meets it: 16001 points from -200 to 120
    const ir::Module module =
        read_module(kernel(GetParam(), "uniform v0 real parameter\nuniform k real parameter\n"));
    const ir::Module result = after(module, {"recognise_singularities"});
    ASSERT_NE(ir::print(result).find("exprel"), std::string::npos) << ir::print(result);
    constexpr std::int64_t count = 16001;
    const std::vector<double> before = sweep(module, -200, 120, count);
    const std::vector<double> now = sweep(result, -200, 120, count);
    EXPECT_TRUE(std::isnan(before[8000])); // 0/0 at v = -40
    for (const double x : now) {
        ASSERT_TRUE(std::isfinite(x));
    }
    // continuous: the step across is no larger than its neighbours'
    EXPECT_NEAR(now[8000], (now[7999] + now[8001]) / 2, 1e-5 * std::abs(now[8000]));
    // away from it both are good to some ulp; the original loses 1/|u| next to it
    const double worst =
        worst_difference(before, now, [](std::size_t i) { return i < 7500 || i > 8500; });
    EXPECT_LT(worst, 2e-14);
}

const char* const rate = R"(
  %v = load v
  %c = real 40
  %s = add %v, %c
  %a = real 0.1
  %n = mul %a, %s
  %m = neg %s
  %k = real 10
  %u = div %m, %k
  %e = math exp %u
  %one = real 1
  %d = sub %one, %e
  %out = div %n, %d
)";
const char* const scaled_inside = R"(
  %v = load v
  %c = real -40
  %s = sub %c, %v
  %k = real 0.2
  %u = mul %s, %k
  %e = math expm1 %u
  %three = real 3
  %d = mul %three, %e
  %f = real 40
  %g = add %f, %v
  %out = div %g, %d
)";
const char* const factor_outside = R"(
  %v = load v
  %c = real 40
  %s = add %v, %c
  %k = uniform k
  %ten = real 10
  %kk = mul %k, %ten
  %u = div %s, %kk
  %e = math exp %u
  %one = real -1
  %d = add %one, %e
  %b = uniform v0
  %q = div %b, %d
  %out = mul %s, %q
)";
const char* const upside_down = R"(
  %v = load v
  %c = real 40
  %s = add %v, %c
  %k = real 25
  %u = div %s, %k
  %e = math exp %u
  %one = real 1
  %d = sub %e, %one
  %out = div %d, %s
)";
const char* const hyperbolic = R"(
  %v = load v
  %c = real 40
  %s = add %v, %c
  %k = real 25
  %u = div %s, %k
  %d = math sinh %u
  %out = div %s, %d
)";

INSTANTIATE_TEST_SUITE_P(Passes, Singularity,
                         testing::Values(rate, scaled_inside, factor_outside, upside_down,
                                         hyperbolic));

const std::string squid_exponentials = R"(
  %v = load v
  %c65 = real 65
  %c35 = real 35
  %c55 = real 55
  %k80 = real -80
  %k20 = real -20
  %k10 = real -10
  %s65 = add %v, %c65
  %s35 = add %v, %c35
  %s55 = add %v, %c55
  %u1 = div %s65, %k80
  %u2 = div %s65, %k20
  %u3 = div %s35, %k10
  %u4 = div %s55, %k10
  %e1 = math exp %u1
  %e2 = math exp %u2
  %e3 = math exp %u3
  %e4 = math inv_exprel %u4
)";

TEST(Passes, folded_exponentials_stay_within_their_bound) {
    for (const auto& [value, bound] :
         {std::pair{"e1", 1e-300}, {"e2", 4e-15}, {"e3", 4e-15}, {"e4", 6e-14}}) {
        const std::string use = std::string("  %out = add %") + value + ", %zero\n";
        const ir::Module module =
            read_module(kernel(squid_exponentials +
                               "  %sum = add %e1, %e2\n  %sum2 = add %e3, %e4\n"
                               "  %sum3 = add %sum, %sum2\n  %zero = real -0.0\n" +
                               use + "  guard %sum3\n"));
        const ir::Module result = after(module, {"fold_exponential_families", "remove_dead"});
        const std::string text = ir::print(result);
        EXPECT_EQ(text.find("math exp"), text.rfind("math exp")) << text; // only one is left
        const double worst =
            worst_difference(sweep(module, -150, 100, 20'011), sweep(result, -150, 100, 20'011),
                             [](std::size_t) { return true; });
        EXPECT_LT(worst, bound) << value;
        if (std::string(value) != "e1") {
            EXPECT_GT(worst, 0) << value;
        }
    }
}

TEST(Passes, powers_of_two_stay_within_their_bound) {
    for (const double weight : {-12.5, 0.37, 100.0}) {
        const ir::Module module =
            read_module(kernel(fmt::format("  %v = load v\n  %w = real {}\n  %c = real -0.8125\n"
                                           "  %u = fma %v, %w, %c\n  %out = math exp %u\n",
                                           weight)));
        const ir::Module result = after(module, {"use_powers_of_two", "remove_dead"});
        EXPECT_EQ(ir::print(result).find("math exp "), std::string::npos) << ir::print(result);
        constexpr double reach = 6;
        const double argument = 1.1e-16 * (3 * (2 * std::abs(weight) * reach + 0.8125));
        const double worst = worst_difference(sweep(module, -reach, reach, 20'011),
                                              sweep(result, -reach, reach, 20'011),
                                              [](std::size_t) { return true; });
        EXPECT_LT(worst, argument + 3 * 2.2e-16) << weight;
        EXPECT_GT(worst, 0) << weight;
    }
    // beyond the range on both sides, as exp
    const ir::Module module =
        read_module(kernel("  %v = load v\n  %w = real 1\n  %c = real 0.5\n  %u = fma %v, %w, %c\n"
                           "  %out = math exp %u\n"));
    const std::vector<double> ends = sweep(after(module, {"use_powers_of_two"}), -1e300, 1e300, 3);
    EXPECT_EQ(ends[0], 0);
    EXPECT_DOUBLE_EQ(ends[1], std::exp(0.5));
    EXPECT_EQ(ends[2], std::numeric_limits<double>::infinity());
}

TEST(Passes, sigmoids_join_families_within_their_bound) {
    // 1/8 and -1/20 are powers of 1/40; 1/15 and 1/10 of the root 1/30; 1/7 is alone
    for (const char* argument : {"8", "-20", "40", "15", "-10", "7"}) {
        const std::string at =
            std::string(argument).find('-') == 0 ? "n" + std::string(argument).substr(1) : argument;
        std::string body = "  %v = load v\n  %c = real 31\n  %s = add %v, %c\n";
        for (const auto& [name, k] : {std::pair{"8", "8"},
                                      {"n20", "-20"},
                                      {"40", "40"},
                                      {"15", "15"},
                                      {"n10", "-10"},
                                      {"7", "7"}}) {
            body += fmt::format("  %k{0} = real {1}\n  %u{0} = div %s, %k{0}\n"
                                "  %e{0} = math sigmoid %u{0}\n  guard %e{0}\n",
                                name, k);
        }
        body += "  %one = real 1\n  %out = mul %one, %e" + at + "\n";
        const ir::Module module = read_module(kernel(body));
        const ir::Module result = after(module, {"fold_exponential_families", "remove_dead"});
        const std::string text = ir::print(result);
        EXPECT_EQ(text.find("sigmoid"), std::string::npos) << text;
        std::size_t exponentials = 0;
        for (std::size_t at_text = text.find("math exp"); at_text != std::string::npos;
             at_text = text.find("math exp", at_text + 1)) {
            ++exponentials;
        }
        EXPECT_LE(exponentials, 3U) << text;
        const double worst =
            worst_difference(sweep(module, -150, 100, 20'011), sweep(result, -150, 100, 20'011),
                             [](std::size_t) { return true; });
        EXPECT_LT(worst, 4.7e-15 + 2 * 17 * 1.1e-16) << argument; // both arguments, up to 17
        EXPECT_GT(worst, 0) << argument;
        // saturated on both sides, and beyond the range of the exponential
        for (const double x : sweep(result, -1e4, 1e4, 101)) {
            EXPECT_TRUE(x >= 0 && x <= 1) << argument << ": " << x;
        }
    }
}

TEST(Passes, sigmoids_of_parameters_do_not_meet_the_ends_of_the_range) {
    const ir::Module module = read_module(kernel(R"(
  %v = load v
  %a = uniform a
  %b = uniform b
  %k = uniform k
  %s = sub %v, %a
  %t = sub %v, %b
  %u = div %s, %k
  %w = div %t, %k
  %e = math sigmoid %u
  %f = math sigmoid %w
  %out = sub %e, %f
)",
                                                 "uniform a real parameter\nuniform b real "
                                                 "parameter\nuniform k real parameter\n"));
    const ir::Module result = after(module, {"fold_exponential_families", "remove_dead"});
    for (const double x : sweep(result, -1e4, 1e4, 1001)) {
        EXPECT_TRUE(std::isfinite(x));
    }
}

TEST(Passes, opened_tangents_stay_within_their_bound) {
    for (const char* step : {"  %out = add %one, %t\n", "  %out = sub %one, %t\n"}) {
        const ir::Module module = read_module(kernel(std::string("  %v = load v\n  %one = real 1\n"
                                                                 "  %t = math tanh %v\n") +
                                                     step));
        const ir::Module result = after(module, {"open_tangents", "remove_dead"});
        EXPECT_EQ(ir::print(result).find("tanh"), std::string::npos);
        const double worst =
            worst_difference(sweep(result, -3, 3, 5000), sweep(module, -3, 3, 5000),
                             [](std::size_t) { return true; });
        EXPECT_LT(worst, 4e-14); // what 1 + tanh(-3) = 0.005 loses
        EXPECT_GT(worst, 0);
        for (const double x : sweep(result, -15, 15, 64)) {
            EXPECT_GT(x, 0);
        }
    }
}

TEST(Passes, reciprocals_of_exprel_are_divisions_by_it) {
    for (const std::string below : {"", "  %p = mul %c, %e\n"}) {
        const ir::Module module =
            read_module(kernel("  %v = load v\n  %c = real 0.32\n  %e = math exprel %v\n" + below +
                               "  %out = div %c, " + (below.empty() ? "%e" : "%p") + "\n"));
        const ir::Module result = after(module, {"invert_exprel", "remove_dead"});
        EXPECT_EQ(ir::print(result).find("math exprel"), std::string::npos);
        const auto difference = [&](double low, double high) {
            return worst_difference(sweep(module, low, high, 20'011),
                                    sweep(result, low, high, 20'011),
                                    [](std::size_t) { return true; });
        };
        const double worst =
            std::max({difference(-700, 700), difference(-3, 3), difference(-1e-3, 1e-3)});
        EXPECT_LT(worst, 4 * 2.3e-16);
        EXPECT_GT(worst, 0);
    }
}

TEST(Passes, float32_folds_small_powers_only) {
    constexpr double ulp = 1.2e-7;
    constexpr double arguments = 2 * 19 * ulp / 2; // rounding of arguments up to 19, both ways
    for (const auto& [value, bound] :
         {std::pair{"e2", 8 * ulp}, {"e3", 8 * ulp}, {"e4", 24 * ulp}}) {
        const ir::Module module =
            read_module(kernel(squid_exponentials + "  %zero = real -0.0\n  %out = add %" + value +
                                   ", %zero\n  guard %e1\n  guard %e2\n  guard %e3\n  guard %e4\n",
                               "", 4));
        const ir::Module result = after(module, {"fold_exponential_families", "remove_dead"});
        const std::string text = ir::print(result);
        EXPECT_EQ(text.find("inv_exprel"), std::string::npos) << text;
        EXPECT_NE(text.find("math exp"), text.rfind("math exp")) << text; // 1/80 is left alone
        const double worst =
            worst_difference(sweep(module, -150, 100, 4001), sweep(result, -150, 100, 4001),
                             [](std::size_t) { return true; });
        EXPECT_LT(worst, bound + arguments) << value;
        if (std::string(value) != "e2") {
            EXPECT_GT(worst, 0) << value;
        }
    }
}

TEST(Passes, shared_divisions_stay_within_their_bound) {
    const ir::Module module = read_module(kernel(R"(
  %v = load v
  %tau = uniform tau
  %out = div %v, %tau
)",
                                                 "uniform tau real parameter\n"));
    const ir::Module result = after(module, {"share_divisions", "hoist_invariants", "remove_dead"});
    EXPECT_NE(result.find(ir::KernelKind::Prepare), nullptr);
    const double worst = worst_difference(sweep(module, -3, 7, 5000), sweep(result, -3, 7, 5000),
                                          [](std::size_t) { return true; });
    EXPECT_LE(worst, 1.5 * 2.3e-16);
    EXPECT_GT(worst, 0);
}

TEST(Passes, divisions_by_quotients_stay_within_their_bound) {
    const ir::Module module = read_module(kernel(R"(
  %v = load v
  %c = real 0.3
  %tau = div %c, %v
  %d = div %v, %tau
  %k = uniform k
  %e = mul %k, %v
  %out = div %d, %e
)",
                                                 "uniform k real parameter\n"));
    const ir::Module result = after(module, {"divide_by_quotients", "remove_dead"});
    const double worst = worst_difference(sweep(module, 0.1, 7, 5000), sweep(result, 0.1, 7, 5000),
                                          [](std::size_t) { return true; });
    EXPECT_LE(worst, 2 * 2 * 2.3e-16); // two divisions were rewritten
    EXPECT_GT(worst, 0);
}

TEST(Passes, fused_arguments_stay_within_their_bound) {
    const ir::Module module = read_module(kernel(R"(
  %v = load v
  %c = real 65
  %s = add %v, %c
  %k = uniform k
  %ten = real -10
  %kk = mul %k, %ten
  %u = div %s, %kk
  %out = math exp %u
)",
                                                 "uniform k real parameter\n"));
    const ir::Module result = after(module, {"fuse_arguments", "hoist_invariants", "remove_dead"});
    EXPECT_NE(ir::print(result).find("fma"), std::string::npos);
    const double worst =
        worst_difference(sweep(module, -150, 100, 5000), sweep(result, -150, 100, 5000),
                         [](std::size_t) { return true; });
    // |w v| < 22, |c| < 9.3: 53*1.1e-16, beside the roundings of the old argument and of exp
    EXPECT_LT(worst, 1e-14);
    EXPECT_GT(worst, 0);
}

TEST(Passes, grouped_factors_stay_within_their_bound) {
    const ir::Module module = read_module(kernel(R"(
  %v = load v
  %a = real 0.07
  %phi = uniform phi
  %b = real 1000.1
  %n = neg %v
  %p = mul %n, %a
  %q = mul %p, %phi
  %out = mul %q, %b
)",
                                                 "uniform phi real parameter\n"));
    const ir::Module result = after(module, {"group_factors", "hoist_invariants", "remove_dead"});
    EXPECT_EQ(result.find(ir::KernelKind::Advance)->values.size(), 3U);
    const double worst = worst_difference(sweep(module, 1, 9, 5000), sweep(result, 1, 9, 5000),
                                          [](std::size_t) { return true; });
    EXPECT_LE(worst, 3 * 2.3e-16);
    EXPECT_GT(worst, 0);
}

TEST(Passes, gathered_updates_stay_within_their_bound) {
    const ir::Module module = read_module(kernel(R"(
  %v = load v
  %E = uniform E
  %tau = uniform tau
  %dt = dt
  %h = div %dt, %tau
  %drive = real 0.025
  %a = sub %E, %v
  %b = add %a, %drive
  %c = mul %b, %h
  %out = add %v, %c
)",
                                                 "uniform E real parameter\n"
                                                 "uniform tau real parameter\n"));
    const ir::Module result =
        after(module, {"gather_updates", "hoist_invariants", "form_fma", "remove_dead"});
    EXPECT_EQ(result.find(ir::KernelKind::Advance)->values.size(), 4U); // load, 2 uniforms, fma
    const auto before = sweep(module, -3, 3, 5000);
    const auto now = sweep(result, -3, 3, 5000);
    double worst = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
        worst = std::max(worst, std::abs(before[i] - now[i]));
    }
    // |w v| + |c| < 3 + 1, (1 + 3) units in the last place, beside the old roundings
    EXPECT_LT(worst, 2 * 4 * 4 * 1.1e-16);
    EXPECT_GT(worst, 0);
}

TEST(Passes, powers_stay_within_their_bound) {
    for (const char* exponent : {"0.5", "-0.5", "1.5", "3", "-2", "16", "-15.5"}) {
        const ir::Module module = read_module(kernel(std::string("  %v = load v\n  %y = real ") +
                                                     exponent + "\n  %out = math pow %v, %y\n"));
        const ir::Module result = after(module, {"expand_powers"});
        EXPECT_EQ(ir::print(result).find("pow "), std::string::npos);
        const double worst =
            worst_difference(sweep(module, 0.1, 9, 4001), sweep(result, 0.1, 9, 4001),
                             [](std::size_t) { return true; });
        EXPECT_LE(worst, 9 * 2.3e-16) << exponent;
    }
}

TEST(Passes, fused_sums_of_one_sign_differ_by_rounding) {
    const ir::Module module = read_module(kernel(R"(
  %v = load v
  %c = real 0.3
  %p = mul %v, %v
  %q = mul %v, %c
  %s = add %p, %q
  %out = add %s, %c
)"));
    const ir::Module result = after(module, {"form_fma", "remove_dead"});
    EXPECT_NE(ir::print(result).find("fma"), std::string::npos);
    const double worst = worst_difference(sweep(module, 0.1, 3, 4001), sweep(result, 0.1, 3, 4001),
                                          [](std::size_t) { return true; });
    EXPECT_LT(worst, 2 * 2.3e-16);
    EXPECT_GT(worst, 0);
}

/// Whole numbers: no operation rounds, so every way to compute a polynomial gives the same.
TEST(Passes, polynomials_of_whole_numbers_keep_every_bit) {
    std::mt19937_64 random(5);
    std::size_t fused = 0;
    for (int round = 0; round < 100; ++round) {
        ir::Module module = read_module(kernel("  %out = load v\n", "uniform k real parameter\n"));
        module.kernels[0].values = {};
        ir::Builder b(module, module.kernels[0]);
        std::vector<ir::ValueId> values{b.load(ir::FieldId(0)), b.uniform(ir::UniformId(0)),
                                        b.real(3), b.real(-2)};
        const auto any = [&] { return values[random() % values.size()]; };
        while (values.size() < 16) {
            const auto low = [&] { return values[random() % 5 % values.size()]; }; // small degree
            const std::uint64_t kind = random() % 8;
            values.push_back(kind < 3   ? b.mul(low(), low())
                             : kind < 5 ? b.add(any(), any())
                             : kind < 7 ? b.sub(any(), any())
                                        : b.neg(any()));
        }
        ir::ValueId sum = values[4];
        for (std::size_t i = 5; i < values.size(); ++i) {
            sum = random() % 2 == 0 ? b.sub(values[i], sum) : b.add(sum, values[i]);
        }
        module.kernels[0].stores[0].value = sum;
        const ir::Module result = after(module, {});
        const std::string text = ir::print(result);
        fused += text.find("fma") != std::string::npos ? 1 : 0;
        const auto run_whole = [](const ir::Module& m) {
            Rig rig(m, 9);
            rig.context().uniforms[0] = 2;
            for (std::int64_t i = 0; i < 9; ++i) {
                rig.set("v", i, static_cast<double>(i - 4));
            }
            rig.prepare();
            rig.call(rig.model().advance);
            std::vector<double> values;
            for (std::int64_t i = 0; i < 9; ++i) {
                values.push_back(rig.get("out", i));
            }
            return values;
        };
        ASSERT_EQ(run_whole(result), run_whole(module)) << ir::print(module) << text;
    }
    EXPECT_GT(fused, 50U);
}

TEST(Passes, strict_keeps_every_bit) {
    const ir::Module module = read_module(kernel(squid_exponentials + R"(
  %tau = uniform tau
  %a = mul %e1, %e2
  %b = fma %a, %e3, %e4
  %c = mul %b, %v
  %d = add %c, %v
  %out = div %d, %tau
)",
                                                 "uniform tau real parameter\n"));
    const std::vector<double> before = sweep(module, -150, 100, 2000);
    EXPECT_EQ(sweep(after(module, {}, true), -150, 100, 2000), before);
    EXPECT_NE(sweep(after(module, {}), -150, 100, 2000), before);
}

TEST(Passes, running_them_twice_changes_nothing_more) {
    const ir::Module module = read_module(kernel(squid_exponentials + R"(
  %a = mul %e1, %e2
  %b = add %a, %e3
  %out = div %b, %e4
)"));
    const ir::Module once = after(module, {});
    EXPECT_EQ(ir::print(after(once, {})), ir::print(once));
}

} // namespace
} // namespace hhc::test
