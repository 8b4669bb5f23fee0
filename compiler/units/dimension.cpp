// SPDX-License-Identifier: MIT
#include "units/dimension.h"

namespace hhc::units {
namespace {

Dimension named(std::int32_t metre, std::int32_t kilogram, std::int32_t second, std::int32_t ampere,
                std::int32_t kelvin = 0, std::int32_t mole = 0) {
    return Dimension({metre, kilogram, second, ampere, kelvin, mole, 0});
}

} // namespace

Dimension Dimension::pow(Rational power) const {
    Dimension result;
    for (std::size_t i = 0; i < base_count; ++i) {
        result.exponents_[i] = exponents_[i] * power;
    }
    return result;
}

Dimension operator*(const Dimension& a, const Dimension& b) {
    Dimension result;
    for (std::size_t i = 0; i < base_count; ++i) {
        result.exponents_[i] = a.exponents_[i] + b.exponents_[i];
    }
    return result;
}

Dimension operator/(const Dimension& a, const Dimension& b) {
    Dimension result;
    for (std::size_t i = 0; i < base_count; ++i) {
        result.exponents_[i] = a.exponents_[i] - b.exponents_[i];
    }
    return result;
}

Dimension metre() {
    return Dimension::of(Base::Metre);
}
Dimension second() {
    return Dimension::of(Base::Second);
}
Dimension ampere() {
    return Dimension::of(Base::Ampere);
}
Dimension kelvin() {
    return Dimension::of(Base::Kelvin);
}
Dimension volt() {
    return named(2, 1, -3, -1);
}
Dimension siemens() {
    return named(-2, -1, 3, 2);
}
Dimension farad() {
    return named(-2, -1, 4, 2);
}
Dimension ohm() {
    return named(2, 1, -3, -2);
}
Dimension hertz() {
    return named(0, 0, -1, 0);
}
Dimension coulomb() {
    return named(0, 0, 1, 1);
}
Dimension molar() {
    return named(-3, 0, 0, 0, 0, 1);
}

} // namespace hhc::units
