// SPDX-License-Identifier: MIT
// What a StateRecorder holds: one row per sample time, in memory or in a file; of entities, steps
// or what they are reduced to.
#pragma once

#include "record/npy_file.h"
#include "record/readings.h"
#include "record/recorder.h"
#include "record/row_store.h"

#include "hodg/recorder.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace hodg::record {

class StateLog final : public Recorder {
public:
    StateLog(std::shared_ptr<kernel::PopulationState> population,
             std::vector<std::string> variables, StateOptions options);

    [[nodiscard]] std::uint8_t space() const override { return space_; }
    void add_tables(std::vector<const hhk_model*>& tables) const override;
    void start(double dt, std::int64_t step) override;
    void attach(std::int64_t begin, std::int64_t end, Probes& probes) override;
    void begin_stretch(std::int64_t begin, std::int64_t end) override;
    void end_stretch(std::int64_t done, std::int64_t sampled) override;
    void sample_once(std::int64_t step) override;
    void flush(bool all) override;
    [[nodiscard]] std::int64_t longest_stretch() const override;
    void save(const archive::Out& out) const override;
    void check(const archive::In& in) const override;
    void restore(const archive::In& in) override;
    [[nodiscard]] const char* kind() const override { return "states"; }
    void clear();

    [[nodiscard]] double dt() const { return dt_; }
    /// Samples, wherever they are.
    [[nodiscard]] std::size_t size() const;
    /// Of samples in memory: a file is read by whoever wants to know (HH6028).
    [[nodiscard]] const std::vector<std::int64_t>& steps() const;
    [[nodiscard]] const std::vector<std::int64_t>& indices() const { return options_.indices; }
    [[nodiscard]] const std::vector<std::string>& names() const { return readings_.names(); }
    [[nodiscard]] std::vector<double> values(std::string_view name) const;

private:
    static constexpr std::int64_t never = -2;

    /// A selected entity and its column in a row.
    struct Column {
        std::int64_t entity;
        std::size_t column;
    };
    struct TileSampler {
        StateLog* owner = nullptr;
        std::vector<Column> columns;      // by entity
        std::vector<std::int64_t> blocks; // that hold a selected entity: where they begin
        std::int64_t previous_step = never;
    };

    [[nodiscard]] std::int64_t place_of(std::int64_t number) const;
    static void sample(void* self, std::int64_t step);
    void sample_tile(const TileSampler& tile, std::int64_t step, double* row);
    void keep_previous(TileSampler& tile, std::int64_t step);
    [[nodiscard]] bool averages(const Reading& reading) const {
        return options_.average_staggered && reading.is_staggered();
    }
    /// Values of a sampled row, and of one as it is kept.
    [[nodiscard]] std::size_t row_length() const {
        return names().size() * options_.indices.size();
    }
    [[nodiscard]] std::size_t kept_width() const {
        return options_.over_entities == Reduction::None ? options_.indices.size() : 1;
    }
    void add_row(std::int64_t step);
    void require_room(const RowStore& store) const;
    [[nodiscard]] bool is_staged() const {
        return file_ != nullptr || options_.over_entities != Reduction::None ||
               options_.over_time != Reduction::None;
    }
    void take_stage();
    void take_window(std::int64_t step, const double* row);
    void emit(std::int64_t step, const double* row);
    void drop_last();
    [[nodiscard]] const RowStore& kept() const { return is_staged() ? kept_ : rows_; }
    [[nodiscard]] std::vector<double> reduced(const double* row) const;

    Readings readings_;
    StateOptions options_;
    std::uint8_t space_ = HHK_EACH; // of all variables
    double dt_ = 0;
    std::int64_t every_ = 1; // steps between samples
    bool averages_ = false;
    std::vector<std::unique_ptr<TileSampler>> tiles_;
    std::vector<double> previous_; // averaged readings: one row of the step before
    std::int64_t previous_step_ = never;
    RowStore rows_; // as they were sampled: all of them, or, where is_staged, those of the stretch
    RowStore kept_; // what became of them
    std::unique_ptr<NpyFile> file_;
    std::int64_t window_ = 1;      // steps that one kept row stands for
    std::vector<double> gathered_; // of the window that is not complete yet
    std::int64_t gathered_steps_ = 0;
    std::int64_t last_kept_ = never; // step
    std::size_t stretch_row_ = 0;    // row of the first sample of the stretch
    std::int64_t stretch_step_ = 0;  // and its step
};

} // namespace hodg::record
