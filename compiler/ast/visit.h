// SPDX-License-Identifier: MIT
// The one traversal helper of the tree: match on a variant, children of an expression, every
// expression below an expression.
#pragma once

#include "ast/nodes.h"

#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace hhc::ast {

template <class... Cases> struct Overloaded : Cases... {
    using Cases::operator()...;
};

/// match(item.node, [](const Equation& e) {...}, [](const auto&) {...});
template <class Variant, class... Cases> decltype(auto) match(Variant&& node, Cases&&... cases) {
    return std::visit(Overloaded<std::decay_t<Cases>...>{std::forward<Cases>(cases)...},
                      std::forward<Variant>(node));
}

/// Direct operands in the order of the text (for a conditional: value, condition, other value).
[[nodiscard]] std::vector<ExprId> children(const Expr& expr);

/// Calls f(id, expr) for `root` and everything below it, operands before operations, without
/// recursion.
template <class F> void for_each_below(const File& file, ExprId root, F&& f) {
    if (!root.valid()) {
        return;
    }
    std::vector<std::pair<ExprId, bool>> pending{{root, false}};
    while (!pending.empty()) {
        const auto [id, opened] = pending.back();
        pending.pop_back();
        if (opened) {
            f(id, file.expr(id));
            continue;
        }
        pending.emplace_back(id, true);
        const std::vector<ExprId> below = children(file.expr(id));
        for (auto child = below.rbegin(); child != below.rend(); ++child) {
            pending.emplace_back(*child, false);
        }
    }
}

} // namespace hhc::ast
