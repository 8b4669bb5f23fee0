// SPDX-License-Identifier: MIT
// The prelude's functions at width 1: errors against MPFR over the whole domain, special values,
// rounding functions and integers.
#include "codegen/scalar_math.h"
#include "ir/evaluate.h"
#include "math_cases.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace hhc::codegen::testing {
namespace {

constexpr int samples = 1500;
const double inf = std::numeric_limits<double>::infinity();
const double nan_value = std::numeric_limits<double>::quiet_NaN();

class Functions : public ::testing::TestWithParam<std::size_t> {};

template <class R> void expect_within_bound(const Case& function) {
    const Worst worst = largest_error<R>(function, samples);
    EXPECT_LE(worst.ulp, function.bound) << ir::info(function.op).text << '(' << worst.x << ", "
                                         << worst.y << ") of " << sizeof(R) * 8 << " bits";
}

TEST_P(Functions, keep_their_bound_in_double) {
    expect_within_bound<double>(cases()[GetParam()]);
}

TEST_P(Functions, keep_their_bound_in_float) {
    expect_within_bound<float>(cases()[GetParam()]);
}

INSTANTIATE_TEST_SUITE_P(Prelude, Functions, ::testing::Range<std::size_t>(0, cases().size()),
                         [](const auto& info) {
                             return std::string(ir::info(cases()[info.param].op).text);
                         });

double call(ir::MathOp op, double a, double b = 0, double c = 0) {
    const double arguments[] = {a, b, c};
    return math_function<double>(op)(arguments);
}

TEST(Prelude, fast_functions_keep_their_relative_error) {
    std::mt19937_64 random(5);
    for (const Case& function : cases()) {
        using ir::MathOp;
        if (function.op != MathOp::Exp && function.op != MathOp::Exp2 &&
            function.op != MathOp::Exprel && function.op != MathOp::InvExprel) {
            continue;
        }
        for (const double range : {1e-3, 0.05, 1.0, 20.0, 700.0}) {
            std::uniform_real_distribution<double> argument(-range, range);
            for (int i = 0; i < 2000; ++i) {
                const double x = argument(random);
                const double got = math_function<double>(function.op, true)(&x);
                Wide exact;
                Wide wide(x);
                function.exact(exact.get(), wide.get(), wide.get());
                const double expected = mpfr_get_d(exact.get(), MPFR_RNDN);
                ASSERT_LE(std::abs(got - expected), 4e-13 * expected)
                    << ir::info(function.op).text << '(' << x << ')';
            }
        }
        const double zero = 0;
        EXPECT_EQ(math_function<double>(function.op, true)(&zero), 1);
    }
}

TEST(Prelude, zeros_keep_their_sign) {
    using ir::MathOp;
    for (const MathOp op :
         {MathOp::Expm1, MathOp::Log1p, MathOp::Sin, MathOp::Tan, MathOp::Sinh, MathOp::Tanh,
          MathOp::Arcsin, MathOp::Arctan, MathOp::Erf, MathOp::Sqrt, MathOp::Floor, MathOp::Ceil}) {
        EXPECT_TRUE(std::signbit(call(op, -0.0))) << ir::info(op).text;
        EXPECT_FALSE(std::signbit(call(op, 0.0))) << ir::info(op).text;
    }
}

TEST(Prelude, pow_agrees_with_c_on_special_values) {
    const double values[] = {0.0,    -0.0,           1.0, -1.0, 2.0,      -2.0,
                             0.5,    -0.5,           3.0, -3.0, 1e300,    -1e300,
                             0x1p53, 0x1p60 + 0x1p8, inf, -inf, nan_value};
    for (const double x : values) {
        for (const double y : values) {
            const double expected = std::pow(x, y);
            const double got = call(ir::MathOp::Pow, x, y);
            if (std::isnan(expected)) {
                EXPECT_TRUE(std::isnan(got)) << x << ' ' << y;
            } else if (expected == 0 || std::isinf(expected) || std::abs(expected) == 1) {
                EXPECT_EQ(std::bit_cast<std::uint64_t>(got), std::bit_cast<std::uint64_t>(expected))
                    << x << ' ' << y << ' ' << got;
            }
        }
    }
}

TEST(Prelude, log10_of_powers_of_ten_is_exact) {
    double power = 1;
    for (int i = 0; i <= 22; ++i, power *= 10) {
        EXPECT_EQ(call(ir::MathOp::Log10, power), i);
    }
}

TEST(Prelude, min_max_clip_sign_treat_nan_as_numpy) {
    using ir::MathOp;
    EXPECT_EQ(call(MathOp::Min, 1, 2), 1);
    EXPECT_EQ(call(MathOp::Max, 1, 2), 2);
    EXPECT_EQ(call(MathOp::Clip, 5, 0, 3), 3);
    EXPECT_EQ(call(MathOp::Clip, -5, 0, 3), 0);
    EXPECT_EQ(call(MathOp::Clip, 1, 0, 3), 1);
    EXPECT_EQ(call(MathOp::Sign, -3), -1);
    EXPECT_EQ(call(MathOp::Sign, 0), 0);
    EXPECT_EQ(call(MathOp::Sign, 1e-320), 1);
    for (const MathOp op : {MathOp::Min, MathOp::Max}) {
        EXPECT_TRUE(std::isnan(call(op, nan_value, 1)));
        EXPECT_TRUE(std::isnan(call(op, 1, nan_value)));
    }
    EXPECT_TRUE(std::isnan(call(MathOp::Clip, nan_value, 0, 1)));
    EXPECT_TRUE(std::isnan(call(MathOp::Sign, nan_value)));
}

TEST(Prelude, modulo_has_the_sign_of_the_divisor) {
    using S = ScalarMath<double>;
    EXPECT_EQ(S::modulo(7, 3), 1);
    EXPECT_EQ(S::modulo(-7, 3), 2);
    EXPECT_EQ(S::modulo(7, -3), -2);
    EXPECT_EQ(S::modulo(5.5, 2), 1.5);
    EXPECT_EQ(S::floor_divide(-7, 2), -4);
}

TEST(Prelude, integers_divide_downwards_and_report_zero) {
    bool fault = false;
    EXPECT_EQ(integer_divide(-7, 2, fault), -4);
    EXPECT_EQ(integer_modulo(-7, 2, fault), 1);
    EXPECT_EQ(integer_divide(7, -2, fault), -4);
    EXPECT_EQ(integer_modulo(7, -2, fault), -1);
    EXPECT_EQ(integer_divide(INT64_MIN, -1, fault), INT64_MIN);
    EXPECT_EQ(integer_modulo(INT64_MIN, -1, fault), 0);
    EXPECT_FALSE(fault);
    EXPECT_EQ(integer_divide(7, 0, fault), 0);
    EXPECT_TRUE(fault);
    fault = false;
    EXPECT_EQ(integer_modulo(7, 0, fault), 0);
    EXPECT_TRUE(fault);
}

TEST(Prelude, conversion_to_integer_truncates_and_saturates) {
    using S = ScalarMath<double>;
    EXPECT_EQ(S::to_integer(2.9), 2);
    EXPECT_EQ(S::to_integer(-2.9), -2);
    EXPECT_EQ(S::to_integer(nan_value), 0);
    EXPECT_EQ(S::to_integer(inf), INT64_MAX - 1023);
    EXPECT_EQ(S::to_integer(-1e300), -(INT64_MAX - 1023));
    EXPECT_EQ(ScalarMath<float>::to_integer(-7.5F), -7);
    for (const double x : {2.9, -2.9, nan_value, inf, -inf, 0x1p62, 0x1p63, -0x1p63, -1e300}) {
        EXPECT_EQ(ir::real_to_int(x), S::to_integer(x)) << x; // what the builder folds by
    }
}

TEST(Prelude, timestep_is_safe_against_rounding) {
    for (int k = 0; k < 100000; k += 7) {
        EXPECT_EQ(ScalarMath<double>::timestep(k * 0.0001, 0.0001), k);
    }
    EXPECT_EQ(ScalarMath<double>::timestep(0.00099, 0.0001), 9);
    EXPECT_EQ(ScalarMath<double>::timestep(-0.00015, 0.0001), -2);
}

/// The definition of the IR's powi, bit by bit; each of its products and the reciprocal rounds
/// once.
TEST(Prelude, integer_powers_are_the_products_of_the_ir) {
    std::mt19937_64 random(3);
    std::uniform_real_distribution<double> exponent(-1, 1);
    for (const int n : {0, 1, 2, 3, 4, 5, 7, 12, 31, 64, -1, -2, -3, -4, -9, -64}) {
        double worst = 0;
        for (int i = 0; i < 2000; ++i) {
            const double x = (i % 2 == 0 ? 1 : -1) *
                             std::exp2(exponent(random) * (n == 0 ? 1 : 900.0 / std::abs(n)));
            const double power = ScalarMath<double>::power(x, n);
            EXPECT_EQ(power, ir::powi_real(x, n));
            Wide exact(x);
            mpfr_pow_si(exact.get(), exact.get(), n, MPFR_RNDN);
            worst = std::max(worst, error_in_ulp(power, exact.get()));
        }
        EXPECT_LE(worst, 1.0 + std::abs(n)) << n;
    }
    EXPECT_EQ(ScalarMath<double>::power(inf, -3), 0);
    EXPECT_EQ(ScalarMath<double>::power(-0.0, -3), -inf);
}

} // namespace
} // namespace hhc::codegen::testing
