// SPDX-License-Identifier: MIT
// Piecewise polynomials that stand for functions of one variable within a proven bound: how they
// lie in memory, and how they are made and certified. Generated kernels read them through
// hhk_piecewise (codegen/prelude/prelude_piecewise.h), which states how they are evaluated.
#pragma once

#include "ir/taylor.h"

#include <cstddef>
#include <optional>
#include <span>

namespace hhc::ir {

inline constexpr int piece_count = 16;
/// The table of a module begins with the ends of the certified range.
inline constexpr std::size_t piece_header = 8;
inline constexpr int max_piece_degree = 12;

/// Doubles that one approximation takes: a number a piece, coefficient by coefficient, the lowest
/// Approximation::doubles of them as doubles, the others as pairs of floats.
[[nodiscard]] constexpr std::size_t piecewise_size(int degree, int doubles) {
    const auto whole = static_cast<std::size_t>(doubles) * piece_count;
    return whole + static_cast<std::size_t>(degree + 1 - doubles) * piece_count / 2;
}
[[nodiscard]] inline std::size_t piecewise_size(const Approximation& approximation) {
    return piecewise_size(approximation.degree, approximation.doubles);
}

/// The coefficient of x^k in a piece.
[[nodiscard]] double coefficient(const Approximation& approximation, std::span<const double> pieces,
                                 int k, int piece);

/// How much the roundings of single precision may add to a polynomial's error.
[[nodiscard]] double single_rounding(const Approximation& approximation,
                                     std::span<const double> pieces);

/// Factor and term that take an argument to its place among the pieces, 0 to piece_count.
struct Placement {
    double scale = 0;
    double shift = 0;
};
[[nodiscard]] inline Placement placement(const Approximation& approximation) {
    const double scale = piece_count / (approximation.high - approximation.low);
    return {scale, -approximation.low * scale};
}

/// Fills `pieces` (piecewise_size) with polynomials through Chebyshev's nodes and
/// returns their largest error at some points; nothing where the function has no value. No proof.
[[nodiscard]] std::optional<double> fit(const Approximation& approximation,
                                        const FunctionOfOne& function, std::span<double> pieces);

/// A proven bound of |polynomial - function| over the range, roundings of the polynomials included;
/// nothing if it cannot be proven to be below the tolerance. Each piece is cut until the Taylor
/// series of the difference, whose coefficients are intervals, is below it on every part.
[[nodiscard]] std::optional<double> prove(const Approximation& approximation,
                                          const FunctionOfOne& function,
                                          std::span<const double> pieces);

/// The part of the range where the polynomials may be used: arguments next to its ends may be
/// rounded to a place beyond.
[[nodiscard]] Interval certified_range(const Approximation& approximation);

} // namespace hhc::ir
