// SPDX-License-Identifier: MIT
// Text writer, fractions, spelling.
#include "support/check.h"
#include "support/rational.h"
#include "support/suggest.h"
#include "support/text_writer.h"

#include <gtest/gtest.h>

namespace hhc {
namespace {

TEST(TextWriter, indents_lines_and_leaves_empty_ones_empty) {
    TextWriter out;
    out.block("head {", [&] { out.line("a").line().write("b\nc").line(); });
    out.line("end");
    EXPECT_EQ(out.line_number(), 8U);
    EXPECT_EQ(out.take(), "head {\n    a\n\n    b\n    c\n}\nend\n");
    EXPECT_THROW(out.dedent(), InternalError);
}

TEST(Rational, is_reduced_and_ordered) {
    EXPECT_EQ(Rational(2, -4), Rational(-1, 2));
    EXPECT_LT(Rational(1, 3), Rational(1, 2));
    EXPECT_EQ(Rational(1, 2) + Rational(1, 3), Rational(5, 6));
    EXPECT_EQ(Rational(1, 2) / Rational(-3, 4), Rational(-2, 3));
    EXPECT_FALSE(Rational::checked(1, 0));
    EXPECT_FALSE(Rational::checked(10'000'001, 1));
}

TEST(Rational, reads_decimals_and_prints_the_short_form) {
    EXPECT_EQ(Rational::from_decimal("0.5"), Rational(1, 2));
    EXPECT_EQ(Rational::from_decimal("1.5e1"), Rational(15));
    EXPECT_EQ(Rational::from_decimal("25e-2"), Rational(1, 4));
    EXPECT_FALSE(Rational::from_decimal("1e30"));
    EXPECT_FALSE(Rational::from_decimal("1e-30"));
    EXPECT_FALSE(Rational::from_decimal("1ex"));
    EXPECT_EQ(Rational(-1, 2).text(), "-0.5");
    EXPECT_EQ(Rational(3).text(), "3");
    EXPECT_EQ(Rational(1, 3).text(), "(1/3)");
    EXPECT_EQ(Rational(1, 20).text(), "0.05");
}

TEST(Spelling, counts_edits_and_half_counts_letter_case) {
    EXPECT_EQ(spelling_distance("tau", "tau"), 0U);
    EXPECT_EQ(spelling_distance("mv", "mV"), 1U);
    EXPECT_EQ(spelling_distance("tua", "tau"), 2U);
    EXPECT_EQ(spelling_distance("", "ab"), 4U);
    EXPECT_EQ(spelling_distance("threshhold", "threshold"), 2U);
}

TEST(Spelling, suggests_near_names_only) {
    const std::vector<std::string> names = {"g_Na", "g_K", "E_Na", "tau_m", "v"};
    EXPECT_EQ(nearest_names("g_na", names).front(), "g_Na");
    EXPECT_EQ(nearest_names("tau", names), std::vector<std::string>{});
    EXPECT_EQ(nearest_names("taum", names), std::vector<std::string>{"tau_m"});
    EXPECT_TRUE(nearest_names("w", names).empty());
    EXPECT_EQ(did_you_mean({"a", "b", "c"}), "did you mean `a`, `b` or `c`?");
    EXPECT_EQ(did_you_mean({}), "");
}

} // namespace
} // namespace hhc
