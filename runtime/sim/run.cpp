// SPDX-License-Identifier: MIT
// The run loop of NetworkState.
#include "abi/float_environment.h"
#include "base/clock.h"
#include "base/fail.h"
#include "sim/fault.h"
#include "sim/network_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <vector>

namespace hodg::sim {

using base::Code;
using base::fail;
using Clock = std::chrono::steady_clock;

static constexpr double seconds_between_polls = 0.05;
static constexpr double seconds_a_stretch = 0.02;
/// States are looked at for NaN at multiples of this many steps, and at the end of a run: at times
/// that do not depend on the speed of the machine, so that a fault is reported alike everywhere.
static constexpr std::int64_t steps_between_checks = 1000;
/// Entities times steps for which it pays to wake threads.
static constexpr std::int64_t work_for_threads = 50'000;

static double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

namespace {

/// True for the time of a run, also when it ends with an exception.
class Running {
public:
    explicit Running(bool& flag) : flag_(flag) { flag_ = true; }
    ~Running() { flag_ = false; }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

private:
    bool& flag_;
};

} // namespace

RunReport NetworkState::run(double duration, const RunOptions& options) {
    refuse_while_running("a run");
    const std::int64_t steps = base::steps_in(duration, options_.dt, "the duration of a run");
    if (faulted_) {
        fail(Code::NetworkFaulted, "the network met a fault before and cannot go on",
             "build it again with other values");
    }
    const Running running(running_);
    using abi::FloatEnvironment;
    const FloatEnvironment environment(options_.flush_denormals
                                           ? FloatEnvironment::Underflow::ToZero
                                           : FloatEnvironment::Underflow::Gradual);
    const Clock::time_point start = Clock::now();
    const std::int64_t begin = step_;
    const std::int64_t end = begin + steps;
    RunReport report;
    save_steps_ = options.save.path.empty() ? 0
                                            : base::steps_in(options.save.interval, options_.dt,
                                                             "the interval of saving");
    if (!options.save.path.empty() && save_steps_ == 0) {
        save_steps_ = INT64_MAX; // only at the end
    }
    const auto poll = [&] {
        const double fraction =
            steps == 0 ? 1.0 : static_cast<double>(step_ - begin) / static_cast<double>(steps);
        return !options.progress ||
               options.progress({fraction, static_cast<double>(step_) * options_.dt, duration,
                                 seconds_since(start)});
    };
    prepare();
    report.interrupted = !poll();
    Clock::time_point last_poll = Clock::now();
    while (step_ < end && !report.interrupted) {
        if (step_ > begin) {
            save_in_run(options.save, false);
        }
        const bool called = call_operations();
        if (options.guard && (called || step_ == begin || step_ % steps_between_checks == 0)) {
            keep_copy();
        }
        const std::int64_t stretch = stretch_end(end);
        const Clock::time_point stretch_start = Clock::now();
        const std::int64_t first = step_;
        try {
            run_stretch(first, stretch, stretch == end);
        } catch (const SimulationError&) {
            if (!options.guard) {
                throw;
            }
            find_first_fault();
            throw;
        }
        flush_recorders(false);
        seconds_per_step_ = seconds_since(stretch_start) / static_cast<double>(stretch - first);
        consider_threads();
        if (step_ < end && seconds_since(last_poll) >= seconds_between_polls) {
            report.interrupted = !poll();
            last_poll = Clock::now();
        }
    }
    set_stimuli(false);
    if (!report.interrupted) {
        if (options.record_end) {
            for (const auto& recorder : recorders_) {
                recorder->sample_once(step_);
            }
        }
        report.interrupted = !poll() && step_ < end;
    }
    flush_recorders(true);
    save_in_run(options.save, true);
    report.steps = step_ - begin;
    report.wall_seconds = seconds_since(start);
    return report;
}

/// Every recorder gets its turn, also when the file of one takes no more; the first error counts.
void NetworkState::flush_recorders(bool all) {
    std::exception_ptr error;
    for (const auto& recorder : recorders_) {
        try {
            recorder->flush(all);
        } catch (...) {
            error = error == nullptr ? std::current_exception() : error;
        }
    }
    if (error != nullptr) {
        set_stimuli(false);
        std::rethrow_exception(error);
    }
}

/// Before the operations and samples of the next step: they belong to it.
void NetworkState::save_in_run(const SaveOptions& options, bool always) {
    if (save_steps_ == 0 || (!always && step_ % save_steps_ != 0)) {
        return;
    }
    set_stimuli(false);
    running_ = false;
    save(options.path, options.notes ? options.notes() : Notes{});
    running_ = true;
}

/// Brings plan and populations up to date with everything that was assigned.
void NetworkState::prepare() {
    if (!plan_is_current()) {
        make_plan();
    }
    for (const auto& tile : tiles_) {
        if (tile->rests != nullptr && tile->population->assigned()) {
            tile->rests->forget();
        }
    }
    for (const bool linked : {false, true}) { // what is read by links is set before
        for (const Population& population : populations_) {
            if (population.state()->links().empty() != linked) {
                population.state()->prepare_step(step_);
            }
        }
    }
    for (const auto& synapses : synapses_) {
        synapses->prepare_step(step_);
    }
    for (MemberPlan& plan : step_plan_.plans) {
        for (stimulus::InputDrive& drive : plan.drives) {
            drive.next = INT64_MIN; // the series may be another one since the last run
        }
    }
}

/// Driven parameters take the values of this step, or become the user's again.
void NetworkState::set_stimuli(bool apply) {
    for (const auto& stimulus : stimuli_) {
        if (!stimulus->is_input()) {
            apply ? stimulus->apply(step_) : stimulus->release();
            stimulus->target().prepare_step(step_);
            continue;
        }
        kernel::HostSolver* solver = stimulus->target().host_solver();
        const stimulus::Series& series = stimulus->series();
        if (apply && solver != nullptr && series.at(step_) != series.at(step_ - 1)) {
            solver->jump();
        }
    }
}

bool NetworkState::call_operations() {
    bool called = false;
    for (std::size_t n = 0; n < operations_.size(); ++n) {
        Operation& operation = operations_[n];
        if (operation.next == step_) {
            if (!called) {
                set_stimuli(false);
            }
            operation.next = operation.interval == 0 ? -1 : step_ + operation.interval;
            operation.call();
            called = true;
        }
    }
    if (called) {
        std::erase_if(operations_, [](const Operation& operation) { return operation.next < 0; });
        prepare();
    }
    return called;
}

std::int64_t NetworkState::stretch_end(std::int64_t run_end) const {
    std::int64_t end = std::min(run_end, (step_ / steps_between_checks + 1) * steps_between_checks);
    for (const Operation& operation : operations_) {
        if (operation.next > step_) {
            end = std::min(end, operation.next);
        }
    }
    for (const auto& recorder : recorders_) {
        const std::int64_t longest = recorder->longest_stretch();
        end = longest < end - step_ ? step_ + longest : end;
    }
    if (save_steps_ > 0) {
        end = std::min(end, save_steps_ * (step_ / save_steps_ + 1));
    }
    for (const auto& stimulus : stimuli_) {
        if (!stimulus->is_input() || stimulus->target().host_solver() != nullptr) {
            end = std::min(end, stimulus->series().next_change(step_));
        }
    }
    const double fitting = seconds_per_step_ > 0 ? seconds_a_stretch / seconds_per_step_ : 16;
    return std::min(end, step_ + static_cast<std::int64_t>(
                                     std::clamp(fitting * team_choice_.length(), 1.0, 1e6)));
}

/// Threads meet in every step, or after as many as the shortest delay allows.
void NetworkState::consider_threads() {
    if (lockstep_ && step_plan_.members > 1) {
        team_choice_.took(seconds_per_step_);
    }
    if (!lockstep_ || threads_pay_ || options_.threads < 2 || step_plan_.members > 1) {
        return;
    }
    worth_meeting_.took(seconds_per_step_, step_plan_.steps_apart);
    if (worth_meeting_.known()) {
        threads_pay_ = true;
        plan_made_ = false;
        prepare();
    }
}

/// Makes room in every recorder, or in none.
void NetworkState::begin_recording(std::int64_t begin, std::int64_t end) {
    for (std::size_t n = 0; n < recorders_.size(); ++n) {
        try {
            recorders_[n]->begin_stretch(begin, end);
        } catch (...) {
            for (std::size_t before = 0; before <= n; ++before) {
                recorders_[before]->end_stretch(begin, begin);
            }
            throw;
        }
    }
}

void NetworkState::run_stretch(std::int64_t begin, std::int64_t end, bool last) {
    set_stimuli(true);
    begin_recording(begin, end);
    for (const Population& population : populations_) {
        for (const kernel::Link& link : population.state()->links()) {
            if (link.is_static()) {
                population.state()->gather(link);
            }
        }
    }
    const bool check = last || end % steps_between_checks == 0;
    try {
        lockstep_ ? run_lockstep(begin, end, check) : run_free(begin, end, check);
    } catch (...) { // out of memory, or a projection: tiles may stand at different steps
        faulted_ = true;
        for (const auto& recorder : recorders_) {
            recorder->end_stretch(begin, begin);
        }
        throw;
    }
    std::int64_t done = end;
    for (const auto& tile : tiles_) {
        if (tile->fault != 0) {
            faulted_ = true;
            done = std::min(done, tile->late_fault ? end : tile->fault_step);
        }
    }
    if (synapse_fault_.synapses != nullptr) {
        faulted_ = true;
        done = std::min(done, synapse_fault_.late ? end : synapse_fault_.step);
    }
    step_ = done;
    for (const auto& synapses : synapses_) {
        synapses->at_step(step_);
    }
    for (const auto& recorder : recorders_) {
        recorder->end_stretch(done, done < end ? done + 1 : end);
    }
    if (faulted_) {
        const bool of_tile = std::any_of(tiles_.begin(), tiles_.end(), [this](const auto& tile) {
            return tile->fault != 0 && tile->fault_step <= synapse_fault_.step;
        });
        if (!of_tile) {
            throw_fault(synapse_fault_, options_.dt, looked_at_);
        }
        throw_fault(tiles_, options_.dt, looked_at_);
    }
    if (check) {
        looked_at_ = end;
    }
}

bool NetworkState::worth_threads(std::int64_t steps) const {
    if (options_.threads < 2 || tiles_.size() < 2) {
        return false;
    }
    return entities_ * steps >= work_for_threads;
}

base::ThreadTeam& NetworkState::team() {
    if (team_ != nullptr && !team_->usable()) {
        static_cast<void>(team_.release()); // after fork: its threads are not here
    }
    if (team_ == nullptr || team_->size() != options_.threads) {
        team_ = std::make_unique<base::ThreadTeam>(options_.threads);
    }
    return *team_;
}

void NetworkState::run_free(std::int64_t begin, std::int64_t end, bool check) {
    const auto run_one = [&](Tile& tile) {
        run_tile(tile, begin, end);
        if (check) {
            check_finite(tile, end - 1);
        }
    };
    if (!worth_threads(end - begin)) {
        for (const auto& tile : tiles_) {
            run_one(*tile);
        }
        return;
    }
    // The own tiles first; then what a thread that was held up has left.
    std::vector<std::atomic<bool>> taken(tiles_.size());
    const std::size_t threads = shares_.size() - 1;
    team().run([&](int member) {
        for (std::size_t k = 0; k < threads; ++k) {
            const std::size_t share = (static_cast<std::size_t>(member) + k) % threads;
            for (std::size_t t = shares_[share]; t < shares_[share + 1]; ++t) {
                if (!taken[t].exchange(true, std::memory_order_relaxed)) {
                    run_one(*tiles_[t]);
                }
            }
        }
    });
}

} // namespace hodg::sim
