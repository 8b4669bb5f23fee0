// SPDX-License-Identifier: MIT
// The network behind hodg::Network: objects, clock, plan of a step, run loop.
//
// A run is cut into stretches: at operations, where something must be looked at (wall time, memory,
// finite states), and at its end. Within a stretch nothing but kernels and probes runs. Populations
// that read no other object are free: each tile goes through the whole stretch alone, which keeps
// it in the cache and needs no barrier. With links, synapses or driven inputs, tiles go in
// lockstep.
#pragma once

#include "archive/archive.h"
#include "base/thread_team.h"
#include "sim/fault.h"
#include "sim/member_plan.h"
#include "sim/team_choice.h"
#include "sim/tile.h"
#include "stimulus/stimulus_state.h"
#include "synapse/synapse_state.h"

#include "hodg/network.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hodg::sim {

class NetworkState {
public:
    explicit NetworkState(NetworkOptions options);
    ~NetworkState();
    NetworkState(const NetworkState&) = delete;
    NetworkState& operator=(const NetworkState&) = delete;

    void add(const Population& population);
    void add(std::shared_ptr<record::Recorder> recorder);
    void add(std::shared_ptr<synapse::SynapseState> synapses);
    void add(std::shared_ptr<stimulus::StimulusState> stimulus);
    // network_archive.cpp
    void save(const std::string& path, const Notes& notes);
    void check(const archive::In& in, bool strict) const;
    void restore(const archive::In& in, bool strict);
    void add_operation(double time, double interval, std::function<void()> operation);
    RunReport run(double duration, const RunOptions& options);

    [[nodiscard]] const NetworkOptions& options() const { return options_; }
    [[nodiscard]] std::int64_t step() const { return step_; }
    [[nodiscard]] const std::vector<Population>& populations() const { return populations_; }
    [[nodiscard]] std::vector<const hhk_model*> tables() const;
    void set_threads(int threads);
    /// Networks whose objects act upon each other use their threads from the first step on, however
    /// small they are; else when a step has shown to be long enough. Results are the same.
    void use_threads_at_once() {
        threads_pay_ = true;
        plan_made_ = false;
    }

private:
    struct Operation {
        std::int64_t first = 0;
        std::int64_t next = 0;
        std::int64_t interval = 0; // steps; 0: once
        std::function<void()> call;
    };

    void refuse_while_running(const char* what) const;
    /// A free name from `wish`; refuses one that is taken, or that shares its random streams.
    [[nodiscard]] std::string free_name(const std::string& wish) const;
    void check_name(const std::string& name) const;

    // network_archive.cpp
    void write_to(const archive::Out& out, const Notes& notes);
    void restore_operations();
    void take_back(const archive::In& in);
    // guard.cpp
    void keep_copy();
    void find_first_fault();
    // plan.cpp
    void make_plan();
    [[nodiscard]] std::vector<kernel::HostSolver::Piece>
    pieces_of(const kernel::PopulationState& state) const;
    void make_tiles(kernel::PopulationState& state);
    void make_rests();
    void share_tiles();
    [[nodiscard]] bool plan_is_current() const;

    // run.cpp
    void prepare();
    bool call_operations();
    [[nodiscard]] std::int64_t stretch_end(std::int64_t run_end) const;
    void begin_recording(std::int64_t begin, std::int64_t end);
    void run_stretch(std::int64_t begin, std::int64_t end, bool last);
    void run_free(std::int64_t begin, std::int64_t end, bool check);
    void run_lockstep(std::int64_t begin, std::int64_t end, bool check);
    void set_stimuli(bool apply);
    void flush_recorders(bool all);
    void save_in_run(const SaveOptions& options, bool always);
    // step_plan.cpp
    struct PathEntry {
        int order = 0;
        std::string name;
        std::uint32_t pathway = 0;
        synapse::SynapseState* synapses = nullptr;
    };
    void make_step_plan();
    [[nodiscard]] bool may_join(const synapse::SynapseState& synapses) const;
    void plan_epoch();
    [[nodiscard]] std::uint32_t stream_of(kernel::PopulationState& population, std::uint32_t event);
    void plan_paths();
    void plan_path(const PathEntry& entry, std::uint32_t number);
    void plan_due(std::int64_t longest);
    [[nodiscard]] bool conflicts(const synapse::SynapseState& synapses) const;
    void plan_tiles(std::size_t member);
    [[nodiscard]] bool is_summed(const kernel::PopulationState& population,
                                 std::uint32_t field) const;
    void plan_sums(std::size_t member);
    void attach_synapse_recorders();
    [[nodiscard]] std::vector<std::int64_t> bounds_of(const kernel::PopulationState& target) const;
    // lockstep.cpp
    struct LockstepRun;
    struct MemberRun;
    struct Worker;
    void gather_links(std::size_t member, std::int64_t step) const;
    static void call_sums(MemberRun& own, const Sums& sums, std::int64_t step);
    static void add_sums(Worker& worker, std::int64_t step);
    void before_advance(Worker& worker, std::int64_t step);
    void advance_own(MemberRun& own, std::int64_t step);
    void collect_events(MemberRun& own, std::int64_t step, std::size_t offset);
    void push_events(MemberRun& own, std::int64_t step, std::size_t offset);
    static bool find_due(MemberRun& own, std::int64_t step);
    static void deliver_next(MemberRun& own, std::int64_t step);
    static void deliver(Worker& worker, std::int64_t step);
    void finish_own(MemberRun& own);
    void one_epoch(Worker& worker, std::int64_t begin, std::int64_t end);
    [[nodiscard]] bool worth_threads(std::int64_t steps) const;
    base::ThreadTeam& team();

    NetworkOptions options_;
    std::int64_t step_ = 0;
    bool running_ = false;
    bool faulted_ = false;
    std::unique_ptr<archive::Out> copy_; // of the state, for a guarded run
    std::int64_t save_steps_ = 0; // of the run: between times at which it is saved; 0: it is not
    std::vector<Population> populations_;
    std::vector<std::shared_ptr<record::Recorder>> recorders_;
    std::vector<std::shared_ptr<synapse::SynapseState>> synapses_;
    std::vector<std::shared_ptr<stimulus::StimulusState>> stimuli_;
    std::vector<Operation> operations_;

    // the plan
    bool plan_made_ = false;
    std::uint64_t plan_revision_ = 0;
    std::vector<std::unique_ptr<Tile>> tiles_;
    std::vector<std::size_t> shares_; // thread n owns tiles shares_[n] to shares_[n + 1]
    std::int64_t entities_ = 0;
    bool lockstep_ = false;
    StepPlan step_plan_;
    SynapseFault synapse_fault_;
    std::int64_t looked_at_ = 0; // step at which all states were known to be finite

    std::unique_ptr<base::ThreadTeam> team_;
    void consider_threads();
    double seconds_per_step_ = 0; // of wall time, measured
    WorthMeeting worth_meeting_;
    bool threads_pay_ = false;
    TeamChoice team_choice_; // of networks whose threads meet
};

} // namespace hodg::sim
