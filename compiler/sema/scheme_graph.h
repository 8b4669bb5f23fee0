// SPDX-License-Identifier: MIT
// Which species of a kinetic scheme hang together, and where everything ends up.
#pragma once

#include <cstddef>
#include <vector>

namespace hhc::sema {

class SchemeGraph {
public:
    explicit SchemeGraph(std::size_t size = 0);
    void add(std::size_t from, std::size_t to);

    /// Species connected by transitions in any direction, each list in order.
    [[nodiscard]] std::vector<std::vector<std::size_t>> components() const;
    [[nodiscard]] std::size_t component_of(std::size_t species) const;
    /// The sets within a component that are never left and whose members reach each other: a
    /// first-order scheme has one steady state if and only if there is one such set.
    [[nodiscard]] std::vector<std::vector<std::size_t>>
    closed_classes(const std::vector<std::size_t>& component) const;

private:
    using Relation = std::vector<std::vector<bool>>;
    static void close(Relation& relation);
    [[nodiscard]] Relation reach() const;

    Relation leads_;
};

} // namespace hhc::sema
