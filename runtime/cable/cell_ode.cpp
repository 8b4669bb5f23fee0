// SPDX-License-Identifier: MIT
#include "cable/cell_ode.h"

#include "cable/solver.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

namespace hodg::cable {

/// Of the rounding of slopes and the curvature of rates, the square root of the precision weighs
/// both alike.
static constexpr double relative_change = 1.5e-8;

CellOde::CellOde(const hhk_model& model, Piece& piece, std::uint32_t v,
                 const Tolerances& tolerances)
    : piece_(piece), part_(piece.parts.front()), tree_(*part_.tree), v_(v),
      states_(solvers::solved_states(model)),
      compartments_(static_cast<std::size_t>(tree_.compartments)) {
    const std::size_t nodes = tree_.node.size();
    const std::size_t n = compartments_;
    const std::size_t s = states_.size();
    const auto padded = static_cast<std::size_t>(piece.range.end - piece.range.begin);
    outputs_.resize((1 + s) * padded);
    for (std::size_t k = 0; k <= s; ++k) {
        output_rows_.push_back(outputs_.data() + k * padded - piece.range.begin);
    }
    membrane_rows_ = {piece.conductance.data() - piece.range.begin,
                      piece.current.data() - piece.range.begin};
    tables_.resize(model.table_count);
    for (std::vector<double>* by_node :
         {&node_v_, &inflow_, &hidden_diagonal_, &diagonal_, &right_}) {
        by_node->resize(nodes);
    }
    for (std::vector<double>* by_state :
         {&base_slope_, &by_v_, &on_current_, &follow_, &carried_}) {
        by_state->resize(n * s);
    }
    base_current_.resize(n);
    membrane_.resize(n);
    by_states_.resize(n * s * s);
    factors_.resize(n * s * s);
    y_.resize(size());
    begin_.resize(size());
    std::vector<double> absolute(size());
    std::fill_n(absolute.begin(), n, tolerances.absolute * 1e-3); // millivolt
    for (std::size_t k = 0; k < s; ++k) {
        scale_.push_back(model.fields[states_[k].state].unit_scale);
        std::fill_n(absolute.begin() + static_cast<std::ptrdiff_t>((1 + k) * n), n,
                    tolerances.absolute * scale_[k]);
    }
    integrator_.emplace(*this, tolerances.relative, absolute);
}

// ---- One step of the network --------------------------------------------------------------------

double* CellOde::row(std::uint32_t field) {
    return reinterpret_cast<double*>(context_.slab + context_.offsets[field]) + piece_.range.begin;
}

/// Entities behind the last compartment repeat it.
void CellOde::write(std::uint32_t field, std::span<const double> values) {
    double* to = row(field);
    std::copy(values.begin(), values.end(), to);
    std::fill(to + values.size(), to + (piece_.range.end - piece_.range.begin), values.back());
}

void CellOde::put(double t, std::span<const double> y) {
    context_.t = t;
    write(v_, y.first(compartments_));
    for (std::size_t k = 0; k < states_.size(); ++k) {
        write(states_[k].state, y.subspan((1 + k) * compartments_, compartments_));
    }
}

/// Every compartment may cross every level; what is no state here crosses none.
void CellOde::find_levels() {
    levels_.clear();
    told_.clear();
    for (const base::Crossing& crossing : piece_.crossings) {
        const auto state = std::ranges::find(states_, crossing.field, &solvers::SolvedState::state);
        if (crossing.field != v_ && state == states_.end()) {
            continue;
        }
        const std::size_t row =
            crossing.field == v_ ? 0 : 1 + static_cast<std::size_t>(state - states_.begin());
        for (std::size_t i = 0; i < compartments_; ++i) {
            levels_.push_back({row * compartments_ + i, crossing.level, 0});
            told_.push_back(crossing.part + i);
        }
    }
}

void CellOde::advance(const hhk_context& context) {
    context_ = context;
    solvers::hold_tables(context, tables_);
    context_.tables = tables_.data();
    // the tree between compartments, with nodes that have no membrane eliminated from it
    for (std::size_t k = tree_.node.size(); k-- > 0;) {
        hidden_diagonal_[k] = part_.neighbours.data()[k];
    }
    for (std::size_t k = tree_.node.size(); k-- > 1;) {
        const auto parent = static_cast<std::size_t>(tree_.parent[k]);
        if (tree_.compartment[k] < 0 && tree_.compartment[parent] < 0) {
            hidden_diagonal_[parent] -=
                part_.up.data()[k] * part_.down.data()[k] / hidden_diagonal_[k];
        }
    }
    const auto collect = [&](std::size_t k, std::uint32_t field) {
        std::copy_n(row(field), compartments_,
                    y_.begin() + static_cast<std::ptrdiff_t>(k * compartments_));
    };
    collect(0, v_);
    for (std::size_t k = 0; k < states_.size(); ++k) {
        collect(1 + k, states_[k].state);
    }
    begin_ = y_;
    find_levels();
    if (!integrator_->integrate(context.t, context.t + context.dt, y_, levels_)) {
        std::ranges::fill(y_, std::numeric_limits<double>::quiet_NaN());
    }
    for (std::size_t k = 0; k < levels_.size(); ++k) {
        *told_[k] = (levels_[k].time - context.t) / context.dt;
    }
    put(context.t, begin_);
    const std::span<const double> y = y_;
    write(v_, y.first(compartments_));
    for (std::size_t k = 0; k < states_.size(); ++k) {
        write(states_[k].solved, y.subspan((1 + k) * compartments_, compartments_));
    }
}

// ---- Slopes -------------------------------------------------------------------------------------

void CellOde::evaluate() {
    hhk_block block{};
    block.begin = piece_.range.begin;
    block.end = piece_.range.end;
    context_.outputs = membrane_rows_.data();
    membrane_terms(piece_, context_, block);
    context_.outputs = output_rows_.data();
    context_.model->rhs(&context_, &block);
}

double CellOde::membrane_current(std::size_t compartment, double v) const {
    return piece_.current.data()[compartment] - piece_.conductance.data()[compartment] * v;
}

std::span<const double> CellOde::slope(std::size_t state) const {
    const auto padded = static_cast<std::size_t>(piece_.range.end - piece_.range.begin);
    return std::span(outputs_).subspan((1 + state) * padded, compartments_);
}

/// Axial currents into the nodes, per area. A node without membrane takes the voltage at which what
/// flows in flows out.
void CellOde::spread_currents(std::span<const double> v) {
    const std::size_t nodes = tree_.node.size();
    const double* up = part_.up.data();
    const double* down = part_.down.data();
    const auto is_hidden = [&](std::size_t k) { return tree_.compartment[k] < 0; };
    std::ranges::fill(inflow_, 0.0);
    for (std::size_t k = nodes; k-- > 0;) { // hidden nodes: node_v_ is the sum of what pulls on it
        if (!is_hidden(k)) {
            node_v_[k] = v[static_cast<std::size_t>(tree_.compartment[k])];
        } else {
            node_v_[k] = inflow_[k];
        }
        if (k > 0 && is_hidden(static_cast<std::size_t>(tree_.parent[k]))) {
            const double pull = is_hidden(k) ? node_v_[k] / hidden_diagonal_[k] : node_v_[k];
            inflow_[static_cast<std::size_t>(tree_.parent[k])] += down[k] * pull;
        }
    }
    std::ranges::fill(inflow_, 0.0);
    for (std::size_t k = 0; k < nodes; ++k) {
        const auto parent = static_cast<std::size_t>(tree_.parent[k]);
        if (is_hidden(k)) {
            const double above = k == 0 ? 0.0 : up[k] * node_v_[parent];
            node_v_[k] = (node_v_[k] + above) / hidden_diagonal_[k];
        }
        if (k > 0) {
            const double difference = node_v_[parent] - node_v_[k];
            inflow_[k] += up[k] * difference;
            inflow_[parent] -= down[k] * difference;
        }
    }
}

bool CellOde::slopes(double t, std::span<const double> y, std::span<double> f) {
    put(t, y);
    evaluate();
    spread_currents(y.first(compartments_));
    for (std::size_t k = 0; k < tree_.node.size(); ++k) {
        if (tree_.compartment[k] >= 0) {
            const auto i = static_cast<std::size_t>(tree_.compartment[k]);
            f[i] = (membrane_current(i, y[i]) + inflow_[k]) / part_.capacitance.data()[k];
        }
    }
    for (std::size_t s = 0; s < states_.size(); ++s) {
        std::ranges::copy(slope(s),
                          f.begin() + static_cast<std::ptrdiff_t>((1 + s) * compartments_));
    }
    return std::ranges::all_of(f, [](double value) { return std::isfinite(value); });
}

// ---- Newton's systems ---------------------------------------------------------------------------

/// By differences: one evaluation for each state, in all compartments at once. How the membrane
/// current depends on v is known from the model.
void CellOde::find_derivatives(double t, std::span<const double> y) {
    const std::size_t n = compartments_;
    const std::size_t s = states_.size();
    put(t, y);
    evaluate();
    for (std::size_t i = 0; i < n; ++i) {
        membrane_[i] = piece_.conductance.data()[i];
        base_current_[i] = membrane_current(i, y[i]);
        for (std::size_t a = 0; a < s; ++a) {
            base_slope_[cell_row(i, a)] = slope(a)[i];
        }
    }
    std::vector<double> moved(n);
    for (std::size_t b = 0; b <= s; ++b) { // v, then the states
        const std::uint32_t field = b == 0 ? v_ : states_[b - 1].state;
        const double least = 1e-3 * (b == 0 ? 1.0 : scale_[b - 1]);
        const std::span<const double> from = y.subspan(b * n, n);
        for (std::size_t i = 0; i < n; ++i) {
            moved[i] = from[i] + relative_change * std::max(std::abs(from[i]), least);
        }
        write(field, moved);
        evaluate();
        for (std::size_t i = 0; i < n; ++i) {
            const double change = moved[i] - from[i];
            for (std::size_t a = 0; a < s; ++a) {
                const double by = (slope(a)[i] - base_slope_[cell_row(i, a)]) / change;
                (b == 0 ? by_v_[cell_row(i, a)] : by_states_[cell_row(i, a) * s + b - 1]) = by;
            }
            if (b > 0) {
                on_current_[cell_row(i, b - 1)] =
                    (membrane_current(i, y[i]) - base_current_[i]) / change;
            }
        }
        write(field, from);
    }
}

/// Factors of 1 - gamma by_states_, compartment by compartment, without pivoting: they are near 1
/// for a small gamma.
bool CellOde::eliminate_states(double gamma) {
    const std::size_t s = states_.size();
    for (std::size_t i = 0; i < compartments_; ++i) {
        double* lu = factors_.data() + i * s * s;
        double* follow = follow_.data() + i * s;
        for (std::size_t a = 0; a < s; ++a) {
            for (std::size_t b = 0; b < s; ++b) {
                lu[a * s + b] = (a == b ? 1.0 : 0.0) - gamma * by_states_[cell_row(i, a) * s + b];
            }
            follow[a] = gamma * by_v_[cell_row(i, a)];
        }
        for (std::size_t k = 0; k < s; ++k) {
            if (!std::isfinite(lu[k * s + k]) || lu[k * s + k] == 0) {
                return false;
            }
            for (std::size_t a = k + 1; a < s; ++a) {
                double& factor = lu[a * s + k];
                if (factor == 0) {
                    continue; // states that do not read each other
                }
                factor /= lu[k * s + k];
                for (std::size_t b = k + 1; b < s; ++b) {
                    lu[a * s + b] -= factor * lu[k * s + b];
                }
            }
        }
    }
    return true;
}

/// Replaces a right-hand side of the states of a compartment by their solution.
static void substitute(const double* lu, std::size_t s, double* x) {
    for (std::size_t a = 0; a < s; ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            x[a] -= lu[a * s + b] * x[b];
        }
    }
    for (std::size_t a = s; a-- > 0;) {
        for (std::size_t b = a + 1; b < s; ++b) {
            x[a] -= lu[a * s + b] * x[b];
        }
        x[a] /= lu[a * s + a];
    }
}

/// Rows of the nodes, times their capacitance per area: what flows in after a change of v.
bool CellOde::eliminate_tree(double gamma) {
    const std::size_t s = states_.size();
    for (std::size_t k = 0; k < tree_.node.size(); ++k) {
        diagonal_[k] = gamma * part_.neighbours.data()[k];
        if (tree_.compartment[k] < 0) {
            continue;
        }
        const auto i = static_cast<std::size_t>(tree_.compartment[k]);
        double* follow = follow_.data() + i * s;
        substitute(factors_.data() + i * s * s, s, follow);
        double conductance = membrane_[i];
        for (std::size_t a = 0; a < s; ++a) {
            conductance -= on_current_[cell_row(i, a)] * follow[a];
        }
        diagonal_[k] += part_.capacitance.data()[k] + gamma * conductance;
    }
    for (std::size_t k = tree_.node.size(); k-- > 0;) {
        if (!std::isfinite(diagonal_[k]) || diagonal_[k] == 0) {
            return false;
        }
        if (k > 0) {
            diagonal_[static_cast<std::size_t>(tree_.parent[k])] -=
                gamma * gamma * part_.up.data()[k] * part_.down.data()[k] / diagonal_[k];
        }
    }
    return true;
}

bool CellOde::factor(double t, std::span<const double> y, double gamma, bool reuse) {
    if (!reuse) {
        find_derivatives(t, y);
    }
    gamma_ = gamma;
    return eliminate_states(gamma) && eliminate_tree(gamma);
}

void CellOde::solve(std::span<double> b) {
    const std::size_t s = states_.size();
    const std::size_t n = compartments_;
    for (std::size_t k = 0; k < tree_.node.size(); ++k) {
        right_[k] = 0;
        if (tree_.compartment[k] < 0) {
            continue;
        }
        const auto i = static_cast<std::size_t>(tree_.compartment[k]);
        double* carried = carried_.data() + i * s;
        for (std::size_t a = 0; a < s; ++a) {
            carried[a] = b[(1 + a) * n + i];
        }
        substitute(factors_.data() + i * s * s, s, carried);
        double current = 0;
        for (std::size_t a = 0; a < s; ++a) {
            current += on_current_[cell_row(i, a)] * carried[a];
        }
        right_[k] = part_.capacitance.data()[k] * b[i] + gamma_ * current;
    }
    for (std::size_t k = tree_.node.size(); k-- > 1;) {
        right_[static_cast<std::size_t>(tree_.parent[k])] +=
            gamma_ * part_.down.data()[k] / diagonal_[k] * right_[k];
    }
    for (std::size_t k = 0; k < tree_.node.size(); ++k) {
        if (k > 0) {
            right_[k] +=
                gamma_ * part_.up.data()[k] * right_[static_cast<std::size_t>(tree_.parent[k])];
        }
        right_[k] /= diagonal_[k];
        if (tree_.compartment[k] < 0) {
            continue;
        }
        const auto i = static_cast<std::size_t>(tree_.compartment[k]);
        b[i] = right_[k];
        for (std::size_t a = 0; a < s; ++a) {
            b[(1 + a) * n + i] = carried_[cell_row(i, a)] + follow_[cell_row(i, a)] * right_[k];
        }
    }
}

} // namespace hodg::cable
