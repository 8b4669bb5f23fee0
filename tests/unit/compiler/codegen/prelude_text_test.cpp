// SPDX-License-Identifier: MIT
// The prelude as text: sections in order, units whole, and selections that are closed.
#include "codegen/embedded_text.h"
#include "codegen/prelude_text.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace hhc::codegen {
namespace {

long count_of(std::string_view text, char c) {
    return std::count(text.begin(), text.end(), c);
}

TEST(PreludeText, begins_with_types_and_has_no_comments) {
    ASSERT_FALSE(prelude_sections().empty());
    EXPECT_EQ(prelude_sections().front().name, "types");
    EXPECT_EQ(prelude_text().find("//"), std::string_view::npos);
    EXPECT_EQ(prelude_text().find("#include"), std::string_view::npos);
}

TEST(PreludeText, units_are_whole_definitions) {
    for (const PreludeSection& section : prelude_sections()) {
        std::string_view rest = section.text;
        while (!rest.empty()) {
            const std::size_t blank = std::min(rest.find("\n\n"), rest.size());
            const std::string_view unit = rest.substr(0, blank);
            EXPECT_EQ(count_of(unit, '{'), count_of(unit, '}')) << unit;
            rest.remove_prefix(std::min(blank + 2, rest.size()));
        }
    }
}

TEST(PreludeText, a_selection_holds_what_it_needs_and_no_more) {
    const std::string text = prelude_text_for("hhk_store(p, hhk_exp(hhk_load(p)));");
    EXPECT_NE(text.find("#define HHK_INLINE"), std::string::npos);
    EXPECT_NE(text.find("hhk_exp_f64(V x)"), std::string::npos);
    EXPECT_NE(text.find("hhk_exp2_table[16]"), std::string::npos);
    EXPECT_NE(text.find("typedef double hhk_f64v"), std::string::npos);
    EXPECT_EQ(text.find("hhk_sin"), std::string::npos);
    EXPECT_EQ(text.find("hhk_exp2_table_low"), std::string::npos);
    EXPECT_LT(text.size(), prelude_text().size() / 3);
}

TEST(PreludeText, branches_that_are_not_taken_are_left_out) {
    const std::string_view names[] = {"hhk_exprel"};
    const auto has = [&](const PreludeUse& use, std::string_view what) {
        return prelude_text(names, use).find(what) != std::string::npos;
    };
    EXPECT_TRUE(has({}, "hhk_expm1_tail_f32(V r) {"));
    EXPECT_FALSE(has({.float32 = false}, "hhk_expm1_tail_f32(V r) {"));
    EXPECT_TRUE(has({.float32 = false}, "V hhk_fast_exprel(V x) {"));
    EXPECT_FALSE(has({.fast = false}, "V hhk_fast_exprel(V x) {"));
    EXPECT_TRUE(has({.fast = false}, "V hhk_exprel(V x) {"));
}

TEST(PreludeText, a_selection_holds_the_support_that_it_needs) {
    const std::string text = prelude_text_for("x = hhk_all(hhk_inside(count, i));");
    EXPECT_NE(text.find("using Real = hhk_f;"), std::string::npos);
    EXPECT_NE(text.find("HHK_INLINE Mask hhk_all(bool x)"), std::string::npos);
    EXPECT_NE(text.find("hhk_inside(int64_t count, int64_t word)"), std::string::npos);
    EXPECT_EQ(text.find("hhk_table_value"), std::string::npos);
    EXPECT_EQ(text.find("hhk_ipow"), std::string::npos);
}

TEST(PreludeText, units_of_the_support_are_whole_too) {
    std::string_view rest = kernel_support_text();
    while (!rest.empty()) {
        const std::size_t blank = std::min(rest.find("\n\n"), rest.size());
        const std::string_view unit = rest.substr(0, blank);
        EXPECT_EQ(count_of(unit, '{'), count_of(unit, '}')) << unit;
        EXPECT_EQ(unit.find("#if") == std::string_view::npos,
                  unit.find("#endif") == std::string_view::npos)
            << unit;
        rest.remove_prefix(std::min(blank + 2, rest.size()));
    }
}

TEST(PreludeText, a_selection_keeps_the_order_of_the_prelude) {
    const std::string_view names[] = {"hhk_sigmoid", "hhk_bits", "not_ours"};
    const std::string text = prelude_text(names);
    EXPECT_LT(text.find(" hhk_bits("), text.find(" hhk_exp_parts("));
    EXPECT_LT(text.find(" hhk_exp_parts("), text.find(" hhk_sigmoid("));
}

} // namespace
} // namespace hhc::codegen
