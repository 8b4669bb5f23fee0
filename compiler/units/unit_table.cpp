// SPDX-License-Identifier: MIT
#include "units/unit_table.h"

#include "support/number_text.h"
#include "support/suggest.h"

#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace hhc::units {
namespace {

struct NamedUnit {
    std::string_view name;
    bool prefixed;
    int exponent10;
    Dimension dimension;
};

struct ShortName {
    std::string_view name;
    std::string_view meaning;
    bool weak;
};

const std::vector<NamedUnit>& named_units() {
    static const std::vector<NamedUnit> table = {
#define HHC_UNIT(name, exponent10, ...) {name, true, exponent10, Dimension({__VA_ARGS__})},
#define HHC_WHOLE(name, exponent10, ...) {name, false, exponent10, Dimension({__VA_ARGS__})},
#define HHC_SHORT(name, meaning)
#define HHC_WEAK(name, meaning)
#include "units/unit_table.def"
#undef HHC_UNIT
#undef HHC_WHOLE
#undef HHC_SHORT
#undef HHC_WEAK
    };
    return table;
}

constexpr std::array short_names = {
#define HHC_UNIT(...)
#define HHC_WHOLE(...)
#define HHC_SHORT(name, meaning) ShortName{name, meaning, false},
#define HHC_WEAK(name, meaning) ShortName{name, meaning, true},
#include "units/unit_table.def"
#undef HHC_UNIT
#undef HHC_WHOLE
#undef HHC_SHORT
#undef HHC_WEAK
};

struct Prefix {
    std::string_view name;
    int exponent10;
};

/// The empty prefix first, so that `meter` is not milli-`eter`.
constexpr std::array prefixes = {
    Prefix{"", 0},    Prefix{"da", 1},  Prefix{"y", -24}, Prefix{"z", -21}, Prefix{"a", -18},
    Prefix{"f", -15}, Prefix{"p", -12}, Prefix{"n", -9},  Prefix{"u", -6},  Prefix{"m", -3},
    Prefix{"c", -2},  Prefix{"d", -1},  Prefix{"h", 2},   Prefix{"k", 3},   Prefix{"M", 6},
    Prefix{"G", 9},   Prefix{"T", 12},  Prefix{"P", 15},  Prefix{"E", 18},  Prefix{"Z", 21},
    Prefix{"Y", 24},
};

std::optional<Unit> prefixed_unit(std::string_view name) {
    for (const Prefix& prefix : prefixes) {
        if (!name.starts_with(prefix.name)) {
            continue;
        }
        const std::string_view rest = name.substr(prefix.name.size());
        for (const NamedUnit& unit : named_units()) {
            if (unit.name == rest && (unit.prefixed || prefix.name.empty())) {
                return Unit{std::string(name), unit.dimension, unit.exponent10 + prefix.exponent10};
            }
        }
    }
    return std::nullopt;
}

/// `cmetre2` and its like.
std::optional<Unit> long_unit(std::string_view name) {
    if (auto unit = prefixed_unit(name)) {
        return unit;
    }
    if (name.empty() || (name.back() != '2' && name.back() != '3')) {
        return std::nullopt;
    }
    const int power = name.back() - '0';
    auto unit = prefixed_unit(name.substr(0, name.size() - 1));
    if (unit) {
        unit->name = name;
        unit->dimension = unit->dimension.pow(power);
        unit->exponent10 *= power;
    }
    return unit;
}

struct Decimal {
    std::string_view mantissa;
    long long exponent = 0;
};

Decimal split_decimal(std::string_view number_text) {
    const std::size_t e = number_text.find_first_of("eE");
    Decimal result{number_text.substr(0, e)};
    if (e != std::string_view::npos) {
        std::string_view digits = number_text.substr(e + 1);
        const bool negative = digits.starts_with('-');
        if (negative || digits.starts_with('+')) {
            digits.remove_prefix(1);
        }
        constexpr long long huge = 1'000'000;
        const auto read =
            std::from_chars(digits.data(), digits.data() + digits.size(), result.exponent);
        if (read.ec != std::errc() || result.exponent > huge) {
            result.exponent = huge;
        }
        result.exponent = negative ? -result.exponent : result.exponent;
    }
    return result;
}

} // namespace

double Unit::scale() const {
    return scaled_literal("1", exponent10);
}

std::optional<Unit> lookup_unit(std::string_view name) {
    for (const ShortName& known : short_names) {
        if (known.name == name) {
            auto unit = long_unit(known.meaning);
            unit->name = name;
            unit->is_weak = known.weak;
            return unit;
        }
    }
    if (name == "degC") {
        Unit celsius{std::string(name), kelvin()};
        celsius.is_weak = true;
        celsius.is_celsius = true;
        return celsius;
    }
    return long_unit(name);
}

const std::vector<std::string>& unit_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> result;
        for (const ShortName& known : short_names) {
            result.emplace_back(known.name);
        }
        result.emplace_back("degC");
        for (const NamedUnit& unit : named_units()) {
            for (const Prefix& prefix : prefixes) {
                if (unit.prefixed || prefix.name.empty()) {
                    result.push_back(std::string(prefix.name) + std::string(unit.name));
                }
            }
        }
        return result;
    }();
    return names;
}

/// SI symbols and other spellings that are no names of the language.
static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> symbols = {{
    {"S", "siemens"},
    {"mho", "siemens"},
    {"V", "volt"},
    {"A", "amp"},
    {"F", "farad"},
    {"s", "second"},
    {"sec", "second"},
    {"m", "metre"},
    {"K", "kelvin"},
    {"M", "molar"},
    {"C", "coulomb"},
    {"msec", "ms"},
    {"MS", "ms"},
    {"MV", "mV"},
}};

std::vector<std::string> suggest_units(std::string_view name) {
    for (const auto& [symbol, meant] : symbols) {
        if (symbol == name) {
            return {std::string(meant)};
        }
    }
    std::vector<std::string> common;
    for (const ShortName& known : short_names) {
        common.emplace_back(known.name);
    }
    for (const NamedUnit& unit : named_units()) {
        common.emplace_back(unit.name);
    }
    auto found = nearest_names(name, common);
    return found.empty() ? nearest_names(name, unit_names()) : found;
}

std::string base_unit_name(const Unit& unit) {
    return describe(unit.dimension);
}

double scaled_literal(std::string_view number_text, int exponent10) {
    const Decimal decimal = split_decimal(number_text);
    const std::string shifted =
        std::string(decimal.mantissa) + "e" + std::to_string(decimal.exponent + exponent10);
    return parse_double(shifted).value_or(std::numeric_limits<double>::quiet_NaN());
}

double celsius_literal(std::string_view number_text) {
    // Sum in whole numbers of 10**-places, so that the text is rounded once.
    const Decimal decimal = split_decimal(number_text);
    constexpr std::size_t longest = 15;
    std::string digits;
    long long places = -decimal.exponent;
    bool after_point = false;
    for (const char c : decimal.mantissa) {
        if (c == '.') {
            after_point = true;
        } else {
            digits += c;
            places += after_point ? 1 : 0;
        }
    }
    long long whole = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), whole);
    if (read.ec != std::errc() || digits.size() > longest || places < 0 || places > 12) {
        return scaled_literal(number_text, 0) + 273.15;
    }
    for (; places < 2; ++places) {
        whole *= 10;
    }
    long long zero = 27315;
    for (long long extra = places - 2; extra > 0; --extra) {
        zero *= 10;
    }
    return scaled_literal(std::to_string(whole + zero), static_cast<int>(-places));
}

std::optional<double> quantity_value(std::string_view number_text, const Unit& unit,
                                     Rational exponent) {
    if (unit.is_celsius) {
        return exponent == Rational(1) ? std::optional(celsius_literal(number_text)) : std::nullopt;
    }
    const Rational shift = exponent * Rational(unit.exponent10);
    if (!shift.is_integer()) {
        return std::nullopt;
    }
    return scaled_literal(number_text, shift.numerator());
}

} // namespace hhc::units
