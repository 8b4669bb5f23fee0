// SPDX-License-Identifier: MIT
// CVODE (SUNDIALS) for a system that brings its own linear solver.
#pragma once

#include "solvers/implicit_system.h"

#include <cstddef>
#include <memory>
#include <span>

namespace hodg::solvers {

/// A level that a variable may cross upward.
struct Level {
    std::size_t variable = 0;
    double level = 0;
    double time = 0; // out: of the first crossing; NaN where there was none
};

/// Backward differences of variable order and step. Belongs to one thread at a time.
class CvodeIntegrator {
public:
    /// Bounds of the local error: relative, and absolute for each of the system's variables.
    CvodeIntegrator(ImplicitSystem& system, double relative, std::span<const double> absolute);
    ~CvodeIntegrator();
    CvodeIntegrator(const CvodeIntegrator&) = delete;
    CvodeIntegrator& operator=(const CvodeIntegrator&) = delete;

    /// Moves y from t to `end`. It starts anew in every call, so that runs can be cut anywhere.
    /// False if it cannot go on. Looking for crossings does not change y.
    bool integrate(double t, double end, std::span<double> y, std::span<Level> levels = {});

private:
    class Memory;
    std::unique_ptr<Memory> memory_;
};

} // namespace hodg::solvers
