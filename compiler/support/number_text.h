// SPDX-License-Identifier: MIT
// Numbers to text and back, exact and independent of the locale.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hhc {

/// Shortest decimal text that reads back as the same double: "0.1", "1e-09", "inf", "-inf", "nan".
[[nodiscard]] std::string shortest(double value);
/// The same, always recognisable as floating point in C++: "1.0", "1e+20". Finite values only.
[[nodiscard]] std::string shortest_cpp(double value);
/// Hexadecimal floating literal, exact in C++ and in text forms: "0x1.8p+1". Finite values only.
[[nodiscard]] std::string hex_double(double value);
/// Correctly rounded value of a whole text such as "54.387", "1e-3", ".5", "3."; beyond the range
/// of double it is inf or 0 with the right sign; nothing if the text is no number.
[[nodiscard]] std::optional<double> parse_double(std::string_view text);

} // namespace hhc
