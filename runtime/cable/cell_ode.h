// SPDX-License-Identifier: MIT
// One cell as a system of differential equations for CVODE: the voltages of its compartments and
// every other state, with Newton's systems solved directly. States besides v reach no further than
// their own compartment, so they are eliminated there, and a tree with one unknown per node is left
// for Hines elimination.
#pragma once

#include "abi/kernel_abi.h"
#include "cable/solver.h"
#include "solvers/cvode_integrator.h"
#include "solvers/implicit_system.h"
#include "solvers/scratch_group.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace hodg::cable {

class CellOde final : public solvers::ImplicitSystem {
public:
    /// `piece` holds one cell, alone; `v` is the field of the potential.
    CellOde(const hhk_model& model, Piece& piece, std::uint32_t v, const Tolerances& tolerances);

    /// From context.t to context.t + dt. Then v of the end stands in its field, the other states in
    /// `solved:...`; they are NaN where the integrator cannot go on.
    void advance(const hhk_context& context);

    [[nodiscard]] std::size_t size() const override { return (1 + states_.size()) * compartments_; }
    bool slopes(double t, std::span<const double> y, std::span<double> f) override;
    bool factor(double t, std::span<const double> y, double gamma, bool reuse) override;
    void solve(std::span<double> b) override;

private:
    void find_levels();
    void put(double t, std::span<const double> y);
    void evaluate(); // membrane terms and slopes of the other states, as the fields stand
    void write(std::uint32_t field, std::span<const double> values);
    [[nodiscard]] double* row(std::uint32_t field);
    [[nodiscard]] std::span<const double> slope(std::size_t state) const;
    void find_derivatives(double t, std::span<const double> y);
    [[nodiscard]] double membrane_current(std::size_t compartment, double v) const;
    bool eliminate_states(double gamma);
    bool eliminate_tree(double gamma);
    void spread_currents(std::span<const double> v);
    [[nodiscard]] std::size_t cell_row(std::size_t compartment, std::size_t state) const {
        return compartment * states_.size() + state;
    }

    Piece& piece_;
    const Piece::Part& part_;
    const SolverTree& tree_;
    std::uint32_t v_;
    std::vector<solvers::SolvedState> states_; // besides v
    std::vector<double> scale_;                // of their values, for differences
    std::size_t compartments_;
    std::optional<solvers::CvodeIntegrator> integrator_;

    hhk_context context_{};
    std::vector<hhk_table_data> tables_;
    std::vector<double> outputs_; // of hook rhs: capacitance, slopes of the states
    std::vector<double*> output_rows_;
    std::vector<double*> membrane_rows_;
    std::vector<double> y_, begin_;
    std::vector<solvers::Level> levels_;            // of the piece's crossings, by compartment
    std::vector<double*> told_;                     // where their times go
    std::vector<double> node_v_, inflow_;           // by node
    std::vector<double> hidden_diagonal_;           // of nodes without membrane
    std::vector<double> base_current_, base_slope_; // where derivatives are taken

    // by compartment, then state
    std::vector<double> by_states_;  // slopes of states by states: a square per compartment
    std::vector<double> by_v_;       // slopes of states by v
    std::vector<double> on_current_; // membrane current by states
    std::vector<double> membrane_;   // -dIm/dv, by compartment
    std::vector<double> factors_;    // of 1 - gamma by_states_
    std::vector<double> follow_;     // how states follow v in a solution
    std::vector<double> carried_;    // right-hand sides of states, eliminated
    std::vector<double> diagonal_;   // by node, after elimination
    std::vector<double> right_;
    double gamma_ = 0;
};

} // namespace hodg::cable
