// SPDX-License-Identifier: MIT
// Values as weighted sums of other values ("atoms") with literal weights, to see that two
// expressions are multiples of each other however they are written.
#pragma once

#include "ir/builder.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace hhc::ir {

/// sum weight*atom + constant. An atom is a value that is no sum, difference or literal multiple.
struct LinearAtoms {
    std::vector<std::pair<ValueId, double>> terms; // by id, weights not 0
    double constant = 0;
};

/// A linear form times and divided by values: (v - v0)/k, with v and v0 as atoms and k as divisor.
struct ScaledForm {
    LinearAtoms form;
    std::vector<ValueId> factors, divisors; // by id
};

/// How far a sum is taken apart: Whole, or OneVarying: down to the first sum or difference of two
/// entity-bound values, which is then an atom.
enum class Depth : std::uint8_t { Whole, OneVarying };

[[nodiscard]] LinearAtoms linear_atoms(const Builder& builder, ValueId value,
                                       Depth depth = Depth::Whole);
/// Factors are taken out where they are bound earlier than the rest, divisors always.
[[nodiscard]] ScaledForm scaled_form(const Builder& builder, ValueId value,
                                     Depth depth = Depth::Whole);

/// u as one operation, fma(t, weight, rest) or t*weight, where it is linear in one entity-bound
/// value t and all else in it is known before the entity; nothing if it is not, or is one operation
/// already. The result is off by rounding of t*weight, not of u: for functions that only feel the
/// absolute error of their argument.
[[nodiscard]] std::optional<ValueId> fused_form(Builder& builder, ValueId u);

/// r with a = r*b, if there is one: same atoms, all weights in one proportion to 1e-12 (literals
/// such as 40 mV and 0.04 V differ by rounding). Nothing for constants.
[[nodiscard]] std::optional<double> ratio(const LinearAtoms& a, const LinearAtoms& b);

} // namespace hhc::ir
