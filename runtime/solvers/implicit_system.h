// SPDX-License-Identifier: MIT
// What an implicit integrator asks of whoever knows the equations and their structure.
#pragma once

#include <cstddef>
#include <span>

namespace hodg::solvers {

/// dy/dt = f(t, y), and a solver for the linear systems of Newton's method.
class ImplicitSystem {
public:
    ImplicitSystem() = default;
    virtual ~ImplicitSystem() = default;
    ImplicitSystem(const ImplicitSystem&) = delete;
    ImplicitSystem& operator=(const ImplicitSystem&) = delete;

    [[nodiscard]] virtual std::size_t size() const = 0;
    /// f(t, y). False if it is not finite: the integrator tries a smaller step.
    virtual bool slopes(double t, std::span<const double> y, std::span<double> f) = 0;
    /// Readies `solve` for the matrix 1 - gamma df/dy. `reuse`: df/dy of the last call will do.
    /// False if the matrix has no inverse that can be used; it has one for a smaller gamma.
    virtual bool factor(double t, std::span<const double> y, double gamma, bool reuse) = 0;
    /// Replaces the right-hand side by the solution.
    virtual void solve(std::span<double> b) = 0;
};

} // namespace hodg::solvers
