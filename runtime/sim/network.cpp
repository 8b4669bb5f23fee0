// SPDX-License-Identifier: MIT
// Building a network; plan.cpp lays out a step and run.cpp runs it.
#include "hodg/network.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/stable_hash.h"
#include "sim/network_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace hodg::sim {

using base::Code;
using base::fail;

static constexpr int most_threads = 1024;

static int checked_threads(int threads) {
    if (threads < 0 || threads > most_threads) {
        fail(Code::BadOption,
             fmt::format("{} threads were asked for, expected 0 to {}", threads, most_threads));
    }
    return threads > 0 ? threads
                       : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

NetworkState::NetworkState(NetworkOptions options) : options_(std::move(options)) {
    base::check_time_step(options_.dt);
    options_.threads = checked_threads(options_.threads);
}

NetworkState::~NetworkState() {
    for (const Population& population : populations_) {
        population.state()->network = nullptr;
    }
    for (const auto& recorder : recorders_) {
        recorder->network = nullptr;
    }
    for (const auto& synapses : synapses_) {
        synapses->leave();
    }
    for (const auto& stimulus : stimuli_) {
        stimulus->network = nullptr;
    }
    if (team_ != nullptr && !team_->usable()) {
        static_cast<void>(team_.release());
    }
}

void NetworkState::refuse_while_running(const char* what) const {
    if (running_) {
        fail(Code::NestedRun, fmt::format("{} was asked for while the network runs", what));
    }
}

void NetworkState::set_threads(int threads) {
    refuse_while_running("another number of threads");
    options_.threads = checked_threads(threads);
    plan_made_ = false;
}

/// Names identify random streams, so no two may be equal, nor have one hash.
void NetworkState::check_name(const std::string& name) const {
    const auto check = [&](const std::string& other) {
        if (other == name) {
            fail(Code::DuplicateName, fmt::format("the network has an object `{}` already", name));
        }
        if (base::stable_hash(other) == base::stable_hash(name)) {
            fail(Code::DuplicateName,
                 fmt::format("`{}` and `{}` would share their random numbers", other, name),
                 "give one of them another name");
        }
    };
    for (const Population& population : populations_) {
        check(population.name());
    }
    for (const auto& synapses : synapses_) {
        check(synapses->name());
    }
}

std::string NetworkState::free_name(const std::string& wish) const {
    const auto taken = [this](const std::string& name) {
        return std::any_of(populations_.begin(), populations_.end(),
                           [&](const Population& other) { return other.name() == name; }) ||
               std::any_of(synapses_.begin(), synapses_.end(),
                           [&](const auto& other) { return other->name() == name; });
    };
    std::string name = wish;
    for (int n = 1; taken(name); ++n) {
        name = fmt::format("{}_{}", wish, n);
    }
    return name;
}

static void check_ownership(const void* owner, const void* mine, const std::string& what) {
    if (owner != nullptr) {
        fail(Code::ForeignObject,
             fmt::format("{} is part of {} network already", what,
                         owner == mine ? "this" : "another"),
             owner == mine ? "" : "make it anew beside its network, or take net.copy()");
    }
}

void NetworkState::add(const Population& population) {
    refuse_while_running("a new population");
    kernel::PopulationState& state = *population.state();
    check_ownership(state.network, this, fmt::format("population `{}`", state.name()));
    if (!state.named()) {
        state.set_name(free_name("population"));
    }
    check_name(state.name());
    state.join(this, options_.dt, options_.seed);
    populations_.push_back(population);
    plan_made_ = false;
}

void NetworkState::add(std::shared_ptr<record::Recorder> recorder) {
    refuse_while_running("a new recorder");
    check_ownership(recorder->network, this,
                    fmt::format("a recorder of `{}`", recorder->population().name()));
    recorder->network = this;
    recorders_.push_back(std::move(recorder));
    plan_made_ = false;
}

void NetworkState::add(std::shared_ptr<synapse::SynapseState> synapses) {
    refuse_while_running("new synapses");
    check_ownership(synapses->network, this, fmt::format("`{}`", synapses->name()));
    if (!synapses->named()) {
        synapses->set_name(free_name("synapses"));
    }
    check_name(synapses->name());
    synapses->join(this, options_.dt, options_.seed);
    synapses_.push_back(std::move(synapses));
    plan_made_ = false;
}

void NetworkState::add(std::shared_ptr<stimulus::StimulusState> stimulus) {
    refuse_while_running("a new stimulus");
    check_ownership(stimulus->network, this,
                    fmt::format("a stimulus of `{}`", stimulus->target().name()));
    stimulus->network = this;
    stimuli_.push_back(std::move(stimulus));
    plan_made_ = false;
}

std::vector<const hhk_model*> NetworkState::tables() const {
    std::vector<const hhk_model*> tables;
    for (const Population& population : populations_) {
        tables.push_back(&population.state()->table());
    }
    for (const auto& synapses : synapses_) {
        if (synapses->bound()) {
            tables.push_back(&synapses->values()->table());
        }
    }
    for (const auto& recorder : recorders_) {
        recorder->add_tables(tables);
    }
    return tables;
}

void NetworkState::add_operation(double time, double interval, std::function<void()> operation) {
    refuse_while_running("a new operation");
    Operation added;
    added.next = base::steps_in(time, options_.dt, "the time of an operation");
    if (interval != 0) {
        added.interval = base::steps_in(interval, options_.dt, "the interval of an operation");
        if (added.next < step_) {
            const std::int64_t missed = (step_ - added.next + added.interval - 1) / added.interval;
            added.next += missed * added.interval;
        }
    } else if (added.next < step_) {
        fail(Code::BadDuration,
             fmt::format("an operation at {} s is past: the network stands at {} s", time,
                         static_cast<double>(step_) * options_.dt));
    }
    added.first = added.next;
    added.call = std::move(operation);
    operations_.push_back(std::move(added));
}

} // namespace hodg::sim

namespace hodg {

Network::Network(NetworkOptions options)
    : state_(std::make_shared<sim::NetworkState>(std::move(options))) {}

void Network::add(const Population& population) {
    state_->add(population);
}
void Network::add(const Synapses& synapses) {
    state_->add(synapses.state());
}
void Network::add(const Stimulus& stimulus, const std::string& name) {
    state_->add(stimulus.state());
    stimulus.state()->name = name;
}
void Network::add(const EventRecorder& recorder, const std::string& name) {
    state_->add(recorder.log());
    recorder.log()->name = name;
}
void Network::add(const StateRecorder& recorder, const std::string& name) {
    state_->add(recorder.log());
    recorder.log()->name = name;
}
void Network::add(const RateRecorder& recorder, const std::string& name) {
    state_->add(recorder.log());
    recorder.log()->name = name;
}

RunReport Network::run(double duration, const RunOptions& options) {
    return state_->run(duration, options);
}

void Network::save(const std::string& path, const Notes& notes) {
    state_->save(path, notes);
}

void Network::restore(const SavedNetwork& saved, bool strict) {
    state_->restore(saved.archive(), strict);
}

void Network::check(const SavedNetwork& saved, bool strict) const {
    state_->check(saved.archive(), strict);
}

void Network::at(double time, std::function<void()> operation) {
    state_->add_operation(time, 0, std::move(operation));
}

void Network::every(double interval, std::function<void()> operation, double offset) {
    base::check_time_step(interval);
    state_->add_operation(offset, interval, std::move(operation));
}

double Network::dt() const {
    return state_->options().dt;
}
double Network::time() const {
    return static_cast<double>(step()) * dt();
}
std::int64_t Network::step() const {
    return state_->step();
}
std::uint64_t Network::seed() const {
    return state_->options().seed;
}
bool Network::flush_denormals() const {
    return state_->options().flush_denormals;
}
int Network::threads() const {
    return state_->options().threads;
}
void Network::set_threads(int threads) {
    state_->set_threads(threads);
}
const std::vector<Population>& Network::populations() const {
    return state_->populations();
}

} // namespace hodg
