// SPDX-License-Identifier: MIT
// Every identifier of the generated C++ is made here: readable, unique within its scope, legal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

namespace hhc::codegen {

/// The name of the model as an identifier: "na.m" gives "na_m", "2x" gives "x2x".
[[nodiscard]] std::string identifier(std::string_view name);

/// Names of one scope. A name that is taken gets a number: "v", "v_2", "v_3".
class Names {
public:
    enum class Reserved : std::uint8_t { Words, Nothing };
    /// Words: keywords, and what generated text uses itself, are taken from the start.
    explicit Names(Reserved reserved = Reserved::Words);
    [[nodiscard]] std::string make(std::string_view wanted);

private:
    std::unordered_set<std::string> taken_;
};

} // namespace hhc::codegen
