// SPDX-License-Identifier: MIT
#include "support/rational.h"

#include <charconv>
#include <cstdlib>

namespace hhc {

std::string Rational::text() const {
    if (is_integer()) {
        return std::to_string(numerator_);
    }
    std::int64_t scale = 1;
    for (int digits = 0; digits <= 4; ++digits, scale *= 10) {
        if (scale % denominator_ != 0) {
            continue;
        }
        const std::int64_t scaled = std::abs(numerator_ * (scale / denominator_));
        std::string fraction = std::to_string(scaled % scale);
        fraction.insert(0, static_cast<std::size_t>(digits) - fraction.size(), '0');
        return (numerator_ < 0 ? "-" : "") + std::to_string(scaled / scale) + "." + fraction;
    }
    return "(" + std::to_string(numerator_) + "/" + std::to_string(denominator_) + ")";
}

std::optional<Rational> Rational::from_decimal(const std::string& text) {
    const std::size_t e = text.find_first_of("eE");
    const std::string mantissa = text.substr(0, e);
    int exponent = 0;
    if (e != std::string::npos) {
        const std::size_t start = e + (text.size() > e + 1 && text[e + 1] == '+' ? 2 : 1);
        const char* end = text.data() + text.size();
        const auto read = std::from_chars(text.data() + start, end, exponent);
        if (read.ec != std::errc() || read.ptr != end) {
            return std::nullopt;
        }
    }
    std::int64_t digits = 0;
    bool after_point = false;
    for (const char c : mantissa) {
        if (c == '.') {
            after_point = true;
            continue;
        }
        if (c < '0' || c > '9' || digits > 1'000'000'000'000) {
            return std::nullopt;
        }
        digits = digits * 10 + (c - '0');
        exponent -= after_point ? 1 : 0;
    }
    if (digits == 0) {
        return Rational(0);
    }
    std::int64_t denominator = 1;
    for (; exponent < 0 && denominator <= 1'000'000'000'000; ++exponent) {
        denominator *= 10;
    }
    for (; exponent > 0 && digits <= 1'000'000'000'000; --exponent) {
        digits *= 10;
    }
    return exponent == 0 ? checked(digits, denominator) : std::nullopt;
}

} // namespace hhc
