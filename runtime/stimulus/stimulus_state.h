// SPDX-License-Identifier: MIT
// What a Stimulus is made of: its edges, and how they reach inputs and parameters.
#pragma once

#include "kernel/population_state.h"
#include "kernel/variables.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hodg::archive {
class In;
class Out;
} // namespace hodg::archive

namespace hodg::stimulus {

/// A value that changes at whole steps.
class Series {
public:
    void set(std::span<const std::int64_t> steps, std::span<const double> values,
             std::int64_t onset, std::int64_t period);
    [[nodiscard]] double at(std::int64_t step) const;
    /// The first step after this one at which the value may be another.
    [[nodiscard]] std::int64_t next_change(std::int64_t step) const;

    void save(const archive::Out& out) const;
    void restore(const archive::In& in);

    static constexpr std::int64_t never = INT64_MAX;

private:
    std::vector<std::int64_t> steps_;
    std::vector<double> values_;
    std::int64_t onset_ = 0;
    std::int64_t period_ = 0;
};

class StimulusState {
public:
    StimulusState(std::shared_ptr<kernel::PopulationState> target, std::string_view variable,
                  std::vector<std::int64_t> indices);

    [[nodiscard]] kernel::PopulationState& target() const { return *target_; }
    [[nodiscard]] Series& series() { return series_; }
    [[nodiscard]] bool is_input() const;
    /// The driven field; only of an input.
    [[nodiscard]] std::uint32_t field() const;
    /// Ascending.
    [[nodiscard]] const std::vector<std::int64_t>& indices() const { return indices_; }

    /// A parameter takes the value of `step` on top of the user's, if it has another.
    void apply(std::int64_t step);
    /// The parameter is the user's again.
    void release();

    void save(const archive::Out& out) const;
    /// The parameter is the user's, and steps went on with what was in force.
    void restore(const archive::In& in);

    const void* network = nullptr;
    /// By which a saved network knows it again; a network gives one where it is empty.
    std::string name;
    [[nodiscard]] const std::string& variable() const { return variable_; }

private:
    void write(double drive, bool jumps);
    void keep_base();

    std::shared_ptr<kernel::PopulationState> target_;
    std::string variable_;
    std::vector<std::int64_t> indices_;
    Series series_;
    double applied_ = 0;
    double in_force_ = 0;      // in the last step that was done, and in the next
    std::vector<double> base_; // the user's values while one is applied
};

/// The share of one thread in the drive of an input.
struct InputDrive {
    Series* series = nullptr;
    kernel::FieldMemory field;
    std::vector<std::int64_t> indices;
    std::int64_t next = INT64_MIN; // the value holds until this step
    double value = 0;

    void add(std::int64_t step);
};

} // namespace hodg::stimulus
