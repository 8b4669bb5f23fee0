// SPDX-License-Identifier: MIT
// print and read give each other back, and refuse what is wrong.
#include "ir/print.h"
#include "ir/read.h"
#include "ir/verify.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace hhc::ir {
namespace {

const std::string sample = R"(hhir 1
module "demo \"x\"" real_size 4
description "{\n}"
uniform g real parameter unit "mS/cm**2" scale 10 default nan dim m:-4,kg:-1,s:3,A:2 constant
uniform v.init boolean hidden default 1
field v real state unit "mV" scale 0.001 default -0.065 dim m:2,kg:1,s:-3,A:-1 unless_refractory has_init init_flag v.init
field noise real parameter dim s:-1/2
field last step last_spike rest g
table I dim A:1 per_entity
event spike sets_last_spike has_statements

kernel advance {
  %0 = load v                              ; v @0:3-4
  %1 = real 0.1
  %2 = mul %1, %0                          ; na.m
  %3 = math exp %2
  %4 = uniform g
  %5 = fma %3, %4, %0                      ; @2:10-20
  %6 = gt %5, %1
  %7 = time
  %8 = entity
  %9 = table I %7, %8
  %10 = random normal -77
  %11 = select %6, %9, %10
  %12 = powi 3 %11
  %13 = bool false
  store v, %12 if %6
  event spike, %13
  guard %12
}

kernel on_event of spike named "on_spike" {
  %0 = step
  store last, %0
}

kernel prepare_entities {
  %0 = real -0
  %1 = matrix 1 %0
  %2 = dt
  %3 = expm %1, %2
  %4 = element 0 %3
}
)";

TEST(IrText, round_trips_every_part) {
    const ReadResult first = read(sample);
    ASSERT_TRUE(first.module) << first.error.line << ": " << first.error.message;
    const std::string once = print(*first.module);
    EXPECT_EQ(once, sample);
    const ReadResult second = read(once);
    ASSERT_TRUE(second.module);
    EXPECT_EQ(print(*second.module), once);
    EXPECT_TRUE(verify(*second.module).empty()) << verify(*second.module).front();
    const Kernel& advance = *second.module->find(KernelKind::Advance);
    EXPECT_EQ(advance.values[ValueId(0)].span, (Span{0, 3, 4}));
    EXPECT_EQ(advance.values[ValueId(2)].name, "na.m");
    EXPECT_EQ(advance.values[ValueId(10)].payload, -77);
    EXPECT_EQ(second.module->fields[FieldId(1)].dimension.exponent(units::Base::Second),
              Rational(std::int64_t{-1}, std::int64_t{2}));
    EXPECT_NE(once.find("store v, %12 if %6"), std::string::npos);
}

struct BadText {
    const char* text;
    std::size_t line;
    const char* message;

    friend void PrintTo(const BadText& bad, std::ostream* out) { *out << bad.message; }
};

class BadIrText : public testing::TestWithParam<BadText> {};

TEST_P(BadIrText, is_refused_with_its_line) {
    const ReadResult result = read(GetParam().text);
    ASSERT_FALSE(result.module);
    EXPECT_EQ(result.error.line, GetParam().line);
    EXPECT_NE(result.error.message.find(GetParam().message), std::string::npos)
        << result.error.message;
}

INSTANTIATE_TEST_SUITE_P(
    IrText, BadIrText,
    testing::Values(BadText{"", 0, "expected `hhir 1`"}, BadText{"hhir 9", 1, "text version 1"},
                    BadText{"field v real state", 1, "expected `hhir 1`"},
                    BadText{"hhir 1\nfield v real stat", 2, "no role"},
                    BadText{"hhir 1\nfield v real state\nfield v real state", 3, "stands twice"},
                    BadText{"hhir 1\nkernel advance {\n%0 = lod v\n}", 3, "no operation"},
                    BadText{"hhir 1\nkernel advance {\n%0 = load v\n}", 3, "not declared"},
                    BadText{"hhir 1\nkernel advance {\n%0 = real x\n}", 3, "a number"},
                    BadText{"hhir 1\nkernel advance {\n%0 = real 1\n%1 = add %0\n}", 4,
                            "takes 2 arguments"},
                    BadText{"hhir 1\nkernel advance {\n%0 = real 1 2\n}", 3, "not declared"},
                    BadText{"hhir 1\nkernel advance {\n%1 = neg %1\n}", 3, "not declared"},
                    BadText{"hhir 1\nkernel advance {\n", 2, "expected `}`"},
                    BadText{"hhir 1\nmodule demo", 2, "text in quotes"}));

} // namespace
} // namespace hhc::ir
