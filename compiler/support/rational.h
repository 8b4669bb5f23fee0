// SPDX-License-Identifier: MIT
// Small exact fractions: exponents of units and dimensions.
#pragma once

#include <compare>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>

namespace hhc {

/// A reduced fraction with positive denominator. Exponents of units are tiny (`second**-0.5`);
/// `checked` says when one is not.
class Rational {
public:
    constexpr Rational() = default;
    constexpr Rational(std::int32_t whole) : numerator_(whole) {} // NOLINT: whole numbers convert
    constexpr Rational(std::int64_t numerator, std::int64_t denominator) {
        if (denominator < 0) {
            numerator = -numerator;
            denominator = -denominator;
        }
        const std::int64_t divisor = std::gcd(numerator, denominator);
        if (divisor != 0) {
            numerator_ = static_cast<std::int32_t>(numerator / divisor);
            denominator_ = static_cast<std::int32_t>(denominator / divisor);
        }
    }

    /// Nothing if the denominator is zero or the reduced fraction leaves +-10^6.
    [[nodiscard]] static constexpr std::optional<Rational> checked(std::int64_t numerator,
                                                                   std::int64_t denominator) {
        const std::int64_t divisor = std::gcd(numerator, denominator);
        constexpr std::int64_t bound = 1'000'000;
        if (denominator == 0 || numerator / divisor > bound || numerator / divisor < -bound ||
            denominator / divisor > bound || denominator / divisor < -bound) {
            return std::nullopt;
        }
        return Rational(numerator, denominator);
    }

    [[nodiscard]] constexpr std::int32_t numerator() const { return numerator_; }
    [[nodiscard]] constexpr std::int32_t denominator() const { return denominator_; }
    [[nodiscard]] constexpr bool is_zero() const { return numerator_ == 0; }
    [[nodiscard]] constexpr bool is_integer() const { return denominator_ == 1; }
    [[nodiscard]] constexpr double value() const {
        return static_cast<double>(numerator_) / denominator_;
    }

    /// "2", "-3", "0.5" where a short decimal is exact, otherwise "(1/3)".
    [[nodiscard]] std::string text() const;
    /// The fraction that a decimal number such as "0.5", "2" or "1e1" states.
    [[nodiscard]] static std::optional<Rational> from_decimal(const std::string& text);

    friend constexpr bool operator==(const Rational&, const Rational&) = default;
    friend constexpr std::strong_ordering operator<=>(const Rational& a, const Rational& b) {
        return std::int64_t{a.numerator_} * b.denominator_ <=>
               std::int64_t{b.numerator_} * a.denominator_;
    }
    friend constexpr Rational operator-(Rational a) { return {-a.numerator_, a.denominator_}; }
    friend constexpr Rational operator+(Rational a, Rational b) {
        return {std::int64_t{a.numerator_} * b.denominator_ +
                    std::int64_t{b.numerator_} * a.denominator_,
                std::int64_t{a.denominator_} * b.denominator_};
    }
    friend constexpr Rational operator-(Rational a, Rational b) { return a + (-b); }
    friend constexpr Rational operator*(Rational a, Rational b) {
        return {std::int64_t{a.numerator_} * b.numerator_,
                std::int64_t{a.denominator_} * b.denominator_};
    }
    /// `b` must not be zero.
    friend constexpr Rational operator/(Rational a, Rational b) {
        return {std::int64_t{a.numerator_} * b.denominator_,
                std::int64_t{a.denominator_} * b.numerator_};
    }

private:
    std::int32_t numerator_ = 0;
    std::int32_t denominator_ = 1;
};

} // namespace hhc
