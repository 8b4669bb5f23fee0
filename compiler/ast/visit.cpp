// SPDX-License-Identifier: MIT
#include "ast/visit.h"

namespace hhc::ast {

std::string Path::text() const {
    std::string result;
    for (const Name& part : parts) {
        result += result.empty() ? part.text : "." + part.text;
    }
    return result;
}

std::vector<ExprId> children(const Expr& expr) {
    using Ids = std::vector<ExprId>;
    return match(
        expr.node, [](const Call& call) { return call.arguments; },
        [](const Unary& unary) { return Ids{unary.operand}; },
        [](const Binary& binary) { return Ids{binary.left, binary.right}; },
        [](const Conditional& choice) {
            return Ids{choice.then_value, choice.condition, choice.else_value};
        },
        [](const auto&) { return Ids{}; });
}

} // namespace hhc::ast
