// SPDX-License-Identifier: MIT
// Matrix exponentials of the prelude against closed forms. The error is relative to each element,
// plus one rounding unit of 1: what has decayed by more than 1e16 is lost, as 1 is added at the
// end. Long rotations lose a digit per decade of their angle, in the squarings.
#include "codegen/scalar_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace hhc::codegen {
namespace {

using Matrix = std::vector<double>;

Matrix exponential(int n, const Matrix& a, double h) {
    Matrix result(a.size());
    matrix_exp(n, a, h, result);
    return result;
}

Matrix integral(int n, const Matrix& a, double h) {
    Matrix result(a.size());
    matrix_exp_integral(n, a, h, result);
    return result;
}

void expect_close(const Matrix& got, const Matrix& exact, double relative) {
    for (std::size_t i = 0; i < exact.size(); ++i) {
        EXPECT_NEAR(got[i], exact[i], relative * std::abs(exact[i]) + 1.2e-16) << i;
    }
}

TEST(MatrixExp, of_zero_is_one_and_its_integral_h) {
    expect_close(exponential(3, Matrix(9), 0.1), {1, 0, 0, 0, 1, 0, 0, 0, 1}, 0);
    expect_close(integral(3, Matrix(9), 0.1), {0.1, 0, 0, 0, 0.1, 0, 0, 0, 0.1}, 1e-15);
}

TEST(MatrixExp, of_one_number) {
    for (const double a : {-1e6, -300.0, -1.0, -1e-9, 1e-3, 2.0, 300.0}) {
        expect_close(exponential(1, {a}, 0.5), {std::exp(a * 0.5)}, 1e-13);
        expect_close(integral(1, {a}, 0.5), {std::expm1(a * 0.5) / a}, 1e-14);
    }
}

TEST(MatrixExp, of_a_defective_matrix) {
    // two equal time constants in a chain: e^(-x) [1 0; x 1]
    for (const double x : {1e-8, 0.01, 1.0, 20.0}) {
        const Matrix a = {-1, 0, 1, -1};
        const double e = std::exp(-x);
        expect_close(exponential(2, a, x), {e, 0, x * e, e}, 1e-14 * std::exp(x) + 1e-14);
        const double i = -std::expm1(-x);
        double j = 0; // 1 - (1 + x) e^-x by its series, where that cancels
        double term = x;
        for (int k = 2; k < 12; ++k) {
            term *= -x / k;
            j -= term * (k - 1);
        }
        j = x < 0.1 ? j : i - x * e;
        const Matrix grown = integral(2, a, x);
        expect_close(grown, {i, 0, j, i}, 1e-14);
        EXPECT_NEAR(grown[2], j, 1e-14 * j);
    }
}

TEST(MatrixExp, of_a_nilpotent_matrix) {
    const Matrix a = {0, 2, 3, 0, 0, 4, 0, 0, 0};
    expect_close(exponential(3, a, 2), {1, 4, 6 + 16, 0, 1, 8, 0, 0, 1}, 1e-15);
}

TEST(MatrixExp, of_rotations) {
    for (const double angle : {0.1, 1.0, 50.0}) {
        const double c = std::cos(angle);
        const double s = std::sin(angle);
        expect_close(exponential(2, {0, -1, 1, 0}, angle), {c, -s, s, c}, 2e-14 * (1 + angle));
        expect_close(integral(2, {0, -1, 1, 0}, angle), {s, c - 1, 1 - c, s}, 2e-13 * (1 + angle));
    }
}

TEST(MatrixExp, keeps_the_slow_direction_of_a_stiff_matrix) {
    // eigenvalues -1 and -1e6, eigenvectors (1, 1) and (1, -1)
    const double h = 0.5;
    const double slow = std::exp(-h);
    const Matrix a = {-500000.5, 499999.5, 499999.5, -500000.5};
    expect_close(exponential(2, a, h), {slow / 2, slow / 2, slow / 2, slow / 2}, 1e-9);
    // triangular: here the slow eigenvalue is exact in the matrix, and full accuracy is due
    const double k = 1e6 / (1e6 - 1);
    expect_close(exponential(2, {-1, 0, 1e6, -1e6}, h), {slow, 0, k * slow, std::exp(-1e6 * h)},
                 1e-13);
}

TEST(MatrixExp, of_a_large_matrix_has_the_group_property) {
    const int n = 64;
    Matrix a(n * n);
    for (int i = 0; i < n * n; ++i) {
        a[i] = std::sin(1.0 + i * 0.7) / 8;
    }
    const Matrix once = exponential(n, a, 1);
    const Matrix twice = exponential(n, a, 2);
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) {
            double sum = 0;
            for (int k = 0; k < n; ++k) {
                sum += once[i * n + k] * once[k * n + j];
            }
            EXPECT_NEAR(twice[i * n + j], sum, 1e-12);
        }
    }
}

TEST(MatrixExp, of_an_infinite_matrix_is_nan) {
    EXPECT_TRUE(std::isnan(exponential(1, {INFINITY}, 1)[0]));
    EXPECT_TRUE(std::isnan(integral(2, {0, NAN, 0, 0}, 1)[3]));
}

} // namespace
} // namespace hhc::codegen
