// SPDX-License-Identifier: MIT
// Steps of a network whose objects act upon each other: all go through the moments of a step
// together. Threads meet where one reads what another writes. Where the shortest delay between
// threads is several steps, so many steps (an epoch) lie between two barriers.
#include "sim/network_state.h"

#include <algorithm>
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
    std::size_t next_word = 0;   // of the paths that are due in this step
    std::uint64_t due_paths = 0; // of the word before that

    /// The first of due_paths.
    [[nodiscard]] std::uint32_t due_path() const {
        return static_cast<std::uint32_t>((next_word - 1) * 64) +
               static_cast<std::uint32_t>(std::countr_zero(due_paths));
    }
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

/// What one thread does: the work of a member, or of all. A moment of the step ends for every
/// member before the next begins.
struct NetworkState::Worker {
    LockstepRun& run;
    std::vector<MemberRun> members;
};

/// Links read other populations at t_k; each member gathers for some populations.
void NetworkState::gather_links(std::size_t member, std::int64_t step) const {
    for (std::size_t p = member; p < populations_.size(); p += step_plan_.plans.size()) {
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

/// Time and empty inputs.
static void begin_step(MemberPlan& plan, std::int64_t step, double t) {
    for (hhk_context* context : plan.contexts) {
        context->step = step;
        context->t = t;
    }
    clear_rows(plan.clears);
}

void NetworkState::call_sums(MemberRun& own, const Sums& sums, std::int64_t step) {
    for (synapse::Call* one : sums) {
        if (!call(*one)) [[unlikely]] {
            own.run.synapses_failed(step, own.epoch);
        }
    }
}

void NetworkState::add_sums(Worker& worker, std::int64_t step) {
    const std::size_t count = worker.members.front().plan.sums.size();
    for (std::size_t s = 0; s < count; ++s) {
        if (s != 0) {
            worker.run.meet();
        }
        for (MemberRun& own : worker.members) {
            call_sums(own, own.plan.sums[s], step);
        }
    }
}

/// Inputs from states at t_k, then synapses to t_{k+1}.
void NetworkState::before_advance(Worker& worker, std::int64_t step) {
    const double t = static_cast<double>(step) * options_.dt;
    for (MemberRun& own : worker.members) {
        begin_step(own.plan, step, t);
    }
    if (step_plan_.meet_before_reads) {
        worker.run.meet();
    }
    if (step_plan_.has_links) {
        for (const MemberRun& own : worker.members) {
            gather_links(own.member, step);
        }
        worker.run.meet(); // sums may read what another thread gathered
    }
    for (MemberRun& own : worker.members) {
        for (stimulus::InputDrive& drive : own.plan.drives) {
            drive.add(step);
        }
        for (const DelayedReads& delayed : own.plan.delayed) {
            delayed.synapses->fill_signals(delayed.member, step);
        }
    }
    add_sums(worker, step);
    for (MemberRun& own : worker.members) {
        for (const record::Probe& probe : own.plan.probes) {
            probe.call(probe.self, step);
        }
        for (synapse::Call* one : own.plan.advances) {
            if (!call(*one)) [[unlikely]] {
                own.run.synapses_failed(step, own.epoch);
            }
        }
    }
    if (step_plan_.meet_before_advance) {
        worker.run.meet();
    }
}

/// More tiles than this do not stay in the second-level cache from one step to the next.
static constexpr std::size_t few_tiles = 8;

/// Many tiles go forth in one step and back in the next: those that were last are still at hand.
void NetworkState::advance_own(MemberRun& own, std::int64_t step) {
    MemberPlan& plan = own.plan;
    plan.fired.clear();
    const std::size_t first = shares_[own.member];
    const std::size_t last = shares_[own.member + 1];
    const bool back = last - first > few_tiles && step % 2 != 0;
    for (std::size_t n = first; n < last; ++n) {
        const std::size_t t = back ? last - 1 - (n - first) : n;
        Tile& tile = *tiles_[t];
        if (tile.rests != nullptr) {
            tile.rests->begin_step(step);
        }
        advance_tile(tile, step);
        if (tile.block.any_event != 0) {
            plan.fired.push_back(t);
        }
        if (tile.fault != 0) [[unlikely]] {
            own.run.halt_after(own.epoch);
        }
    }
    if (back) { // events are collected in order
        std::ranges::reverse(plan.fired);
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

static void tell_rests(const Tile& tile) {
    for (std::uint64_t events = tile.block.any_event; events != 0; events &= events - 1) {
        const auto e = static_cast<std::uint32_t>(std::countr_zero(events));
        if (tile.model->events[e].sets_last_spike != 0) {
            tile.rests->add_spikes(tile.context.event_bits[e]);
        }
    }
}

/// Lists of the events of the own tiles; those that only the own targets hear arrive at once.
void NetworkState::collect_events(MemberRun& own, std::int64_t step, std::size_t offset) {
    MemberPlan& plan = own.plan;
    const std::size_t first = shares_[own.member];
    for (const std::size_t t : plan.fired) {
        const Tile& tile = *tiles_[t];
        tell_spikes(tile, plan.guards[t - first]);
        if (tile.rests != nullptr) {
            tell_rests(tile);
        }
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

/// Targets of a path, as often as events arrive at each.
static void deliver_counts(const Path& path, const synapse::Arrivals::Due& due, hhk_block& block) {
    const hhk_range targets = path.arrivals->form().targets;
    for (const std::uint32_t target : due.full) { // 256 more: what fits, and one
        alignas(HHK_BLOCK) std::uint8_t counts[HHK_BLOCK] = {};
        for (const std::uint8_t more : {std::uint8_t{255}, std::uint8_t{1}}) {
            block.begin = targets.begin + (target - target % HHK_BLOCK);
            block.end = std::min(block.begin + HHK_BLOCK, targets.end);
            counts[target % HHK_BLOCK] = more;
            block.counts = counts;
            path.by_count(path.context, &block);
        }
    }
    block.begin = targets.begin;
    block.end = targets.end;
    block.counts = due.counts;
    path.by_count(path.context, &block);
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
    if (due.counts != nullptr) {
        deliver_counts(path, due, block);
    }
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

/// Goes to the words of paths that are due; false when there are no more.
bool NetworkState::find_due(MemberRun& own, std::int64_t step) {
    MemberPlan& plan = own.plan;
    std::uint64_t* due =
        plan.due.data() + static_cast<std::size_t>(step & plan.due_mask) * plan.words;
    while (own.due_paths == 0 && own.next_word < plan.words) {
        own.due_paths = due[own.next_word] | plan.always[own.next_word];
        due[own.next_word++] = 0;
    }
    return own.due_paths != 0;
}

void NetworkState::deliver_next(MemberRun& own, std::int64_t step) {
    const std::uint32_t number = own.due_path();
    own.due_paths &= own.due_paths - 1;
    Path& path = own.plan.paths[number];
    if (!path.mine) {
        return;
    }
    deliver_path(path, step);
    if (path.arrivals->stays_due()) {
        own.plan.mark(number, step + 1);
    }
    if (*path.fault != 0) [[unlikely]] {
        own.run.synapses_failed(step, own.epoch);
    }
}

/// Paths with a fence are due for every member in every step.
void NetworkState::deliver(Worker& worker, std::int64_t step) {
    for (MemberRun& own : worker.members) {
        own.next_word = 0;
    }
    for (bool fence = true; fence;) {
        for (MemberRun& own : worker.members) {
            fence = false;
            while (!fence && find_due(own, step)) {
                fence = own.plan.paths[own.due_path()].fence;
                if (!fence) {
                    deliver_next(own, step);
                }
            }
        }
        if (fence) {
            worker.run.meet();
            for (MemberRun& own : worker.members) {
                deliver_next(own, step);
            }
            worker.run.meet();
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
void NetworkState::one_epoch(Worker& worker, std::int64_t begin, std::int64_t end) {
    for (MemberRun& own : worker.members) {
        std::vector<EventStream::Lists*>& filled = own.plan.filled[own.parity()];
        for (EventStream::Lists* lists : filled) { // of two epochs ago
            for (std::vector<std::int32_t>& list : lists->steps) {
                list.clear();
            }
            lists->any = false;
        }
        filled.clear();
    }
    for (std::int64_t step = begin; step < end; ++step) {
        const auto offset = static_cast<std::size_t>(step - begin);
        before_advance(worker, step);
        for (MemberRun& own : worker.members) {
            advance_own(own, step);
            if (!own.plan.fired.empty()) {
                own.guarded([&] { collect_events(own, step, offset); });
            }
        }
        if (step_plan_.immediate) {
            worker.run.meet();
            for (MemberRun& own : worker.members) {
                if (own.run.members > 1 || !own.plan.fired.empty()) {
                    own.guarded([&] { push_events(own, step, offset); });
                }
            }
        }
        deliver(worker, step);
        if (step_plan_.meet_before_resets) {
            worker.run.meet();
        }
        for (MemberRun& own : worker.members) {
            finish_own(own);
        }
    }
    if (!step_plan_.immediate) {
        worker.run.meet();
        for (MemberRun& own : worker.members) {
            for (std::int64_t step = begin; step < end; ++step) {
                const auto offset = static_cast<std::size_t>(step - begin);
                own.guarded([&] { push_events(own, step, offset); });
            }
        }
    }
}

void NetworkState::run_lockstep(std::int64_t begin, std::int64_t end, bool check) {
    LockstepRun run;
    run.members = step_plan_.plans.size();
    const auto work = [&](std::size_t first, std::size_t last) {
        Worker worker{run, {}};
        for (std::size_t m = first; m < last; ++m) {
            worker.members.push_back({run, m, step_plan_.plans[m]});
        }
        std::int64_t epoch = step_plan_.epochs;
        for (std::int64_t step = begin; step < end; ++epoch) {
            for (MemberRun& own : worker.members) {
                own.epoch = epoch;
            }
            const std::int64_t stop = std::min(step + step_plan_.epoch, end);
            one_epoch(worker, step, stop);
            step = stop;
            // Everyone who says so in this epoch has done it before the last barrier, or tells it
            // at the next: nobody is left waiting.
            if (run.team != nullptr) {
                if (run.halt.load(std::memory_order_acquire) < epoch) {
                    break;
                }
            } else if (run.halt.load(std::memory_order_relaxed) <= epoch) {
                break;
            }
        }
    };
    if (run.members > 1 && team_choice_.together()) {
        run.team = &team();
        run.team->run([&](int member) {
            const auto m = static_cast<std::size_t>(member);
            work(m, m + 1);
        });
    } else {
        work(0, run.members);
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
