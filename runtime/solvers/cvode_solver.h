// SPDX-License-Identifier: MIT
// CVODE (SUNDIALS) for models that the host integrates: variable order and step, one integrator per
// entity, so that what an entity does depends on nothing but itself.
#pragma once

#include "abi/kernel_abi.h"
#include "base/crossing.h"

#include <cstdint>
#include <memory>
#include <span>

namespace hodg::solvers {

/// Belongs to one thread at a time.
class CvodeSolver {
public:
    explicit CvodeSolver(const hhk_model& model);
    ~CvodeSolver();
    CvodeSolver(const CvodeSolver&) = delete;
    CvodeSolver& operator=(const CvodeSolver&) = delete;

    /// Crossings of states of the block to look for from now on, in place of those before.
    void watch(std::span<const base::Crossing> crossings);

    /// Integrates every entity of the block from context.t to context.t + dt and leaves the results
    /// in the fields `solved:...`; the states stay as they are. It starts anew in every step, so
    /// runs can be cut anywhere. Where it cannot go on it leaves NaN, which the kernel reports.
    void advance(const hhk_context& context, const hhk_block& block);

private:
    class System;
    std::unique_ptr<System> system_;
};

} // namespace hodg::solvers
