// SPDX-License-Identifier: MIT
#include "support/number_text.h"
#include "units/unit_table.h"

#include <gtest/gtest.h>

#include <cmath>

namespace hhc::units {
namespace {

TEST(UnitTable, knows_base_derived_prefixed_and_short_names) {
    EXPECT_EQ(lookup_unit("volt")->exponent10, 0);
    EXPECT_EQ(lookup_unit("mV")->exponent10, -3);
    EXPECT_EQ(lookup_unit("mV")->dimension, volt());
    EXPECT_EQ(lookup_unit("msiemens")->dimension, siemens());
    EXPECT_EQ(lookup_unit("cm2")->exponent10, -4);
    EXPECT_EQ(lookup_unit("um3")->exponent10, -18);
    EXPECT_EQ(lookup_unit("cmetre2")->dimension, metre().pow(2));
    EXPECT_EQ(lookup_unit("kgram")->exponent10, 0);
    EXPECT_EQ(lookup_unit("Mohm")->exponent10, 6);
    EXPECT_EQ(lookup_unit("dametre")->exponent10, 1);
    EXPECT_TRUE(lookup_unit("radian")->dimension.is_dimensionless());
}

TEST(UnitTable, molar_is_a_thousand_moles_per_cubic_metre) {
    EXPECT_EQ(lookup_unit("molar")->exponent10, 3);
    EXPECT_EQ(lookup_unit("mmolar")->exponent10, 0);
    EXPECT_EQ(lookup_unit("mM")->dimension, molar());
    EXPECT_EQ(lookup_unit("nM")->exponent10, -6);
    EXPECT_EQ(lookup_unit("mliter")->exponent10, -6);
}

TEST(UnitTable, has_no_one_letter_names_and_no_prefix_on_kilogram) {
    for (const char* name : {"V", "S", "s", "m", "A", "kkilogram", "", "2", "mm4", "eter"}) {
        EXPECT_FALSE(lookup_unit(name)) << name;
    }
}

TEST(UnitTable, every_listed_name_can_be_looked_up) {
    for (const std::string& name : unit_names()) {
        EXPECT_TRUE(lookup_unit(name)) << name;
    }
}

TEST(UnitTable, marks_names_that_brian_lacks_as_weak) {
    EXPECT_TRUE(lookup_unit("uV")->is_weak);
    EXPECT_TRUE(lookup_unit("degC")->is_weak);
    EXPECT_FALSE(lookup_unit("mV")->is_weak);
}

TEST(UnitTable, suggests_the_nearest_spelling) {
    EXPECT_EQ(suggest_units("mv").front(), "mV");
    EXPECT_EQ(suggest_units("volts").front(), "volt");
    EXPECT_EQ(suggest_units("simens").front(), "siemens");
    EXPECT_TRUE(suggest_units("frobnicate").empty());
}

TEST(ScaledLiteral, rounds_once) {
    EXPECT_EQ(scaled_literal("54.387", -3), 0.054387);
    EXPECT_NE(54.387 * 0.001, 0.054387); // what the decimal scaling is for
    EXPECT_EQ(scaled_literal("13.8", -3), 0.0138);
    EXPECT_EQ(scaled_literal("120", -3), 0.12);
    EXPECT_EQ(scaled_literal(".5", 3), 500.0);
    EXPECT_EQ(scaled_literal("3.", -6), 3e-6);
    EXPECT_EQ(scaled_literal("1e-3", -3), 1e-6);
    EXPECT_EQ(scaled_literal("2E+2", 0), 200.0);
}

TEST(ScaledLiteral, equals_the_literal_with_shifted_exponent_for_many_numbers) {
    for (int i = 1; i < 20000; i += 7) {
        const std::string whole = std::to_string(i / 100) + "." + std::to_string(10 + i % 90);
        EXPECT_EQ(scaled_literal(whole, -9), *parse_double(whole + "e-9")) << whole;
    }
}

TEST(ScaledLiteral, overflows_to_infinity_and_underflows_to_zero) {
    EXPECT_EQ(scaled_literal("1e308", 3), HUGE_VAL);
    EXPECT_EQ(scaled_literal("1e-330", 0), 0.0);
    EXPECT_EQ(scaled_literal("1e99999999999999999999", 0), HUGE_VAL);
    EXPECT_EQ(scaled_literal("0e99999999999999999999", 0), 0.0);
}

TEST(CelsiusLiteral, adds_in_decimal) {
    EXPECT_EQ(celsius_literal("6.3"), 279.45);
    EXPECT_EQ(celsius_literal("18.5"), 291.65);
    EXPECT_EQ(celsius_literal("37"), 310.15);
    EXPECT_EQ(celsius_literal("-10"), 263.15);
    EXPECT_EQ(celsius_literal("-273.15"), 0.0);
    EXPECT_EQ(celsius_literal("20.125"), 293.275);
    EXPECT_EQ(celsius_literal("2e1"), 293.15);
}

TEST(QuantityValue, raises_the_scale) {
    EXPECT_EQ(quantity_value("2", *lookup_unit("cm"), -2), 2e4);
    EXPECT_EQ(quantity_value("1", *lookup_unit("second"), Rational(1, 2)), 1.0);
    EXPECT_EQ(quantity_value("6.3", *lookup_unit("degC"), 1), 279.45);
    EXPECT_FALSE(quantity_value("1", *lookup_unit("ms"), Rational(1, 2)));
}

TEST(UnitTable, names_the_unscaled_unit) {
    EXPECT_EQ(base_unit_name(*lookup_unit("mV")), "volt");
    EXPECT_EQ(base_unit_name(*lookup_unit("mM")), "mmolar");
    EXPECT_EQ(base_unit_name(*lookup_unit("Hz")), "1/second");
    EXPECT_EQ(base_unit_name(*lookup_unit("um2")), "meter**2");
}

} // namespace
} // namespace hhc::units
