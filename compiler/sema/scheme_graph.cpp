// SPDX-License-Identifier: MIT
#include "sema/scheme_graph.h"

#include <algorithm>

namespace hhc::sema {

SchemeGraph::SchemeGraph(std::size_t size) : leads_(size, std::vector<bool>(size, false)) {
    for (std::size_t i = 0; i < size; ++i) {
        leads_[i][i] = true;
    }
}

void SchemeGraph::add(std::size_t from, std::size_t to) {
    leads_[from][to] = true;
}

/// The transitive closure.
void SchemeGraph::close(Relation& relation) {
    const std::size_t n = relation.size();
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; relation[i][k] && j < n; ++j) {
                relation[i][j] = relation[i][j] || relation[k][j];
            }
        }
    }
}

SchemeGraph::Relation SchemeGraph::reach() const {
    Relation result = leads_;
    close(result);
    return result;
}

std::vector<std::vector<std::size_t>> SchemeGraph::components() const {
    Relation linked = leads_;
    for (std::size_t i = 0; i < linked.size(); ++i) {
        for (std::size_t j = 0; j < linked.size(); ++j) {
            linked[i][j] = leads_[i][j] || leads_[j][i];
        }
    }
    close(linked);
    std::vector<std::vector<std::size_t>> result;
    std::vector<bool> done(linked.size(), false);
    for (std::size_t i = 0; i < linked.size(); ++i) {
        if (done[i]) {
            continue;
        }
        std::vector<std::size_t>& component = result.emplace_back();
        for (std::size_t j = i; j < linked.size(); ++j) {
            if (linked[i][j]) {
                component.push_back(j);
                done[j] = true;
            }
        }
    }
    return result;
}

std::size_t SchemeGraph::component_of(std::size_t species) const {
    const auto all = components();
    const auto found = std::ranges::find_if(all, [species](const auto& component) {
        return std::ranges::find(component, species) != component.end();
    });
    return static_cast<std::size_t>(found - all.begin());
}

std::vector<std::vector<std::size_t>>
SchemeGraph::closed_classes(const std::vector<std::size_t>& component) const {
    const Relation reached = reach();
    std::vector<std::vector<std::size_t>> result;
    for (const std::size_t i : component) {
        std::vector<std::size_t> members;
        bool closed = true;
        for (const std::size_t j : component) {
            if (reached[i][j]) {
                members.push_back(j);
                closed = closed && reached[j][i];
            }
        }
        if (closed && members.front() == i) {
            result.push_back(std::move(members));
        }
    }
    return result;
}

} // namespace hhc::sema
