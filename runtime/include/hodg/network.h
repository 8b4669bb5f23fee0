// SPDX-License-Identifier: MIT
// A network: objects that run together on one clock.
#pragma once

#include "hodg/export.h"
#include "hodg/population.h"
#include "hodg/recorder.h"
#include "hodg/saved_network.h"
#include "hodg/stimulus.h"
#include "hodg/synapses.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hodg {

namespace sim {
class NetworkState;
}

struct NetworkOptions {
    double dt = 1e-4;       // seconds a step
    int threads = 1;        // 0: one per CPU. Results are the same bits for any number
    std::uint64_t seed = 0; // of every random stream
    /// Numbers below 2.2e-308 (float32: 1.2e-38) are zeros in runs. Some processors take a hundred
    /// times as long for them. A decay whose decrement is taken as zero ends a little above that.
    bool flush_denormals = false;
    /// Called before steps are laid out, with the tables of everything that has kernels: whoever
    /// made them may put machine code into them then, for all at once.
    std::function<void(const std::vector<const hhk_model*>&)> make_code = {};
};

struct Progress {
    double fraction = 0;     // of this run
    double time = 0;         // simulated seconds since the network began
    double duration = 0;     // of this run, simulated seconds
    double wall_seconds = 0; // since this run began
};

struct RunOptions {
    /// Called on the calling thread at the start, at most every 50 ms of wall time, and at the end.
    /// Returning false ends the run after a whole step: everything is readable, and the next run
    /// goes on from there.
    std::function<bool(const Progress&)> progress = {};
    /// State recorders also sample at the end of the run.
    bool record_end = false;
    /// Keeps a copy of the state now and then. After a NaN or an infinity the run is repeated from
    /// there step by step: the error names the first step, and the network stands at its start,
    /// where values can be read. It can go on from there.
    bool guard = false;
    /// Not empty: the network is saved at multiples of the interval, and where the run ends.
    SaveOptions save = {};
};

struct RunReport {
    std::int64_t steps = 0; // done by this run
    bool interrupted = false;
    double wall_seconds = 0;
};

/// A handle: copies refer to the same network. Step k goes from k*dt to (k+1)*dt; run(T) computes
/// T/dt steps, and run(a), run(b) is run(a + b), bit by bit.
class HODG_API Network {
public:
    explicit Network(NetworkOptions options = {});

    /// An object belongs to one network, and its name to one object of it (HH6022, HH6023).
    void add(const Population& population);
    /// Their populations must be in the network at a run.
    void add(const Synapses& synapses);
    /// The name is that by which a saved network knows it again; without one it is the n-th of its
    /// kind there.
    void add(const Stimulus& stimulus, const std::string& name = {});
    void add(const EventRecorder& recorder, const std::string& name = {});
    void add(const StateRecorder& recorder, const std::string& name = {});
    void add(const RateRecorder& recorder, const std::string& name = {});

    /// Refuses a duration that is negative, NaN, or no multiple of dt (HH6021). Throws
    /// SimulationError when a state becomes NaN or infinite; what was recorded before stays, and
    /// this network cannot go on.
    RunReport run(double duration, const RunOptions& options = {});

    /// Calls `operation` at the start of the step at `time`, before recorders sample. It may set
    /// and read variables. Operations of one time run in the order in which they were given.
    void at(double time, std::function<void()> operation);
    /// The same at `offset`, offset + interval, ... (those that are not past).
    void every(double interval, std::function<void()> operation, double offset = 0);

    /// Everything that decides the steps to come, and what was recorded: a network built alike, in
    /// this or another process, goes on from there to the same bits, also with another number of
    /// threads. The file appears whole or not at all (HH6061).
    void save(const std::string& path, const Notes& notes = {});
    /// Operations are not saved; those that were given to this network go on in phase. Populations
    /// and synapses must have the same names, sizes and variables (HH6064), and, if `strict`,
    /// models of the same name; and there must be the same stimuli and recorders. Else those that
    /// are not in the file stay as they are. Equations are not compared: that is the caller's.
    /// Refusing changes nothing.
    void restore(const SavedNetwork& saved, bool strict = true);
    /// Refuses what restore would refuse.
    void check(const SavedNetwork& saved, bool strict = true) const;

    [[nodiscard]] double dt() const;
    [[nodiscard]] double time() const; // seconds; the start of the next step
    [[nodiscard]] std::int64_t step() const;
    [[nodiscard]] std::uint64_t seed() const;
    [[nodiscard]] bool flush_denormals() const;
    [[nodiscard]] int threads() const;
    void set_threads(int threads);
    [[nodiscard]] const std::vector<Population>& populations() const;

    [[nodiscard]] const std::shared_ptr<sim::NetworkState>& state() const { return state_; }

private:
    std::shared_ptr<sim::NetworkState> state_;
};

} // namespace hodg
