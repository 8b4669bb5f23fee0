// SPDX-License-Identifier: MIT
// What an EventRecorder holds: events in order of step, then entity.
#pragma once

#include "record/chunked_vector.h"
#include "record/npy_file.h"
#include "record/recorder.h"

#include "hodg/recorder.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace hodg::record {

class EventLog final : public Recorder {
public:
    EventLog(std::shared_ptr<kernel::PopulationState> population, EventOptions options);

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
    /// Entities that are recorded.
    [[nodiscard]] std::int64_t recorded() const;

private:
    struct Entry {
        std::int64_t step;
        std::int32_t entity;
        double fraction; // of the step, where the threshold was crossed
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
        std::vector<Entry> entries;
    };

    /// Where in the step an event was, as far as that is wanted.
    [[nodiscard]] static double fraction(const TileLog& tile, std::int64_t entity);
    static void remember(void* self, std::int64_t step);
    static void collect(void* self, std::int64_t step);

    EventOptions options_;
    double dt_ = 0;
    std::uint32_t event_ = 0;
    std::uint32_t field_ = 0;
    std::vector<std::unique_ptr<TileLog>> tiles_; // in order of entities
    std::vector<Entry> merged_;
    std::vector<std::int32_t> position_; // of each entity among the recorded ones; -1: not recorded
    ChunkedVector<std::int64_t> steps_;
    ChunkedVector<std::int32_t> indices_;
    ChunkedVector<double> fractions_; // only with interpolation
    std::unique_ptr<NpyFile> file_;
};

} // namespace hodg::record
