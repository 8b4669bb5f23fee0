// SPDX-License-Identifier: MIT
// How fast the states of a model move where it starts: advice on dt, as far as numbers are known
// when the model is compiled.
#pragma once

#include "lower/lower.h"
#include "lower/scope.h"

#include <optional>
#include <string>

namespace hhc::lower {

struct TimeConstant {
    std::string state;
    double seconds = 0.0;
};

/// The smallest -1/(df/dx) of all states x' = f that are solved in steps of dt, neither exactly nor
/// in steps of their own, at their initial values and the defaults of the parameters. States whose
/// rate depends on something without a known value (drawn at random, left to the caller) are passed
/// over; nothing if none is left.
[[nodiscard]] std::optional<TimeConstant> fastest_time_constant(const Scope& scope,
                                                                const MethodReport& methods);

} // namespace hhc::lower
