// SPDX-License-Identifier: MIT
#include "solvers/dense_factors.h"

#include <cmath>
#include <utility>

namespace hodg::solvers {

bool DenseFactors::factor() {
    for (std::size_t k = 0; k < size_; ++k) {
        std::size_t pivot = k;
        for (std::size_t row = k + 1; row < size_; ++row) {
            if (std::abs(at(row, k)) > std::abs(at(pivot, k))) {
                pivot = row;
            }
        }
        exchanged_[k] = pivot;
        if (!std::isfinite(at(pivot, k)) || at(pivot, k) == 0) {
            return false;
        }
        for (std::size_t column = 0; pivot != k && column < size_; ++column) {
            std::swap(at(k, column), at(pivot, column));
        }
        for (std::size_t row = k + 1; row < size_; ++row) {
            double& factor = at(row, k);
            factor /= at(k, k);
            for (std::size_t column = k + 1; factor != 0 && column < size_; ++column) {
                at(row, column) -= factor * at(k, column);
            }
        }
    }
    return true;
}

void DenseFactors::solve(std::span<double> b) const {
    for (std::size_t k = 0; k < size_; ++k) {
        std::swap(b[k], b[exchanged_[k]]);
    }
    for (std::size_t row = 0; row < size_; ++row) {
        for (std::size_t column = 0; column < row; ++column) {
            b[row] -= values_[row * size_ + column] * b[column];
        }
    }
    for (std::size_t row = size_; row-- > 0;) {
        for (std::size_t column = row + 1; column < size_; ++column) {
            b[row] -= values_[row * size_ + column] * b[column];
        }
        b[row] /= values_[row * size_ + row];
    }
}

} // namespace hodg::solvers
