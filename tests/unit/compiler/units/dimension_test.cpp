// SPDX-License-Identifier: MIT
#include "units/dimension.h"

#include <gtest/gtest.h>

namespace hhc::units {
namespace {

TEST(Dimension, multiplies_divides_and_raises) {
    EXPECT_EQ(volt() * siemens(), ampere());
    EXPECT_EQ(volt() / ohm(), ampere());
    EXPECT_EQ(farad() * volt() / second(), ampere());
    EXPECT_TRUE((hertz() * second()).is_dimensionless());
    EXPECT_EQ(second().pow(Rational(-1, 2)).pow(-2), second());
}

TEST(Describe, says_it_as_a_person_writes_it) {
    const Dimension area = metre().pow(2);
    EXPECT_EQ(describe(Dimension()), "1");
    EXPECT_EQ(describe(volt()), "volt");
    EXPECT_EQ(describe(ampere() / area), "amp/meter**2");
    EXPECT_EQ(describe(siemens() / area), "siemens/meter**2");
    EXPECT_EQ(describe(farad() / area), "farad/meter**2");
    EXPECT_EQ(describe(volt() / second()), "volt/second");
    EXPECT_EQ(describe(hertz()), "1/second");
    EXPECT_EQ(describe(hertz() / volt()), "1/(volt*second)");
    EXPECT_EQ(describe(ohm() * metre()), "ohm*meter");
    EXPECT_EQ(describe(siemens() / volt()), "siemens/volt");
    EXPECT_EQ(describe(molar() / second()), "mmolar/second");
    EXPECT_EQ(describe(volt().pow(2)), "volt**2");
    EXPECT_EQ(describe(second().pow(Rational(-1, 2))), "second**-0.5");
    EXPECT_EQ(describe(volt() * second().pow(Rational(-1, 2))), "volt/second**0.5");
    EXPECT_EQ(describe(volt().pow(Rational(1, 3)) * kelvin().pow(5)),
              "meter**(2/3)*kilogram**(1/3)*kelvin**5/(second*amp**(1/3))");
}

TEST(Describe, has_the_units_of_the_field) {
    EXPECT_EQ(describe_short(volt()), "mV");
    EXPECT_EQ(describe_short(siemens() / metre().pow(2)), "mS/cm**2");
    EXPECT_EQ(describe_short(ampere() / metre().pow(2)), "uA/cm**2");
    EXPECT_EQ(describe_short(molar()), "mM");
    EXPECT_EQ(describe_short(volt() * metre()), "volt*meter");
    EXPECT_EQ(describe_long(volt()), "volt (a voltage)");
    EXPECT_EQ(describe_long(Dimension()), "dimensionless");
}

} // namespace
} // namespace hhc::units
