// SPDX-License-Identifier: MIT
// The units of the language: Brian's base, derived and prefixed units and their short names.
#pragma once

#include "support/rational.h"
#include "units/dimension.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::units {

/// One unit; its value in SI is exactly 10**exponent10.
struct Unit {
    std::string name;
    Dimension dimension;
    int exponent10 = 0;
    bool is_weak = false;    // not a name of Brian's: a definition in the model goes first
    bool is_celsius = false; // only in a whole literal `6.3 degC`: kelvin = number + 273.15

    /// 10**exponent10, correctly rounded.
    [[nodiscard]] double scale() const;
    /// A scaled unit such as mV: legal in `.hhm` declarations, where it says how to show values.
    [[nodiscard]] bool is_display() const { return exponent10 != 0; }
};

[[nodiscard]] std::optional<Unit> lookup_unit(std::string_view name);
/// Nearest unit names by spelling, best first; `mv` finds `mV`.
[[nodiscard]] std::vector<std::string> suggest_units(std::string_view name);
/// Every name in a fixed order.
[[nodiscard]] const std::vector<std::string>& unit_names();
/// The unscaled unit with the dimension of `unit`, as it may be written: mV -> "volt".
[[nodiscard]] std::string base_unit_name(const Unit& unit);

/// number * 10**exponent10, scaled in decimal before the one rounding: ("54.387", -3) is the double
/// nearest to 0.054387. The text must be a number of the language; out of range gives inf or 0.
[[nodiscard]] double scaled_literal(std::string_view number_text, int exponent10);
/// The kelvin value of `<number> degC`, rounded once.
[[nodiscard]] double celsius_literal(std::string_view number_text);
/// Value in SI of `<number> <unit>**<exponent>`; nothing if the scale would not be a whole power of
/// ten (a fractional power of a scaled unit).
[[nodiscard]] std::optional<double> quantity_value(std::string_view number_text, const Unit& unit,
                                                   Rational exponent);

} // namespace hhc::units
