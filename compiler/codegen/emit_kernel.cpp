// SPDX-License-Identifier: MIT
// The shell around a kernel's values: what is known for the whole population stands before the
// loop; the loop goes over the block in words of 64 entities (as event bits do) where events are
// involved or where it is cut into stages, and in vectors within them; stores stand at its end.
#include "codegen/emit_kernel.h"

#include "codegen/kernel_writer.h"
#include "support/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
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

void KernelWriter::population_values() {
    for (std::size_t k = 0; k < kernel_.values.size(); ++k) {
        const ValueId id(k);
        if (values_.is_live(id) && kernel_.values[id].op == ir::Op::Random) {
            say(values_.key_declaration(id), kernel_.values[id].span);
        }
    }
    for (std::size_t k = 0; k < kernel_.values.size(); ++k) {
        const ValueId id(k);
        if (!values_.is_live(id) || values_.is_literal(id) ||
            values_.lanes(id) != Lanes::Population) {
            continue;
        }
        const Span span = kernel_.values[id].span;
        place_comment(span);
        say(values_.declaration(id), span);
        if (values_.is_spread(id)) {
            say(values_.spread_declaration(id), span);
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
    say(values_.declaration(id), span);
}

void KernelWriter::values_of_entities(const Stage& stage) {
    known_before(stage);
    std::ranges::for_each(stage.values, [this](ValueId id) { say_value(id); });
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

void KernelWriter::declare_kept() {
    for (const Stage& stage : stages_) {
        for (const ValueId id : stage.kept) {
            const std::string value = values_.operand(id, values_.entity_lanes());
            const std::string array = values_.names().make(value + "_kept");
            kept_[id] = array;
            say(fmt::format("{} {}[64 / HHK_WIDTH];",
                            values_.type_name(kernel_.values[id].type, values_.entity_lanes()),
                            array));
        }
    }
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

/// A store that its mask holds back is no use of its value.
void KernelWriter::checks(const Stage& stage) {
    const Lanes lanes = values_.entity_lanes();
    const bool on_event = kernel_.kind == KernelKind::OnEvent;
    for (const std::size_t row : stage.guards) {
        const ValueId id = kernel_.guards[row];
        const std::string value = values_.operand(id, lanes);
        const std::string real = fmt::format("{}(0)", values_.type_name(ir::Type::Real, lanes));
        const std::string looked_at =
            on_event      ? fmt::format("hhk_select(happened, {}, {})", value, real)
            : is_single() ? fmt::format("(i < count ? {} : {})", value, real)
                          : fmt::format("hhk_guarded(count, i, {})", value);
        say(fmt::format("bad_real += {}{};", looked_at, sums_guards() ? "" : " * 0"),
            kernel_.values[id].span);
    }
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

bool KernelWriter::approximates(ValueId id) const {
    return kernel_.values[id].op == ir::Op::Approximate;
}

/// A stage with polynomials, whose arguments earlier stages computed. Where every argument of the
/// word is in their range, each part of the stage goes over the word by itself, two vectors at a
/// time; else vector by vector, exact values beside the polynomials.
void KernelWriter::approximated_stage(const Stage& stage) {
    const std::string index = "[(i - word) / HHK_WIDTH]";
    const std::string loop = fmt::format("for (int64_t i = word; i < stop; i += {}) {{", stride());
    std::map<ValueId, std::string> places; // by argument
    std::set<ValueId> exact;
    const std::string inside = values_.names().make("all_inside");
    const std::string vectors = values_.names().make("vectors");
    open("{");
    say(fmt::format("const int64_t {} = (stop - word) / HHK_WIDTH;", vectors));
    say(fmt::format("Mask {} = hhk_all(true);", inside));
    for (const ValueId id : stage.values) {
        if (approximates(id)) {
            std::string& array = places[kernel_.values[id].args[0]];
            if (array.empty()) {
                array = values_.names().make("places");
                say(fmt::format("hhk_places<Real> {};", array));
            }
            exact.insert(values_.exact_side(id).begin(), values_.exact_side(id).end());
        }
    }
    open(loop);
    std::set<ValueId> seen;
    for (const ValueId id : stage.values) {
        const ir::Args& args = kernel_.values[id].args;
        if (approximates(id) && seen.insert(args[0]).second) {
            carried_value(carried(stage, args[0]));
            say(fmt::format("{0} = hhk_and({0}, {1});", inside, values_.certified(args[0])));
            say(fmt::format("{}.of{} = {};", places.at(args[0]), index, values_.place_of(id)));
        }
    }
    close();
    open(fmt::format("if (__builtin_expect(!hhk_any(hhk_not({})), 1)) {{", inside));
    for (const auto& [argument, array] : places) {
        say(fmt::format("hhk_complete({}, {});", array, vectors));
    }
    for (const Stage& part : parts(kernel_, stage)) {
        polynomial_part(part, places, vectors);
    }
    close();
    open("else {");
    open(loop);
    known_before(stage);
    std::ranges::for_each(exact, [this](ValueId id) { say_value(id); });
    for (const ValueId id : stage.values) {
        if (approximates(id)) {
            const ValueId argument = kernel_.values[id].args[0];
            say(values_.approximation_beside_exact(id, values_.certified(argument),
                                                   places.at(argument) + ".of" + index));
        } else {
            say_value(id);
        }
    }
    results(stage);
    close();
    close();
    close();
}

/// What follows from the polynomials is a local function of a vector.
void KernelWriter::polynomial_part(const Stage& part, const std::map<ValueId, std::string>& places,
                                   const std::string& vectors) {
    struct Polynomial {
        std::string name, places, pair;
    };
    std::vector<Polynomial> polynomials;
    std::string parameters;
    open("{");
    for (const ValueId id : part.values) {
        if (approximates(id)) {
            const Polynomial& one = polynomials.emplace_back(values_.names().make("polynomial"),
                                                             places.at(kernel_.values[id].args[0]),
                                                             values_.names().make("pair"));
            parameters += ", Real " + values_.operand(id, Lanes::Vector);
            say(values_.polynomial(id, one.name));
        }
    }
    const std::string finish = values_.names().make("finish");
    open(fmt::format("const auto {} = [&](int64_t i{}) __attribute__((always_inline)) {{", finish,
                     parameters));
    known_before(part);
    for (const ValueId id : part.values) {
        if (!approximates(id)) {
            say_value(id);
        }
    }
    results(part);
    text_.dedent();
    say("};");
    std::string first;
    std::string second;
    std::string alone;
    say("int64_t at = 0;");
    open(fmt::format("for (; at + 2 <= {}; at += 2) {{", vectors));
    for (const Polynomial& one : polynomials) {
        say(fmt::format("Real {}[2];", one.pair));
        say(fmt::format("hhk_at_pair({}, {}, at, {});", one.name, one.places, one.pair));
        first += fmt::format(", {}[0]", one.pair);
        second += fmt::format(", {}[1]", one.pair);
        alone += fmt::format(", hhk_at({}, {}.of[at])", one.name, one.places);
    }
    say(fmt::format("{}(word + at * HHK_WIDTH{});", finish, first));
    say(fmt::format("{}(word + (at + 1) * HHK_WIDTH{});", finish, second));
    close();
    open(fmt::format("for (; at < {}; ++at) {{", vectors));
    say(fmt::format("{}(word + at * HHK_WIDTH{});", finish, alone));
    close();
    close();
}

/// How a stage knows a value of an earlier one.
const Carried& KernelWriter::carried(const Stage& stage, ValueId id) {
    const auto found = std::ranges::find(stage.carried, id, &Carried::value);
    HHC_CHECK(found != stage.carried.end(), "a polynomial's argument comes from an earlier stage");
    return *found;
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
    declare_kept();
    std::ranges::for_each(stages_, [this](const Stage& stage) { stage_loop(stage); });
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

/// Finite values may have a sum that is not: it decides only where to look.
void KernelWriter::look_again() {
    open("if (hhk_any(hhk_ne(bad_real - bad_real, Real(0)))) {");
    say("bad_real = Real(0);");
    open(fmt::format("for (int64_t i = block->begin; i < {}; i += HHK_WIDTH) {{",
                     module_.is_synapse ? "block->end" : "end"));
    for (const ValueId id : kernel_.guards) {
        say(fmt::format("bad_real += hhk_guarded({}, i, {}) * 0;",
                        module_.is_synapse ? count() : "count",
                        values_.load(*guarded_field(id), Lanes::Vector)));
    }
    close();
    close();
}

void KernelWriter::finish() {
    if (!kernel_.events.empty()) {
        say("block->any_event = any_event;");
    }
    if (!kernel_.guards.empty() && sums_guards()) {
        look_again();
    }
    std::string fault;
    if (!kernel_.guards.empty()) {
        fault = "hhk_any(hhk_ne(bad_real, bad_real)) ? 1 : ";
    }
    if (!faulty_uses().empty()) {
        fault += "bad_int ? 2 : ";
    }
    say(fmt::format("block->fault = {}0;", fault));
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
    return body;
}

KernelBody KernelWriter::run_as_local() {
    open("{");
    population_values();
    pointers();
    open("const auto sum = [&](int64_t i) __attribute__((always_inline)) {");
    values_of_entities(stages_.front());
    synapse_stores();
    close();
    say(";");
    KernelBody body;
    body.text = text_.take();
    body.lines = std::move(lines_);
    return body;
}

KernelBody KernelWriter::run_in_rounds() {
    open("{");
    population_values();
    pointers();
    rounds_of_targets();
    finish();
    close();
    KernelBody body;
    body.text = text_.take();
    body.lines = std::move(lines_);
    return body;
}

const char* kernel_parameters(ir::KernelKind kind) {
    return kind == KernelKind::Prepare ? "(const hhk_context* context)"
                                       : "(const hhk_context* context, hhk_block* block)";
}

KernelBody emit_kernel(const ir::Module& module, const ir::Kernel& kernel, const Options& options) {
    return KernelWriter(module, kernel, options).run();
}

/// The advance must not read what sums add to: others' sums may come later.
static bool reads_sums(const ir::Module& module, const ir::Kernel& kernel) {
    constexpr unsigned sums = ir::access::add | ir::access::summed;
    return std::ranges::any_of(kernel.values, [&](const ir::Value& value) {
        return value.op == ir::Op::LoadForeign &&
               (module.foreign[ir::ForeignId(value.symbol)].access & sums) != 0;
    });
}

/// The body of `rest`, which calls that of `first`.
static KernelBody local_then(KernelWriter& first, const KernelBody& rest) {
    KernelBody body = first.run_as_local();
    body.text += rest.text + "}\n";
    body.lines.insert(body.lines.end(), rest.lines.begin(), rest.lines.end());
    body.lines.emplace_back();
    return body;
}

std::optional<KernelBody> emit_sum_and_advance(const ir::Module& module, const Options& options) {
    const ir::Kernel* const sum = module.find(KernelKind::Sum, ir::Space::PerPost);
    const ir::Kernel* const advance = module.find(KernelKind::Advance, ir::Space::PerPost);
    if (!module.is_synapse || sum == nullptr || advance == nullptr ||
        module.find(KernelKind::Advance, ir::Space::Each) != nullptr ||
        module.find(KernelKind::Advance, ir::Space::PerPre) != nullptr ||
        reads_sums(module, *advance)) {
        return std::nullopt;
    }
    KernelWriter first(module, *sum, options);
    KernelWriter second(module, *advance, options);
    if (!first.is_plain() || first.is_single() || second.is_single()) {
        return std::nullopt;
    }
    second.call("sum");
    return local_then(first, second.run());
}

std::optional<KernelBody> emit_sum_in_rounds(const ir::Module& module, const Options& options) {
    const ir::Kernel* const sum = module.find(KernelKind::Sum, ir::Space::Each);
    const ir::Kernel* const rest = module.find(KernelKind::Sum, ir::Space::PerPost);
    if (!module.is_synapse || sum == nullptr || options.vector_width == 1 ||
        module.find(KernelKind::Advance, ir::Space::PerPost) != nullptr) {
        return std::nullopt;
    }
    const KernelWriter usual(module, *sum, options);
    if (!usual.sums_by_target() || usual.knows_its_place()) {
        return std::nullopt;
    }
    KernelWriter rounds(module, *sum, options, true);
    if (rest == nullptr) {
        return rounds.run_in_rounds();
    }
    KernelWriter after(module, *rest, options);
    if (!after.is_plain() || after.is_single()) {
        return std::nullopt;
    }
    rounds.call("sum");
    return local_then(after, rounds.run_in_rounds());
}

std::string emit_kernel_text(const ir::Module& module, const ir::Kernel& kernel,
                             const Options& options) {
    return emit_kernel(module, kernel, options).text;
}

} // namespace hhc::codegen
