// SPDX-License-Identifier: MIT
// A small dense matrix and its factors.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace hodg::solvers {

/// Gaussian elimination with exchange of rows.
class DenseFactors {
public:
    explicit DenseFactors(std::size_t size) : size_(size), values_(size * size), exchanged_(size) {}

    /// To be filled before `factor`, which replaces it.
    [[nodiscard]] double& at(std::size_t row, std::size_t column) {
        return values_[row * size_ + column];
    }
    /// False if the matrix is singular or not finite.
    [[nodiscard]] bool factor();
    /// Replaces the right-hand side by the solution.
    void solve(std::span<double> b) const;

private:
    std::size_t size_;
    std::vector<double> values_;
    std::vector<std::size_t> exchanged_; // with which row, by step
};

} // namespace hodg::solvers
