// SPDX-License-Identifier: MIT
// Steps of a network whose objects act upon each other: all go through the moments of a step
// together. Threads meet where one reads what another writes. Where the shortest delay between
// threads is several steps, so many steps (an epoch) lie between two barriers.
#include "sim/network_state.h"

#include <atomic>
#include <bit>
#include <cstring>
#include <exception>
#include <mutex>

namespace hodg::sim {

/// What the members of a team share while they run one stretch.
struct NetworkState::LockstepRun {
    static constexpr std::int64_t never = INT64_MAX;

    base::ThreadTeam* team = nullptr; // null: one thread
    std::size_t members = 1;
    std::atomic<std::int64_t> halt{never};          // number of the epoch after which all stop
    std::atomic<std::int64_t> synapse_fault{never}; // first step in which synapses met one
    std::mutex error_guard;
    std::exception_ptr error;

    void meet() const {
        if (team != nullptr) {
            team->barrier();
        }
    }
    void halt_after(std::int64_t epoch) { lower(halt, epoch); }
    void synapses_failed(std::int64_t step, std::int64_t epoch) {
        lower(synapse_fault, step);
        halt_after(epoch);
    }

private:
    static void lower(std::atomic<std::int64_t>& value, std::int64_t to) {
        std::int64_t known = value.load(std::memory_order_relaxed);
        while (to < known && !value.compare_exchange_weak(known, to)) {
        }
    }
};

/// What belongs to one member alone.
struct NetworkState::MemberRun {
    LockstepRun& run;
    std::size_t member;
    MemberPlan& plan;
    std::int64_t epoch = 0;

    [[nodiscard]] std::size_t parity() const { return static_cast<std::size_t>(epoch & 1); }

    /// A phase that may run out of memory. The member goes on to the barriers that others wait at.
    template <class Phase> void guarded(const Phase& phase) {
        try {
            phase();
        } catch (...) {
            const std::scoped_lock lock(run.error_guard);
            run.error = std::current_exception();
            run.halt_after(epoch);
        }
    }
};

/// Links read other populations at t_k; each member gathers for some populations.
void NetworkState::gather_links(int member, int members, std::int64_t step) const {
    for (std::size_t p = static_cast<std::size_t>(member); p < populations_.size();
         p += static_cast<std::size_t>(members)) {
        const kernel::PopulationState& state = *populations_[p].state();
        for (const kernel::Link& link : state.links()) {
            if (!link.is_static()) {
                state.gather(link);
            }
        }
        if (state.host_solver() != nullptr) {
            state.host_solver()->gather(step);
        }
    }
}

/// False after a fault.
static bool call(synapse::Call& one) {
    one.function(one.context, &one.block);
    return one.block.fault == 0;
}

/// Inputs from states at t_k, then synapses to t_{k+1}.
void NetworkState::before_advance(MemberRun& own, std::int64_t step) {
    MemberPlan& plan = own.plan;
    const double t = static_cast<double>(step) * options_.dt;
    for (hhk_context* context : plan.contexts) {
        context->step = step;
        context->t = t;
    }
    clear_rows(plan.clears);
    if (step_plan_.meet_before_reads) {
        own.run.meet();
    }
    if (step_plan_.has_links) {
        gather_links(static_cast<int>(own.member), static_cast<int>(own.run.members), step);
        own.run.meet(); // sums may read what another thread gathered
    }
    for (stimulus::InputDrive& drive : plan.drives) {
        drive.add(step);
    }
    for (const DelayedReads& delayed : plan.delayed) {
        delayed.synapses->fill_signals(delayed.member, step);
    }
    for (const Sums& sums : plan.sums) {
        if (sums.fence) {
            own.run.meet();
        }
        if (sums.calls != nullptr) {
            for (synapse::Call& one : *sums.calls) {
                if (!call(one)) [[unlikely]] {
                    own.run.synapses_failed(step, own.epoch);
                }
            }
        }
        if (sums.fence) {
            own.run.meet();
        }
    }
    for (const record::Probe& probe : plan.probes) {
        probe.call(probe.self, step);
    }
    for (synapse::Call* one : plan.advances) {
        if (!call(*one)) [[unlikely]] {
            own.run.synapses_failed(step, own.epoch);
        }
    }
    if (step_plan_.meet_before_advance) {
        own.run.meet();
    }
}

void NetworkState::advance_own(MemberRun& own, std::int64_t step) {
    MemberPlan& plan = own.plan;
    plan.fired.clear();
    const std::size_t first = shares_[own.member];
    const std::size_t last = shares_[own.member + 1];
    for (std::size_t t = first; t < last; ++t) {
        Tile& tile = *tiles_[t];
        advance_tile(tile, step);
        if (tile.block.any_event != 0) {
            plan.fired.push_back(t);
        }
        if (tile.fault != 0) [[unlikely]] {
            own.run.halt_after(own.epoch);
        }
    }
}

template <class Visit>
static void for_each_event(const Tile& tile, std::uint32_t event, const Visit& visit) {
    const std::uint64_t* words = tile.context.event_bits[event];
    const std::int64_t last = (tile.block.end + HHK_BLOCK - 1) / HHK_BLOCK;
    for (std::int64_t word = tile.block.begin / HHK_BLOCK; word < last; ++word) {
        for (std::uint64_t bits = words[word]; bits != 0; bits &= bits - 1) {
            visit(word * HHK_BLOCK + std::countr_zero(bits));
        }
    }
}

/// Last spikes are told before arrivals, which must know who is refractory.
static void tell_spikes(const Tile& tile, const Guard& guard) {
    for (std::uint64_t spikes = guard.events & tile.block.any_event; spikes != 0;
         spikes &= spikes - 1) {
        for_each_event(tile, static_cast<std::uint32_t>(std::countr_zero(spikes)),
                       [&](std::int64_t i) {
                           if (guard.last_spike != nullptr) {
                               guard.last_spike[i] = tile.context.step;
                           }
                           if (guard.not_refractory != nullptr) {
                               guard.not_refractory[i] = 0;
                           }
                       });
    }
}

/// Lists of the events of the own tiles; those that only the own targets hear arrive at once.
void NetworkState::collect_events(MemberRun& own, std::int64_t step, std::size_t offset) {
    MemberPlan& plan = own.plan;
    const std::size_t first = shares_[own.member];
    for (const std::size_t t : plan.fired) {
        const Tile& tile = *tiles_[t];
        tell_spikes(tile, plan.guards[t - first]);
        for (const StreamOfTile& heard : plan.streams[t - first]) {
            if ((tile.block.any_event >> heard.event & 1U) == 0) {
                continue;
            }
            EventStream::Lists& lists = heard.stream->lists[own.parity()][own.member];
            std::vector<std::int32_t>& list = lists.steps[offset];
            if (!lists.any) {
                lists.any = true;
                plan.filled[own.parity()].push_back(&lists);
            }
            if (list.empty()) {
                plan.told.push_back(heard.number);
            }
            for_each_event(tile, heard.event,
                           [&](std::int64_t i) { list.push_back(static_cast<std::int32_t>(i)); });
        }
    }
    for (const std::uint32_t stream : plan.told) {
        const auto& list =
            step_plan_.streams[stream]->lists[own.parity()][own.member].steps[offset];
        for (const std::uint32_t path : plan.own_listeners[stream]) {
            plan.paths[path].arrivals->push(
                list, step, [&](std::int64_t arrival) { plan.mark(path, arrival); });
        }
    }
    plan.told.clear();
}

/// Events of all threads set out to the own targets.
void NetworkState::push_events(MemberRun& own, std::int64_t step, std::size_t offset) {
    MemberPlan& plan = own.plan;
    for (const std::uint32_t s : plan.pushed_streams) {
        for (const EventStream::Lists& lists : step_plan_.streams[s]->lists[own.parity()]) {
            if (!lists.any || lists.steps[offset].empty()) {
                continue;
            }
            for (const std::uint32_t path : plan.listeners[s]) {
                plan.paths[path].arrivals->push(
                    lists.steps[offset], step,
                    [&](std::int64_t arrival) { plan.mark(path, arrival); });
            }
        }
    }
}

/// One path: statements of synapses, then what is kept once per entity.
static void deliver_path(Path& path, std::int64_t step) {
    hhk_block block{};
    if (path.every_step) {
        if (path.all.begin < path.all.end && path.deliver != nullptr) {
            block.ranges = &path.all;
            block.range_count = 1;
            path.deliver(path.context, &block);
        }
        *path.fault |= block.fault;
        return;
    }
    const synapse::Arrivals::Due due = path.arrivals->take(step);
    if (path.deliver != nullptr && !due.ranges.empty()) {
        block.ranges = due.ranges.data();
        block.range_count = static_cast<std::int64_t>(due.ranges.size());
        block.items = due.items;
        path.deliver(path.context, &block);
    }
    if (path.entities != nullptr && !due.entities.empty()) {
        const hhk_range all{0, static_cast<std::int64_t>(due.entities.size())};
        block.ranges = &all;
        block.range_count = 1;
        block.items = due.entities.data();
        path.entities(path.context, &block);
    }
    *path.fault |= block.fault;
}

void NetworkState::deliver(MemberRun& own, std::int64_t step) {
    MemberPlan& plan = own.plan;
    std::uint64_t* due =
        plan.due.data() + static_cast<std::size_t>(step & plan.due_mask) * plan.words;
    for (std::size_t word = 0; word < plan.words; ++word) {
        const std::uint64_t set = due[word] | plan.always[word];
        due[word] = 0;
        for (std::uint64_t bits = set; bits != 0; bits &= bits - 1) {
            const auto number = static_cast<std::uint32_t>(word * 64) +
                                static_cast<std::uint32_t>(std::countr_zero(bits));
            Path& path = plan.paths[number];
            if (path.fence) {
                own.run.meet();
            }
            if (path.mine) {
                deliver_path(path, step);
                if (path.arrivals->stays_due()) {
                    plan.mark(number, step + 1);
                }
                if (*path.fault != 0) [[unlikely]] {
                    own.run.synapses_failed(step, own.epoch);
                }
            }
            if (path.fence) {
                own.run.meet();
            }
        }
    }
}

void NetworkState::finish_own(MemberRun& own) {
    for (const std::size_t t : own.plan.fired) {
        finish_tile(*tiles_[t]);
        if (tiles_[t]->fault != 0) [[unlikely]] {
            own.run.halt_after(own.epoch);
        }
    }
}

/// Steps begin to end, between two exchanges of events.
void NetworkState::one_epoch(MemberRun& own, std::int64_t begin, std::int64_t end) {
    std::vector<EventStream::Lists*>& filled = own.plan.filled[own.parity()];
    for (EventStream::Lists* lists : filled) { // of two epochs ago
        for (std::vector<std::int32_t>& list : lists->steps) {
            list.clear();
        }
        lists->any = false;
    }
    filled.clear();
    for (std::int64_t step = begin; step < end; ++step) {
        const auto offset = static_cast<std::size_t>(step - begin);
        before_advance(own, step);
        advance_own(own, step);
        if (!own.plan.fired.empty()) {
            own.guarded([&] { collect_events(own, step, offset); });
        }
        if (step_plan_.immediate) {
            own.run.meet();
            if (own.run.members > 1 || !own.plan.fired.empty()) {
                own.guarded([&] { push_events(own, step, offset); });
            }
        }
        deliver(own, step);
        if (step_plan_.meet_before_resets) {
            own.run.meet();
        }
        finish_own(own);
    }
    if (!step_plan_.immediate) {
        own.run.meet();
        for (std::int64_t step = begin; step < end; ++step) {
            own.guarded([&] { push_events(own, step, static_cast<std::size_t>(step - begin)); });
        }
    }
}

void NetworkState::run_lockstep(std::int64_t begin, std::int64_t end, bool check) {
    LockstepRun run;
    run.members = step_plan_.plans.size();
    const auto work = [&](int member) {
        const auto m = static_cast<std::size_t>(member);
        MemberRun own{run, m, step_plan_.plans[m]};
        own.epoch = step_plan_.epochs;
        for (std::int64_t step = begin; step < end; ++own.epoch) {
            const std::int64_t stop = std::min(step + step_plan_.epoch, end);
            one_epoch(own, step, stop);
            step = stop;
            // Everyone who says so in this epoch has done it before the last barrier, or tells it
            // at the next: nobody is left waiting.
            if (run.team != nullptr) {
                if (run.halt.load(std::memory_order_acquire) < own.epoch) {
                    break;
                }
            } else if (run.halt.load(std::memory_order_relaxed) <= own.epoch) {
                break;
            }
        }
    };
    if (run.members > 1) {
        run.team = &team();
        run.team->run(work);
    } else {
        work(0);
    }
    step_plan_.epochs += (end - begin + step_plan_.epoch - 1) / step_plan_.epoch;
    if (run.error != nullptr) {
        std::rethrow_exception(run.error);
    }
    for (const auto& tile : tiles_) {
        if (check && run.halt.load() == LockstepRun::never) {
            check_finite(*tile, end - 1);
        }
    }
    for (const auto& synapses : synapses_) {
        const bool at_once = synapses->fault() != 0;
        if (at_once || (check && synapses->find_bad_value())) {
            synapse_fault_ = {synapses.get(), at_once ? run.synapse_fault.load() : end - 1,
                              !at_once};
            break;
        }
    }
}

} // namespace hodg::sim
