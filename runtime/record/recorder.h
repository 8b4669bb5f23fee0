// SPDX-License-Identifier: MIT
// What the run loop knows of a recorder. A population is cut into tiles, each advanced by one
// thread for many steps in a row; a recorder gives every tile its own probes, and collects what
// they saw when the piece of the run (the stretch) is over.
#pragma once

#include "base/crossing.h"
#include "kernel/population_state.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hodg::archive {
class In;
class Out;
} // namespace hodg::archive

namespace hodg::record {

/// Called by the thread that owns a tile. It may write memory of its own tile only.
struct Probe {
    void (*call)(void* self, std::int64_t step) = nullptr;
    void* self = nullptr;
    std::uint64_t events = 0; // `after` probes: called when one of these events occurred
};

/// Probes of one tile: before a step (the state at t), and after events were detected, before
/// arrivals and resets. What is asked of a solver is known when the `after` probes are called.
struct Probes {
    std::vector<Probe> before;
    std::vector<Probe> after;
    std::vector<base::Crossing> crossings;
};

class Recorder {
public:
    explicit Recorder(std::shared_ptr<kernel::PopulationState> population)
        : population_(std::move(population)) {}
    virtual ~Recorder() = default;
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    [[nodiscard]] kernel::PopulationState& population() const { return *population_; }

    /// Network that it belongs to (an identity only), or null.
    const void* network = nullptr;
    /// By which a saved network knows it again; a network gives one where it is empty.
    std::string name;

    /// Whose values it records (hhk_space).
    [[nodiscard]] virtual std::uint8_t space() const { return HHK_EACH; }

    /// Adds the tables of kernels of its own.
    virtual void add_tables(std::vector<const hhk_model*>& /*tables*/) const {}
    /// Once the network is known, and again when a population changed: looks names up, drops the
    /// tiles it had. `step` is the next step.
    virtual void start(double dt, std::int64_t step) = 0;
    /// Adds the probes for entities begin to end. They stay valid until the next start.
    virtual void attach(std::int64_t begin, std::int64_t end, Probes& probes) = 0;
    /// Makes room for steps begin to end; throws when a limit is reached.
    virtual void begin_stretch(std::int64_t begin, std::int64_t end) = 0;
    /// Collects. Normally both are the end of the stretch; after a fault events from step `done` on
    /// and samples from step `sampled` on did not happen.
    virtual void end_stretch(std::int64_t done, std::int64_t sampled) = 0;
    /// Brings what was collected where it belongs; throws HH6033 where a file takes no more, and
    /// keeps the rest. `all`: the run is over.
    virtual void flush(bool /*all*/) {}
    /// Steps that one stretch may have for the sake of memory.
    [[nodiscard]] virtual std::int64_t longest_stretch() const { return INT64_MAX; }
    /// One sample after the last step of a run.
    virtual void sample_once(std::int64_t /*step*/) {}

    virtual void save(const archive::Out& out) const = 0;
    /// Refuses a recording of something else (HH6064).
    virtual void check(const archive::In& in) const = 0;
    /// After check and start: takes the place of what was recorded here.
    virtual void restore(const archive::In& in) = 0;
    /// "events", "states" or "rate".
    [[nodiscard]] virtual const char* kind() const = 0;

protected:
    /// Throws HH6064.
    [[noreturn]] void refuse(const archive::In& in, const std::string& reason) const;

private:
    std::shared_ptr<kernel::PopulationState> population_;
};

} // namespace hodg::record
