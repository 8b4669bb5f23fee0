// SPDX-License-Identifier: MIT
// Builds the values of a kernel: equal values become one, and what is exactly known is simplified
// at once. Only rewrites that give the same bits for every input (signed zeros, infinities) are
// done here; NaNs count as equal.
#pragma once

#include "ir/ir.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::ir {

/// More values than this in one kernel are refused by whoever builds it (a diagnostic, not a
/// check).
inline constexpr std::size_t max_kernel_values = 20'000;

/// Appends to `kernel`, which must outlive the builder and stay where it is (not inside a vector
/// that grows meanwhile). Types are checked: a wrong one is an internal error.
class Builder {
public:
    /// Values already in `kernel` are known to the builder.
    Builder(Module& module, Kernel& kernel);

    [[nodiscard]] const Module& module() const { return *module_; }
    [[nodiscard]] Kernel& kernel() { return *kernel_; }
    [[nodiscard]] const Kernel& kernel() const { return *kernel_; }
    [[nodiscard]] const Value& operator[](ValueId id) const { return kernel_->values[id]; }
    [[nodiscard]] Type type(ValueId id) const;
    [[nodiscard]] Binding binding(ValueId id) const { return bindings_[id.index]; }
    [[nodiscard]] bool over_limit() const { return kernel_->values.size() > max_kernel_values; }

    /// Span and name of the values made while it lives; the innermost one counts.
    class Context {
    public:
        Context(Builder& builder, Span span, std::string_view name = {});
        ~Context();
        Context(const Context&) = delete;
        Context& operator=(const Context&) = delete;

    private:
        Builder* builder_;
        Span span_;
        std::string name_;
    };
    /// The place of the values made next, within the innermost context.
    void at(Span span) { span_ = span; }
    /// Makes room for so many values.
    void reserve(std::size_t values);
    /// Gives a value its name in the model unless it has one already. Returns `id`.
    ValueId name(ValueId id, std::string_view name);

    // leaves
    ValueId real(double number);
    ValueId integer(std::int64_t number);
    ValueId boolean(bool truth);
    ValueId load(FieldId field);
    ValueId uniform(UniformId uniform);
    ValueId time();
    ValueId dt();
    ValueId step();
    ValueId entity();
    ValueId count();
    ValueId foreign(ForeignId foreign); // of one entity, or of the whole population
    ValueId pre_index();
    ValueId post_index();
    ValueId pre_count();
    ValueId post_count();

    // arithmetic; both arguments Real or both Int, `div` and `fma` Real only
    ValueId add(ValueId a, ValueId b);
    ValueId sub(ValueId a, ValueId b);
    ValueId mul(ValueId a, ValueId b);
    ValueId neg(ValueId a);
    ValueId div(ValueId a, ValueId b);
    ValueId fma(ValueId a, ValueId b, ValueId c);
    ValueId floor_div(ValueId a, ValueId b);
    ValueId mod(ValueId a, ValueId b);
    ValueId powi(ValueId a, std::int64_t exponent);
    ValueId math(MathOp op, std::initializer_list<ValueId> args);
    ValueId math(MathOp op, ValueId a) { return math(op, {a}); }
    ValueId exp(ValueId a) { return math(MathOp::Exp, {a}); }
    /// Left to right: ((a + b) + c) + ...; 0.0 if empty.
    ValueId sum(std::span<const ValueId> terms);

    // comparisons and logic
    ValueId compare(Op op, ValueId a, ValueId b); // Less ... NotEqual
    ValueId less(ValueId a, ValueId b) { return compare(Op::Less, a, b); }
    ValueId less_equal(ValueId a, ValueId b) { return compare(Op::LessEqual, a, b); }
    ValueId greater(ValueId a, ValueId b) { return compare(Op::Greater, a, b); }
    ValueId greater_equal(ValueId a, ValueId b) { return compare(Op::GreaterEqual, a, b); }
    ValueId equal(ValueId a, ValueId b) { return compare(Op::Equal, a, b); }
    ValueId not_equal(ValueId a, ValueId b) { return compare(Op::NotEqual, a, b); }
    ValueId logical_and(ValueId a, ValueId b);
    ValueId logical_or(ValueId a, ValueId b);
    ValueId logical_not(ValueId a);
    ValueId select(ValueId condition, ValueId then, ValueId otherwise);

    // conversions; the value itself where it has the type already
    ValueId to_real(ValueId a);
    ValueId to_int(ValueId a);  // of a Real: towards zero
    ValueId to_bool(ValueId a); // of a Real: a != 0

    // draws and tables
    ValueId random(Distribution distribution, std::uint64_t stream,
                   std::initializer_list<ValueId> args = {});
    ValueId table(TableId table, ValueId time, ValueId column = {});

    // matrices
    ValueId matrix(std::int64_t n, std::span<const ValueId> elements);
    ValueId matrix_exp(ValueId matrix, ValueId h);
    ValueId matrix_exp_integral(ValueId matrix, ValueId h);
    ValueId element(ValueId matrix, std::int64_t row, std::int64_t column);

    // what the kernel does with its values
    void store(FieldId field, ValueId value, ValueId mask = {});
    void add_to(FieldId field, ValueId value, ValueId mask = {});
    void store(ForeignId foreign, ValueId value, ValueId mask = {});
    void add_to(ForeignId foreign, ValueId value, ValueId mask = {});
    void store(UniformId uniform, ValueId value);
    void event(EventId event, ValueId condition);
    void output(ValueId value);
    void guard(ValueId value);

    /// The value as described (arguments already of this kernel), simplified and shared like the
    /// rest. A value without span takes the context's.
    ValueId emit(Value value);
    /// What stands for such a value more simply; nothing if it is simple already.
    [[nodiscard]] std::optional<ValueId> simplify(const Value& value);
    /// As `emit` without simplification.
    ValueId emit_as_is(Value value);

    [[nodiscard]] bool is_real(ValueId id, double number) const; // that very constant, by its bits
    /// The number of a ConstReal, ConstInt or ConstBool.
    [[nodiscard]] std::optional<double> constant(ValueId id) const;
    [[nodiscard]] std::optional<std::int64_t> int_constant(ValueId id) const;
    [[nodiscard]] std::optional<bool> bool_constant(ValueId id) const;

private:
    friend class Context;
    ValueId leaf(Op op, Type type, std::uint32_t symbol = 0);
    ValueId make(Op op, Type type, Args args, std::uint32_t symbol = 0, std::int64_t payload = 0);
    ValueId find_or_append(Value value);
    /// May `result` stand for a value that also used `dropped`? Not if a float32 kernel would then
    /// compute in double what it computed in float.
    [[nodiscard]] bool may_drop(ValueId dropped, ValueId result) const;

    [[nodiscard]] std::optional<ValueId> simplify_real(const Value& value);
    [[nodiscard]] std::optional<ValueId> simplify_int(const Value& value);
    [[nodiscard]] std::optional<ValueId> simplify_comparison(const Value& value);
    [[nodiscard]] std::optional<ValueId> simplify_logic(const Value& value);
    [[nodiscard]] std::optional<ValueId> simplify_select(const Value& value);
    [[nodiscard]] std::optional<ValueId> simplify_conversion(const Value& value);

    Module* module_;
    Kernel* kernel_;
    std::vector<Binding> bindings_;
    void remember(ValueId id, std::uint64_t hash);
    void rehash(std::size_t size);
    std::vector<std::uint64_t> hashes_; // by value
    std::vector<std::uint32_t> known_;  // open addressing: index of a value + 1, or 0
    Span span_;
    std::string name_;
};

} // namespace hhc::ir
