// SPDX-License-Identifier: MIT
#include "support/number_text.h"

#include "support/check.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace hhc {
namespace {

/// from_chars reports overflow and underflow alike; the decimal exponent of the first digit tells.
double out_of_range_value(std::string_view text) {
    const bool negative = text.front() == '-';
    const std::size_t e = text.find_first_of("eE");
    const std::string_view digits = text.substr(0, e);
    long long exponent = 0;
    if (e != std::string_view::npos) {
        std::string_view tail = text.substr(e + 1);
        const bool down = tail.front() == '-';
        if (tail.front() == '+' || tail.front() == '-') {
            tail.remove_prefix(1);
        }
        const auto read = std::from_chars(tail.data(), tail.data() + tail.size(), exponent);
        if (read.ec != std::errc()) {
            exponent = std::numeric_limits<int>::max();
        }
        exponent = down ? -exponent : exponent;
    }
    const std::size_t first = digits.find_first_of("123456789");
    const std::size_t point = std::min(digits.find('.'), digits.size());
    exponent += static_cast<long long>(point) - static_cast<long long>(first);
    const double magnitude = exponent > 0 ? std::numeric_limits<double>::infinity() : 0.0;
    return negative ? -magnitude : magnitude;
}

} // namespace

std::string shortest(double value) {
    if (std::isnan(value)) {
        return "nan";
    }
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return {buffer.data(), end};
}

std::string shortest_cpp(double value) {
    HHC_CHECK(std::isfinite(value), "only finite values are literals");
    std::string text = shortest(value);
    if (text.find_first_of(".e") == std::string::npos) {
        text += ".0";
    }
    return text;
}

std::string hex_double(double value) {
    HHC_CHECK(std::isfinite(value), "only finite values are literals");
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                   std::chars_format::hex)
                         .ptr;
    return (std::signbit(value) ? "-0x" : "0x") + std::string(buffer.data(), end);
}

std::optional<double> parse_double(std::string_view text) {
    if (!text.empty() && text.front() == '+') {
        text.remove_prefix(1);
    }
    const std::size_t start = !text.empty() && text.front() == '-' ? 1 : 0;
    if (text.size() <= start || text.substr(start).find_first_not_of("0123456789.eE+-") == 0) {
        return std::nullopt; // refuses inf, nan and hexadecimal, which from_chars would take
    }
    if (text[start] != '.' && (text[start] < '0' || text[start] > '9')) {
        return std::nullopt;
    }
    double value = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ptr != end || read.ec == std::errc::invalid_argument) {
        return std::nullopt;
    }
    if (read.ec == std::errc::result_out_of_range) {
        return out_of_range_value(text);
    }
    return value;
}

} // namespace hhc
