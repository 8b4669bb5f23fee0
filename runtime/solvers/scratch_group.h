// SPDX-License-Identifier: MIT
// A copy of HHK_PADDING neighbouring entities in which a solver may try out states: hooks rhs and
// jacobian run on it as on a population, with the true indices of the entities.
#pragma once

#include "abi/kernel_abi.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hodg::solvers {

/// A state that the host integrates, and where the step's result goes; both are fields.
struct SolvedState {
    std::uint32_t state;
    std::uint32_t solved;
};

/// In the order of the fields `solved:...`, which is that of the outputs of hook rhs.
[[nodiscard]] std::vector<SolvedState> solved_states(const hhk_model& model);

/// The tables as they stand in the step of the context: they keep their value for the whole of it.
void hold_tables(const hhk_context& context, std::vector<hhk_table_data>& held);

class ScratchGroup {
public:
    explicit ScratchGroup(const hhk_model& model);

    /// In the order of the outputs of hook rhs.
    [[nodiscard]] const std::vector<SolvedState>& states() const { return states_; }

    /// Copies the entities from `first` on.
    void take(const hhk_context& context, std::int64_t first);
    /// Copies the results into the fields of the population.
    void give_back(const hhk_context& context) const;

    [[nodiscard]] double state(std::size_t i, std::int64_t lane) const;
    void set_state(std::size_t i, std::int64_t lane, double value);
    /// The value that was taken.
    void restore(std::size_t i, std::int64_t lane);
    void set_solved(std::size_t i, std::int64_t lane, double value);
    void set_time(double t) { context_.t = t; }

    void call_rhs() { call(model_.rhs); }
    void call_jacobian() { call(model_.jacobian); }
    [[nodiscard]] double output(std::size_t k, std::int64_t lane) const {
        return outputs_[k * HHK_PADDING + static_cast<std::size_t>(lane)];
    }

private:
    void call(hhk_block_fn hook);
    [[nodiscard]] std::size_t bytes(std::uint32_t field) const;
    [[nodiscard]] char* place(std::uint32_t field, std::int64_t lane);
    [[nodiscard]] const char* place(std::uint32_t field, std::int64_t lane) const;
    [[nodiscard]] double read(const char* place) const;
    void write(char* place, double value) const;

    const hhk_model& model_;
    std::vector<SolvedState> states_;
    std::vector<std::int64_t> offsets_; // of lane 0 in the copy
    std::vector<char> slab_;
    std::vector<char> taken_; // as the copy was made
    std::vector<std::int64_t> shifted_;
    std::vector<double> outputs_;
    std::vector<double*> output_rows_;
    std::vector<hhk_table_data> tables_;
    hhk_context context_{};
    std::int64_t first_ = 0;
};

} // namespace hodg::solvers
