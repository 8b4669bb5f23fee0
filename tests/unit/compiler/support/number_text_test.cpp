// SPDX-License-Identifier: MIT
#include "support/check.h"
#include "support/number_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

namespace hhc {
namespace {

TEST(NumberText, shortest_text_reads_back_as_the_same_double) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 20000; ++i) {
        const auto value = std::bit_cast<double>(random());
        if (std::isfinite(value)) {
            EXPECT_EQ(parse_double(shortest(value)), value);
        }
    }
}

TEST(NumberText, writes_familiar_numbers_in_the_familiar_way) {
    EXPECT_EQ(shortest(0.1), "0.1");
    EXPECT_EQ(shortest(-65), "-65");
    EXPECT_EQ(shortest(-0.0), "-0");
    EXPECT_EQ(shortest(HUGE_VAL), "inf");
    EXPECT_EQ(shortest(std::numeric_limits<double>::quiet_NaN()), "nan");
    EXPECT_EQ(shortest_cpp(1), "1.0");
    EXPECT_EQ(shortest_cpp(1e20), "1e+20");
    EXPECT_EQ(hex_double(3), "0x1.8p+1");
    EXPECT_EQ(hex_double(-0.0), "-0x0p+0");
    EXPECT_THROW((void)shortest_cpp(HUGE_VAL), InternalError);
}

TEST(NumberText, reads_what_the_language_calls_a_number_and_nothing_else) {
    EXPECT_EQ(parse_double("3."), 3.0);
    EXPECT_EQ(parse_double(".5"), 0.5);
    EXPECT_EQ(parse_double("1e-3"), 1e-3);
    EXPECT_EQ(parse_double("-2E+2"), -200.0);
    for (const char* text : {"", "-", "inf", "nan", "0x10", "1.5x", "1e", " 1", "e5", "."}) {
        EXPECT_FALSE(parse_double(text)) << text;
    }
}

TEST(NumberText, leaves_the_range_towards_infinity_and_zero) {
    EXPECT_EQ(parse_double("1e400"), HUGE_VAL);
    EXPECT_EQ(parse_double("-1e400"), -HUGE_VAL);
    EXPECT_EQ(parse_double("1e-400"), 0.0);
    EXPECT_EQ(parse_double("0.00001e312"), 1e307);
    EXPECT_EQ(parse_double("123456e-400"), 0.0);
}

} // namespace
} // namespace hhc
