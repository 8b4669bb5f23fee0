// SPDX-License-Identifier: MIT
#include "ast/dump.h"
#include "ast/visit.h"

#include <gtest/gtest.h>

#include <utility>

namespace hhc::ast {
namespace {

ExprId add(File& file, decltype(Expr::node) node) {
    Expr expr;
    expr.node = std::move(node);
    return file.exprs.push_back(std::move(expr));
}

TEST(Dump, shows_operations_with_all_their_parentheses) {
    File file;
    const ExprId two = add(file, Number{"2", 2, true});
    const ExprId quantity = add(file, Quantity{"10", {{}, "mV"}, -1});
    const ExprId unknown = add(file, ErrorExpr{});
    const ExprId sum = add(file, Binary{BinaryOp::Add, {}, two, quantity});
    const ExprId all = add(file, Binary{BinaryOp::Crosses, {}, sum, unknown});
    EXPECT_EQ(dump_expr(file, all), "((2 + [10 mV**-1]) crosses ?)");
    EXPECT_EQ(dump_expr(file, ExprId()), "?");
}

TEST(Dump, spells_every_operator) {
    for (int op = 0; op <= static_cast<int>(BinaryOp::Crosses); ++op) {
        EXPECT_FALSE(spelling(static_cast<BinaryOp>(op)).empty());
    }
    EXPECT_EQ(spelling(BinaryOp::Crosses), "crosses");
    EXPECT_EQ(spelling(BinaryOp::NotEqual), "!=");
    EXPECT_EQ(spelling(AssignOp::Modulo), "%=");
    EXPECT_EQ(spelling(BlockKind::Cell), "cell");
}

TEST(Visit, walks_a_long_chain_without_recursion) {
    File file;
    ExprId chain = add(file, Number{"1", 1, true});
    for (int i = 0; i < 200'000; ++i) {
        chain = add(file, Unary{UnaryOp::Minus, {}, chain});
    }
    std::size_t seen = 0;
    for_each_below(file, chain, [&](ExprId, const Expr&) { ++seen; });
    EXPECT_EQ(seen, 200'001U);
}

TEST(Path, joins_its_parts) {
    EXPECT_EQ((Path{{}, {{{}, "na"}, {{}, "m"}}}.text()), "na.m");
    EXPECT_EQ(Path().text(), "");
}

} // namespace
} // namespace hhc::ast
