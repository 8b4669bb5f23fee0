// SPDX-License-Identifier: MIT
// What recorders read of an entity: variables, and outputs of expressions.
#pragma once

#include "kernel/population_state.h"

#include "hodg/expression.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hodg::record {

/// One of them: a field, a uniform, or an output of an expression.
class Reading {
public:
    explicit Reading(kernel::FieldMemory field, bool staggered)
        : field_(field), is_field_(true), staggered_(staggered) {}
    Reading(const double* values, bool one_for_all) : values_(values), one_for_all_(one_for_all) {}

    /// Of an output, where its expression was evaluated for the entity.
    [[nodiscard]] double read(std::int64_t entity) const {
        if (is_field_) {
            return field_.read(entity);
        }
        return one_for_all_ ? *values_ : values_[entity];
    }
    [[nodiscard]] bool is_staggered() const { return staggered_; }

private:
    kernel::FieldMemory field_;
    const double* values_ = nullptr;
    bool is_field_ = false;
    bool one_for_all_ = false;
    bool staggered_ = false;
};

class Readings {
public:
    Readings() = default;
    /// Throws Error HH6010 for a variable that is not there, HH6028 for a name that is given twice.
    Readings(const kernel::PopulationState& state, std::vector<std::string> variables,
             std::vector<Expression> expressions);

    /// Variables, then outputs.
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
    [[nodiscard]] const std::vector<std::string>& variables() const { return variables_; }
    /// One name a line.
    [[nodiscard]] std::string text() const;
    /// Place in names(); throws Error HH6010.
    [[nodiscard]] std::size_t find(std::string_view name, std::string_view population) const;
    /// Adds the tables of the expressions.
    void add_tables(std::vector<const hhk_model*>& tables) const;

    /// Looks everything up; again when the population changed.
    void start(kernel::PopulationState& state);
    /// As names(), valid until the next start.
    [[nodiscard]] const std::vector<Reading>& all() const { return readings_; }
    /// Computes outputs of the blocks that begin there, with the values in force. Threads may do so
    /// at once for blocks of their own.
    void evaluate(std::span<const std::int64_t> blocks, std::int64_t step) const;

private:
    std::vector<std::string> variables_;
    std::vector<std::string> names_;
    std::vector<Expression> expressions_;
    std::vector<Reading> readings_;
    const kernel::PopulationState* state_ = nullptr;
    std::vector<std::vector<double>> outputs_;
    std::vector<std::vector<double*>> pointers_; // per expression
};

} // namespace hodg::record
