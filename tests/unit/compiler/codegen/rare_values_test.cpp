// SPDX-License-Identifier: MIT
// Series near a point where a formula is 0/0 stand behind a branch, so does what joined divisions
// fall back on, and nothing else.
#include "codegen/emit_kernel.h"
#include "codegen/value_writer.h"
#include "hand_models.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace hhc::codegen {
namespace {

using hhc::testing::add_field;
using ir::ValueId;

/// x' = u/(exp(u) - 1) with u = 3 x + 1, by a series for abs(u) < reach.
struct Rate {
    explicit Rate(double reach = 0.0625, bool with_exponential = false) {
        module.name = "Rate";
        x = add_field(module, "x");
        y = add_field(module, "y");
        module.kernels.emplace_back();
        module.kernels.back().name = "advance";
        ir::Builder b(module, module.kernels.back());
        u = b.fma(b.load(x), b.real(3), b.real(1));
        square = b.mul(u, u);
        const ValueId even = b.fma(square, b.real(1.0 / 720), b.real(1.0 / 12));
        series = b.fma(square, even, b.fma(u, b.real(-0.5), b.real(1)));
        if (with_exponential) {
            series = b.mul(series, b.exp(u));
        }
        near = b.less(b.math(ir::MathOp::Abs, u), b.real(reach));
        direct = b.div(u, b.sub(b.exp(u), b.real(1)));
        chosen = b.select(near, series, direct);
        b.store(x, chosen);
    }

    [[nodiscard]] ValueWriter writer() const { return {module, module.kernels.back()}; }
    [[nodiscard]] std::string text() const {
        return emit_kernel_text(module, module.kernels.back(), {});
    }
    [[nodiscard]] bool branches() const {
        const bool in_text = text().find("__builtin_expect(hhk_any(") != std::string::npos;
        EXPECT_EQ(writer().seldom_chooses(chosen), in_text);
        return in_text;
    }

    ir::Module module;
    ir::FieldId x, y;
    ValueId u, square, series, near, direct, chosen;
};

TEST(RareValues, SeriesStandBehindABranch) {
    const Rate rate;
    EXPECT_TRUE(rate.branches());
    const ValueWriter writer = rate.writer();
    EXPECT_TRUE(writer.is_rare(rate.series));
    EXPECT_TRUE(writer.is_rare(rate.square));
    EXPECT_FALSE(writer.is_rare(rate.u));
    EXPECT_FALSE(writer.is_rare(rate.direct));
    EXPECT_EQ(writer.branch_of(rate.chosen).size(), 4U);
    const std::string text = rate.text();
    const std::size_t branch = text.find("if (__builtin_expect(hhk_any(");
    const std::size_t quotient = text.find(" / ");
    const std::size_t square = text.find(writer.operand(rate.square, Lanes::Vector) + " = ");
    EXPECT_LT(quotient, branch);
    EXPECT_LT(branch, square);
    EXPECT_LT(square, text.find('}', branch));
}

/// The test is computed beside the choice, after the quotient.
TEST(RareValues, AreNoInputsOfTheirSelect) {
    const Rate rate;
    const std::vector<ValueId> inputs = rate.writer().inputs(rate.chosen);
    ASSERT_GE(inputs.size(), 2U);
    EXPECT_EQ(inputs[0], rate.direct);
    EXPECT_EQ(inputs[1], rate.near);
    EXPECT_NE(std::ranges::find(inputs, rate.u), inputs.end());
    EXPECT_EQ(std::ranges::find(inputs, rate.series), inputs.end());
}

TEST(RareValues, WhatIsUsedElsewhereIsComputedAlways) {
    Rate rate;
    ir::Builder b(rate.module, rate.module.kernels.back());
    b.store(rate.y, rate.square);
    EXPECT_TRUE(rate.branches());
    EXPECT_FALSE(rate.writer().is_rare(rate.square));
    b.store(rate.y, rate.series);
    EXPECT_FALSE(rate.branches());
}

TEST(RareValues, WideSurroundingsAndLongArmsHaveNoBranch) {
    EXPECT_FALSE(Rate(0.5).branches());
    EXPECT_FALSE(Rate(0.0625, true).branches());
}

/// x' = 1/d and y' = 2/d by one reciprocal where d is of usual size, else by divisions of their
/// own.
struct Joined {
    explicit Joined(bool waits = false) {
        module.name = "Joined";
        const ir::FieldId x = add_field(module, "x");
        const ir::FieldId y = add_field(module, "y");
        module.kernels.emplace_back();
        module.kernels.back().name = "advance";
        ir::Builder b(module, module.kernels.back());
        denominator = b.add(b.load(x), b.real(1));
        const ValueId inverse = b.div(b.real(1), denominator);
        const ValueId usual =
            b.less(b.math(ir::MathOp::Abs, b.add(denominator, inverse)), b.real(1e150));
        before = b.div(b.real(3), b.add(denominator, b.load(y)));
        first = b.select(usual, b.mul(inverse, b.real(3)), before);
        const ValueId other = waits ? first : b.load(y);
        second = b.select(usual, b.mul(inverse, other), b.div(other, denominator));
        b.store(x, first);
        b.store(y, second);
    }

    [[nodiscard]] ValueWriter writer() const { return {module, module.kernels.back()}; }

    ir::Module module;
    ValueId denominator, before, first, second;
};

std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

TEST(RareValues, WhatJoinedDivisionsFallBackOnStandsBehindABranch) {
    const Joined joined;
    const ValueWriter writer = joined.writer();
    EXPECT_TRUE(writer.is_rare(joined.before));
    EXPECT_FALSE(writer.is_rare(joined.denominator));
    EXPECT_EQ(writer.rare_arm(joined.first), joined.before);
    const std::string text = emit_kernel_text(joined.module, joined.module.kernels.back(), {});
    const std::size_t branch = text.find("if (__builtin_expect(hhk_any(hhk_not(");
    ASSERT_NE(branch, std::string::npos);
    EXPECT_LT(branch, text.find("3.0 / ")) << text;
}

TEST(RareValues, SelectsWithOneTestAreMatesUnlessOneWaitsForAnother) {
    const Joined joined;
    const std::vector<ValueId> both = {joined.first, joined.second};
    EXPECT_TRUE(std::ranges::equal(joined.writer().mates(joined.second), both));
    const Joined waiting(true);
    EXPECT_TRUE(waiting.writer().mates(waiting.first).empty());
}

/// Mates that stand side by side share a branch.
TEST(RareValues, MatesShareABranch) {
    Joined joined;
    ir::Kernel& kernel = joined.module.kernels.back();
    const std::size_t last = kernel.values.size() - 1;
    ASSERT_EQ(joined.second.index, last);
    EXPECT_EQ(occurrences(emit_kernel_text(joined.module, kernel, {}), "hhk_any("), 2U);
    // The first select moved down, next to the second.
    Joined beside;
    ir::Kernel& moved = beside.module.kernels.back();
    auto& values = moved.values.raw();
    std::rotate(values.begin() + beside.first.index, values.begin() + beside.first.index + 1,
                values.begin() + static_cast<std::ptrdiff_t>(last));
    const auto now = [&](ValueId id) {
        return id == beside.first                          ? ValueId(last - 1)
               : id > beside.first && id.index <= last - 1 ? ValueId(id.index - 1)
                                                           : id;
    };
    for (ir::Value& value : values) {
        for (ValueId& arg : value.args) {
            arg = now(arg);
        }
    }
    for (ir::FieldStore& store : moved.stores) {
        store.value = now(store.value);
    }
    const std::string text = emit_kernel_text(beside.module, moved, {});
    EXPECT_EQ(occurrences(text, "hhk_any("), 1U) << text;
    EXPECT_EQ(occurrences(text, "hhk_select("), 2U) << text;
}

TEST(RareValues, OnlyTheLoopOfAStepBranches) {
    Rate rate;
    rate.module.kernels.back().kind = ir::KernelKind::Init;
    EXPECT_FALSE(rate.branches());
}

} // namespace
} // namespace hhc::codegen
