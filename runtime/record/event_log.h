// SPDX-License-Identifier: MIT
// What an EventRecorder holds: events in order of step, then entity, with what was read of each.
#pragma once

#include "record/chunked_vector.h"
#include "record/npy_file.h"
#include "record/readings.h"
#include "record/recorder.h"

#include "hodg/recorder.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hodg::record {

class EventLog final : public Recorder {
public:
    EventLog(std::shared_ptr<kernel::PopulationState> population, EventOptions options);

    void add_tables(std::vector<const hhk_model*>& tables) const override {
        readings_.add_tables(tables);
    }
    void start(double dt, std::int64_t step) override;
    void attach(std::int64_t begin, std::int64_t end, Probes& probes) override;
    void begin_stretch(std::int64_t begin, std::int64_t end) override;
    void end_stretch(std::int64_t done, std::int64_t sampled) override;
    void save(const archive::Out& out) const override;
    void check(const archive::In& in) const override;
    void restore(const archive::In& in) override;
    [[nodiscard]] const char* kind() const override { return "events"; }
    void clear();

    void flush(bool all) override;
    /// Events, wherever they are.
    [[nodiscard]] std::size_t size() const {
        return file_ != nullptr ? file_->rows() : steps_.size();
    }
    [[nodiscard]] bool in_memory() const { return file_ == nullptr; }
    [[nodiscard]] const EventOptions& options() const { return options_; }
    [[nodiscard]] const ChunkedVector<std::int64_t>& steps() const { return steps_; }
    [[nodiscard]] const ChunkedVector<std::int32_t>& indices() const { return indices_; }
    [[nodiscard]] double time(std::size_t i) const;
    [[nodiscard]] const std::vector<std::string>& names() const { return readings_.names(); }
    [[nodiscard]] std::vector<double> values(std::string_view name) const;
    /// Entities that are recorded.
    [[nodiscard]] std::int64_t recorded() const;

private:
    struct Entry {
        std::int64_t step;
        std::int32_t entity; // as it is recorded
        std::uint32_t row;   // of the values beside the entries
    };
    /// Entries with their values: rows of width(), none where that is 0.
    struct Entries {
        std::vector<Entry> entries;
        std::vector<double> values;

        void take(Entries& other, std::size_t width);
    };
    /// What one tile saw since the last collection.
    struct TileLog {
        EventLog* owner = nullptr;
        std::int64_t begin = 0;
        std::int64_t end = 0;
        const std::uint64_t* bits = nullptr;
        kernel::FieldMemory crossing;
        std::vector<double> previous; // values at the start of the step, for interpolation
        std::vector<double> crossed;  // the part of the step, where a solver knows it
        Entries seen;
    };

    /// Values of an event: where in the step it was, if that is wanted, and what was read.
    [[nodiscard]] std::size_t width() const { return names().size() + (interpolates() ? 1 : 0); }
    [[nodiscard]] bool interpolates() const { return !options_.interpolate.empty(); }
    void keep(const Entry& entry, const double* values);
    /// Where in the step an event was.
    [[nodiscard]] static double fraction(const TileLog& tile, std::int64_t entity);
    static void remember(void* self, std::int64_t step);
    static void collect(void* self, std::int64_t step);

    EventOptions options_;
    double dt_ = 0;
    std::uint32_t event_ = 0;
    std::uint32_t field_ = 0;
    std::vector<std::unique_ptr<TileLog>> tiles_; // in order of entities
    Entries merged_;
    std::vector<std::int32_t> position_; // of each entity among the recorded ones; -1: not recorded
    ChunkedVector<std::int64_t> steps_;
    ChunkedVector<std::int32_t> indices_;
    ChunkedVector<double> fractions_; // only with interpolation
    ChunkedVector<double> values_;    // of one event after the other
    Readings readings_;
    std::unique_ptr<NpyFile> file_;
};

} // namespace hodg::record
