// SPDX-License-Identifier: MIT
// join_divisions: quotients within their bound, and every bit of what stood there before where a
// denominator leaves its range.
#include "ir/print.h"
#include "passes/pipeline.h"
#include "unit/compiler/interp/rig.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace hhc::test {
namespace {

constexpr double ulp = 2.2e-16;

std::string kernel(const std::string& body, std::uint32_t real_size = 8) {
    return "hhir 1\nmodule \"m\" real_size " + std::to_string(real_size) +
           "\nfield v real state\nfield x real state\nfield a real state\nfield b real state\n"
           "kernel advance {\n  %v = load v\n  %x = load x\n  %one = real 1\n" +
           body + "}\n";
}

ir::Module joined(const ir::Module& module, bool strict = false) {
    ir::Module result = module;
    passes::PipelineOptions options;
    options.only = std::vector<std::string>{"join_divisions", "remove_dead"};
    options.verify = true;
    options.strict = strict;
    diag::Sink sink;
    passes::run_passes(result, options, sink);
    return result;
}

struct Results {
    std::vector<double> a, b;
};

Results run(const ir::Module& module, const std::vector<double>& v, double x) {
    Rig rig(module, static_cast<std::int64_t>(v.size()));
    for (std::size_t i = 0; i < v.size(); ++i) {
        rig.set("v", static_cast<std::int64_t>(i), v[i]);
        rig.set("x", static_cast<std::int64_t>(i), x);
    }
    rig.call(rig.model().advance);
    Results found;
    for (std::size_t i = 0; i < v.size(); ++i) {
        found.a.push_back(rig.get("a", static_cast<std::int64_t>(i)));
        found.b.push_back(rig.get("b", static_cast<std::int64_t>(i)));
    }
    return found;
}

std::vector<double> potentials() {
    std::vector<double> v;
    for (int i = 0; i <= 4000; ++i) {
        v.push_back(-20 + 0.01 * i);
    }
    return v;
}

/// Divisions that a kernel does for every lane: not those to fall back on.
std::size_t divisions(const ir::Module& module) {
    const ir::Kernel& advance = module.kernels.front();
    std::vector<bool> usual(advance.values.size(), false);
    for (const ir::FieldStore& store : advance.stores) {
        usual[store.value.index] = true;
    }
    std::size_t count = 0;
    for (std::size_t k = usual.size(); k-- > 0;) {
        const ir::Value& value = advance.values[ir::ValueId(k)];
        if (!usual[k]) {
            continue;
        }
        count += value.op == ir::Op::Div ? 1 : 0;
        const bool by_size = value.op == ir::Op::Select &&
                             advance.values[advance.values[value.args[0]].args[1]].number > 1e100;
        for (std::size_t arg = 0; arg < value.args.size(); ++arg) {
            usual[value.args[arg].index] = usual[value.args[arg].index] || !by_size || arg < 2;
        }
    }
    return count;
}

/// (1/(1 + e^v) - x)/(0.2 + 0.3/(1 + e^-v)), and 1/(1 + e^v) once more if `shared`.
std::string euler(bool shared) {
    return std::string(R"(
  %e = math exp %v
  %d = add %one, %e
  %inf = div %one, %d
  %n = neg %v
  %f = math exp %n
  %g = add %one, %f
  %c = real 0.3
  %q = div %c, %g
  %k = real 0.2
  %tau = add %k, %q
  %s = sub %inf, %x
  %slope = div %s, %tau
  store a, %slope
)") + (shared ? "  store b, %inf\n" : "");
}

/// alpha = v/(e^v - 1) near its series, beta = 0.1 e^v: their sum, and the steady state.
const char* const rates = R"(
  %e = math exp %v
  %d = sub %e, %one
  %q = div %v, %d
  %size = math abs %v
  %reach = real 0.0625
  %near = lt %size, %reach
  %c = real -0.5
  %line = mul %v, %c
  %series = add %line, %one
  %alpha = select %near, %series, %q
  %k = real 0.1
  %beta = mul %k, %e
  %sum = add %alpha, %beta
  %inf = div %alpha, %sum
  %decay = mul %sum, %c
  store a, %inf
  store b, %decay
)";

/// Two sigmoids and nothing else.
const char* const sigmoids = R"(
  %e = math exp %v
  %d = add %one, %e
  %p = div %one, %d
  %w = mul %e, %e
  %f = add %one, %w
  %q = div %v, %f
  store a, %p
  store b, %q
)";

/// Largest difference, in ulp of the value plus `scale`.
double worst(const std::vector<double>& before, const std::vector<double>& now, double scale = 0) {
    double found = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
        found = std::max(found, std::abs(now[i] - before[i]) / (std::abs(before[i]) + scale));
    }
    return found / ulp;
}

TEST(JoinedDivisions, EulersStepOfAGateDividesOnce) {
    const ir::Module module = read_module(kernel(euler(false)));
    const ir::Module result = joined(module);
    EXPECT_EQ(divisions(module), 3U);
    EXPECT_EQ(divisions(result), 1U) << ir::print(result);
    const double error =
        worst(run(module, potentials(), 0.3).a, run(result, potentials(), 0.3).a, 1);
    EXPECT_LT(error, 8);
    EXPECT_GT(error, 0);
}

TEST(JoinedDivisions, AQuotientThatIsNeededIsDivided) {
    const ir::Module module = read_module(kernel(euler(true)));
    const ir::Module result = joined(module);
    const Results before = run(module, potentials(), 0.3);
    const Results now = run(result, potentials(), 0.3);
    EXPECT_LT(worst(before.a, now.a, 1), 8);
    EXPECT_LT(worst(before.b, now.b), 4);
    EXPECT_EQ(divisions(result), 1U) << "two were left, and little else to do\n"
                                     << ir::print(result);
}

TEST(JoinedDivisions, SumOfRatesAndSteadyStateShareAReciprocal) {
    const ir::Module module = read_module(kernel(rates));
    const ir::Module result = joined(module);
    EXPECT_EQ(divisions(module), 2U);
    EXPECT_EQ(divisions(result), 1U) << ir::print(result);
    const Results before = run(module, potentials(), 0);
    const Results now = run(result, potentials(), 0);
    EXPECT_LT(worst(before.a, now.a), 5);
    EXPECT_LT(worst(before.b, now.b), 5);
    EXPECT_GT(worst(before.a, now.a), 0);
}

TEST(JoinedDivisions, IndependentQuotientsShareAReciprocal) {
    const ir::Module module = read_module(kernel(sigmoids));
    const ir::Module result = joined(module);
    EXPECT_EQ(divisions(result), 1U) << ir::print(result);
    EXPECT_EQ(ir::print(result).find("abs"), std::string::npos) << "plainly positive";
    const Results before = run(module, potentials(), 0);
    const Results now = run(result, potentials(), 0);
    EXPECT_LT(worst(before.a, now.a), 4);
    EXPECT_LT(worst(before.b, now.b), 4);
    EXPECT_GT(worst(before.a, now.a), 0);
}

TEST(JoinedDivisions, DenominatorsOutOfRangeGiveTheBitsThatStoodThere) {
    const double inf = std::numeric_limits<double>::infinity();
    // Denominators of e^350 and more, infinite ones, NaN.
    const std::vector<double> v = {-800, -745, -720, -400, 360, 400,
                                   709,  710,  800,  -inf, inf, std::nan("")};
    for (const std::string& body : {euler(false), std::string(rates), std::string(sigmoids)}) {
        // Far below zero only Euler's step has a large one; the others are joined there.
        const bool both_ways = body == euler(false);
        const ir::Module module = read_module(kernel(body));
        const ir::Module result = joined(module);
        const Results before = run(module, v, 0.3);
        const Results now = run(result, v, 0.3);
        for (std::size_t i = 0; i < v.size(); ++i) {
            for (const auto& [old, found] :
                 {std::pair{before.a[i], now.a[i]}, std::pair{before.b[i], now.b[i]}}) {
                const double bound = both_ways || !(v[i] < 0) ? 0 : 4 * ulp * std::abs(old);
                EXPECT_TRUE(old == found || (std::isnan(old) && std::isnan(found)) ||
                            std::abs(found - old) <= bound)
                    << "v = " << v[i] << ": " << old << " became " << found << "\n"
                    << body;
            }
        }
    }
}

TEST(JoinedDivisions, APoleIsOneAsBefore) {
    const ir::Module module = read_module(kernel(R"(
  %p = div %one, %v
  %w = add %v, %one
  %q = div %x, %w
  store a, %p
  store b, %q
)"));
    const ir::Module result = joined(module);
    ASSERT_EQ(divisions(result), 1U);
    const Results before = run(module, {0.0, -0.0, -1.0, 1e-200, 1e200, 1e-320}, 0.5);
    const Results now = run(result, {0.0, -0.0, -1.0, 1e-200, 1e200, 1e-320}, 0.5);
    EXPECT_EQ(now.a, before.a);
    EXPECT_EQ(now.b, before.b);
}

TEST(JoinedDivisions, StrictAndFloatKernelsStayAsTheyAre) {
    const ir::Module module = read_module(kernel(euler(false)));
    EXPECT_EQ(divisions(joined(module, true)), 3U);
    EXPECT_EQ(divisions(joined(read_module(kernel(euler(false), 4)))), 3U);
}

TEST(JoinedDivisions, DivisionsBesideMuchElseStayApart) {
    std::string body = "  %s0 = math exp %v\n";
    for (int k = 1; k <= 40; ++k) {
        const std::string last = std::to_string(k - 1);
        body += "  %t" + std::to_string(k) + " = mul %s" + last + ", %v\n  %s" + std::to_string(k) +
                " = add %t" + std::to_string(k) + ", %one\n";
    }
    body += "  %p = div %one, %s40\n  %q = div %v, %s39\n  store a, %p\n  store b, %q\n";
    EXPECT_EQ(divisions(joined(read_module(kernel(body)))), 2U);
}

TEST(JoinedDivisions, WaitForWhatTheirDenominatorsNeed) {
    // The second quotient stands in the denominator of the third; the first two may be joined.
    const ir::Module module = read_module(kernel(R"(
  %p = div %one, %v
  %w = add %v, %one
  %q = div %x, %w
  %r = math sqrt %q
  %s = add %r, %w
  %t = div %v, %s
  %u = math sqrt %p
  %y = add %u, %s
  %z = div %one, %y
  store a, %t
  store b, %z
)"));
    const ir::Module result = joined(module);
    EXPECT_EQ(divisions(result), 2U) << ir::print(result);
    const std::vector<double> v = {0.5, 1, 2, 3, 10};
    EXPECT_LT(worst(run(module, v, 0.3).a, run(result, v, 0.3).a), 8);
    EXPECT_LT(worst(run(module, v, 0.3).b, run(result, v, 0.3).b), 8);
}

} // namespace
} // namespace hhc::test
