// SPDX-License-Identifier: MIT
// Coefficients between neighbours in the order of the solver: axial conductances, and those of what
// diffuses.
#pragma once

#include "cable/solver.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hodg::cable {

/// Entity of a node of the shape in one lane of a part; -1 where there is no membrane.
class EntityOf {
public:
    explicit EntityOf(const cable::Piece::Part& part)
        : group_(*part.group), compartment_(part.tree->node.size(), -1) {
        for (std::size_t k = 0; k < part.tree->node.size(); ++k) {
            compartment_[static_cast<std::size_t>(part.tree->node[k])] = part.tree->compartment[k];
        }
    }
    std::int64_t operator()(std::int32_t node, std::size_t lane) const {
        const std::int32_t at = compartment_[static_cast<std::size_t>(node)];
        return at < 0 ? -1
                      : group_.first + std::int64_t{at} * group_.lanes +
                            static_cast<std::int64_t>(lane);
    }

private:
    const Group& group_;
    std::vector<std::int32_t> compartment_; // by node of the shape
};

/// Conductances between nodes, in the order of the solver: `resistivity(entity)` holds over the
/// half of each compartment.
template <typename Resistivity>
void couple(const cable::Piece::Part& part, const CableTree& shape, const Resistivity& resistivity,
            double* axial, double* neighbours) {
    const SolverTree& tree = *part.tree;
    const auto lanes = static_cast<std::size_t>(part.group->lanes);
    const EntityOf entity(part);
    std::fill_n(neighbours, tree.node.size() * lanes, 0.0);
    std::fill_n(axial, lanes, 0.0);
    for (std::size_t k = 1; k < tree.node.size(); ++k) {
        const std::int32_t below = tree.edge[k];
        const std::int32_t above = shape.parent[static_cast<std::size_t>(below)];
        const double own_half = shape.own_half[static_cast<std::size_t>(below)];
        const double parent_half = shape.parent_half[static_cast<std::size_t>(below)];
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const std::int64_t lower = entity(below, lane);
            const std::int64_t upper = entity(above, lane);
            double resistance = 0;
            if (own_half > 0) {
                resistance += own_half * resistivity(lower >= 0 ? lower : upper);
            }
            if (parent_half > 0) {
                resistance += parent_half * resistivity(upper >= 0 ? upper : lower);
            }
            const std::size_t at = k * lanes + lane;
            axial[at] = 1.0 / resistance;
            neighbours[at] += axial[at];
            neighbours[static_cast<std::size_t>(tree.parent[k]) * lanes + lane] += axial[at];
        }
    }
}

/// The equations of `couple`, each divided by the scale of its node.
inline void normalise(const SolverTree& tree, std::size_t lanes, const double* scale, double* up,
                      double* down, double* neighbours) {
    std::fill_n(down, lanes, 0.0);
    for (std::size_t k = 0; k < tree.node.size(); ++k) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const std::size_t at = k * lanes + lane;
            if (k > 0) {
                const auto parent = static_cast<std::size_t>(tree.parent[k]);
                down[at] = up[at] / scale[parent * lanes + lane];
            }
            up[at] /= scale[at];
            neighbours[at] /= scale[at];
        }
    }
}

} // namespace hodg::cable
