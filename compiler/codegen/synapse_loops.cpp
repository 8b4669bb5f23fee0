// SPDX-License-Identifier: MIT
// Kernels of synapses. What each synapse (or source, or target) holds itself is computed in whole
// vectors; a sum or a pathway covers synapses from anywhere to anywhere, so it looks at whole
// vectors and writes the lanes that are its own, one after the other where targets are shared.
#include "codegen/kernel_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace hhc::codegen {

using ir::KernelKind;
using ir::Space;
using ir::ValueId;

const char* KernelWriter::count() const {
    switch (kernel_.space) {
    case Space::PerPre:
        return "context->pre_count";
    case Space::PerPost:
        return "context->post_count";
    default:
        return "context->count";
    }
}

void KernelWriter::foreign_pointers() {
    for (std::size_t f = 0; f < module_.foreign.size(); ++f) {
        const ir::ForeignId id(f);
        const std::string& pointer = values_.pointer(id);
        if (!pointer.empty()) {
            const ir::Foreign& foreign = module_.foreign[id];
            const std::string_view type = stored_type(foreign.storage);
            say(fmt::format("{0}* const {1} = reinterpret_cast<{0}*>(context->foreign[{2}]);", type,
                            pointer, f));
        }
    }
}

/// The entities that each synapse connects, and its number for draws.
void KernelWriter::synapse_indices() {
    if (values_.in_rounds()) {
        return; // the loop says
    }
    const auto side = [&](Space space, const char* name) {
        if (!values_.needs(space)) {
            return;
        }
        if (is_single()) {
            say(fmt::format("const int64_t {0} = context->{0}[i];", name));
        } else if (values_.is_indexed()) {
            say(fmt::format("const Int {0} = hhk_gather_int(context->{0}, at);", name));
        } else {
            say(fmt::format("const Int {0} = hhk_load(context->{0} + i);", name));
        }
    };
    side(Space::Pre, "pre");
    side(Space::Post, "post");
    if (!values_.needs_entity_index()) {
        return;
    }
    const bool each = kernel_.space == Space::Each;
    if (is_single()) {
        say(each ? "const int64_t here = hhk_synapse_number(context, i);"
                 : fmt::format("const int64_t here = i < {0} ? i : {0} - 1;", count()));
    } else if (values_.is_indexed()) {
        say("const Int here = hhk_synapse_numbers_at(context, at);");
    } else {
        say(each ? "const Int here = hhk_synapse_numbers(context, i);"
                 : fmt::format("const Int here = hhk_entities_below({}, i);", count()));
    }
}

void KernelWriter::synapse_loop() {
    const bool in_parts = kernel_.pathway.valid() ||
                          (kernel_.kind == KernelKind::Sum && kernel_.space == Space::Each);
    if (!in_parts) {
        whole_blocks();
        return;
    }
    const bool delivers = kernel_.pathway.valid();
    if (delivers) {
        open("for (int64_t r = 0; r < block->range_count; ++r) {");
        say("const int64_t begin = block->ranges[r].begin;");
        say("const int64_t end = block->ranges[r].end;");
    } else {
        say("const int64_t begin = block->begin;");
        say(fmt::format("const int64_t end = block->end < {0} ? block->end : {0};", count()));
    }
    if (sums_by_target()) {
        target_by_target();
    }
    is_single() ? single_synapses() : parts_of_vectors();
    if (delivers) {
        close();
    }
}

void KernelWriter::whole_blocks() {
    say("const int64_t end = block->end;");
    open(fmt::format("for (int64_t i = block->begin; i < end; i += {}) {{", stride()));
    if (!called_.empty()) {
        say(fmt::format("{}(i);", called_));
    }
    values_of_entities(stages_.front());
    synapse_checks(is_single() ? fmt::format("i < {}", count())
                               : fmt::format("hhk_mask_of(hhk_inside({}, i))", count()));
    synapse_stores();
    outputs();
    close();
}

void KernelWriter::parts_of_vectors() {
    if (values_.is_indexed()) {
        open("for (int64_t k = begin; k < end; k += HHK_WIDTH) {");
        say("const Int at = hhk_items(block->items, k, end);");
        say("const int first = 0;");
        say("const int last = hhk_last_lane(k, end);");
    } else {
        open("for (int64_t i = begin / HHK_WIDTH * HHK_WIDTH; i < end; i += HHK_WIDTH) {");
        say("const int first = i < begin ? static_cast<int>(begin - i) : 0;");
        say("const int last = hhk_last_lane(i, end);");
    }
    values_of_entities(stages_.front());
    synapse_checks("hhk_lanes(first, last)");
    lane_stores();
    close();
}

/// A sum into values of the targets alone, which cannot fail.
bool KernelWriter::sums_into_targets() const {
    const auto adds = [](const auto& store, const auto& variable, ir::Space space) {
        return store.add && !store.mask && variable.space == space &&
               variable.storage == ir::Storage::Real;
    };
    return kernel_.kind == KernelKind::Sum && kernel_.space == Space::Each &&
           !values_.is_indexed() && is_plain() &&
           std::ranges::all_of(kernel_.stores,
                               [&](const ir::FieldStore& store) {
                                   return adds(store, module_.fields[store.field], Space::PerPost);
                               }) &&
           std::ranges::all_of(kernel_.foreign_stores, [&](const ir::ForeignStore& store) {
               return adds(store, module_.foreign[store.foreign], Space::Post);
           });
}

/// One synapse after the other, so that they may come in any order of targets.
bool KernelWriter::sums_by_target() const {
    return is_single() && sums_into_targets();
}

bool KernelWriter::knows_its_place() const {
    if (values_.needs_entity_index()) {
        return true;
    }
    for (std::size_t k = 0; k < kernel_.values.size(); ++k) {
        const ValueId id(k);
        const ir::Op op = kernel_.values[id].op;
        if (values_.is_live(id) && (op == ir::Op::PreIndex || op == ir::Op::PostIndex)) {
            return true;
        }
    }
    return false;
}

/// What is added to each target, and where.
std::vector<KernelWriter::TargetSum> KernelWriter::target_sums(Lanes lanes) {
    std::vector<TargetSum> sums;
    const auto one = [&](const std::string& array, ValueId value) {
        sums.push_back({values_.names().make("sum"), array, values_.operand(value, lanes)});
    };
    for (const ir::FieldStore& store : kernel_.stores) {
        one(values_.pointer(store.field), store.value);
    }
    for (const ir::ForeignStore& store : kernel_.foreign_stores) {
        one(values_.pointer(store.foreign), store.value);
    }
    return sums;
}

/// With items: what is added to a target stays in a register until its last synapse. In memory
/// every addition would wait for the one before it.
void KernelWriter::target_by_target() {
    const std::vector<TargetSum> sums = target_sums(Lanes::Single);
    open("for (int64_t r = 0; r < block->range_count; ++r) {");
    say("const uint32_t* const items = block->items;");
    say("const hhk_range range = block->ranges[r];");
    say("const int64_t target = context->post[items[range.begin]];");
    for (const TargetSum& sum : sums) {
        say(fmt::format("hhk_real {} = {}[target];", sum.local, sum.array));
    }
    open("for (int64_t k = range.begin; k < range.end; ++k) {");
    say("const int64_t i = items[k];");
    values_of_entities(stages_.front());
    for (const TargetSum& sum : sums) {
        say(fmt::format("{} += {};", sum.local, sum.term));
    }
    close();
    for (const TargetSum& sum : sums) {
        say(fmt::format("{}[target] = {};", sum.array, sum.local));
    }
    close();
    open("if (block->items != nullptr) {");
    say("block->fault = 0;");
    say("return HHK_OK;");
    close();
}

/// A vector of targets stays in a register through all rounds. Lanes whose target has no synapse in
/// a round keep what they have.
void KernelWriter::rounds_of_targets() {
    const std::vector<TargetSum> sums = target_sums(Lanes::Vector);
    // Copies: as far as Clang knows the stores of the loop might change what they are of.
    say("const hhk_context hhk_kept = *context;");
    say("context = &hhk_kept;");
    say("const int64_t first = block->begin;");
    say("const int64_t end = block->end;");
    const bool by_rows = values_.mostly_gathers();
    if (by_rows) {
        open("const auto all_rounds = [&](int64_t sources) __attribute__((always_inline)) {");
    } else {
        say("const int64_t sources = context->pre_count;");
    }
    say("const hhk_range* group = block->ranges;");
    open("for (int64_t target = first; target < end; target += HHK_WIDTH, ++group) {");
    say("const Int synapses = hhk_load(context->post + (target - first));");
    for (const TargetSum& sum : sums) {
        say(fmt::format("Real {} = hhk_load({} + target);", sum.local, sum.array));
    }
    say("Int round = Int(0);");
    open("for (int64_t i = group->begin, past = group->end; i < past; i += HHK_WIDTH) {");
    if (values_.needs(Space::Pre)) {
        say("const Int pre = hhk_load(context->pre + i);");
    }
    values_of_entities(stages_.front());
    for (const TargetSum& sum : sums) {
        say(fmt::format("{0} = hhk_select(hhk_lt(round, synapses), {0} + {1}, {0});", sum.local,
                        sum.term));
    }
    say("round += Int(1);");
    close();
    for (const TargetSum& sum : sums) {
        say(fmt::format("hhk_store({} + target, {});", sum.array, sum.local));
    }
    if (!called_.empty()) {
        say(fmt::format("{}(target);", called_));
    }
    close();
    if (by_rows) {
        text_.dedent();
        say("};");
        say("hhk_by_length(context->pre_count, all_rounds);");
    }
}

void KernelWriter::single_synapses() {
    if (values_.is_indexed()) {
        open("for (int64_t k = begin; k < end; ++k) {");
        say("const int64_t i = hhk_item(block->items, k);");
    } else {
        open("for (int64_t i = begin; i < end; ++i) {");
    }
    values_of_entities(stages_.front());
    synapse_checks("true");
    single_stores();
    close();
}

/// Faults and guards of the entities that exist.
void KernelWriter::synapse_checks(const std::string& inside) {
    const Lanes lanes = values_.entity_lanes();
    for (const ValueId id : kernel_.guards) {
        const std::string real = fmt::format("{}(0)", values_.type_name(ir::Type::Real, lanes));
        const std::string value = values_.operand(id, lanes);
        say(sums_guards() ? fmt::format("bad_real += {};", value)
            : is_single()
                ? fmt::format("bad_real += ({} ? {} : {}) * 0;", inside, value, real)
                : fmt::format("bad_real += hhk_select({}, {}, {}) * 0;", inside, value, real),
            kernel_.values[id].span);
    }
    for (const ValueId id : faulty_uses()) {
        std::string flag = values_.fault_flag(id, lanes);
        const auto held_back = [&](const auto& store) {
            if (store.value == id && store.mask) {
                flag = fmt::format("hhk_and({}, {})", flag, values_.operand(store.mask, lanes));
            }
        };
        std::ranges::for_each(kernel_.foreign_stores, held_back);
        say(is_single() ? fmt::format("bad_int |= {} && {};", inside, flag)
                        : fmt::format("bad_int |= hhk_any(hhk_and({}, {}));", inside, flag),
            kernel_.values[id].span);
    }
}

/// Of kernels over whole blocks: every lane is stored.
void KernelWriter::synapse_stores() {
    const auto one = [&](const std::string& at, ir::Storage storage, const auto& store) {
        const Lanes lanes = values_.entity_lanes();
        std::string value = values_.operand(store.value, lanes);
        const bool boolean = storage == ir::Storage::Boolean;
        if (store.add) {
            value = is_single() ? fmt::format("{}[i] + {}", at, value)
                                : fmt::format("hhk_load({} + i) + {}", at, value);
        }
        const Span span = kernel_.values[store.value].span;
        if (is_single()) {
            say(fmt::format("{}[i] = static_cast<{}>({});", at, stored_type(storage), value), span);
        } else {
            say(fmt::format("{}({} + i, {});", boolean ? "hhk_store_mask" : "hhk_store", at, value),
                span);
        }
    };
    for (const ir::FieldStore& store : kernel_.stores) {
        one(values_.pointer(store.field), module_.fields[store.field].storage, store);
    }
    for (const ir::ForeignStore& store : kernel_.foreign_stores) {
        one(values_.pointer(store.foreign), module_.foreign[store.foreign].storage, store);
    }
}

/// Own values in whole vectors where all lanes are ours; the rest lane by lane, in order.
void KernelWriter::lane_stores() {
    std::vector<const ir::FieldStore*> own;
    std::vector<const ir::FieldStore*> shared;
    for (const ir::FieldStore& store : kernel_.stores) {
        const bool is_own = module_.fields[store.field].space == kernel_.space && !store.add;
        (is_own ? own : shared).push_back(&store);
    }
    // Vectors go to memory once: of one in a register every lane would cost that.
    std::map<std::string, std::string> in_memory;
    const auto spill = [&](const std::string& vector, const char* form) {
        const auto [place, is_new] = in_memory.try_emplace(vector);
        if (is_new) {
            place->second = values_.names().make("lanes");
            say(fmt::format("const auto {} = {}({});", place->second, form, vector));
        }
    };
    const auto spill_values = [&](ir::Storage storage, Space space, const auto& store) {
        const std::string named = values_.index_of(space);
        if (values_.is_indexed()) {
            spill(named.empty() ? "at" : named, "hhk_index_lanes");
        }
        const bool boolean = storage == ir::Storage::Boolean;
        spill(values_.operand(store.value, Lanes::Vector),
              boolean ? "hhk_mask_bits" : "hhk_in_lanes");
        if (store.mask) {
            spill(values_.operand(store.mask, Lanes::Vector), "hhk_mask_bits");
        }
    };
    const auto bit = [&](ValueId id) {
        return fmt::format("({} >> lane & 1) != 0",
                           in_memory.at(values_.operand(id, Lanes::Vector)));
    };
    const auto lane = [&](const std::string& pointer, ir::Storage storage, Space space,
                          const auto& store) {
        const Span span = kernel_.values[store.value].span;
        const std::string named = values_.index_of(space);
        const std::string index =
            values_.is_indexed()
                ? fmt::format("{}.at[lane]", in_memory.at(named.empty() ? "at" : named))
            : named.empty() ? "i + lane"
                            : fmt::format("context->{}[i + lane]", named);
        const std::string value =
            storage == ir::Storage::Boolean
                ? bit(store.value)
                : fmt::format("{}.at[lane]",
                              in_memory.at(values_.operand(store.value, Lanes::Vector)));
        const std::string condition = store.mask ? fmt::format("if ({}) ", bit(store.mask)) : "";
        say(store.add ? fmt::format("{}{}[{}] += {};", condition, pointer, index, value)
                      : fmt::format("{}{}[{}] = static_cast<{}>({});", condition, pointer, index,
                                    stored_type(storage), value),
            span);
    };
    const auto spill_own = [&] {
        for (const ir::FieldStore* store : own) {
            spill_values(module_.fields[store->field].storage, Space::Each, *store);
        }
    };
    const auto each_own = [&] {
        for (const ir::FieldStore* store : own) {
            lane(values_.pointer(store->field), module_.fields[store->field].storage, Space::Each,
                 *store);
        }
    };
    if (!own.empty() && !values_.is_indexed()) {
        open("if (first == 0 && last == HHK_WIDTH) {");
        for (const ir::FieldStore* store : own) {
            const bool boolean = module_.fields[store->field].storage == ir::Storage::Boolean;
            say(fmt::format("{}({} + i, {});", boolean ? "hhk_store_mask" : "hhk_store",
                            values_.pointer(store->field),
                            values_.operand(store->value, Lanes::Vector)));
        }
        close();
        open("else {");
        spill_own();
        open("for (int lane = first; lane < last; ++lane) {");
        each_own();
        close();
        close();
        own.clear();
        in_memory.clear();
    }
    if (own.empty() && shared.empty() && kernel_.foreign_stores.empty()) {
        return;
    }
    spill_own();
    for (const ir::FieldStore* store : shared) {
        const ir::Field& field = module_.fields[store->field];
        spill_values(field.storage, field.space, *store);
    }
    for (const ir::ForeignStore& store : kernel_.foreign_stores) {
        const ir::Foreign& foreign = module_.foreign[store.foreign];
        spill_values(foreign.storage, foreign.space, store);
    }
    open("for (int lane = first; lane < last; ++lane) {");
    each_own();
    for (const ir::FieldStore* store : shared) {
        const ir::Field& field = module_.fields[store->field];
        lane(values_.pointer(store->field), field.storage, field.space, *store);
    }
    for (const ir::ForeignStore& store : kernel_.foreign_stores) {
        const ir::Foreign& foreign = module_.foreign[store.foreign];
        lane(values_.pointer(store.foreign), foreign.storage, foreign.space, store);
    }
    close();
}

void KernelWriter::single_stores() {
    const auto one = [&](const std::string& pointer, ir::Storage storage, Space space,
                         const auto& store) {
        const std::string named = values_.index_of(space);
        const std::string index = named.empty() ? "i" : named;
        const std::string value = values_.operand(store.value, Lanes::Single);
        const std::string condition =
            store.mask ? fmt::format("if ({}) ", values_.operand(store.mask, Lanes::Single)) : "";
        say(store.add ? fmt::format("{}{}[{}] += {};", condition, pointer, index, value)
                      : fmt::format("{}{}[{}] = static_cast<{}>({});", condition, pointer, index,
                                    stored_type(storage), value),
            kernel_.values[store.value].span);
    };
    for (const ir::FieldStore& store : kernel_.stores) {
        const ir::Field& field = module_.fields[store.field];
        one(values_.pointer(store.field), field.storage, field.space, store);
    }
    for (const ir::ForeignStore& store : kernel_.foreign_stores) {
        const ir::Foreign& foreign = module_.foreign[store.foreign];
        one(values_.pointer(store.foreign), foreign.storage, foreign.space, store);
    }
}

} // namespace hhc::codegen
