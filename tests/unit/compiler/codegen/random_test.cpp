// SPDX-License-Identifier: MIT
// Random numbers of the prelude: the words are Random123's, each distribution has the law it
// promises. Seeds are fixed; bounds are five standard errors of the estimate, so that a right
// generator fails once in two million such checks, and here never.
#include "codegen/scalar_math.h"

#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace hhc::codegen {
namespace {

constexpr int count = 40000;

std::vector<double> draws(ir::Distribution distribution, std::vector<double> arguments) {
    const RandomKey key = random_stream(20250101, 17, 0x123456789abcdefULL);
    std::vector<double> values;
    for (int i = 0; i < count; ++i) {
        values.push_back(random_draw<double>(distribution, key, i % 200, i / 200, arguments));
    }
    return values;
}

struct Moments {
    double mean = 0;
    double variance = 0;
    double fourth = 0; // central
};

Moments moments(const std::vector<double>& values) {
    Moments m;
    for (const double x : values) {
        m.mean += x / count;
    }
    for (const double x : values) {
        const double square = (x - m.mean) * (x - m.mean);
        m.variance += square / (count - 1);
        m.fourth += square * square / count;
    }
    return m;
}

void expect_moments(const std::vector<double>& values, double mean, double variance) {
    const Moments m = moments(values);
    EXPECT_NEAR(m.mean, mean, 5 * std::sqrt(variance / count));
    EXPECT_NEAR(m.variance, variance, 5 * std::sqrt((m.fourth - variance * variance) / count));
}

/// Kolmogorov and Smirnov: sqrt(n) times the largest distance exceeds 2.65 once in a million.
void expect_law(std::vector<double> values, const std::function<double(double)>& cumulative) {
    std::sort(values.begin(), values.end());
    double distance = 0;
    for (int i = 0; i < count; ++i) {
        const double f = cumulative(values[i]);
        distance = std::max({distance, f - double(i) / count, double(i + 1) / count - f});
    }
    EXPECT_LT(distance * std::sqrt(count), 2.65);
}

/// Chi-square over the integers expected at least 10 times and the tail; d degrees of freedom have
/// mean d and standard deviation sqrt(2 d).
void expect_counts(const std::vector<double>& values, const std::function<double(int)>& chance) {
    double chi = 0;
    int cells = 0;
    double left = 1;
    long left_found = count;
    for (int k = 0; k < 2000; ++k) {
        const double expected = chance(k) * count;
        if (expected < 10) {
            continue;
        }
        const long found = std::count(values.begin(), values.end(), k);
        chi += (found - expected) * (found - expected) / expected;
        left -= chance(k);
        left_found -= found;
        ++cells;
    }
    if (left * count > 1) {
        chi += (left_found - left * count) * (left_found - left * count) / (left * count);
    }
    EXPECT_GT(cells, 3);
    EXPECT_LT(chi, cells + 6 * std::sqrt(2.0 * cells));
}

double normal_cumulative(double x) {
    return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

TEST(Random, words_are_those_of_random123) {
    r123::Philox4x32 philox;
    const std::uint64_t seed = 0xfedcba9876543210ULL;
    const std::uint64_t stream = 0x0f1e2d3c4b5a6978ULL;
    const auto key_words =
        philox({{99, 0x4b5a6978U, 0x0f1e2d3cU, 1}}, {{0x76543210U, 0xfedcba98U}});
    const RandomKey key = random_stream(seed, 99, stream);
    EXPECT_EQ(key.low, key_words[0]);
    EXPECT_EQ(key.high, key_words[1]);
    for (int i = 0; i < 1000; ++i) {
        const std::int64_t step = 0x100000000LL * (i % 3) + 12345 * i;
        const auto words =
            philox({{std::uint32_t(i), std::uint32_t(step), std::uint32_t(step >> 32), 0}},
                   {{key.low, key.high}});
        const std::uint64_t bits = (std::uint64_t(words[1]) << 32 | words[0]) >> 11;
        const auto uniform = ir::Distribution::Uniform;
        EXPECT_EQ(random_draw<double>(uniform, key, i, step, {}), double(bits) * 0x1p-53);
        EXPECT_EQ(random_draw<float>(uniform, key, i, step, {}), double(bits >> 29) * 0x1p-24);
    }
}

TEST(Random, streams_objects_and_seeds_differ) {
    const RandomKey key = random_stream(1, 2, 3);
    EXPECT_NE(key.low, random_stream(2, 2, 3).low);
    EXPECT_NE(key.low, random_stream(1, 3, 3).low);
    EXPECT_NE(key.low, random_stream(1, 2, 4).low);
    EXPECT_NE(key.low, random_stream(1ULL << 40, 2, 3).low);
    EXPECT_NE(key.low, random_stream(1, 2, 3ULL + (1ULL << 40)).low);
}

TEST(Random, uniform) {
    const auto values = draws(ir::Distribution::Uniform, {});
    expect_moments(values, 0.5, 1.0 / 12);
    expect_law(values, [](double x) { return x; });
    EXPECT_GE(*std::min_element(values.begin(), values.end()), 0);
    EXPECT_LT(*std::max_element(values.begin(), values.end()), 1);
    const auto between = draws(ir::Distribution::UniformBetween, {-3, 5});
    expect_moments(between, 1, 64.0 / 12);
}

TEST(Random, neighbouring_entities_and_steps_are_uncorrelated) {
    const auto values = draws(ir::Distribution::Normal, {});
    for (const int lag : {1, 2, 200}) {
        double sum = 0;
        for (int i = lag; i < count; ++i) {
            sum += values[i] * values[i - lag] / count;
        }
        EXPECT_NEAR(sum, 0, 5 / std::sqrt(count)) << lag;
    }
}

TEST(Random, normal) {
    const auto values = draws(ir::Distribution::Normal, {});
    expect_moments(values, 0, 1);
    expect_law(values, normal_cumulative);
}

TEST(Random, exponential) {
    const auto values = draws(ir::Distribution::Exponential, {2.5});
    expect_moments(values, 2.5, 6.25);
    expect_law(values, [](double x) { return 1 - std::exp(-x / 2.5); });
}

TEST(Random, lognormal) {
    const auto values = draws(ir::Distribution::Lognormal, {0.3, 0.5});
    expect_law(values, [](double x) { return normal_cumulative((std::log(x) - 0.3) / 0.5); });
}

TEST(Random, gamma) {
    expect_moments(draws(ir::Distribution::Gamma, {4.5, 2}), 9, 18);
    expect_moments(draws(ir::Distribution::Gamma, {0.3, 1}), 0.3, 0.3);
    // shape 1 is exponential, shape 2 has the closed law 1 - (1 + x) e^-x, 1/2 is chi-square's
    expect_law(draws(ir::Distribution::Gamma, {1, 1}), [](double x) { return -std::expm1(-x); });
    expect_law(draws(ir::Distribution::Gamma, {2, 1}),
               [](double x) { return 1 - (1 + x) * std::exp(-x); });
    expect_law(draws(ir::Distribution::Gamma, {0.5, 1}),
               [](double x) { return std::erf(std::sqrt(x)); });
    EXPECT_EQ(draws(ir::Distribution::Gamma, {0, 1})[5], 0);
    EXPECT_TRUE(std::isnan(draws(ir::Distribution::Gamma, {-1, 1})[5]));
}

TEST(Random, poisson) {
    for (const double mean : {0.02, 0.7, 4.0, 9.99, 10.0, 33.3, 900.0}) {
        const auto values = draws(ir::Distribution::Poisson, {mean});
        expect_moments(values, mean, mean);
        if (mean > 0.1) {
            expect_counts(values, [mean](int k) {
                return std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
            });
        }
    }
    expect_moments(draws(ir::Distribution::Poisson, {1e9}), 1e9, 1e9);
    for (const double mean : {0.0, -1.0, std::nan("")}) {
        EXPECT_EQ(draws(ir::Distribution::Poisson, {mean})[3], 0);
    }
}

TEST(Random, binomial) {
    struct Law {
        int n;
        double p;
    };
    for (const Law law :
         {Law{10, 0.3}, Law{10, 0.9}, Law{100, 0.05}, Law{100, 0.4}, Law{1000, 0.75}}) {
        const auto values = draws(ir::Distribution::Binomial, {double(law.n), law.p});
        expect_moments(values, law.n * law.p, law.n * law.p * (1 - law.p));
        expect_counts(values, [law](int k) {
            return k > law.n ? 0.0
                             : std::exp(std::lgamma(law.n + 1.0) - std::lgamma(k + 1.0) -
                                        std::lgamma(law.n - k + 1.0) + k * std::log(law.p) +
                                        (law.n - k) * std::log1p(-law.p));
        });
    }
    EXPECT_EQ(draws(ir::Distribution::Binomial, {7, 1})[3], 7);
    EXPECT_EQ(draws(ir::Distribution::Binomial, {7, 0})[3], 0);
    EXPECT_EQ(draws(ir::Distribution::Binomial, {-7, 0.5})[3], 0);
}

TEST(Random, truncated_and_clipped_normal) {
    const auto values = draws(ir::Distribution::TruncatedNormal, {1, 2, 0, 4});
    const double low = normal_cumulative(-0.5);
    const double high = normal_cumulative(1.5);
    expect_law(values,
               [&](double x) { return (normal_cumulative((x - 1) / 2) - low) / (high - low); });
    const auto clipped = draws(ir::Distribution::ClippedNormal, {1, 2, 0, 4});
    const double at_low = std::count(clipped.begin(), clipped.end(), 0.0) / double(count);
    EXPECT_NEAR(at_low, low, 5 * std::sqrt(low * (1 - low) / count));
    EXPECT_EQ(*std::max_element(clipped.begin(), clipped.end()), 4);
    // nearly out of reach: clipped after the last redraw, never outside
    const std::vector<double> far = {0, 1, 50, 51};
    const RandomKey key = random_stream(1, 2, 3);
    EXPECT_EQ(random_draw<double>(ir::Distribution::TruncatedNormal, key, 0, 0, far), 50);
}

} // namespace
} // namespace hhc::codegen
