// SPDX-License-Identifier: MIT
// What a StateRecorder holds: one row per sample time, in chunks that are never moved.
#pragma once

#include "record/recorder.h"

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
    void start(double dt, std::int64_t step) override;
    void attach(std::int64_t begin, std::int64_t end, Probes& probes) override;
    void begin_stretch(std::int64_t begin, std::int64_t end) override;
    void end_stretch(std::int64_t done, std::int64_t sampled) override;
    void sample_once(std::int64_t step) override;
    void save(const archive::Out& out) const override;
    void check(const archive::In& in) const override;
    void restore(const archive::In& in) override;
    [[nodiscard]] const char* kind() const override { return "states"; }
    void clear();

    [[nodiscard]] double dt() const { return dt_; }
    [[nodiscard]] const std::vector<std::int64_t>& steps() const { return steps_; }
    [[nodiscard]] const std::vector<std::int64_t>& indices() const { return options_.indices; }
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
    [[nodiscard]] std::vector<double> values(std::string_view name) const;

private:
    static constexpr std::int64_t never = -2;

    /// A selected entity and its column in a row.
    struct Column {
        std::int64_t entity;
        std::size_t column;
    };
    /// One recorded variable: a field, a uniform, or an output of an expression.
    struct Source {
        enum class Kind : std::uint8_t { Field, Uniform, Output } kind = Kind::Field;
        kernel::FieldMemory field;
        const double* value = nullptr; // the uniform, or the array of the output
        bool averaged = false;
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
    void evaluate(const TileSampler& tile, std::int64_t step) const;
    [[nodiscard]] std::size_t row_length() const { return names_.size() * options_.indices.size(); }
    [[nodiscard]] double* row(std::size_t index) const {
        return chunks_[index / rows_per_chunk_].get() + index % rows_per_chunk_ * row_length();
    }
    void add_row(std::int64_t step);

    std::vector<std::string> variables_;
    std::vector<std::string> names_; // variables, then outputs of expressions
    StateOptions options_;
    std::uint8_t space_ = HHK_EACH; // of all variables
    double dt_ = 0;
    std::int64_t every_ = 1; // steps between samples
    bool averages_ = false;
    std::vector<Source> sources_; // as names_
    std::vector<std::vector<double>> outputs_;
    std::vector<std::vector<double*>> output_pointers_; // per expression
    std::vector<std::unique_ptr<TileSampler>> tiles_;
    std::vector<double> previous_; // averaged sources: one row of the step before
    std::int64_t previous_step_ = never;
    std::size_t rows_per_chunk_ = 1;
    std::vector<std::unique_ptr<double[]>> chunks_;
    std::vector<std::int64_t> steps_;
    std::size_t stretch_row_ = 0;   // row of the first sample of the stretch
    std::int64_t stretch_step_ = 0; // and its step
};

} // namespace hodg::record
