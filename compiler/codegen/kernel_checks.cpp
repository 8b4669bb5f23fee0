// SPDX-License-Identifier: MIT
// The part of KernelWriter that looks for faults: numbers that are not finite (guards), integers
// that have no value.
#include "codegen/kernel_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::codegen {

using ir::KernelKind;
using ir::ValueId;

std::vector<ValueId> KernelWriter::faulty_uses() const {
    std::vector<ValueId> uses;
    const auto use = [&](ValueId id) {
        if (id && values_.may_be_faulty(id) && std::ranges::find(uses, id) == uses.end()) {
            uses.push_back(id);
        }
    };
    for (const ir::FieldStore& each : kernel_.stores) {
        use(each.mask);
        use(each.value);
    }
    for (const ir::ForeignStore& each : kernel_.foreign_stores) {
        use(each.mask);
        use(each.value);
    }
    for (const ir::UniformStore& each : kernel_.uniform_stores) {
        use(each.value);
    }
    for (const ir::EventOutput& each : kernel_.events) {
        use(each.condition);
    }
    std::ranges::for_each(kernel_.outputs, use);
    std::ranges::for_each(kernel_.guards, use);
    return uses;
}

/// Guards that are added up anyway are added up before padding is left out: one test for all.
void KernelWriter::guard_checks(const Stage& stage) {
    const Lanes lanes = values_.entity_lanes();
    const auto look_at = [&](const std::string& value, std::size_t row) {
        const std::string real = fmt::format("{}(0)", values_.type_name(ir::Type::Real, lanes));
        const std::string looked_at = kernel_.kind == KernelKind::OnEvent
                                          ? fmt::format("hhk_select(happened, {}, {})", value, real)
                                      : is_single()
                                          ? fmt::format("(i < count ? {} : {})", value, real)
                                          : fmt::format("hhk_guarded(count, i, {})", value);
        say(fmt::format("bad_real += {}{};", looked_at, sums_guards() ? "" : " * 0"),
            kernel_.values[kernel_.guards[row]].span);
    };
    std::string sum;
    for (const std::size_t row : stage.guards) {
        const std::string value = values_.operand(kernel_.guards[row], lanes);
        if (!sums_guards()) {
            look_at(value, row);
        } else {
            sum += (sum.empty() ? "" : " + ") + value;
        }
    }
    if (!sum.empty()) {
        look_at(sum, stage.guards.front());
    }
}

/// A store that its mask holds back is no use of its value.
void KernelWriter::checks(const Stage& stage) {
    guard_checks(stage);
    const Lanes lanes = values_.entity_lanes();
    const bool on_event = kernel_.kind == KernelKind::OnEvent;
    for (const ValueId id : faulty_uses()) {
        std::string flag = values_.fault_flag(id, lanes);
        for (const ir::FieldStore& each : kernel_.stores) {
            if (each.value == id && each.mask) {
                const std::string mask = values_.operand(each.mask, values_.lanes(each.mask));
                const bool population = values_.lanes(each.mask) == Lanes::Population;
                flag = fmt::format("hhk_and({}, {})", flag,
                                   population ? fmt::format("hhk_all({})", mask) : mask);
            }
        }
        const std::string_view looked_at = on_event ? "happened"
                                           : is_single()
                                               ? "i < context->count"
                                               : "hhk_mask_of(hhk_inside(context->count, i))";
        flag = fmt::format("hhk_and({}, {})", looked_at, flag);
        say(fmt::format("bad_int |= hhk_any({});", flag), kernel_.values[id].span);
    }
}

/// The field that holds a guarded value when the kernel is done, if one does.
std::optional<ir::FieldId> KernelWriter::guarded_field(ValueId id) const {
    for (const ir::FieldStore& each : kernel_.stores) {
        if (each.value == id && !each.mask && !each.add &&
            module_.fields[each.field].storage == ir::Storage::Real) {
            return each.field;
        }
    }
    return std::nullopt;
}

/// Guarded values are added up, which is one operation less than looking at each, where they can be
/// looked at again.
bool KernelWriter::sums_guards() const {
    return kernel_.kind == KernelKind::Advance && !is_single() &&
           std::ranges::all_of(kernel_.guards,
                               [this](ValueId id) { return guarded_field(id).has_value(); });
}

/// Finite values may have a sum that is not: it decides only where to look. Of synapses, where a
/// kernel does little, in a function of its own: no register is saved for what hardly ever happens.
void KernelWriter::look_again() {
    std::set<ir::FieldId> fields;
    for (const ValueId id : kernel_.guards) {
        fields.insert(*guarded_field(id));
    }
    const bool apart = module_.is_synapse;
    open("if (__builtin_expect(hhk_any(hhk_ne(bad_real - bad_real, Real(0))), 0)) {");
    if (apart) {
        open("const auto look_again = [](const hhk_context* context, hhk_block* block) "
             "__attribute__((noinline)) {");
        for (const ir::FieldId field : fields) {
            say(fmt::format("const hhk_real* const {} = hhk_values<hhk_real>(context, {});",
                            values_.pointer(field), field.index));
        }
    }
    say(fmt::format("{}bad_real = Real(0);", apart ? "Real " : ""));
    open("for (int64_t i = block->begin; i < block->end; i += HHK_WIDTH) {");
    for (const ir::FieldId field : fields) {
        say(fmt::format("bad_real += hhk_guarded({}, i, {}) * 0;", count(),
                        values_.load(field, Lanes::Vector)));
    }
    close();
    say("block->fault = hhk_any(hhk_ne(bad_real, bad_real)) ? 1 : block->fault;");
    if (apart) {
        text_.dedent();
        say("};");
        say("look_again(context, block);");
    }
    close();
}

} // namespace hhc::codegen
