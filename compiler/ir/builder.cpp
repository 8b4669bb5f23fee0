// SPDX-License-Identifier: MIT
// Making and sharing values. What is simplified, and why that is exact, stands in simplify.cpp.
#include "ir/builder.h"

#include "support/check.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace hhc::ir {
namespace {

constexpr bool is_commutative(Op op) {
    return op == Op::Add || op == Op::Mul || op == Op::Fma || op == Op::Equal ||
           op == Op::NotEqual || op == Op::And || op == Op::Or;
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
    return hash ^ (hash >> 29U);
}

/// Equal for values that are the same but for the order of the two factors or terms.
std::uint64_t hash_of(const Value& value) {
    std::uint64_t hash =
        mix(static_cast<std::uint64_t>(value.op),
            (std::uint64_t{value.symbol} << 8U) | static_cast<std::uint64_t>(value.type));
    hash = mix(hash, static_cast<std::uint64_t>(value.payload));
    hash = mix(hash, std::bit_cast<std::uint64_t>(value.number));
    std::size_t first = 0;
    if (is_commutative(value.op)) {
        const std::uint32_t a = value.args[0].index;
        const std::uint32_t b = value.args[1].index;
        hash = mix(mix(hash, std::min(a, b)), std::max(a, b));
        first = 2;
    }
    for (std::size_t i = first; i < value.args.size(); ++i) {
        hash = mix(hash, value.args[i].index);
    }
    return hash;
}

bool same(const Value& a, const Value& b) {
    if (a.op != b.op || a.type != b.type || a.symbol != b.symbol || a.payload != b.payload ||
        std::bit_cast<std::uint64_t>(a.number) != std::bit_cast<std::uint64_t>(b.number)) {
        return false;
    }
    if (a.args == b.args) {
        return true;
    }
    return is_commutative(a.op) && a.args[0] == b.args[1] && a.args[1] == b.args[0] &&
           (a.args.size() < 3 || a.args[2] == b.args[2]);
}

} // namespace

Builder::Builder(Module& module, Kernel& kernel)
    : module_(&module), kernel_(&kernel), bindings_(bindings(kernel)) {
    const std::size_t count = kernel.values.size();
    known_.resize(std::bit_ceil(std::max<std::size_t>(64, 3 * count)));
    hashes_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        remember(ValueId(i), hash_of(kernel.values[ValueId(i)]));
    }
}

void Builder::remember(ValueId id, std::uint64_t hash) {
    if (2 * (hashes_.size() + 1) > known_.size()) {
        rehash(known_.size() * 2);
    }
    hashes_.push_back(hash);
    const std::size_t mask = known_.size() - 1;
    std::size_t at = hash & mask;
    while (known_[at] != 0) {
        at = (at + 1) & mask;
    }
    known_[at] = id.index + 1;
}

void Builder::rehash(std::size_t size) {
    known_.assign(size, 0);
    const std::size_t mask = size - 1;
    for (std::size_t i = 0; i < hashes_.size(); ++i) {
        std::size_t at = hashes_[i] & mask;
        while (known_[at] != 0) {
            at = (at + 1) & mask;
        }
        known_[at] = static_cast<std::uint32_t>(i) + 1;
    }
}

void Builder::reserve(std::size_t values) {
    kernel_->values.raw().reserve(values);
    bindings_.reserve(values);
    hashes_.reserve(values);
    if (3 * values > known_.size()) {
        rehash(std::bit_ceil(3 * values));
    }
}

Builder::Context::Context(Builder& builder, Span span, std::string_view name)
    : builder_(&builder), span_(builder.span_), name_(builder.name_) {
    if (span.valid()) {
        builder.span_ = span;
    }
    if (!name.empty()) {
        builder.name_ = name;
    }
}

Builder::Context::~Context() {
    builder_->span_ = span_;
    builder_->name_ = std::move(name_);
}

Type Builder::type(ValueId id) const {
    HHC_CHECK(id.valid() && id.index < kernel_->values.size(),
              "argument is no value of the kernel");
    return kernel_->values[id].type;
}

ValueId Builder::name(ValueId id, std::string_view name) {
    Value& value = kernel_->values[id];
    if (value.name.empty() && value.op > Op::ConstBool) { // literals serve many
        value.name = name;
    }
    return id;
}

ValueId Builder::find_or_append(Value value) {
    const std::uint64_t hash = hash_of(value);
    const std::size_t mask = known_.size() - 1;
    for (std::size_t at = hash & mask; known_[at] != 0; at = (at + 1) & mask) {
        const ValueId id(known_[at] - 1);
        if (hashes_[id.index] != hash || !same(kernel_->values[id], value)) {
            continue;
        }
        if (std::string& name = kernel_->values[id].name; name.empty()) {
            name = std::move(value.name);
        }
        return id;
    }
    Binding binding = own_binding(value, kernel_->kind);
    for (const ValueId arg : value.args) {
        HHC_CHECK(arg.valid() && arg.index < bindings_.size(),
                  "argument is no value of the kernel");
        binding = std::max(binding, bindings_[arg.index]);
    }
    bindings_.push_back(binding);
    const ValueId id = kernel_->values.push_back(std::move(value));
    remember(id, hash);
    return id;
}

ValueId Builder::emit(Value value) {
    if (!value.span.valid()) {
        value.span = span_;
    }
    if (const std::optional<ValueId> simple = simplify(value)) {
        return value.name.empty() ? *simple : name(*simple, value.name);
    }
    return find_or_append(std::move(value));
}

ValueId Builder::emit_as_is(Value value) {
    if (!value.span.valid()) {
        value.span = span_;
    }
    return find_or_append(std::move(value));
}

namespace {

/// The mistakes a caller can make with well-formed arguments; `verify` checks everything.
bool fits(const Kernel& kernel, Op op, const Args& args) {
    const auto type = [&](std::size_t i) { return kernel.values[args[i]].type; };
    const auto all = [&](Type expected) {
        return std::ranges::all_of(args,
                                   [&](ValueId id) { return kernel.values[id].type == expected; });
    };
    if (op == Op::Select) {
        return type(0) == Type::Bool && type(1) == type(2);
    }
    if (op == Op::And || op == Op::Or || op == Op::Not) {
        return all(Type::Bool);
    }
    if (op == Op::Div || op == Op::Fma || op == Op::Math || op == Op::Random) {
        return all(Type::Real);
    }
    if ((op >= Op::Add && op <= Op::Mod) || (op >= Op::Less && op <= Op::NotEqual)) {
        return all(type(0)) && type(0) != Type::Matrix;
    }
    return true;
}

} // namespace

ValueId Builder::make(Op op, Type type, Args args, std::uint32_t symbol, std::int64_t payload) {
    HHC_CHECK(
        std::ranges::all_of(args, [&](ValueId arg) { return arg.index < kernel_->values.size(); }),
        "argument is no value of the kernel");
    HHC_CHECK(fits(*kernel_, op, args), "argument of the wrong type");
    Value value;
    value.op = op;
    value.type = type;
    value.symbol = symbol;
    value.payload = payload;
    value.args = std::move(args);
    value.span = span_;
    value.name = name_;
    return emit(std::move(value));
}

ValueId Builder::leaf(Op op, Type type, std::uint32_t symbol) {
    Value value;
    value.op = op;
    value.type = type;
    value.symbol = symbol;
    value.span = span_;
    return find_or_append(std::move(value));
}

ValueId Builder::real(double number) {
    Value value;
    value.op = Op::ConstReal;
    value.number = number;
    value.span = span_;
    return find_or_append(std::move(value));
}

ValueId Builder::integer(std::int64_t number) {
    Value value;
    value.op = Op::ConstInt;
    value.type = Type::Int;
    value.payload = number;
    value.span = span_;
    return find_or_append(std::move(value));
}

ValueId Builder::boolean(bool truth) {
    Value value;
    value.op = Op::ConstBool;
    value.type = Type::Bool;
    value.payload = truth ? 1 : 0;
    value.span = span_;
    return find_or_append(std::move(value));
}

ValueId Builder::load(FieldId field) {
    const ValueId id = leaf(Op::LoadField, value_type(module_->fields[field].storage), field.index);
    return name(id, module_->fields[field].name);
}

ValueId Builder::uniform(UniformId uniform) {
    const ValueId id =
        leaf(Op::LoadUniform, value_type(module_->uniforms[uniform].storage), uniform.index);
    return name(id, module_->uniforms[uniform].name);
}

ValueId Builder::foreign(ForeignId foreign) {
    const Foreign& from = module_->foreign[foreign];
    const Op op = from.uniform ? Op::ForeignUniform : Op::LoadForeign;
    const ValueId id = leaf(op, value_type(from.storage), foreign.index);
    return name(id, from.name + (from.space == Space::Pre ? "_pre" : "_post"));
}

ValueId Builder::pre_index() {
    return leaf(Op::PreIndex, Type::Int);
}
ValueId Builder::post_index() {
    return leaf(Op::PostIndex, Type::Int);
}
ValueId Builder::pre_count() {
    return leaf(Op::PreCount, Type::Int);
}
ValueId Builder::post_count() {
    return leaf(Op::PostCount, Type::Int);
}

ValueId Builder::time() {
    return leaf(Op::Time, Type::Real);
}
ValueId Builder::dt() {
    return leaf(Op::TimeStep, Type::Real);
}
ValueId Builder::step() {
    return leaf(Op::StepCount, Type::Int);
}
ValueId Builder::entity() {
    return leaf(Op::EntityIndex, Type::Int);
}
ValueId Builder::count() {
    return leaf(Op::EntityCount, Type::Int);
}

ValueId Builder::add(ValueId a, ValueId b) {
    return make(Op::Add, type(a), {a, b});
}
ValueId Builder::sub(ValueId a, ValueId b) {
    return make(Op::Sub, type(a), {a, b});
}
ValueId Builder::mul(ValueId a, ValueId b) {
    return make(Op::Mul, type(a), {a, b});
}
ValueId Builder::neg(ValueId a) {
    return make(Op::Neg, type(a), {a});
}
ValueId Builder::div(ValueId a, ValueId b) {
    return make(Op::Div, Type::Real, {a, b});
}
ValueId Builder::fma(ValueId a, ValueId b, ValueId c) {
    return make(Op::Fma, Type::Real, {a, b, c});
}
ValueId Builder::floor_div(ValueId a, ValueId b) {
    return make(Op::FloorDiv, type(a), {a, b});
}
ValueId Builder::mod(ValueId a, ValueId b) {
    return make(Op::Mod, type(a), {a, b});
}
ValueId Builder::powi(ValueId a, std::int64_t exponent) {
    return make(Op::PowInt, type(a), {a}, 0, exponent);
}

ValueId Builder::math(MathOp op, std::initializer_list<ValueId> args) {
    HHC_CHECK(static_cast<int>(args.size()) == info(op).arity, "number of arguments of a function");
    return make(Op::Math, Type::Real, args, static_cast<std::uint32_t>(op));
}

ValueId Builder::sum(std::span<const ValueId> terms) {
    if (terms.empty()) {
        return real(0.0);
    }
    ValueId total = terms.front();
    for (const ValueId term : terms.subspan(1)) {
        total = add(total, term);
    }
    return total;
}

ValueId Builder::compare(Op op, ValueId a, ValueId b) {
    HHC_CHECK(op >= Op::Less && op <= Op::NotEqual, "not a comparison");
    return make(op, Type::Bool, {a, b});
}

ValueId Builder::logical_and(ValueId a, ValueId b) {
    return make(Op::And, Type::Bool, {a, b});
}
ValueId Builder::logical_or(ValueId a, ValueId b) {
    return make(Op::Or, Type::Bool, {a, b});
}
ValueId Builder::logical_not(ValueId a) {
    return make(Op::Not, Type::Bool, {a});
}
ValueId Builder::select(ValueId condition, ValueId then, ValueId otherwise) {
    return make(Op::Select, type(then), {condition, then, otherwise});
}

ValueId Builder::to_real(ValueId a) {
    switch (type(a)) {
    case Type::Int:
        return make(Op::IntToReal, Type::Real, {a});
    case Type::Bool:
        return make(Op::BoolToReal, Type::Real, {a});
    default:
        return a;
    }
}

ValueId Builder::to_int(ValueId a) {
    switch (type(a)) {
    case Type::Real:
        return make(Op::RealToInt, Type::Int, {a});
    case Type::Bool:
        return make(Op::BoolToInt, Type::Int, {a});
    default:
        return a;
    }
}

ValueId Builder::to_bool(ValueId a) {
    switch (type(a)) {
    case Type::Real:
        return not_equal(a, real(0.0));
    case Type::Int:
        return make(Op::IntToBool, Type::Bool, {a});
    default:
        return a;
    }
}

ValueId Builder::random(Distribution distribution, std::uint64_t stream,
                        std::initializer_list<ValueId> args) {
    HHC_CHECK(static_cast<int>(args.size()) == info(distribution).arity,
              "number of parameters of a distribution");
    return make(Op::Random, info(distribution).result, args,
                static_cast<std::uint32_t>(distribution), std::bit_cast<std::int64_t>(stream));
}

ValueId Builder::table(TableId table, ValueId time, ValueId column) {
    Args args{time};
    if (column.valid()) {
        args.push_back(column);
    }
    return make(Op::Table, Type::Real, std::move(args), table.index);
}

ValueId Builder::matrix(std::int64_t n, std::span<const ValueId> elements) {
    HHC_CHECK(static_cast<std::size_t>(n * n) == elements.size(), "a matrix has n*n elements");
    return make(Op::MatrixBuild, Type::Matrix, Args(elements), 0, n);
}

ValueId Builder::matrix_exp(ValueId matrix, ValueId h) {
    return make(Op::MatrixExp, Type::Matrix, {matrix, h});
}

ValueId Builder::matrix_exp_integral(ValueId matrix, ValueId h) {
    return make(Op::MatrixExpIntegral, Type::Matrix, {matrix, h});
}

ValueId Builder::element(ValueId matrix, std::int64_t row, std::int64_t column) {
    const std::int64_t n = matrix_size(*kernel_, matrix);
    HHC_CHECK(row >= 0 && column >= 0 && row < n && column < n, "element outside the matrix");
    return make(Op::MatrixElement, Type::Real, {matrix}, 0, row * n + column);
}

void Builder::store(FieldId field, ValueId value, ValueId mask) {
    kernel_->stores.push_back({field, value, mask});
}
void Builder::add_to(FieldId field, ValueId value, ValueId mask) {
    kernel_->stores.push_back({field, value, mask, true});
}
void Builder::store(ForeignId foreign, ValueId value, ValueId mask) {
    kernel_->foreign_stores.push_back({foreign, value, mask});
}
void Builder::add_to(ForeignId foreign, ValueId value, ValueId mask) {
    kernel_->foreign_stores.push_back({foreign, value, mask, true});
}
void Builder::store(UniformId uniform, ValueId value) {
    kernel_->uniform_stores.push_back({uniform, value});
}
void Builder::event(EventId event, ValueId condition) {
    kernel_->events.push_back({event, condition});
}
void Builder::output(ValueId value) {
    kernel_->outputs.push_back(value);
}
void Builder::guard(ValueId value) {
    kernel_->guards.push_back(value);
}

std::optional<double> Builder::constant(ValueId id) const {
    const Value& value = kernel_->values[id];
    return value.op == Op::ConstReal ? std::optional(value.number) : std::nullopt;
}

std::optional<std::int64_t> Builder::int_constant(ValueId id) const {
    const Value& value = kernel_->values[id];
    return value.op == Op::ConstInt ? std::optional(value.payload) : std::nullopt;
}

std::optional<bool> Builder::bool_constant(ValueId id) const {
    const Value& value = kernel_->values[id];
    return value.op == Op::ConstBool ? std::optional(value.payload != 0) : std::nullopt;
}

bool Builder::is_real(ValueId id, double number) const {
    const std::optional<double> known = constant(id);
    return known.has_value() &&
           std::bit_cast<std::uint64_t>(*known) == std::bit_cast<std::uint64_t>(number);
}

} // namespace hhc::ir
