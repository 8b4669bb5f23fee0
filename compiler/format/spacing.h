// SPDX-License-Identifier: MIT
// Private to format: whether a blank stands between two neighbouring tokens of a statement.
#pragma once

#include "ast/nodes.h"

#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

namespace hhc::format {

/// What the tree knows about tokens that look alike: signs and subtractions, calls and flags.
class Spacing {
public:
    Spacing(std::string_view text, const ast::File& file);

    /// `before` is the token before `left`, null at the start of a statement.
    [[nodiscard]] bool between(const ast::Token* before, const ast::Token& left,
                               const ast::Token& right) const;

private:
    void add_items(const std::vector<ast::Item>& items);
    void add(const std::vector<ast::Flag>& flags);
    void add(const std::vector<ast::Equation>& equations);
    void add(const std::vector<ast::Param>& params);
    void add(const std::vector<ast::Part>& parts);
    [[nodiscard]] std::string_view text(const ast::Token& token) const;
    [[nodiscard]] bool is_tight(const ast::Token& token) const;
    [[nodiscard]] bool is_sign(const ast::Token* before, const ast::Token& token) const;

    std::string_view text_;
    std::set<std::uint32_t> signs_;   // begin of every `-` and `+` that has one operand
    std::set<std::uint32_t> hyphens_; // begin of every `-` inside a flag
    std::set<std::uint32_t> callees_; // end of every name whose `(` belongs to it
};

} // namespace hhc::format
