// SPDX-License-Identifier: MIT
#include "cable/layout.h"

#include "abi/kernel_abi.h"
#include "base/fail.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace hodg::cable {

using base::Code;
using base::fail;

/// Groups are gathered into one piece up to this many entities.
static constexpr std::int64_t piece_length = 1024;

namespace {

using Neighbours = std::vector<std::vector<std::int32_t>>;

Neighbours neighbours_of(const CableTree& tree) {
    Neighbours near(tree.parent.size());
    for (std::size_t k = 1; k < tree.parent.size(); ++k) {
        const auto parent = static_cast<std::size_t>(tree.parent[k]);
        near[k].push_back(tree.parent[k]);
        near[parent].push_back(static_cast<std::int32_t>(k));
    }
    return near;
}

/// Nodes by distance from `root`, and where each was reached from.
std::vector<std::int32_t> breadth_first(const Neighbours& near, std::int32_t root,
                                        std::vector<std::int32_t>& from) {
    std::vector<std::int32_t> order{root};
    from.assign(near.size(), -1);
    for (std::size_t at = 0; at < order.size(); ++at) {
        const std::int32_t node = order[at];
        for (const std::int32_t other : near[static_cast<std::size_t>(node)]) {
            if (other != from[static_cast<std::size_t>(node)]) {
                from[static_cast<std::size_t>(other)] = node;
                order.push_back(other);
            }
        }
    }
    return order;
}

/// The middle of the longest path.
std::int32_t centre(const Neighbours& near) {
    std::vector<std::int32_t> from;
    const std::int32_t one_end = breadth_first(near, 0, from).back();
    const std::int32_t other_end = breadth_first(near, one_end, from).back();
    std::vector<std::int32_t> path;
    for (std::int32_t node = other_end; node >= 0; node = from[static_cast<std::size_t>(node)]) {
        path.push_back(node);
    }
    return path[path.size() / 2];
}

/// Whether no node has more than two neighbours.
bool is_row(const CableTree& tree) {
    return std::ranges::all_of(neighbours_of(tree),
                               [](const auto& near) { return near.size() < 3; });
}

SolverTree make_order(const CableTree& tree, bool from_centre) {
    const std::size_t n = tree.parent.size();
    std::vector<std::int32_t> from = tree.parent;
    std::vector<std::int32_t> order(n);
    std::iota(order.begin(), order.end(), 0);
    if (from_centre) {
        const Neighbours near = neighbours_of(tree);
        order = breadth_first(near, centre(near), from);
    }
    SolverTree result;
    std::vector<std::int32_t> place(n);
    std::vector<std::int32_t> compartment(n, -1);
    for (std::size_t k = 0; k < n; ++k) {
        place[static_cast<std::size_t>(order[k])] = static_cast<std::int32_t>(k);
        if (tree.area[k] > 0) {
            compartment[k] = result.compartments++;
        }
    }
    for (const std::int32_t node : order) {
        const auto k = static_cast<std::size_t>(node);
        const std::int32_t parent = from[k];
        result.node.push_back(node);
        result.parent.push_back(parent < 0 ? -1 : place[static_cast<std::size_t>(parent)]);
        const bool downwards = parent >= 0 && tree.parent[k] == parent;
        result.edge.push_back(downwards ? node : parent); // upwards: the edge is the other node's
        result.compartment.push_back(compartment[k]);
    }
    result.sum.assign(n, -1);
    for (std::size_t k = 1; k < n; ++k) {
        const auto parent = static_cast<std::size_t>(result.parent[k]);
        if (k - parent > 2 && result.sum[parent] < 0) {
            result.sum[parent] = result.sums++;
        }
    }
    return result;
}

void check_tree(const CableTree& tree, std::size_t index) {
    const std::size_t n = tree.parent.size();
    const auto refuse = [index](const std::string& why) {
        fail(Code::BadCable, fmt::format("shape {} of a cable cannot be solved: {}", index, why));
    };
    if (n == 0 || tree.area.size() != n || tree.own_half.size() != n ||
        tree.parent_half.size() != n) {
        refuse("its lists are empty or of different lengths");
    }
    for (std::size_t k = 0; k < n; ++k) {
        if (k == 0 ? tree.parent[k] != -1
                   : (tree.parent[k] < 0 || tree.parent[k] >= static_cast<std::int32_t>(k))) {
            refuse(fmt::format("the parent of node {} does not come before it", k));
        }
        const double resistance = tree.own_half[k] + tree.parent_half[k];
        if (!std::isfinite(tree.area[k]) || tree.area[k] < 0 || !std::isfinite(resistance) ||
            tree.own_half[k] < 0 || tree.parent_half[k] < 0 || (k > 0 && resistance <= 0)) {
            refuse(fmt::format("node {} has no area or no axial resistance that makes sense", k));
        }
    }
    if (std::none_of(tree.area.begin(), tree.area.end(), [](double area) { return area > 0; })) {
        refuse("it has no membrane");
    }
}

} // namespace

void Layout::check() const {
    if (trees_.empty() || tree_of_cell_.empty()) {
        fail(Code::BadCable, "a cable population needs at least one cell");
    }
    for (std::size_t i = 0; i < trees_.size(); ++i) {
        check_tree(trees_[i], i);
    }
    for (const std::int32_t tree : tree_of_cell_) {
        if (tree < 0 || static_cast<std::size_t>(tree) >= trees_.size()) {
            fail(Code::BadCable,
                 fmt::format("a cell has shape {}, and there are {}", tree, trees_.size()));
        }
    }
}

Layout::Layout(std::vector<CableTree> trees, std::vector<std::int32_t> tree_of_cell, bool alone)
    : trees_(std::move(trees)), tree_of_cell_(std::move(tree_of_cell)), alone_only_(alone) {
    check();
    for (const CableTree& tree : trees_) {
        interleaved_.push_back(make_order(tree, is_row(tree)));
        alone_.push_back(make_order(tree, true));
    }
    make_groups();
    place();
}

/// Eight cells of one shape a group, then four; a few are better off alone than half empty.
void Layout::make_groups() {
    std::vector<std::vector<std::int32_t>> cells(trees_.size());
    for (std::size_t c = 0; c < tree_of_cell_.size(); ++c) {
        cells[static_cast<std::size_t>(tree_of_cell_[c])].push_back(static_cast<std::int32_t>(c));
    }
    for (std::size_t t = 0; t < trees_.size(); ++t) {
        for (std::size_t at = 0; at < cells[t].size();) {
            const std::size_t left = cells[t].size() - at;
            Group group;
            group.tree = static_cast<std::int32_t>(t);
            group.lanes = alone_only_ ? 1 : (left >= 6 ? 8 : (left >= 3 ? 4 : 1));
            const std::size_t taken = std::min(left, static_cast<std::size_t>(group.lanes));
            group.cells.assign(cells[t].begin() + static_cast<std::ptrdiff_t>(at),
                               cells[t].begin() + static_cast<std::ptrdiff_t>(at + taken));
            at += taken;
            groups_.push_back(std::move(group));
        }
    }
}

void Layout::place() {
    std::vector<std::int64_t> first_node{0}; // by cell
    for (const std::int32_t tree : tree_of_cell_) {
        first_node.push_back(first_node.back() +
                             static_cast<std::int64_t>(this->tree(tree).parent.size()));
    }
    entity_of_.assign(static_cast<std::size_t>(first_node.back()), -1);
    std::int64_t next = 0;
    PieceRange piece;
    const auto close = [&](std::size_t last_group) {
        next = (next + HHK_BLOCK - 1) / HHK_BLOCK * HHK_BLOCK;
        piece.end = next;
        piece.last_group = last_group;
        pieces_.push_back(piece);
        piece = {next, next, last_group, last_group};
    };
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        Group& group = groups_[g];
        const SolverTree& order = interleaved_[static_cast<std::size_t>(group.tree)];
        const std::int64_t size = std::int64_t{order.compartments} * group.lanes;
        if (next > piece.begin && next - piece.begin + size > (alone_only_ ? 0 : piece_length)) {
            close(g);
        }
        next = (next + group.lanes - 1) / group.lanes * group.lanes;
        group.first = next;
        next += size;
        stands_for_.resize(static_cast<std::size_t>(next), -1);
        for (std::size_t k = 0; k < order.node.size(); ++k) {
            if (order.compartment[k] < 0) {
                continue;
            }
            for (std::int32_t lane = 0; lane < group.lanes; ++lane) {
                const std::size_t own =
                    std::min(static_cast<std::size_t>(lane), group.cells.size() - 1);
                const auto cell = static_cast<std::size_t>(group.cells[own]);
                const std::int64_t entity =
                    group.first + std::int64_t{order.compartment[k]} * group.lanes + lane;
                const std::int64_t flat = first_node[cell] + order.node[k];
                stands_for_[static_cast<std::size_t>(entity)] = flat;
                if (static_cast<std::size_t>(lane) < group.cells.size()) {
                    entity_of_[static_cast<std::size_t>(flat)] = entity;
                }
            }
        }
    }
    close(groups_.size());
    entities_ = next;
    stands_for_.resize(static_cast<std::size_t>(next), -1);
    for (std::size_t e = 1; e < stands_for_.size(); ++e) { // entity 0 is always real
        if (stands_for_[e] < 0) {
            stands_for_[e] = stands_for_[e - 1];
        }
    }
}

} // namespace hodg::cable

namespace hodg {

CableLayout::CableLayout(std::vector<CableTree> trees, std::vector<std::int32_t> tree_of_cell,
                         bool alone)
    : layout_(std::make_shared<cable::Layout>(std::move(trees), std::move(tree_of_cell), alone)) {}

std::int64_t CableLayout::entities() const {
    return layout_->entities();
}
const std::vector<std::int64_t>& CableLayout::entity_of() const {
    return layout_->entity_of();
}
const std::vector<std::int64_t>& CableLayout::stands_for() const {
    return layout_->stands_for();
}

} // namespace hodg
