// SPDX-License-Identifier: MIT
#include "format/spacing.h"

#include "ast/visit.h"

#include <algorithm>
#include <initializer_list>

namespace hhc::format {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> set) {
    return std::find(set.begin(), set.end(), text) != set.end();
}

} // namespace

Spacing::Spacing(std::string_view text, const ast::File& file) : text_(text) {
    for (const ast::Expr& expr : file.exprs) {
        ast::match(
            expr.node, [&](const ast::Unary& unary) { signs_.insert(unary.op_span.begin); },
            [&](const ast::Quantity&) { signs_.insert(expr.span.begin); }, // `-10 degC`
            [&](const ast::Call& call) { callees_.insert(call.function.span.end); },
            [](const auto&) {});
    }
    add_items(file.items);
}

void Spacing::add(const std::vector<ast::Flag>& flags) {
    for (const ast::Flag& flag : flags) {
        for (std::uint32_t at = flag.span.begin; at < flag.span.end; ++at) {
            if (text_[at] == '-') {
                hyphens_.insert(at);
            }
        }
    }
}

void Spacing::add(const std::vector<ast::Equation>& equations) {
    for (const ast::Equation& equation : equations) {
        add(equation.flags);
    }
}

void Spacing::add(const std::vector<ast::Param>& params) {
    for (const ast::Param& param : params) {
        add(param.flags);
    }
}

void Spacing::add(const std::vector<ast::Part>& parts) {
    for (const ast::Part& part : parts) {
        callees_.insert(part.path.span.end);
    }
}

void Spacing::add_items(const std::vector<ast::Item>& items) {
    for (const ast::Item& item : items) {
        ast::match(
            item.node, [&](const ast::Block& block) { add_items(block.items); },
            [&](const ast::Equation& equation) { add(equation.flags); },
            [&](const ast::Param& param) { add(param.flags); },
            [&](const ast::Input& input) { add(input.flags); },
            [&](const ast::Gate& gate) { add(gate.equations); },
            [&](const ast::Ion& ion) {
                add(ion.equations);
                add(ion.params);
            },
            [&](const ast::Kinetic& scheme) { add(scheme.equations); },
            [&](const ast::Use& use) { add(use.parts); },
            [&](const ast::Insert& insert) { add(insert.parts); },
            [&](const ast::Function& function) { callees_.insert(function.name.span.end); },
            [&](const ast::Method& method) { callees_.insert(method.name.span.end); },
            [](const auto&) {});
    }
}

std::string_view Spacing::text(const ast::Token& token) const {
    return text_.substr(token.span.begin, token.span.end - token.span.begin);
}

bool Spacing::is_tight(const ast::Token& token) const {
    return is_one_of(text(token), {"**", "*", "/", "//", "%", ".", "(", "["}) ||
           hyphens_.contains(token.span.begin);
}

bool Spacing::is_sign(const ast::Token* before, const ast::Token& token) const {
    if (!is_one_of(text(token), {"-", "+"})) {
        return false;
    }
    const bool of_exponent = before != nullptr && is_one_of(text(*before), {"**", "("});
    return of_exponent || signs_.contains(token.span.begin);
}

bool Spacing::between(const ast::Token* before, const ast::Token& left,
                      const ast::Token& right) const {
    const std::string_view after = text(right);
    if (is_tight(left) || is_sign(before, left) || is_one_of(after, {")", "]", ",", ";", "."})) {
        return false;
    }
    if (after == "(") {
        return !callees_.contains(left.span.end);
    }
    return !is_tight(right);
}

} // namespace hhc::format
