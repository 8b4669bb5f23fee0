// SPDX-License-Identifier: MIT
// What is proven about piecewise polynomials holds, and what does not hold is not proven.
#include "codegen/scalar_math.h"
#include "ir/piecewise.h"
#include "ir/read.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace hhc::test {
namespace {

using namespace ir;

double evaluate(MathOp op, const double* arguments) {
    return codegen::math_function<double>(op)(arguments);
}

/// Value %... of a kernel text as a function of field v; `exact` in wide precision.
struct Case {
    std::string name;
    std::string text;
    std::function<long double(long double)> exact;
};

const std::vector<Case> cases = {
    {"alpha_m", R"(
  %1 = real -100
  %2 = real -4
  %3 = fma %0, %1, %2
  %4 = math inv_exprel %3
  output %4)",
     [](long double v) {
         const long double u = -100 * v - 4;
         return u == 0 ? 1.0L : u / std::expm1(u);
     }},
    {"sigmoid", R"(
  %1 = real 200
  %2 = mul %0, %1
  %3 = math sigmoid %2
  output %3)",
     [](long double v) { return 1 / (1 + std::exp(-200 * v)); }},
    {"decay", R"(
  %1 = real -12.5
  %2 = mul %0, %1
  %3 = math exp %2
  %4 = dt
  %5 = real -1000
  %6 = mul %4, %5
  %7 = mul %3, %6
  %8 = math exp %7
  output %8)",
     [](long double v) {
         return std::exp(-1000 * static_cast<long double>(1e-4) * std::exp(-12.5L * v));
     }},
    {"steady", R"(
  %1 = real -12.5
  %2 = mul %0, %1
  %3 = math expm1 %2
  %4 = math tanh %2
  %5 = real 3
  %6 = add %4, %5
  %7 = div %3, %6
  %8 = powi 2 %7
  %9 = neg %8
  %10 = sub %9, %4
  output %10)",
     [](long double v) {
         const long double u = -12.5L * v;
         const long double q = std::expm1(u) / (std::tanh(u) + 3);
         return -q * q - std::tanh(u);
     }},
};

Module module_of(const Case& one) {
    const std::string text =
        "hhir 1\nfield v real state\nkernel rhs {\n  %0 = load v" + one.text + "\n}\n";
    ReadResult read = ir::read(text);
    EXPECT_TRUE(read.module) << read.error.message;
    return std::move(*read.module);
}

Approximation approximation(int degree, int doubles, double tolerance) {
    Approximation result;
    result.low = -0.105;
    result.high = 0.055;
    result.degree = degree;
    result.doubles = doubles;
    result.tolerance = tolerance;
    return result;
}

/// The largest error found by sampling, as kernels evaluate the polynomials.
double sampled(const Case& one, const Approximation& row, const std::vector<double>& pieces) {
    const Interval range = certified_range(row);
    const Placement place = placement(row);
    double worst = 0;
    constexpr int samples = 40'000;
    for (int i = 0; i <= samples; ++i) {
        const double v = range.low + (range.high - range.low) * i / samples;
        if (v >= range.high) {
            continue;
        }
        const double found = codegen::ScalarMath<double>::approximate(
            row.degree, row.doubles, pieces.data(), v, place.scale, place.shift);
        worst = std::max(worst, static_cast<double>(std::abs(found - one.exact(v))));
    }
    return worst;
}

class Piecewise : public testing::TestWithParam<std::size_t> {};

TEST_P(Piecewise, error_is_below_the_proven_bound) {
    const Case& one = cases[GetParam()];
    const Module module = module_of(one);
    const FunctionOfOne function{&module.kernels.front(), {}, 1e-4, &evaluate};
    bool proven = false;
    bool with_floats = false;
    for (int degree = 3; degree <= max_piece_degree; ++degree) {
        for (const int doubles : {degree + 1, 5, 4, 3, 2, 0}) {
            if (doubles > degree + 1) {
                continue;
            }
            const Approximation row = approximation(degree, doubles, 1e-9);
            std::vector<double> pieces(piecewise_size(row));
            ASSERT_TRUE(fit(row, function, pieces));
            const std::optional<double> bound = prove(row, function, pieces);
            const double error = sampled(one, row, pieces);
            if (bound) {
                proven = true;
                with_floats = with_floats || doubles <= degree;
                EXPECT_LE(*bound, 1e-9);
                EXPECT_LE(error, *bound);
            } else {
                EXPECT_GT(error + single_rounding(row, pieces), 1e-10)
                    << "not proven though far below the tolerance, degree " << degree << ", "
                    << doubles << " doubles";
            }
            if (error > 1e-9) {
                EXPECT_FALSE(bound) << "proven although it does not hold, degree " << degree;
            }
        }
    }
    EXPECT_TRUE(proven);
    EXPECT_TRUE(with_floats);
}

TEST_P(Piecewise, single_precision_rounds_no_more_than_allowed) {
    const Case& one = cases[GetParam()];
    const Module module = module_of(one);
    const FunctionOfOne function{&module.kernels.front(), {}, 1e-4, &evaluate};
    const Approximation whole = approximation(max_piece_degree, max_piece_degree + 1, 1e-3);
    std::vector<double> exact(piecewise_size(whole));
    ASSERT_TRUE(fit(whole, function, exact));
    const double error = sampled(one, whole, exact);
    for (const int doubles : {0, 1, 3}) {
        const Approximation row = approximation(max_piece_degree, doubles, 1e-3);
        std::vector<double> pieces(piecewise_size(row));
        ASSERT_TRUE(fit(row, function, pieces));
        const double found = sampled(one, row, pieces);
        EXPECT_GT(found, error);                                    // the floats are there
        EXPECT_LT(found, error + 2 * single_rounding(row, pieces)); // and those of coefficients
    }
}

TEST_P(Piecewise, a_wrong_coefficient_is_not_proven) {
    const Module module = module_of(cases[GetParam()]);
    const FunctionOfOne function{&module.kernels.front(), {}, 1e-4, &evaluate};
    const Approximation row = approximation(max_piece_degree, max_piece_degree + 1, 1e-9);
    std::vector<double> pieces(piecewise_size(row));
    ASSERT_TRUE(fit(row, function, pieces));
    ASSERT_TRUE(prove(row, function, pieces));
    for (const std::size_t place :
         {std::size_t{3}, std::size_t{16 + 7}, std::size_t{5 * 16 + 15}}) {
        std::vector<double> wrong = pieces;
        wrong[place] += 1.1e-9;
        EXPECT_FALSE(prove(row, function, wrong)) << place;
    }
}

INSTANTIATE_TEST_SUITE_P(functions, Piecewise, testing::Range(std::size_t{0}, cases.size()),
                         [](const auto& info) { return cases[info.param].name; });

TEST(piecewise, a_pole_in_the_range_is_refused) {
    const Case pole{"pole", R"(
  %1 = real 1
  %2 = div %1, %0
  output %2)",
                    nullptr};
    const Module module = module_of(pole);
    const FunctionOfOne function{&module.kernels.front(), {}, 1e-4, &evaluate};
    const Approximation row = approximation(8, 9, 1e-3);
    std::vector<double> pieces(piecewise_size(row));
    EXPECT_FALSE(fit(row, function, pieces) && prove(row, function, pieces));
}

} // namespace
} // namespace hhc::test
