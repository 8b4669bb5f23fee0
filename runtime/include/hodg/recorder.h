// SPDX-License-Identifier: MIT
// Recorders: handles whose copies refer to the same recording. They can be read and cleared
// whenever no run is in progress, also after a fault or an interruption. Times are whole multiples
// of the time step in seconds, values are SI.
#pragma once

#include "hodg/export.h"
#include "hodg/expression.h"
#include "hodg/population.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hodg {

class Synapses;

namespace record {
class Recorder;
class EventLog;
class StateLog;
class RateLog;
} // namespace record

inline constexpr std::size_t no_memory_limit = std::numeric_limits<std::size_t>::max();

struct EventOptions {
    std::string event = "spike";
    /// Not empty: times are where this variable crossed `threshold`, as CVODE finds it, else by
    /// linear interpolation between the ends of the step; empty: the start of the step.
    std::string interpolate = {};
    double threshold = 0;
    /// Entities to record; empty: all. Recorded indices count within this list.
    std::vector<std::int64_t> indices = {};
    /// Bytes after which a run is refused (HH6030); looked at between pieces of a run.
    std::size_t memory_limit = no_memory_limit;
    /// Not empty: events go to this .npy file, rows of time, index and values, and are not kept in
    /// memory.
    std::string to = {};
    /// Variables and expressions whose values at the event are kept: after the step was computed,
    /// before anything arrives and before the statements of the event (the reset).
    std::vector<std::string> variables = {};
    std::vector<Expression> expressions = {};
};

/// When which entity had an event, ordered by step, then entity.
class HODG_API EventRecorder {
public:
    explicit EventRecorder(const Population& population, EventOptions options = {});

    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] std::vector<double> times() const;
    [[nodiscard]] std::vector<std::int64_t> steps() const;
    [[nodiscard]] std::vector<std::int32_t> indices() const;
    /// Events of each recorded entity.
    [[nodiscard]] std::vector<std::int64_t> counts() const;
    /// Variables, then outputs of expressions.
    [[nodiscard]] const std::vector<std::string>& names() const;
    /// One for each event; throws HH6010 for what is not recorded.
    [[nodiscard]] std::vector<double> values(std::string_view name) const;
    void clear();
    /// A file (`to`) holds everything then; HH6033.
    void flush();

    [[nodiscard]] std::shared_ptr<record::Recorder> log() const;

private:
    std::shared_ptr<record::EventLog> log_;
};

using SpikeRecorder = EventRecorder;

/// What becomes of several values.
enum class Reduction : std::uint8_t { None, Mean, Min, Max };

struct StateOptions {
    std::vector<std::int64_t> indices = {}; // entities; empty: all
    double dt = 0;                          // seconds between samples; 0: every step
    /// Staggered states (which stand at t + dt/2) are averaged with the step before, to t. The very
    /// first sample is taken as it is.
    bool average_staggered = false;
    std::vector<Expression> expressions = {};
    std::size_t memory_limit = no_memory_limit; // bytes
    /// Over the entities that are recorded: one value per variable and sample.
    Reduction over_entities = Reduction::None;
    /// Over the steps from a sample to the next; samples are then complete intervals.
    Reduction over_time = Reduction::None;
    /// Not empty: samples go to this .npy file, rows of the time and an array per variable, and are
    /// not kept in memory.
    std::string to = {};
};

/// Values of variables and expressions at sample times.
class HODG_API StateRecorder {
public:
    StateRecorder(const Population& population, std::vector<std::string> variables,
                  StateOptions options = {});
    /// Indices number the synapses (or the neurons, of what is kept once per source or target).
    StateRecorder(const Synapses& synapses, std::vector<std::string> variables,
                  StateOptions options = {});

    [[nodiscard]] std::size_t size() const; // sample times
    [[nodiscard]] std::vector<double> times() const;
    [[nodiscard]] std::vector<std::int64_t> steps() const;
    [[nodiscard]] const std::vector<std::int64_t>& indices() const;
    [[nodiscard]] const std::vector<std::string>& names() const;
    /// Entity by entity, size() values each.
    [[nodiscard]] std::vector<double> values(std::string_view name) const;
    void clear();
    /// A file (`to`) holds everything then; HH6033.
    void flush();

    [[nodiscard]] std::shared_ptr<record::Recorder> log() const;

private:
    std::shared_ptr<record::StateLog> log_;
};

struct RateOptions {
    std::string event = "spike";
    double bin = 0; // seconds; 0: one step
    /// Entities to count, and to divide by; empty: all.
    std::vector<std::int64_t> indices = {};
};

/// Events per entity and second in bins, counted from where the recording began.
class HODG_API RateRecorder {
public:
    explicit RateRecorder(const Population& population, RateOptions options = {});

    [[nodiscard]] std::size_t size() const;          // complete bins
    [[nodiscard]] std::vector<double> times() const; // start of each bin
    [[nodiscard]] std::vector<double> rates() const; // hertz
    [[nodiscard]] std::vector<std::int64_t> counts() const;
    void clear();

    [[nodiscard]] std::shared_ptr<record::Recorder> log() const;

private:
    std::shared_ptr<record::RateLog> log_;
};

} // namespace hodg
