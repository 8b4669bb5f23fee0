// SPDX-License-Identifier: MIT
// Tables of the IR and the binding times of a kernel.
#include "ir/ir.h"

#include "support/check.h"

#include <algorithm>
#include <array>
#include <utility>

namespace hhc::ir {
namespace {

enum class Result : std::uint8_t { Same, Real, Int, Bool, Matrix, Payload };

struct OpRow {
    OpInfo info;
    Result result;
};

constexpr std::array op_rows = {
#define HHC_OP(id, text, arity, result) OpRow{{text, arity}, Result::result},
#include "ir/ops.def"
#undef HHC_OP
};

constexpr std::array math_rows = {
#define HHC_MATH(id, text, arity, function) MathInfo{text, arity, #function},
#include "ir/math_ops.def"
#undef HHC_MATH
};

constexpr std::array distribution_rows = {
#define HHC_RANDOM(id, text, arity, result) DistributionInfo{text, arity, Type::result},
#include "ir/distributions.def"
#undef HHC_RANDOM
};

constexpr std::array<std::string_view, 13> kernel_kinds = {
    "prepare", "prepare_entities", "init",    "half_step", "advance",  "on_event", "sum",
    "deliver", "deliver_entities", "observe", "rhs",       "jacobian", "linear",
};

constexpr std::array<std::string_view, 5> spaces = {"each", "pre", "post", "per_pre", "per_post"};

} // namespace

const OpInfo& info(Op op) {
    return op_rows[static_cast<std::size_t>(op)].info;
}

const MathInfo& info(MathOp op) {
    return math_rows[static_cast<std::size_t>(op)];
}

const DistributionInfo& info(Distribution distribution) {
    return distribution_rows[static_cast<std::size_t>(distribution)];
}

std::span<const OpInfo> all_ops() {
    static const auto rows = [] {
        std::array<OpInfo, op_rows.size()> all{};
        std::ranges::transform(op_rows, all.begin(), &OpRow::info);
        return all;
    }();
    return rows;
}

std::span<const MathInfo> all_math() {
    return math_rows;
}

std::span<const DistributionInfo> all_distributions() {
    return distribution_rows;
}

std::optional<MathOp> find_math(std::string_view text) {
    const auto* found = std::ranges::find(math_rows, text, &MathInfo::text);
    if (found == math_rows.end()) {
        return std::nullopt;
    }
    return static_cast<MathOp>(found - math_rows.begin());
}

std::string_view text(KernelKind kind) {
    return kernel_kinds[static_cast<std::size_t>(kind)];
}

std::string_view text(Space space) {
    return spaces[static_cast<std::size_t>(space)];
}

std::string text(const Foreign& foreign) {
    std::string result(text(foreign.space));
    result += '.' + foreign.name;
    return (foreign.access & access::delayed) != 0 ? result + "@delay" : result;
}

std::span<const std::string_view> all_kernel_kinds() {
    return kernel_kinds;
}

std::optional<Type> result_type(Op op, std::optional<Type> first_argument) {
    switch (op_rows[static_cast<std::size_t>(op)].result) {
    case Result::Same:
        return first_argument;
    case Result::Real:
        return Type::Real;
    case Result::Int:
        return Type::Int;
    case Result::Bool:
        return Type::Bool;
    case Result::Matrix:
        return Type::Matrix;
    case Result::Payload:
        return std::nullopt;
    }
    return std::nullopt;
}

Type value_type(Storage storage) {
    switch (storage) {
    case Storage::Real:
        return Type::Real;
    case Storage::Boolean:
        return Type::Bool;
    case Storage::Integer:
    case Storage::Step:
        return Type::Int;
    }
    return Type::Real;
}

const Kernel* Module::find(KernelKind kind, EventId event) const {
    const auto found = std::ranges::find_if(
        kernels, [&](const Kernel& k) { return k.kind == kind && k.event == event; });
    return found == kernels.end() ? nullptr : &*found;
}

Kernel* Module::find(KernelKind kind, EventId event) {
    return const_cast<Kernel*>(std::as_const(*this).find(kind, event)); // NOLINT: of this module
}

const Kernel* Module::find(KernelKind kind, Space space) const {
    const auto found = std::ranges::find_if(
        kernels, [&](const Kernel& k) { return k.kind == kind && k.space == space; });
    return found == kernels.end() ? nullptr : &*found;
}

const Kernel* Module::find(KernelKind kind, PathwayId pathway) const {
    const auto found = std::ranges::find_if(
        kernels, [&](const Kernel& k) { return k.kind == kind && k.pathway == pathway; });
    return found == kernels.end() ? nullptr : &*found;
}

std::uint32_t Module::uses() const {
    constexpr std::uint32_t pre = 1;
    constexpr std::uint32_t creation = 2;
    std::uint32_t result = 0;
    const auto side = [&](Space space) {
        result |= space == Space::Pre || space == Space::PerPre ? pre : 0;
    };
    for (const Kernel& kernel : kernels) {
        if (kernel.space != Space::Each) {
            continue;
        }
        for (const Value& value : kernel.values) {
            switch (value.op) {
            case Op::LoadField:
                side(fields[FieldId(value.symbol)].space);
                break;
            case Op::LoadForeign:
                side(foreign[ForeignId(value.symbol)].space);
                break;
            case Op::PreIndex:
                result |= pre;
                break;
            case Op::Random:
            case Op::EntityIndex:
                result |= creation;
                break;
            default:
                break;
            }
        }
        for (const FieldStore& store : kernel.stores) {
            side(fields[store.field].space);
        }
        for (const ForeignStore& store : kernel.foreign_stores) {
            side(foreign[store.foreign].space);
        }
    }
    return result;
}

std::int64_t matrix_size(const Kernel& kernel, ValueId matrix) {
    const Value* value = &kernel.values[matrix];
    while (value->op != Op::MatrixBuild) {
        HHC_CHECK(value->type == Type::Matrix, "not a matrix");
        value = &kernel.values[value->args[0]];
    }
    return value->payload;
}

Binding own_binding(const Value& value, KernelKind kind) {
    switch (value.op) {
    case Op::LoadUniform:
    case Op::TimeStep:
    case Op::EntityCount:
    case Op::PreCount:
    case Op::PostCount:
    case Op::ForeignUniform:
        return Binding::Run;
    case Op::Time:
    case Op::StepCount:
        return Binding::Step;
    case Op::LoadField:
    case Op::EntityIndex:
    case Op::LoadForeign:
    case Op::PreIndex:
    case Op::PostIndex:
        return Binding::Entity;
    case Op::Random:
        return kind == KernelKind::Prepare ? Binding::Run : Binding::Entity;
    case Op::Table:
        return value.args.size() > 1 ? Binding::Entity : Binding::Run;
    default:
        return Binding::Literal;
    }
}

std::vector<Binding> bindings(const Kernel& kernel) {
    std::vector<Binding> result;
    result.reserve(kernel.values.size());
    for (const Value& value : kernel.values) {
        Binding binding = own_binding(value, kernel.kind);
        for (const ValueId arg : value.args) {
            binding = std::max(binding, result[arg.index]);
        }
        result.push_back(binding);
    }
    return result;
}

} // namespace hhc::ir
