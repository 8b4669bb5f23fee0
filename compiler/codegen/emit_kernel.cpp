// SPDX-License-Identifier: MIT
// The shell around a kernel's values: what is known for the whole population stands before the
// loop; the loop goes over the block in words of 64 entities (as event bits do) where events are
// involved or where it is cut into stages, and in vectors within them; stores stand at its end.
#include "codegen/emit_kernel.h"

#include "codegen/kernel_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace hhc::codegen {

using ir::KernelKind;
using ir::ValueId;

void KernelWriter::say(std::string_view text, Span span) {
    const std::size_t before = text_.line_number();
    text_.line(text);
    lines_.insert(lines_.end(), text_.line_number() - before, span);
}

/// The line of the model that the next statements come from, once.
void KernelWriter::place_comment(Span span) {
    if (!span.valid() || !options_.place) {
        return;
    }
    const std::optional<Place> place = options_.place(span);
    if (!place || (place->file == shown_file_ && place->line == shown_line_)) {
        return;
    }
    shown_file_ = place->file;
    shown_line_ = place->line;
    if (options_.line_directives) {
        say(fmt::format("#line {} \"{}\"", place->line, place->file), span);
        return;
    }
    const std::size_t start = place->text.find_first_not_of(" \t");
    std::string shown = start == std::string::npos ? "" : place->text.substr(start);
    for (char& c : shown) {
        c = static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
    while (!shown.empty() && (shown.back() == '\\' || shown.back() == ' ')) {
        shown.pop_back(); // a backslash would join the next line to the comment
    }
    say(fmt::format("// {}: {}", place->line, shown), span);
}

/// All of them, or the wanted ones.
void KernelWriter::population_values(const std::set<ValueId>* wanted) {
    const auto is_wanted = [&](ValueId id) {
        return values_.is_live(id) && (wanted == nullptr || wanted->contains(id));
    };
    for (std::size_t k = 0; k < kernel_.values.size(); ++k) {
        const ValueId id(k);
        if (is_wanted(id) && kernel_.values[id].op == ir::Op::Random) {
            say(values_.key_declaration(id), kernel_.values[id].span);
        }
    }
    for (std::size_t k = 0; k < kernel_.values.size(); ++k) {
        const ValueId id(k);
        if (!is_wanted(id) || values_.is_literal(id) || values_.lanes(id) != Lanes::Population) {
            continue;
        }
        const Span span = kernel_.values[id].span;
        place_comment(span);
        say(values_.declaration(id), span);
        if (values_.is_spread(id)) {
            say(values_.spread_declaration(id), span);
        }
    }
    for (std::size_t k = 0; k < kernel_.values.size(); ++k) {
        const ValueId id(k);
        if (is_wanted(id) && values_.has_row(id)) {
            say(values_.row_declaration(id), kernel_.values[id].span);
        }
    }
}

std::string_view KernelWriter::stored_type(ir::Storage storage) {
    switch (storage) {
    case ir::Storage::Real:
        return "hhk_real";
    case ir::Storage::Integer:
        return "int32_t";
    case ir::Storage::Boolean:
        return "uint8_t";
    case ir::Storage::Step:
        return "int64_t";
    }
    return {};
}

void KernelWriter::pointers() {
    for (std::size_t f = 0; f < module_.fields.size(); ++f) {
        const ir::FieldId field(f);
        if (values_.field_is_used(field)) {
            const std::string_view type = stored_type(module_.fields[field].storage);
            say(fmt::format("{}* const {} = hhk_values<{}>(context, {});", type,
                            values_.pointer(field), type, f));
        }
    }
    if (!values_.rested().empty()) {
        say(fmt::format("const uint64_t* const {} = context->rested;", values_.rested()));
    }
    if (module_.is_synapse) {
        foreign_pointers();
    }
    for (const std::string& line : values_.table_declarations()) {
        say(line);
    }
}

void KernelWriter::accumulators() {
    if (!kernel_.guards.empty()) {
        say(is_single() ? "hhk_real bad_real = 0;" : "Real bad_real = Real(0);");
    }
    if (!faulty_uses().empty()) {
        say("bool bad_int = false;");
    }
    if (!kernel_.events.empty()) {
        say("uint64_t any_event = 0;");
    }
    if (module_.is_synapse) {
        return;
    }
    if (!kernel_.events.empty() || !kernel_.guards.empty()) {
        say("const int64_t count = context->count;");
    }
    say("const int64_t end = block->end;");
}

void KernelWriter::entity_index() {
    if (values_.needs_entity_index()) {
        say(is_single() ? "const int64_t here = hhk_entity(context, i);"
                        : "const Int here = hhk_entities(context, i);");
    }
}

void KernelWriter::known_before(const Stage& stage) {
    if (module_.is_synapse) {
        synapse_indices();
    } else {
        entity_index();
    }
    std::ranges::for_each(stage.carried, [this](const Carried& each) { carried_value(each); });
}

void KernelWriter::say_value(ValueId id) {
    const Span span = kernel_.values[id].span;
    place_comment(span);
    if (values_.seldom_chooses(id)) {
        seldom_choices({&id, 1});
    } else {
        say(values_.declaration(id), span);
    }
}

/// Selects with one test, of which one arm is computed where some lane wants it.
void KernelWriter::seldom_choices(std::span<const ValueId> selects) {
    const Lanes lanes = values_.entity_lanes();
    const auto text = [&](ValueId id) { return values_.operand(id, lanes); };
    const ir::Args& first = kernel_.values[selects.front()].args;
    const bool if_true = values_.rare_arm(selects.front()) == first[1];
    for (const ValueId id : selects) {
        say(fmt::format("Real {} = {};", text(id), text(values_.usual_arm(id))),
            kernel_.values[id].span);
    }
    open(fmt::format("if (__builtin_expect(hhk_any({}), 0)) {{",
                     if_true ? text(first[0]) : fmt::format("hhk_not({})", text(first[0]))));
    std::set<ValueId> branch;
    for (const ValueId id : selects) {
        if (values_.seldom_chooses(id)) {
            branch.insert(values_.branch_of(id).begin(), values_.branch_of(id).end());
        }
    }
    std::ranges::for_each(branch, [this](ValueId each) { say_value(each); });
    for (const ValueId id : selects) {
        const std::string rare = text(values_.rare_arm(id));
        say(fmt::format("{} = hhk_select({}, {}, {});", text(id), text(first[0]),
                        if_true ? rare : text(id), if_true ? text(id) : rare),
            kernel_.values[id].span);
    }
    close();
}

void KernelWriter::values_of_entities(const Stage& stage) {
    known_before(stage);
    for (std::size_t k = 0; k < stage.values.size();) {
        const std::size_t end = end_of_choices(stage.values, k);
        const auto run = std::span(stage.values).subspan(k, end - k);
        if (run.size() > 1) {
            seldom_choices(run);
        } else {
            say_value(run.front());
        }
        k = end;
    }
}

/// Behind the mates that stand side by side from here.
std::size_t KernelWriter::end_of_choices(std::span<const ValueId> values, std::size_t begin) const {
    const auto mates = values_.mates(values[begin]);
    std::size_t end = begin + 1;
    while (end < values.size() && std::ranges::find(mates, values[end]) != mates.end()) {
        ++end;
    }
    const bool branches =
        std::ranges::any_of(values.subspan(begin, end - begin),
                            [this](ValueId id) { return values_.seldom_chooses(id); });
    return branches ? end : begin + 1;
}

/// What an earlier stage computed: loaded again, read from where it was stored, or from its array.
void KernelWriter::carried_value(const Carried& carried) {
    const ir::Value& value = kernel_.values[carried.value];
    if (value.op == ir::Op::LoadField ? carried.field.valid() : value.op == ir::Op::EntityIndex) {
        say(values_.declaration(carried.value), value.span);
        return;
    }
    const Lanes lanes = values_.entity_lanes();
    const std::string from = carried.field.valid()
                                 ? values_.load(carried.field, lanes)
                                 : kept_.at(carried.value) + "[(i - word) / HHK_WIDTH]";
    say(fmt::format("const {} {} = {};", values_.type_name(value.type, lanes),
                    values_.operand(carried.value, lanes), from),
        value.span);
}

void KernelWriter::declare_kept(const Stage& stage) {
    for (const ValueId id : stage.kept) {
        if (!shared_.contains(id)) {
            const std::string value = values_.operand(id, values_.entity_lanes());
            const std::string array = values_.names().make(value + "_kept");
            kept_[id] = array;
            say(fmt::format("{} {}[64 / HHK_WIDTH];",
                            values_.type_name(kernel_.values[id].type, values_.entity_lanes()),
                            array));
        }
    }
}

/// Some of the stages, with the arrays between them.
void KernelWriter::stage_loops(std::span<const Stage> stages) {
    std::ranges::for_each(stages, [this](const Stage& stage) { declare_kept(stage); });
    std::ranges::for_each(stages, [this](const Stage& stage) { stage_loop(stage); });
}

void KernelWriter::keep(const Stage& stage) {
    for (const ValueId id : stage.kept) {
        say(fmt::format("{}[(i - word) / HHK_WIDTH] = {};", kept_.at(id),
                        values_.operand(id, values_.entity_lanes())),
            kernel_.values[id].span);
    }
}

void KernelWriter::store(const ir::FieldStore& store) {
    const Lanes lanes = values_.entity_lanes();
    const std::string& at = values_.pointer(store.field);
    const bool is_bool = module_.fields[store.field].storage == ir::Storage::Boolean;
    const bool on_event = kernel_.kind == KernelKind::OnEvent;
    std::string value = values_.operand(store.value, lanes);
    std::string condition = on_event ? "happened" : "";
    bool for_population = false;
    if (store.mask) {
        const bool uniform = values_.lanes(store.mask) == Lanes::Population;
        std::string mask = values_.operand(store.mask, values_.lanes(store.mask));
        for_population = uniform && !values_.sets_last_spike(store.field);
        if (for_population) {
            open(fmt::format("if ({}) {{", mask));
        } else {
            mask = uniform ? fmt::format("hhk_all({})", mask) : mask;
            condition = on_event ? fmt::format("hhk_and(happened, {})", mask) : mask;
        }
    }
    if (!condition.empty()) {
        const ValueId loaded = values_.load_of(store.field);
        std::string old = loaded && !values_.sets_last_spike(store.field)
                              ? values_.operand(loaded, lanes)
                              : values_.load(store.field, lanes);
        if (store.mask && values_.sets_last_spike(store.field)) {
            old = fmt::format("hhk_select(happened, hhk_all(context->step), {})", old);
        }
        value = fmt::format("hhk_select({}, {}, {})", condition, value, old);
    }
    const Span span = kernel_.values[store.value].span;
    if (is_single()) {
        const std::string_view type = stored_type(module_.fields[store.field].storage);
        say(fmt::format("{}[i] = static_cast<{}>({});", at, type, value), span);
    } else {
        say(fmt::format("{}({} + i, {});", is_bool ? "hhk_store_mask" : "hhk_store", at, value),
            span);
    }
    if (for_population) {
        close();
    }
}

void KernelWriter::outputs() {
    for (std::size_t k = 0; k < kernel_.outputs.size(); ++k) {
        const ValueId id = kernel_.outputs[k];
        const bool mask = kernel_.values[id].type == ir::Type::Bool && !is_single();
        say(fmt::format("{}(context, {}, i, {});", mask ? "hhk_output_mask" : "hhk_output", k,
                        values_.operand(id, values_.entity_lanes())),
            kernel_.values[id].span);
    }
}

void KernelWriter::stores(const Stage& stage) {
    checks(stage);
    for (const std::size_t row : stage.stores) {
        store(kernel_.stores[row]);
    }
    for (const ir::FieldId field : values_.last_spike_fields()) {
        say(fmt::format("hhk_store({0} + i, hhk_select(happened, hhk_all(context->step), "
                        "hhk_load({0} + i)));",
                        values_.pointer(field)));
    }
    outputs();
}

void KernelWriter::plain_loop() {
    open(fmt::format("for (int64_t i = block->begin; i < end; i += {}) {{", stride()));
    values_of_entities(stages_.front());
    results(stages_.front());
    close();
}

void KernelWriter::stage_loop(const Stage& stage) {
    if (std::ranges::any_of(stage.values, [this](ValueId id) { return approximates(id); })) {
        approximated_stage(stage);
        return;
    }
    if (values_.rested().empty() || stages_.size() > 1 || !loads_last_spike(stage)) {
        vectors_of(stage);
        return;
    }
    // Both, as a choice in the loop took 4 % of a network of integrate-and-fire cells. Longer loops
    // are not bound by memory.
    open(fmt::format("if ({} != nullptr) {{", values_.rested()));
    values_.use_rested(true);
    vectors_of(stage);
    values_.use_rested(false);
    close();
    open("else {");
    vectors_of(stage);
    close();
}

bool KernelWriter::loads_last_spike(const Stage& stage) const {
    return std::ranges::any_of(
               stage.carried,
               [this](const Carried& each) { return values_.is_last_spike(each.field); }) ||
           std::ranges::any_of(stage.values, [this](ValueId id) {
               const ir::Value& value = kernel_.values[id];
               return value.op == ir::Op::LoadField &&
                      values_.is_last_spike(ir::FieldId(value.symbol));
           });
}

void KernelWriter::vectors_of(const Stage& stage) {
    open(fmt::format("for (int64_t i = word; i < stop; i += {}) {{", stride()));
    values_of_entities(stage);
    results(stage);
    close();
}

void KernelWriter::results(const Stage& stage) {
    keep(stage);
    stores(stage);
    for (const std::size_t row : stage.events) {
        const ValueId condition = kernel_.events[row].condition;
        say(fmt::format("{} |= static_cast<uint64_t>(hhk_mask_bits({})) << (i - word);",
                        words_[row], values_.operand(condition, values_.entity_lanes())),
            kernel_.values[condition].span);
    }
}

/// Events as bits: one word stands for 64 entities, bits beyond the last entity stay zero.
void KernelWriter::word_loop() {
    std::vector<std::string> bits;
    for (const ir::EventOutput& output : kernel_.events) {
        const std::string name = identifier(module_.events[output.event].name);
        bits.push_back(values_.names().make(name + "_bits"));
        words_.push_back(values_.names().make(name + "_word"));
        say(fmt::format("uint64_t* const {} = context->event_bits[{}];", bits.back(),
                        output.event.index));
    }
    open("for (int64_t word = block->begin; word < end; word += 64) {");
    say("const int64_t stop = word + 64 < end ? word + 64 : end;");
    for (const std::string& word : words_) {
        say(fmt::format("uint64_t {} = 0;", word));
    }
    const std::span<const Stage> stages = stages_;
    const std::size_t first = first_of_rest();
    if (first == stages.size()) {
        stage_loops(stages);
    } else {
        share_kept(stages.first(first), stages.subspan(first));
        stage_loops(stages.first(first));
        call_rest();
        write_rest(stages.subspan(first));
    }
    for (std::size_t e = 0; e < words_.size(); ++e) {
        say(fmt::format("{} &= hhk_inside(count, word);", words_[e]));
        say(fmt::format("{}[word / 64] = {};", bits[e], words_[e]));
        say(fmt::format("any_event |= static_cast<uint64_t>({} != 0) << {};", words_[e],
                        kernel_.events[e].event.index));
    }
    close();
}

/// Only vectors in which the event happened are computed.
void KernelWriter::loop() {
    if (module_.is_synapse) {
        synapse_loop();
        return;
    }
    if (kernel_.kind != KernelKind::OnEvent) {
        kernel_.events.empty() && stages_.size() == 1 ? plain_loop() : word_loop();
        return;
    }
    say(fmt::format("const uint64_t* const bits = context->event_bits[{}];", kernel_.event.index));
    open("for (int64_t word = block->begin; word < end; word += 64) {");
    open("for (uint64_t left = bits[word / 64]; left != 0;) {");
    say(fmt::format("const int64_t lane = __builtin_ctzll(left) / {0} * {0};", stride()));
    say("const int64_t i = word + lane;");
    say(is_single() ? "const bool happened = true;"
                    : "const Mask happened = hhk_mask_of(left >> lane);");
    say(is_single() ? "left &= left - 1;" : "left &= ~(hhk_every_lane << lane);");
    values_of_entities(stages_.front());
    stores(stages_.front());
    close();
    close();
}

void KernelWriter::finish() {
    if (!kernel_.events.empty()) {
        say("block->any_event = any_event;");
    }
    const bool looks_again = !kernel_.guards.empty() && sums_guards();
    std::string fault;
    if (!kernel_.guards.empty() && !looks_again) {
        fault = "hhk_any(hhk_ne(bad_real, bad_real)) ? 1 : ";
    }
    if (!faulty_uses().empty()) {
        fault += "bad_int ? 2 : ";
    }
    say(fmt::format("block->fault = {}0;", fault));
    if (looks_again) {
        look_again();
    }
    say("return HHK_OK;");
}

void KernelWriter::prepare_finish() {
    for (const ir::UniformStore& each : kernel_.uniform_stores) {
        std::string value = values_.operand(each.value, Lanes::Population);
        if (kernel_.values[each.value].type != ir::Type::Real) {
            value = fmt::format("static_cast<double>({})", value);
        }
        say(fmt::format("context->uniforms[{}] = {};", each.uniform.index, value),
            kernel_.values[each.value].span);
    }
    std::string bad;
    for (const ValueId id : faulty_uses()) {
        bad += (bad.empty() ? "" : " || ") + values_.fault_flag(id, Lanes::Population);
    }
    say(bad.empty() ? "return HHK_OK;" : fmt::format("return {} ? HHK_FAULT : HHK_OK;", bad));
}

KernelBody KernelWriter::run() {
    open("{");
    population_values();
    if (kernel_.kind == KernelKind::Prepare) {
        prepare_finish();
    } else {
        pointers();
        accumulators();
        loop();
        finish();
    }
    close();
    KernelBody body;
    body.text = text_.take();
    body.lines = std::move(lines_);
    body.by_target = sums_by_target();
    body.rest = std::move(rest_.text);
    body.rest_lines = std::move(rest_.lines);
    body.meeting = std::move(meeting_);
    return body;
}

const char* kernel_parameters(ir::KernelKind kind) {
    return kind == KernelKind::Prepare ? "(const hhk_context* context)"
                                       : "(const hhk_context* context, hhk_block* block)";
}

KernelBody emit_kernel(const ir::Module& module, const ir::Kernel& kernel, const Options& options) {
    return KernelWriter(module, kernel, options).run();
}

std::string emit_kernel_text(const ir::Module& module, const ir::Kernel& kernel,
                             const Options& options) {
    return emit_kernel(module, kernel, options).text;
}

} // namespace hhc::codegen
