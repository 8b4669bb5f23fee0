// SPDX-License-Identifier: MIT
// Small dense systems: solved exactly enough, whatever the order of the rows; singular ones told.
#include "solvers/dense_factors.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <vector>

using namespace hodg;

TEST(DenseFactors, SolvesSystemsThatNeedRowsExchanged) {
    constexpr std::size_t n = 3;
    constexpr std::array<double, n * n> matrix{0, 2, 1, 1e-3, 1, 0, 4, -1, 5};
    const std::array<double, n> expected{1.5, -2, 0.25};
    solvers::DenseFactors factors(n);
    std::vector<double> right(n);
    for (std::size_t row = 0; row < n; ++row) {
        for (std::size_t column = 0; column < n; ++column) {
            factors.at(row, column) = matrix[row * n + column];
            right[row] += matrix[row * n + column] * expected[column];
        }
    }
    ASSERT_TRUE(factors.factor());
    factors.solve(right);
    for (std::size_t i = 0; i < n; ++i) {
        EXPECT_NEAR(right[i], expected[i], 1e-12);
    }
}

TEST(DenseFactors, TellsWhatHasNoSolution) {
    for (const double corner : {4.0, std::numeric_limits<double>::quiet_NaN()}) {
        solvers::DenseFactors factors(2);
        factors.at(0, 0) = 1;
        factors.at(0, 1) = 2;
        factors.at(1, 0) = 2;
        factors.at(1, 1) = corner;
        EXPECT_FALSE(factors.factor());
    }
}
