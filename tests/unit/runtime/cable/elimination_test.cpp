// SPDX-License-Identifier: MIT
// The solver's elimination against Gaussian elimination of the whole matrix, and the layout of
// cells among entities.
#include "cable/elimination.h"

#include "hodg/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

namespace hodg::cable {
namespace {

/// A soma, three compartments, a point at which two branches of two and one compartments begin.
CableTree forked() {
    return {{-1, 0, 1, 2, 3, 4, 5, 4},
            {3e-10, 1e-11, 1e-11, 1e-11, 0, 2e-11, 2e-11, 1e-11},
            {0, 1e6, 1e6, 1e6, 0, 2e6, 2e6, 3e6},
            {0, 0, 1e6, 1e6, 1e6, 0, 2e6, 0}};
}

std::vector<double> gauss(std::vector<std::vector<double>> a, std::vector<double> b) {
    const std::size_t n = b.size();
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t i = k + 1; i < n; ++i) {
            const double factor = a[i][k] / a[k][k];
            for (std::size_t j = k; j < n; ++j) {
                a[i][j] -= factor * a[k][j];
            }
            b[i] -= factor * b[k];
        }
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t j = i + 1; j < n; ++j) {
            b[i] -= a[i][j] * b[j];
        }
        b[i] /= a[i][i];
    }
    return b;
}

/// The solver reads whole vectors: its arrays begin on cache lines.
struct Aligned {
    alignas(64) std::array<double, 64> values{};

    explicit Aligned(const std::vector<double>& from) {
        std::copy(from.begin(), from.end(), values.begin());
    }
    explicit Aligned(std::size_t /*size*/) {}
    double* data() { return values.data(); }
};

/// Numbers of a group of `lanes` cells of that tree, by node and lane, and what follows from them.
struct Problem {
    SolverTree tree;
    std::vector<double> axial, neighbours, capacitance, area, conductance, current, v;

    Problem(SolverTree order, const CableTree& shape, std::size_t lanes) : tree(std::move(order)) {
        const std::size_t n = tree.node.size();
        axial.assign(n * lanes, 0);
        neighbours = capacitance = area = axial;
        conductance.assign(static_cast<std::size_t>(tree.compartments) * lanes, 0);
        current = v = conductance;
        for (std::size_t k = 0; k < n; ++k) {
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                const auto node = static_cast<std::size_t>(tree.node[k]);
                const double some = 1.0 + 0.1 * static_cast<double>(node + 3 * lane);
                const std::size_t at = k * lanes + lane;
                area[at] = shape.area[node];
                capacitance[at] = 0.01 * some * shape.area[node];
                if (tree.compartment[k] >= 0) {
                    const auto c = static_cast<std::size_t>(tree.compartment[k]) * lanes + lane;
                    conductance[c] = 3 * some;
                    current[c] = -0.2 * some;
                    v[c] = -0.06 - 0.001 * some;
                }
                if (k > 0) {
                    const auto edge = static_cast<std::size_t>(tree.edge[k]);
                    axial[at] = 1 / (shape.own_half[edge] + shape.parent_half[edge]);
                    neighbours[at] += axial[at];
                    const auto up = static_cast<std::size_t>(tree.parent[k]);
                    neighbours[up * lanes + lane] += axial[at];
                }
            }
        }
    }

    /// What `eliminate` wants: every equation divided by the area of its node.
    struct Divided {
        std::vector<double> up, down, neighbours, capacitance;
    };

    [[nodiscard]] Divided divided(std::size_t lanes) const {
        Divided result{axial, axial, neighbours, capacitance};
        for (std::size_t at = 0; at < axial.size(); ++at) {
            const auto own = [this](std::size_t i) { return area[i] > 0 ? area[i] : 1.0; };
            const std::int32_t parent = tree.parent[at / lanes];
            result.up[at] /= own(at);
            result.neighbours[at] /= own(at);
            result.capacitance[at] /= own(at);
            if (parent >= 0) {
                result.down[at] /= own(static_cast<std::size_t>(parent) * lanes + at % lanes);
            }
        }
        return result;
    }

    [[nodiscard]] std::vector<double> solved(std::size_t lanes, std::size_t lane,
                                             double rate) const {
        const std::size_t n = tree.node.size();
        std::vector<std::vector<double>> matrix(n, std::vector<double>(n, 0));
        std::vector<double> right(n, 0);
        for (std::size_t k = 0; k < n; ++k) {
            const std::size_t at = k * lanes + lane;
            matrix[k][k] = neighbours[at];
            if (tree.compartment[k] >= 0) {
                const auto c = static_cast<std::size_t>(tree.compartment[k]) * lanes + lane;
                matrix[k][k] += capacitance[at] * rate + area[at] * conductance[c];
                right[k] = capacitance[at] * rate * v[c] + area[at] * current[c];
            }
            if (k > 0) {
                const auto up = static_cast<std::size_t>(tree.parent[k]);
                matrix[k][up] = matrix[up][k] = -axial[at];
            }
        }
        return gauss(std::move(matrix), std::move(right));
    }
};

class Elimination : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Elimination, equals_the_solution_of_the_whole_matrix) {
    const std::size_t lanes = GetParam();
    const CableTree shape = forked();
    const Layout layout({shape}, std::vector<std::int32_t>(lanes, 0));
    const Group& group = layout.groups()[0];
    ASSERT_EQ(static_cast<std::size_t>(group.lanes), lanes);
    const Problem problem(layout.order(group), shape, lanes);
    const Problem& before = problem;
    const std::size_t size = problem.axial.size();
    Aligned factor(size);
    Aligned right(size);
    Aligned sums(size);
    const Problem::Divided divided = problem.divided(lanes);
    Aligned up(divided.up);
    Aligned down(divided.down);
    Aligned neighbours(divided.neighbours);
    Aligned capacitance(divided.capacitance);
    Aligned conductance(problem.conductance);
    Aligned current(problem.current);
    Aligned v(problem.v);
    const Coefficients coefficients{up.data(), down.data(), neighbours.data(), capacitance.data()};
    const Membrane membrane{conductance.data(), current.data(), v.data(),
                            factor.data(),      right.data(),   sums.data()};
    constexpr double rate = 40'000;
    ASSERT_TRUE(eliminate(problem.tree, group.lanes, coefficients, membrane, rate, true));
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        const std::vector<double> exact = before.solved(lanes, lane, rate);
        for (std::size_t k = 0; k < problem.tree.node.size(); ++k) {
            if (problem.tree.compartment[k] >= 0) {
                const auto c = static_cast<std::size_t>(problem.tree.compartment[k]) * lanes + lane;
                EXPECT_NEAR(v.values[c], 2 * exact[k] - before.v[c], 1e-15);
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(lanes, Elimination, ::testing::Values(1, 4, 8));

TEST(elimination, refuses_a_membrane_that_is_not_stable) {
    const CableTree shape = forked();
    const Layout layout({shape}, {0});
    Problem problem(layout.order(layout.groups()[0]), shape, 1);
    problem.conductance[2] = -1e6;
    const std::vector<double> before = problem.v;
    const Problem::Divided divided = problem.divided(1);
    std::vector<double> factor(problem.axial.size());
    std::vector<double> right(problem.axial.size());
    std::vector<double> sums(problem.axial.size());
    EXPECT_FALSE(eliminate(problem.tree, 1,
                           {divided.up.data(), divided.down.data(), divided.neighbours.data(),
                            divided.capacitance.data()},
                           {problem.conductance.data(), problem.current.data(), problem.v.data(),
                            factor.data(), right.data(), sums.data()},
                           40'000, false));
    EXPECT_EQ(problem.v, before);
}

TEST(layout, every_compartment_has_one_entity_and_copies_fill_the_rest) {
    for (const std::size_t cells : {1U, 2U, 3U, 5U, 8U, 14U, 100U}) {
        const CableTree shape = forked();
        const Layout layout({shape}, std::vector<std::int32_t>(cells, 0));
        std::set<std::int64_t> seen;
        for (std::size_t flat = 0; flat < layout.entity_of().size(); ++flat) {
            const std::int64_t entity = layout.entity_of()[flat];
            EXPECT_EQ(entity < 0, shape.area[flat % shape.area.size()] == 0);
            if (entity >= 0) {
                EXPECT_TRUE(seen.insert(entity).second);
                EXPECT_EQ(layout.stands_for()[static_cast<std::size_t>(entity)],
                          static_cast<std::int64_t>(flat));
            }
        }
        EXPECT_EQ(seen.size(), 7 * cells);
        EXPECT_EQ(layout.entities() % 64, 0);
        for (const std::int64_t flat : layout.stands_for()) {
            EXPECT_GE(layout.entity_of()[static_cast<std::size_t>(flat)], 0);
        }
    }
}

TEST(layout, a_row_is_eliminated_towards_its_middle) {
    CableTree row;
    for (std::int32_t k = 0; k < 101; ++k) {
        row.parent.push_back(k - 1);
        row.area.push_back(1e-12);
        row.own_half.push_back(1e6);
        row.parent_half.push_back(1e6);
    }
    for (const std::size_t cells : {1U, 8U}) {
        const Layout layout({row}, std::vector<std::int32_t>(cells, 0));
        const SolverTree& order = layout.order(layout.groups()[0]);
        EXPECT_EQ(order.node[0], 50);
        for (std::size_t k = 3; k < order.node.size(); ++k) {
            EXPECT_EQ(order.parent[k], static_cast<std::int32_t>(k) - 2); // two rows, in turn
        }
    }
}

TEST(layout, cells_alone_are_tiles_of_their_own) {
    const Layout layout({forked()}, std::vector<std::int32_t>(9, 0), true);
    ASSERT_EQ(layout.groups().size(), 9U);
    ASSERT_EQ(layout.pieces().size(), 9U);
    for (std::size_t k = 0; k < 9; ++k) {
        EXPECT_EQ(layout.groups()[k].lanes, 1);
        EXPECT_EQ(layout.groups()[k].first, layout.pieces()[k].begin);
    }
}

TEST(layout, refuses_what_is_no_tree) {
    const auto with = [](auto&& change) {
        CableTree tree = forked();
        change(tree);
        try {
            const Layout layout({tree}, {0});
        } catch (const Error& error) {
            return std::string(error.code());
        }
        return std::string();
    };
    EXPECT_EQ(with([](CableTree& t) { t.parent[3] = 5; }), "HH6070");
    EXPECT_EQ(with([](CableTree& t) { t.parent[0] = 0; }), "HH6070");
    EXPECT_EQ(with([](CableTree& t) { t.area[2] = std::nan(""); }), "HH6070");
    EXPECT_EQ(with([](CableTree& t) { t.own_half[2] = t.parent_half[2] = 0; }), "HH6070");
    EXPECT_EQ(with([](CableTree& t) { t.area.pop_back(); }), "HH6070");
    EXPECT_EQ(with([](CableTree& t) { t.area.assign(8, 0.0); }), "HH6070");
    EXPECT_EQ(with([](CableTree& t) { (void)t; }), "");
}

} // namespace
} // namespace hodg::cable
