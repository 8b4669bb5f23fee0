// SPDX-License-Identifier: MIT
#include "kernel/kernel_table.h"

#include "base/fail.h"
#include "kernel/cpu_features.h"

#include <fmt/format.h>

#include <bit>
#include <string>
#include <unordered_set>

namespace hodg::kernel {

using base::Code;
using base::fail;

static constexpr std::uint32_t most_variables = 100'000;

/// Checks pointers and texts of one table.
class TableReader {
public:
    explicit TableReader(std::span<const AddressRange> ranges) : ranges_(ranges) {}

    /// A table: its entries hold addresses, so it stands where an address may.
    void data(const void* pointer, std::size_t bytes, const char* what) const {
        inside(pointer, bytes, what);
        if (reinterpret_cast<std::uintptr_t>(pointer) % alignof(void*) != 0) {
            broken(fmt::format("{} does not stand where it may", what));
        }
    }

    void inside(const void* pointer, std::size_t bytes, const char* what) const {
        const auto at = reinterpret_cast<std::uintptr_t>(pointer);
        bool found = pointer != nullptr && ranges_.empty();
        for (const AddressRange& range : ranges_) {
            found = found || (at >= range.begin && at < range.end && bytes <= range.end - at);
        }
        if (!found) {
            broken(fmt::format("{} is not where the library says", what));
        }
    }

    void text(const char* pointer, const char* what) const {
        inside(pointer, 1, what);
        for (const AddressRange& range : ranges_) {
            const auto at = reinterpret_cast<std::uintptr_t>(pointer);
            if (at >= range.begin && at < range.end &&
                std::char_traits<char>::find(pointer, range.end - at, '\0') == nullptr) {
                broken(fmt::format("{} has no end", what));
            }
        }
    }

    template <class Function> void code(Function* function, const char* what) const {
        const auto at = reinterpret_cast<std::uintptr_t>(function);
        bool inside = function == nullptr || ranges_.empty();
        for (const AddressRange& range : ranges_) {
            inside = inside || (range.executable && at >= range.begin && at < range.end);
        }
        if (!inside) {
            broken(fmt::format("kernel {} is not code", what));
        }
    }

    [[noreturn]] static void broken(const std::string& what) {
        fail(Code::MalformedModel,
             fmt::format("the table of a compiled model is damaged: {}", what));
    }

    static void require(bool condition, const char* what) {
        if (!condition) {
            broken(what);
        }
    }

private:
    std::span<const AddressRange> ranges_;
};

static void check_version(std::uint32_t version, const char* what) {
    if (version != HHK_ABI_VERSION) {
        fail(Code::AbiMismatch,
             fmt::format("{} has ABI version {}, this runtime runs version {}", what, version,
                         HHK_ABI_VERSION),
             "compile the model again with this release");
    }
}

static void check_variables(const hhk_model& model, const TableReader& reader) {
    std::unordered_set<std::string> names;
    const auto check = [&](const char* name, const char* unit, unsigned type, unsigned role) {
        reader.text(name, "the name of a variable");
        reader.text(unit, "the unit of a variable");
        TableReader::require(type <= HHK_STEP, "a variable has an unknown type");
        TableReader::require(role <= HHK_GIVEN, "a variable has an unknown role");
        TableReader::require(*name != '\0' && names.insert(name).second,
                             "two variables have one name");
    };
    const auto flag_exists = [&](std::int32_t flag) {
        return flag >= -1 && flag < static_cast<std::int64_t>(model.uniform_count);
    };
    if (model.field_count > 0) {
        reader.data(model.fields, model.field_count * sizeof(hhk_field), "the list of fields");
    }
    for (std::uint32_t f = 0; f < model.field_count; ++f) {
        const hhk_field& field = model.fields[f];
        check(field.name, field.unit, field.type, field.role);
        TableReader::require(flag_exists(field.init_flag) && flag_exists(field.stagger_flag),
                             "a flag of a field is no uniform");
    }
    if (model.uniform_count > 0) {
        reader.data(model.uniforms, model.uniform_count * sizeof(hhk_uniform),
                    "the list of uniforms");
    }
    for (std::uint32_t u = 0; u < model.uniform_count; ++u) {
        const hhk_uniform& uniform = model.uniforms[u];
        check(uniform.name, uniform.unit, uniform.type, uniform.role);
    }
    if (model.table_count > 0) {
        reader.data(model.tables, model.table_count * sizeof(hhk_table), "the list of tables");
    }
    for (std::uint32_t t = 0; t < model.table_count; ++t) {
        reader.text(model.tables[t].name, "the name of a table");
    }
}

static void check_events(const hhk_model& model, const TableReader& reader) {
    TableReader::require(model.event_count <= 64, "it has more than 64 events");
    if (model.event_count == 0) {
        return;
    }
    reader.data(model.events, model.event_count * sizeof(hhk_event), "the list of events");
    if (model.on_event != nullptr) {
        reader.data(model.on_event, model.event_count * sizeof(hhk_block_fn), "the event kernels");
    }
    for (std::uint32_t e = 0; e < model.event_count; ++e) {
        reader.text(model.events[e].name, "the name of an event");
        const bool has_kernel = model.on_event != nullptr && model.on_event[e] != nullptr;
        TableReader::require(has_kernel || (model.events[e].has_statements == 0 &&
                                            model.events[e].sets_last_spike == 0),
                             "an event with statements has no kernel");
        if (has_kernel) {
            reader.code(model.on_event[e], "on_event");
        }
    }
}

static void check_hooks(const hhk_model& model, const TableReader& reader) {
    reader.code(model.prepare, "prepare");
    reader.code(model.prepare_entities, "prepare_entities");
    reader.code(model.init, "init");
    reader.code(model.half_step, "half_step");
    reader.code(model.advance, "advance");
    reader.code(model.observe, "observe");
    reader.code(model.rhs, "rhs");
    reader.code(model.jacobian, "jacobian");
    reader.code(model.linear, "linear");
}

static void check_foreign(const hhk_model& model, const hhk_foreign& row,
                          const TableReader& reader) {
    reader.text(row.name, "the name of a foreign variable");
    TableReader::require(row.type <= HHK_STEP, "a foreign variable has an unknown type");
    TableReader::require(row.space == HHK_PRE || row.space == HHK_POST,
                         "a foreign variable belongs to neither side");
    if ((row.access & HHK_DELAYED) != 0) {
        TableReader::require(row.into >= 0 &&
                                 row.into < static_cast<std::int64_t>(model.field_count) &&
                                 row.space == HHK_PRE,
                             "a delayed variable has no field");
        const hhk_field& into = model.fields[row.into];
        TableReader::require(into.space == HHK_EACH && into.type == row.type,
                             "a delayed variable has a field of another kind");
    }
}

static void check_pathway(const hhk_pathway& row, const TableReader& reader) {
    reader.text(row.name, "the name of a pathway");
    if (row.event != nullptr) {
        reader.text(row.event, "the event of a pathway");
    }
    TableReader::require(row.space == HHK_PRE || row.space == HHK_POST,
                         "a pathway belongs to neither side");
    const bool every_step = row.event == nullptr || *row.event == '\0';
    TableReader::require(every_step || row.indexed != 0 || row.space == HHK_PRE ||
                             row.deliver == nullptr,
                         "a pathway wants synapses in an order that nobody keeps");
    reader.code(row.deliver, "deliver");
    reader.code(row.deliver_entities, "deliver_entities");
}

static void check_synapse(const hhk_model& model, const TableReader& reader) {
    for (std::uint32_t f = 0; f < model.field_count; ++f) {
        const std::uint8_t space = model.fields[f].space;
        TableReader::require(space == HHK_EACH || (model.synapse != nullptr &&
                                                   (space == HHK_PER_PRE || space == HHK_PER_POST)),
                             "a field belongs to nothing");
    }
    if (model.synapse == nullptr) {
        return;
    }
    reader.data(model.synapse, sizeof(std::uint32_t), "the synapse");
    TableReader::require(model.synapse->size >= sizeof(hhk_synapse), "its synapse is too short");
    reader.data(model.synapse, sizeof(hhk_synapse), "the synapse");
    const hhk_synapse& synapse = *model.synapse;
    TableReader::require(synapse.foreign_count <= most_variables &&
                             synapse.pathway_count <= most_variables,
                         "its synapse has too many variables");
    if (synapse.foreign_count > 0) {
        reader.data(synapse.foreign, synapse.foreign_count * sizeof(hhk_foreign),
                    "the foreign variables");
    }
    for (std::uint32_t f = 0; f < synapse.foreign_count; ++f) {
        check_foreign(model, synapse.foreign[f], reader);
    }
    if (synapse.pathway_count > 0) {
        reader.data(synapse.pathways, synapse.pathway_count * sizeof(hhk_pathway), "the pathways");
    }
    for (std::uint32_t p = 0; p < synapse.pathway_count; ++p) {
        check_pathway(synapse.pathways[p], reader);
    }
    for (std::uint32_t s = 0; s < HHK_SPACES; ++s) {
        reader.code(synapse.prepare_entities[s], "prepare_entities");
        reader.code(synapse.init[s], "init");
        reader.code(synapse.advance[s], "advance");
        reader.code(synapse.sum[s], "sum");
    }
    reader.code(synapse.sum_and_advance, "sum_and_advance");
    reader.code(synapse.sum_in_rounds, "sum_in_rounds");
    if (synapse.by_count != nullptr) {
        reader.data(synapse.by_count, synapse.pathway_count * sizeof(hhk_block_fn), "by_count");
        for (std::uint32_t p = 0; p < synapse.pathway_count; ++p) {
            reader.code(synapse.by_count[p], "by_count");
        }
    }
    if (synapse.alike != nullptr) {
        reader.data(synapse.alike, synapse.pathway_count * sizeof(std::uint64_t), "alike");
    }
    for (std::uint32_t p = 0; synapse.alike != nullptr && p < synapse.pathway_count; ++p) {
        for (std::uint32_t f = 0; f < 64; ++f) {
            TableReader::require((synapse.alike[p] >> f & 1U) == 0 ||
                                     (f < model.field_count && model.fields[f].space == HHK_EACH),
                                 "a value that synapses share is none of theirs");
        }
    }
}

void check_model_table(const hhk_model* table, std::span<const AddressRange> ranges) {
    const TableReader reader(ranges);
    reader.data(table, 2 * sizeof(std::uint32_t), "the model");
    check_version(table->abi_version, "a compiled model");
    TableReader::require(table->size >= sizeof(hhk_model), "it is too short");
    reader.data(table, sizeof(hhk_model), "the model");
    reader.text(table->name, "the name of the model");
    reader.text(table->required_features, "the list of CPU features");
    if (table->description != nullptr) {
        reader.text(table->description, "the description");
    }
    const std::uint32_t width = table->vector_width;
    TableReader::require(std::has_single_bit(width) && width <= HHK_PADDING,
                         "its vector width is not a power of two up to the padding");
    TableReader::require(table->real_size == 8 || table->real_size == 4,
                         "its numbers have neither 8 nor 4 bytes");
    TableReader::require(table->field_count <= most_variables &&
                             table->uniform_count <= most_variables &&
                             table->table_count <= most_variables,
                         "it has too many variables");
    check_variables(*table, reader);
    check_events(*table, reader);
    check_hooks(*table, reader);
    check_synapse(*table, reader);
    TableReader::require(table->needs_host_solver != HHK_HOST_CABLE ||
                             (table->linear != nullptr && table->rhs != nullptr),
                         "a cell lacks the kernels of its membrane");
    const std::string missing = first_missing_feature(table->required_features);
    if (!missing.empty()) {
        fail(Code::CpuLacksFeature,
             fmt::format("model `{}` was compiled for a CPU with `{}`, which this one lacks",
                         table->name, missing),
             "compile it for this machine, or for x86-64-v2");
    }
}

void check_library_table(const hhk_library* library, std::span<const AddressRange> ranges) {
    const TableReader reader(ranges);
    reader.data(library, 2 * sizeof(std::uint32_t), "the list of models");
    check_version(library->abi_version, "the library");
    TableReader::require(library->size >= sizeof(hhk_library), "its list of models is too short");
    reader.data(library, sizeof(hhk_library), "the list of models");
    TableReader::require(library->model_count <= most_variables, "it has too many models");
    if (library->model_count > 0) {
        reader.data(library->models, library->model_count * sizeof(hhk_model*), "the models");
    }
    for (std::uint32_t m = 0; m < library->model_count; ++m) {
        check_model_table(library->models[m], ranges);
    }
}

} // namespace hodg::kernel
