// SPDX-License-Identifier: MIT
// Steps of a network whose objects read each other: all tiles go through the moments of a step
// together, with a barrier wherever one reads what another writes.
#include "sim/network_state.h"

#include <atomic>
#include <exception>

namespace hodg::sim {

/// What the members of a team share while they run one stretch.
struct NetworkState::LockstepRun {
    base::ThreadTeam* team = nullptr; // null: one thread
    std::atomic<bool> halt{false};    // a fault, or an exception of a projection
    std::exception_ptr error;         // written by member 0 only

    [[nodiscard]] int members() const { return team == nullptr ? 1 : team->size(); }
    void meet() const {
        if (team != nullptr) {
            team->barrier();
        }
    }
};

/// Links read other populations at t_k; each member gathers for some populations.
void NetworkState::gather_links(int member, int members) const {
    for (std::size_t p = static_cast<std::size_t>(member); p < populations_.size();
         p += static_cast<std::size_t>(members)) {
        const kernel::PopulationState& state = *populations_[p].state();
        for (const kernel::Link& link : state.links()) {
            if (!link.is_static()) {
                state.gather(link);
            }
        }
    }
}

void NetworkState::call_phase(LockstepRun& run, Projection::Phase Projection::* phase,
                              std::int64_t step) {
    if (run.halt.load(std::memory_order_relaxed)) {
        return;
    }
    try {
        for (const Projection& projection : projections_) {
            if (projection.*phase != nullptr) {
                (projection.*phase)(projection.self, step);
            }
        }
    } catch (...) {
        run.error = std::current_exception();
        run.halt.store(true, std::memory_order_relaxed);
    }
}

void NetworkState::lockstep_step(LockstepRun& run, int member, std::int64_t step) {
    const bool one = run.team == nullptr;
    const std::size_t first = one ? 0 : shares_[static_cast<std::size_t>(member)];
    const std::size_t last = one ? tiles_.size() : shares_[static_cast<std::size_t>(member) + 1];
    if (!projections_.empty()) {
        for (std::size_t t = first; t < last; ++t) {
            clear_inputs(*tiles_[t]);
        }
    }
    gather_links(member, run.members());
    run.meet();
    if (!projections_.empty()) {
        if (member == 0) {
            call_phase(run, &Projection::gather, step);
            call_phase(run, &Projection::advance, step);
        }
        run.meet();
    }
    for (std::size_t t = first; t < last; ++t) {
        advance_tile(*tiles_[t], step);
        if (tiles_[t]->fault != 0) {
            run.halt.store(true, std::memory_order_relaxed);
        }
    }
    if (!projections_.empty()) {
        run.meet();
        if (member == 0) {
            call_phase(run, &Projection::deliver, step);
        }
        run.meet();
    }
    for (std::size_t t = first; t < last; ++t) {
        if (tiles_[t]->block.any_event != 0) {
            finish_tile(*tiles_[t]);
            if (tiles_[t]->fault != 0) {
                run.halt.store(true, std::memory_order_relaxed);
            }
        }
    }
    run.meet();
    if (!projections_.empty()) {
        if (member == 0) {
            call_phase(run, &Projection::finish, step);
        }
        run.meet();
    }
}

void NetworkState::run_lockstep(std::int64_t begin, std::int64_t end, bool check) {
    LockstepRun run;
    const auto work = [&](int member) {
        for (std::int64_t step = begin; step < end; ++step) {
            lockstep_step(run, member, step);
            // Everyone passed a barrier after the last write, and no one writes before the next.
            if (run.halt.load(std::memory_order_relaxed)) {
                return;
            }
        }
    };
    if (worth_threads(end - begin)) {
        run.team = &team();
        run.team->run(work);
    } else {
        work(0);
    }
    if (run.error != nullptr) {
        std::rethrow_exception(run.error);
    }
    for (const auto& tile : tiles_) {
        if (check && !run.halt.load()) {
            check_finite(*tile, end - 1);
        }
    }
}

} // namespace hodg::sim
