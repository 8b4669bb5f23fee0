// SPDX-License-Identifier: MIT
// What is known about the values of a kernel before they are written: lanes, lives, names, faults.
#include "codegen/value_writer.h"

#include "abi/kernel_abi.h"
#include "ir/piecewise.h"
#include "support/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace hhc::codegen {
namespace {

using ir::Op;
using ir::Type;
using ir::Value;
using ir::ValueId;

bool is_matrix_op(Op op) {
    return op == Op::MatrixBuild || op == Op::MatrixExp || op == Op::MatrixExpIntegral ||
           op == Op::MatrixElement;
}

/// Values that depend on each entity and cannot be computed in vectors.
bool has_matrices(const ir::Kernel& kernel) {
    for (const Value& value : kernel.values) {
        if (is_matrix_op(value.op)) {
            return true;
        }
    }
    return false;
}

} // namespace

ValueWriter::ValueWriter(const ir::Module& module, const ir::Kernel& kernel, bool in_rounds)
    : module_(&module), kernel_(&kernel), bindings_(ir::bindings(kernel)), in_rounds_(in_rounds) {
    if (kernel.kind == ir::KernelKind::Prepare) {
        entity_lanes_ = Lanes::Population;
    } else if (has_matrices(kernel)) {
        entity_lanes_ = Lanes::Single;
    }
    if (module.is_synapse) {
        find_access();
    }
    mark_live();
    mark_spread();
    bound_integers();
    mark_faulty();
    mark_rare();
    make_names();
}

Lanes ValueWriter::lanes(ValueId id) const {
    return bindings_[id.index] == ir::Binding::Entity ? entity_lanes_ : Lanes::Population;
}

bool ValueWriter::is_literal(ValueId id) const {
    const Op op = kernel_->values[id].op;
    return op == Op::ConstReal || op == Op::ConstInt || op == Op::ConstBool;
}

std::vector<bool> ValueWriter::results() const {
    std::vector<bool> found(kernel_->values.size(), false);
    const auto root = [&](ValueId id) {
        if (id) {
            found[id.index] = true;
        }
    };
    for (const ir::FieldStore& store : kernel_->stores) {
        root(store.value);
        root(store.mask);
    }
    for (const ir::ForeignStore& store : kernel_->foreign_stores) {
        root(store.value);
        root(store.mask);
    }
    for (const ir::UniformStore& store : kernel_->uniform_stores) {
        root(store.value);
    }
    for (const ir::EventOutput& event : kernel_->events) {
        root(event.condition);
    }
    std::ranges::for_each(kernel_->outputs, root);
    std::ranges::for_each(kernel_->guards, root);
    return found;
}

void ValueWriter::mark_live() {
    live_ = results();
    for (std::size_t k = live_.size(); k-- > 0;) {
        if (live_[k]) {
            for (const ValueId arg : kernel_->values[ValueId(k)].args) {
                live_[arg.index] = true;
            }
        }
    }
}

std::vector<std::string> ValueWriter::table_declarations() const {
    if (pieces_.empty()) {
        return {};
    }
    const std::size_t table = module_->approximations.front().table.index;
    return {fmt::format("const double* const {} = context->tables[{}].values;", pieces_, table),
            fmt::format("const Real {0}_low = Real({0}[0]);", pieces_),
            fmt::format("const Real {0}_high = Real({0}[1]);", pieces_)};
}

std::string ValueWriter::place_of(ValueId approximation) const {
    const Value& value = kernel_->values[approximation];
    const ir::Placement place = ir::placement(module_->approximations[value.symbol]);
    return fmt::format("hhk_place_of({}, {}, {})", operand(value.args[0], Lanes::Vector),
                       shortest_cpp(place.scale), shortest_cpp(place.shift));
}

std::string ValueWriter::certified(ValueId argument) const {
    return fmt::format("hhk_certified({0}, {1}_low, {1}_high)", operand(argument, Lanes::Vector),
                       pieces_);
}

std::string ValueWriter::polynomial(ValueId id, std::string_view name) const {
    const ir::Approximation& row = module_->approximations[kernel_->values[id].symbol];
    return fmt::format("hhk_polynomial<{0}, {1}, Real> {2}; hhk_read({2}, {3} + {4});", row.degree,
                       row.doubles, name, pieces_, row.offset);
}

std::string ValueWriter::approximation_beside_exact(ValueId id, std::string_view inside,
                                                    std::string_view place) const {
    const Value& value = kernel_->values[id];
    const ir::Approximation& row = module_->approximations[value.symbol];
    return fmt::format("const Real {} = hhk_select({}, hhk_piecewise({}, {}, {} + {}, {}), {});",
                       value_names_[id.index], inside, row.degree, row.doubles, pieces_, row.offset,
                       place, operand(value.args[1], Lanes::Vector));
}

void ValueWriter::mark_spread() {
    spread_.assign(kernel_->values.size(), false);
    const auto use = [&](ValueId id, Lanes wanted) {
        if (id && !is_literal(id) && lanes(id) != wanted) {
            spread_[id.index] = true;
        }
    };
    for (std::size_t k = 0; k < live_.size(); ++k) {
        const Value& value = kernel_->values[ValueId(k)];
        if (!live_[k] || lanes(ValueId(k)) == Lanes::Population) {
            continue;
        }
        const bool is_place = value.op == Op::PreIndex || value.op == Op::PostIndex;
        if (value.op == Op::EntityIndex || value.op == Op::Random ||
            (is_place && kernel_->space != ir::Space::Each)) {
            needs_entity_index_ = true;
        }
        for (std::size_t a = 0; a < value.args.size(); ++a) {
            const bool stays = (value.op == Op::Select && a == 0) || value.op == Op::Table ||
                               value.type == Type::Matrix;
            if (!stays) {
                use(value.args[a], entity_lanes_);
            }
        }
    }
    for (const ir::FieldStore& store : kernel_->stores) {
        use(store.value, entity_lanes_);
    }
    for (const ir::ForeignStore& store : kernel_->foreign_stores) {
        use(store.value, entity_lanes_);
        use(store.mask, entity_lanes_);
    }
    for (const ir::EventOutput& event : kernel_->events) {
        use(event.condition, entity_lanes_);
    }
    for (const ValueId id : kernel_->outputs) {
        use(id, entity_lanes_);
    }
    for (const ValueId id : kernel_->guards) {
        use(id, entity_lanes_);
    }
}

/// Steps are below 2^61, stored integers below 2^31, entities below 2^40; from that follows where
/// arithmetic cannot leave 64 bits and needs no check.
void ValueWriter::bound_integers() {
    constexpr int unknown = 64;
    bits_.assign(kernel_->values.size(), unknown);
    for (std::size_t k = 0; k < bits_.size(); ++k) {
        const Value& value = kernel_->values[ValueId(k)];
        if (value.type != Type::Int) {
            continue;
        }
        const auto arg = [&](std::size_t a) { return bits_[value.args[a].index]; };
        int bits = unknown;
        switch (value.op) {
        case Op::ConstInt:
            bits = value.payload == INT64_MIN
                       ? unknown
                       : static_cast<int>(
                             std::bit_width(static_cast<std::uint64_t>(std::abs(value.payload))));
            break;
        case Op::LoadField:
            bits =
                module_->fields[ir::FieldId(value.symbol)].storage == ir::Storage::Step ? 61 : 32;
            break;
        case Op::LoadForeign:
        case Op::ForeignUniform:
            bits = module_->foreign[ir::ForeignId(value.symbol)].storage == ir::Storage::Step ? 61
                                                                                              : 32;
            break;
        case Op::PreIndex:
        case Op::PostIndex:
        case Op::PreCount:
        case Op::PostCount:
            bits = 32;
            break;
        case Op::StepCount:
            bits = 61;
            break;
        case Op::EntityIndex:
        case Op::EntityCount:
            bits = 40;
            break;
        case Op::BoolToInt:
            bits = 1;
            break;
        case Op::Add:
        case Op::Sub:
            bits = std::max(arg(0), arg(1)) + 1;
            break;
        case Op::Neg:
        case Op::FloorDiv:
            bits = arg(0);
            break;
        case Op::Mul:
            bits = arg(0) + arg(1);
            break;
        case Op::Mod:
            bits = arg(1);
            break;
        case Op::Select:
            bits = std::max(arg(1), arg(2));
            break;
        default:
            break;
        }
        bits_[k] = std::min(bits, unknown);
    }
}

bool ValueWriter::may_overflow(ValueId id) const {
    const Op op = kernel_->values[id].op;
    return op == Op::FloorDiv || op == Op::Mod || op == Op::PowInt || bits_[id.index] > 63;
}

void ValueWriter::make_names() {
    pointers_.resize(module_->fields.size());
    value_names_.resize(kernel_->values.size());
    for (std::size_t k = 0; k < live_.size(); ++k) {
        const Value& value = kernel_->values[ValueId(k)];
        if (!live_[k] || is_literal(ValueId(k))) {
            continue;
        }
        std::string wanted = value.name;
        if (value.op == Op::LoadField) {
            const std::string& field = module_->fields[ir::FieldId(value.symbol)].name;
            wanted = wanted.empty() ? field : wanted;
            if (pointers_[value.symbol].empty()) {
                pointers_[value.symbol] = names_.make(field + "_at");
            }
        } else if (value.op == Op::LoadUniform && wanted.empty()) {
            wanted = module_->uniforms[ir::UniformId(value.symbol)].name;
        } else if (wanted.empty()) {
            wanted =
                value.args.empty() ? std::string(ir::info(value.op).text) : "x" + std::to_string(k);
        }
        value_names_[k] = names_.make(wanted);
        if (value.op == Op::Approximate) {
            pieces_ = pieces_.empty() ? names_.make("pieces") : pieces_;
        }
    }
    const auto need = [&](ir::FieldId field) {
        std::string& pointer = pointers_[field.index];
        if (pointer.empty()) {
            pointer = names_.make(module_->fields[field].name + "_at");
        }
    };
    for (const ir::FieldStore& store : kernel_->stores) {
        need(store.field);
    }
    for (const ir::FieldId field : last_spike_fields()) {
        need(field);
    }
    if (kernel_->kind == ir::KernelKind::Advance && entity_lanes_ == Lanes::Vector &&
        std::ranges::any_of(module_->fields.raw(),
                            [](const ir::Field& field) { return field.rest.valid(); })) {
        rested_ = names_.make("rested");
    }
    name_foreign();
}

void ValueWriter::mark_faulty() {
    faulty_.assign(kernel_->values.size(), false);
    for (std::size_t k = 0; k < faulty_.size(); ++k) {
        const Value& value = kernel_->values[ValueId(k)];
        const bool arithmetic =
            value.type == Type::Int && value.op >= Op::Add && value.op <= Op::PowInt;
        faulty_[k] =
            (arithmetic && may_overflow(ValueId(k))) ||
            std::ranges::any_of(value.args, [&](ValueId arg) { return faulty_[arg.index]; });
    }
}

std::string ValueWriter::fault_flag(ValueId id, Lanes wanted) const {
    const std::string name = value_names_[id.index] + "_bad";
    return lanes(id) == wanted || wanted == Lanes::Single ? name : fmt::format("hhk_all({})", name);
}

/// Faults of the arguments; of the arms of a select only the one taken counts.
std::string ValueWriter::fault_expression(ValueId id, Lanes own) const {
    const Value& value = kernel_->values[id];
    const auto flag = [&](std::size_t a) {
        const ValueId arg = value.args[a];
        return faulty_[arg.index]     ? fault_flag(arg, own)
               : own == Lanes::Vector ? "hhk_all(false)"
                                      : "false";
    };
    if (value.op == Op::Select && (faulty_[value.args[1].index] || faulty_[value.args[2].index])) {
        const Lanes condition = lanes(value.args[0]) == Lanes::Population ? Lanes::Population : own;
        std::string arms = fmt::format("hhk_select({}, {}, {})", operand(value.args[0], condition),
                                       flag(1), flag(2));
        return faulty_[value.args[0].index] ? fmt::format("hhk_or({}, {})", flag(0), arms) : arms;
    }
    std::string all;
    for (std::size_t a = 0; a < value.args.size(); ++a) {
        if (faulty_[value.args[a].index]) {
            all = all.empty() ? flag(a) : fmt::format("hhk_or({}, {})", all, flag(a));
        }
    }
    return all.empty() ? (own == Lanes::Vector ? "hhk_all(false)" : "false") : all;
}

std::vector<ir::FieldId> ValueWriter::last_spike_fields() const {
    std::vector<ir::FieldId> fields;
    for (std::size_t f = 0; f < module_->fields.size(); ++f) {
        const ir::FieldId field(f);
        const bool stored = std::ranges::any_of(
            kernel_->stores, [&](const ir::FieldStore& store) { return store.field == field; });
        if (sets_last_spike(field) && !stored) {
            fields.push_back(field);
        }
    }
    return fields;
}

ValueId ValueWriter::load_of(ir::FieldId field) const {
    for (std::size_t k = 0; k < live_.size(); ++k) {
        const Value& value = kernel_->values[ValueId(k)];
        if (live_[k] && value.op == Op::LoadField && value.symbol == field.index) {
            return ValueId(k);
        }
    }
    return {};
}

/// The statements of the event that sets it see it set.
bool ValueWriter::sets_last_spike(ir::FieldId field) const {
    return kernel_->kind == ir::KernelKind::OnEvent &&
           module_->events[kernel_->event].sets_last_spike &&
           module_->fields[field].role == HHK_LAST_SPIKE;
}

} // namespace hhc::codegen
