// SPDX-License-Identifier: MIT
// Cells as entities of one population. Cells of one shape stand interleaved in groups of eight or
// four (compartment by compartment, one cell a lane); the others, and the rest, alone. Groups are
// packed into pieces that one thread advances, which begin at whole blocks.
#pragma once

#include "hodg/cable.h"

#include <cstdint>
#include <vector>

namespace hodg::cable {

/// A tree in the order in which the solver eliminates it: parents first.
struct SolverTree {
    std::vector<std::int32_t> node;        // of the CableTree
    std::vector<std::int32_t> parent;      // in this order; -1 for the root
    std::vector<std::int32_t> edge;        // node of the CableTree whose edge to its parent this is
    std::vector<std::int32_t> compartment; // among the compartments, or -1: no membrane
    /// Of nodes with children that are neither of the next two in the order: which sum these add
    /// to; -1 for the others.
    std::vector<std::int32_t> sum;
    std::int32_t sums = 0;
    std::int32_t compartments = 0;
};

/// Cells of one shape, one a lane.
struct Group {
    std::int32_t tree = 0;
    std::int32_t lanes = 1;
    std::int64_t first = 0;          // entity of lane 0, compartment 0
    std::vector<std::int32_t> cells; // by lane; fewer than lanes: the last one is repeated
};

struct PieceRange {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::size_t first_group = 0;
    std::size_t last_group = 0; // one beyond
};

class Layout {
public:
    Layout(std::vector<CableTree> trees, std::vector<std::int32_t> tree_of_cell,
           bool alone = false);

    [[nodiscard]] const CableTree& tree(std::int32_t index) const {
        return trees_[static_cast<std::size_t>(index)];
    }
    /// For one cell alone and for interleaved cells without branches from the middle of the tree
    /// outwards, so that neighbours in the order do not wait for each other; else in natural order.
    [[nodiscard]] const SolverTree& order(const Group& group) const {
        const auto& orders = group.lanes > 1 ? interleaved_ : alone_;
        return orders[static_cast<std::size_t>(group.tree)];
    }
    /// One cell a piece.
    [[nodiscard]] bool alone() const { return alone_only_; }
    [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
    [[nodiscard]] const std::vector<PieceRange>& pieces() const { return pieces_; }
    [[nodiscard]] std::int64_t entities() const { return entities_; }
    [[nodiscard]] const std::vector<std::int64_t>& entity_of() const { return entity_of_; }
    [[nodiscard]] const std::vector<std::int64_t>& stands_for() const { return stands_for_; }

private:
    void check() const;
    void make_groups();
    void place();

    std::vector<CableTree> trees_;
    std::vector<std::int32_t> tree_of_cell_;
    bool alone_only_; // one cell a group, one group a piece
    std::vector<SolverTree> interleaved_;
    std::vector<SolverTree> alone_;
    std::vector<Group> groups_;
    std::vector<PieceRange> pieces_;
    std::int64_t entities_ = 0;
    std::vector<std::int64_t> entity_of_;
    std::vector<std::int64_t> stands_for_;
};

} // namespace hodg::cable
