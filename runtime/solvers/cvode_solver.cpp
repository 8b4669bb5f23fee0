// SPDX-License-Identifier: MIT
#include "solvers/cvode_solver.h"

#include "solvers/cvode_integrator.h"
#include "solvers/dense_factors.h"
#include "solvers/implicit_system.h"
#include "solvers/scratch_group.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <vector>

namespace hodg::solvers {

static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Local error: relative, and absolute in the units in which states are declared (1e-9 mV): it
/// starts anew in every step, so small errors of one sign add up. Slopes of states in single
/// precision are too rough for more than 1e-4.
static double tolerance(const hhk_model& model) {
    return model.real_size == sizeof(double) ? 1e-9 : 1e-4;
}

/// One entity as a system of differential equations.
class CvodeSolver::System final : public ImplicitSystem {
public:
    explicit System(const hhk_model& model)
        : group_(model), size_(group_.states().size()), has_jacobian_(model.jacobian != nullptr),
          change_(model.real_size == sizeof(double) ? 1.5e-8 : 3.5e-4), by_states_(size_ * size_),
          base_(size_), factors_(size_), y_(size_) {
        for (const SolvedState& one : group_.states()) {
            scale_.push_back(model.fields[one.state].unit_scale);
        }
        std::vector<double> absolute;
        std::ranges::transform(scale_, std::back_inserter(absolute),
                               [&](double unit) { return tolerance(model) * unit; });
        integrator_ = std::make_unique<CvodeIntegrator>(*this, tolerance(model), absolute);
    }

    void watch(std::span<const base::Crossing> crossings) {
        asked_.clear();
        levels_.clear();
        for (const base::Crossing& crossing : crossings) {
            const auto& states = group_.states();
            const auto found = std::ranges::find(states, crossing.field, &SolvedState::state);
            if (found != states.end()) {
                asked_.push_back(crossing);
                levels_.push_back(
                    {static_cast<std::size_t>(found - states.begin()), crossing.level, unknown});
            }
        }
    }

    void advance(const hhk_context& context, const hhk_block& block) {
        const std::int64_t end = std::min(block.end, context.count);
        for (std::int64_t first = block.begin; first < end; first += HHK_PADDING) {
            group_.take(context, first);
            for (lane_ = 0; lane_ < HHK_PADDING && first + lane_ < end; ++lane_) {
                integrate(context);
                for (std::size_t k = 0; k < asked_.size(); ++k) {
                    asked_[k].part[first - block.begin + lane_] =
                        (levels_[k].time - context.t) / context.dt;
                }
            }
            group_.give_back(context);
        }
    }

    [[nodiscard]] std::size_t size() const override { return size_; }

    bool slopes(double t, std::span<const double> y, std::span<double> f) override {
        put(t, y);
        group_.call_rhs();
        for (std::size_t i = 0; i < size_; ++i) {
            f[i] = group_.output(i, lane_);
        }
        return std::ranges::all_of(f, [](double value) { return std::isfinite(value); });
    }

    bool factor(double t, std::span<const double> y, double gamma, bool reuse) override {
        if (!reuse) {
            find_derivatives(t, y);
        }
        for (std::size_t i = 0; i < size_; ++i) {
            for (std::size_t j = 0; j < size_; ++j) {
                factors_.at(i, j) = (i == j ? 1.0 : 0.0) - gamma * by_states_[i * size_ + j];
            }
        }
        return factors_.factor();
    }

    void solve(std::span<double> b) override { factors_.solve(b); }

private:
    void integrate(const hhk_context& context) {
        for (std::size_t i = 0; i < size_; ++i) {
            y_[i] = group_.state(i, lane_);
        }
        const bool done = integrator_->integrate(context.t, context.t + context.dt, y_, levels_);
        for (std::size_t i = 0; i < size_; ++i) {
            group_.set_solved(i, lane_, done ? y_[i] : unknown);
        }
        for (std::size_t i = 0; i < size_; ++i) { // what neighbours' lanes see stays as it was
            group_.restore(i, lane_);
        }
    }

    void put(double t, std::span<const double> y) {
        for (std::size_t i = 0; i < size_; ++i) {
            group_.set_state(i, lane_, y[i]);
        }
        group_.set_time(t);
    }

    /// From the model, else by differences.
    void find_derivatives(double t, std::span<const double> y) {
        put(t, y);
        if (has_jacobian_) {
            group_.call_jacobian();
            for (std::size_t k = 0; k < by_states_.size(); ++k) {
                by_states_[k] = group_.output(k, lane_);
            }
            return;
        }
        group_.call_rhs();
        for (std::size_t i = 0; i < size_; ++i) {
            base_[i] = group_.output(i, lane_);
        }
        for (std::size_t j = 0; j < size_; ++j) {
            group_.set_state(j, lane_, y[j] + change_ * std::max(std::abs(y[j]), 1e-3 * scale_[j]));
            const double change = group_.state(j, lane_) - y[j]; // as it was rounded
            group_.call_rhs();
            for (std::size_t i = 0; i < size_; ++i) {
                by_states_[i * size_ + j] = (group_.output(i, lane_) - base_[i]) / change;
            }
            group_.set_state(j, lane_, y[j]);
        }
    }

    ScratchGroup group_;
    std::size_t size_;
    std::int64_t lane_ = 0;
    bool has_jacobian_;
    double change_; // relative, for differences
    std::vector<double> scale_;
    std::vector<double> by_states_; // row by row
    std::vector<double> base_;
    DenseFactors factors_;
    std::vector<double> y_;
    std::vector<base::Crossing> asked_;
    std::vector<Level> levels_; // those of asked_
    std::unique_ptr<CvodeIntegrator> integrator_;
};

CvodeSolver::CvodeSolver(const hhk_model& model) : system_(std::make_unique<System>(model)) {}

CvodeSolver::~CvodeSolver() = default;

void CvodeSolver::watch(std::span<const base::Crossing> crossings) {
    system_->watch(crossings);
}

void CvodeSolver::advance(const hhk_context& context, const hhk_block& block) {
    system_->advance(context, block);
}

} // namespace hodg::solvers
