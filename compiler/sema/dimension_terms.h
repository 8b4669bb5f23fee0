// SPDX-License-Identifier: MIT
// Dimensions that may hold unknowns, and their unification: a linear system over rational
// exponents.
#pragma once

#include "support/rational.h"
#include "units/dimension.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hhc::sema {

/// known * product of unknown**exponent.
struct Term {
    units::Dimension known;
    std::map<std::uint32_t, Rational> unknowns; // exponents are not zero

    Term() = default;
    Term(units::Dimension dimension) : known(dimension) {} // NOLINT: dimensions convert
    [[nodiscard]] bool is_known() const { return unknowns.empty(); }
    [[nodiscard]] Term pow(Rational power) const;
};

[[nodiscard]] Term operator*(const Term& a, const Term& b);
[[nodiscard]] Term operator/(const Term& a, const Term& b);

/// What is known about the unknowns so far.
class DimensionSolver {
public:
    [[nodiscard]] Term fresh();
    /// The term with every solved unknown replaced.
    [[nodiscard]] Term resolve(const Term& term) const;
    /// Makes both equal if that is possible; false leaves everything as it was.
    [[nodiscard]] bool unify(const Term& a, const Term& b);

private:
    std::vector<std::optional<Term>> solutions_; // by unknown, in terms of unsolved ones
};

/// The unit as a person writes it; "any unit" for an unsolved unknown.
[[nodiscard]] std::string describe(const Term& term);

} // namespace hhc::sema
