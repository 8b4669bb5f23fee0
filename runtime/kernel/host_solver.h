// SPDX-License-Identifier: MIT
// Whoever advances what a model leaves to its host (hhk_model.needs_host_solver), as populations
// and the run loop see it.
#pragma once

#include "abi/kernel_abi.h"
#include "base/crossing.h"

#include <cstdint>
#include <span>
#include <vector>

namespace hodg::archive {
class In;
class Out;
} // namespace hodg::archive

namespace hodg::kernel {

class PopulationState;

class HostSolver {
public:
    HostSolver() = default;
    virtual ~HostSolver() = default;
    HostSolver(const HostSolver&) = delete;
    HostSolver& operator=(const HostSolver&) = delete;

    /// Entities that must be advanced together, as one tile; whole blocks of HHK_BLOCK.
    struct Piece {
        std::int64_t begin = 0;
        std::int64_t end = 0;
        void* self = nullptr; // hhk_context.reserved[0] of the tile
    };
    [[nodiscard]] virtual std::vector<Piece> pieces() = 0;
    /// Stands in the place of the model's hook advance, and calls it.
    [[nodiscard]] virtual hhk_block_fn advance() const = 0;
    /// Before a step, after derived values. `assigned`: something was given a value since the last
    /// call; `jumped`: another one than the last step has seen.
    virtual void prepare(PopulationState& population, bool assigned, bool jumped) = 0;
    /// What drives the population jumps at the start of the next step.
    virtual void jump() {}
    /// It reads values of other entities, as they are at the start of a step, in `gather`.
    [[nodiscard]] virtual bool reads_others() const { return false; }
    virtual void gather(std::int64_t /*step*/) {}
    /// Crossings to look for in the steps of a piece from now on, in place of those before.
    virtual void watch(void* /*piece*/, std::span<const base::Crossing> /*crossings*/) {}
    /// What of it decides the steps to come. After `restore` the next `prepare` must not take
    /// derived coefficients as known.
    virtual void save(const archive::Out& /*out*/) const {}
    virtual void restore(const archive::In& /*in*/) {}
};

} // namespace hodg::kernel
