// SPDX-License-Identifier: MIT
// Physical dimensions as vectors of rational exponents, and their text as a person writes it.
#pragma once

#include "support/rational.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace hhc::units {

enum class Base : std::uint8_t { Metre, Kilogram, Second, Ampere, Kelvin, Mole, Candela };
inline constexpr std::size_t base_count = 7;

class Dimension {
public:
    constexpr Dimension() = default; // dimensionless
    constexpr Dimension(std::array<Rational, base_count> exponents) : exponents_(exponents) {}
    [[nodiscard]] static Dimension of(Base base) {
        Dimension result;
        result.exponents_[static_cast<std::size_t>(base)] = 1;
        return result;
    }

    [[nodiscard]] Rational exponent(Base base) const {
        return exponents_[static_cast<std::size_t>(base)];
    }
    [[nodiscard]] const std::array<Rational, base_count>& exponents() const { return exponents_; }
    [[nodiscard]] bool is_dimensionless() const { return *this == Dimension(); }
    [[nodiscard]] Dimension pow(Rational power) const;

    friend Dimension operator*(const Dimension& a, const Dimension& b);
    friend Dimension operator/(const Dimension& a, const Dimension& b);
    friend bool operator==(const Dimension&, const Dimension&) = default;
    friend auto operator<=>(const Dimension&, const Dimension&) = default; // any total order

private:
    std::array<Rational, base_count> exponents_{};
};

/// In base and derived SI units: "volt", "siemens/meter**2", "1/second", "1"; legal in equations.
[[nodiscard]] std::string describe(const Dimension& dimension);
/// In the units of the field: "mV", "mS/cm**2", "uA/cm**2", "mM"; falls back to describe().
[[nodiscard]] std::string describe_short(const Dimension& dimension);
/// With the name of the quantity where there is one: "volt (a voltage)".
[[nodiscard]] std::string describe_long(const Dimension& dimension);

/// Dimensions by name, for code that needs one: metre, kilogram, second, ampere, kelvin, mole,
/// volt, siemens, farad, ohm, hertz, coulomb, joule, watt, molar.
[[nodiscard]] Dimension metre();
[[nodiscard]] Dimension second();
[[nodiscard]] Dimension ampere();
[[nodiscard]] Dimension kelvin();
[[nodiscard]] Dimension volt();
[[nodiscard]] Dimension siemens();
[[nodiscard]] Dimension farad();
[[nodiscard]] Dimension ohm();
[[nodiscard]] Dimension hertz();
[[nodiscard]] Dimension coulomb();
[[nodiscard]] Dimension molar();

} // namespace hhc::units
