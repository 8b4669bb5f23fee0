// SPDX-License-Identifier: MIT
// Questions about how a value depends on a leaf, and forward derivatives written as IR: they
// classify equations (linear, conditionally linear), and give Jacobians and dIm/dv.
#pragma once

#include "ir/builder.h"

#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hhc::ir {

/// True if `leaf` (any value) is `value` or one of the values it is computed from.
[[nodiscard]] bool depends_on(const Kernel& kernel, ValueId value, ValueId leaf);

/// For every value of the kernel: is it computed from one of `leaves` (or one of them itself)?
[[nodiscard]] std::vector<bool> dependents(const Kernel& kernel, std::span<const ValueId> leaves);

/// d(value)/d(leaf) for any number of values and one leaf; appends to the builder's kernel.
class Derivative {
public:
    Derivative(Builder& builder, ValueId leaf);

    /// std::nullopt: structurally zero. Steps (floor, sign, comparisons, conversions to Int,
    /// tables) have derivative zero; parameters of a draw too.
    [[nodiscard]] std::optional<ValueId> of(ValueId value);
    /// True if a value asked for so far has kinks or jumps in the leaf: the derivative holds almost
    /// everywhere only.
    [[nodiscard]] bool non_smooth() const { return non_smooth_; }

private:
    using Term = std::optional<ValueId>;
    [[nodiscard]] Term known(ValueId value) const;
    [[nodiscard]] Term derive(const Value& value, ValueId self);
    [[nodiscard]] Term derive_arithmetic(const Value& value, ValueId self);
    [[nodiscard]] Term derive_math(const Value& value, ValueId self);
    [[nodiscard]] Term scaled(ValueId factor, Term term);
    [[nodiscard]] Term sum(Term a, Term b);
    [[nodiscard]] ValueId or_zero(Term term);

    Builder* builder_;
    ValueId leaf_;
    std::vector<bool> depends_;
    std::unordered_map<ValueId, Term> terms_;
    bool non_smooth_ = false;
};

/// How a value depends on a leaf, read off its structure.
enum class Linearity : std::uint8_t { Independent, Linear, Nonlinear };
[[nodiscard]] Linearity linearity(const Kernel& kernel, ValueId value, ValueId leaf);
/// For every value of the kernel: how it depends on any of `leaves`.
[[nodiscard]] std::vector<Linearity> linearities(const Kernel& kernel,
                                                 std::span<const ValueId> leaves);

/// value = slope * leaf + offset, both independent of the leaf; std::nullopt for one that is zero.
struct LinearForm {
    std::optional<ValueId> slope;
    std::optional<ValueId> offset;
};
/// Nothing if the value is not linear in the leaf. `alpha*(1 - m) - beta*m` in m gives slope
/// `-alpha - beta` and offset `alpha`.
[[nodiscard]] std::optional<LinearForm> linear_form(Builder& builder, ValueId value, ValueId leaf);

/// The same for several leaves at once: value = sum slopes[k]*leaves[k] + offset.
struct MultiLinearForm {
    std::vector<std::optional<ValueId>> slopes;
    std::optional<ValueId> offset;
};
[[nodiscard]] std::optional<MultiLinearForm> linear_form(Builder& builder, ValueId value,
                                                         std::span<const ValueId> leaves);

/// Computes values again with some leaves (any values) replaced: the stages of a Runge-Kutta step,
/// a rate at another voltage. What does not depend on the leaves is shared.
class Substitution {
public:
    Substitution(Builder& builder, std::vector<std::pair<ValueId, ValueId>> replacements);
    [[nodiscard]] ValueId of(ValueId value);

private:
    Builder* builder_;
    std::unordered_map<ValueId, ValueId> replaced_; // also what was asked for already
};

/// Copies values of another kernel of the same module into the builder's kernel.
class Import {
public:
    Import(Builder& builder, const Kernel& source);
    /// Uses `replacement` (of the builder's kernel) wherever `value` (of the source) stands.
    void replace(ValueId value, ValueId replacement);
    [[nodiscard]] ValueId of(ValueId value);

private:
    Builder* builder_;
    const Kernel* source_;
    std::vector<ValueId> copied_;
};

} // namespace hhc::ir
