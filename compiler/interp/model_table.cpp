// SPDX-License-Identifier: MIT
#include "interp/model_table.h"

#include "codegen/model_hash.h"
#include "ir/host_states.h"
#include "ir/print.h"
#include "support/number_text.h"

#include <string>
#include <vector>

namespace hhc::interp {

static_assert(static_cast<int>(ir::Storage::Real) == HHK_REAL);
static_assert(static_cast<int>(ir::Storage::Integer) == HHK_INTEGER);
static_assert(static_cast<int>(ir::Storage::Boolean) == HHK_BOOLEAN);
static_assert(static_cast<int>(ir::Storage::Step) == HHK_STEP);
static_assert(static_cast<int>(ir::role::state) == HHK_STATE);
static_assert(static_cast<int>(ir::role::parameter) == HHK_PARAMETER);
static_assert(static_cast<int>(ir::role::constant_over_dt) == HHK_CONSTANT_OVER_DT);
static_assert(static_cast<int>(ir::role::input) == HHK_INPUT);
static_assert(static_cast<int>(ir::role::linked) == HHK_LINKED);
static_assert(static_cast<int>(ir::role::last_spike) == HHK_LAST_SPIKE);
static_assert(static_cast<int>(ir::role::not_refractory) == HHK_NOT_REFRACTORY);
static_assert(static_cast<int>(ir::role::hidden) == HHK_HIDDEN);
static_assert(static_cast<int>(ir::role::last_update) == HHK_LAST_UPDATE);
static_assert(static_cast<int>(ir::role::given) == HHK_GIVEN);
static_assert(static_cast<int>(ir::Space::Each) == HHK_EACH);
static_assert(static_cast<int>(ir::Space::Pre) == HHK_PRE);
static_assert(static_cast<int>(ir::Space::Post) == HHK_POST);
static_assert(static_cast<int>(ir::Space::PerPre) == HHK_PER_PRE);
static_assert(static_cast<int>(ir::Space::PerPost) == HHK_PER_POST);
static_assert(HHK_USES_PRE == 1 && HHK_USES_CREATION == 2);
static_assert(static_cast<int>(ir::access::read) == HHK_READ);
static_assert(static_cast<int>(ir::access::add) == HHK_ADD);
static_assert(static_cast<int>(ir::access::write) == HHK_WRITE);
static_assert(static_cast<int>(ir::access::delayed) == HHK_DELAYED);
static_assert(static_cast<int>(ir::access::guarded) == HHK_GUARDED);
static_assert(static_cast<int>(ir::access::summed) == HHK_SUMMED);
static_assert(static_cast<int>(ir::flag::unless_refractory) == HHK_UNLESS_REFRACTORY);
static_assert(static_cast<int>(ir::flag::constant) == HHK_CONSTANT);
static_assert(static_cast<int>(ir::flag::staggered) == HHK_STAGGERED);
static_assert(static_cast<int>(ir::flag::has_init) == HHK_HAS_INIT);

struct ModelTable::Storage {
    ir::Module names; // tables only: keeps the texts alive
    std::vector<hhk_field> fields;
    std::vector<hhk_uniform> uniforms;
    std::vector<hhk_table> tables;
    std::vector<hhk_event> events;
    std::vector<hhk_foreign> foreign;
    std::vector<hhk_pathway> pathways;
    hhk_synapse synapse{};
    hhk_model model{};

    void keep_names(const ir::Module& module);
    void fill_rows();
    void fill_synapse(const ir::Module& module);
    void fill_model(const ir::Module& module);
};

namespace {

hhk_dimension dimension_of(const units::Dimension& dimension) {
    hhk_dimension result{};
    for (std::size_t i = 0; i < units::base_count; ++i) {
        result.numerator[i] = static_cast<std::int8_t>(dimension.exponents()[i].numerator());
        result.denominator[i] = static_cast<std::int8_t>(dimension.exponents()[i].denominator());
    }
    return result;
}

template <class Row, class Symbol> Row common_part(const Symbol& symbol) {
    Row row{};
    row.name = symbol.name.c_str();
    row.unit = symbol.unit.c_str();
    row.unit_scale = symbol.unit_scale;
    row.default_value = symbol.default_value;
    row.dimension = dimension_of(symbol.dimension);
    row.type = static_cast<std::uint8_t>(symbol.storage);
    row.role = symbol.role;
    row.flags = symbol.flags;
    return row;
}

std::int32_t index_or_none(ir::UniformId uniform) {
    return uniform.valid() ? static_cast<std::int32_t>(uniform.index) : -1;
}

std::array<std::uint64_t, 2> code_hash(const ir::Module& module) {
    Hasher hasher;
    hasher.field("interpreter").field(ir::print(module, {.comments = false, .header = true}));
    for (const ir::Approximation& row : module.approximations) { // which have no text
        for (const double number : {row.low, row.high, row.tolerance}) {
            hasher.field(hex_double(number));
        }
        hasher.field(row.offset).field(static_cast<std::uint64_t>(row.degree));
        hasher.field(static_cast<std::uint64_t>(row.doubles));
    }
    return codegen::hash_words(hasher.finish());
}

hhk_foreign foreign_row(const ir::Foreign& foreign) {
    hhk_foreign row{};
    row.name = foreign.name.c_str();
    row.dimension = dimension_of(foreign.dimension);
    row.space = static_cast<std::uint8_t>(foreign.space);
    row.type = static_cast<std::uint8_t>(foreign.storage);
    row.access = foreign.access;
    row.uniform = foreign.uniform ? 1 : 0;
    row.into = foreign.into.valid() ? static_cast<std::int32_t>(foreign.into.index) : -1;
    return row;
}

hhk_pathway pathway_row(const ir::Pathway& pathway) {
    hhk_pathway row{};
    row.name = pathway.name.c_str();
    row.event = pathway.event.c_str();
    row.space = static_cast<std::int32_t>(pathway.space);
    row.order = pathway.order;
    row.delay = pathway.delay;
    row.indexed = pathway.indexed ? 1 : 0;
    row.sequential = pathway.sequential ? 1 : 0;
    row.writes_pre = pathway.writes_pre ? 1 : 0;
    row.one_delay = pathway.one_delay ? 1 : 0;
    return row;
}

} // namespace

ModelTable::ModelTable(const ir::Module& module) : storage_(std::make_unique<Storage>()) {
    storage_->keep_names(module);
    storage_->fill_rows();
    storage_->fill_synapse(module);
    storage_->fill_model(module);
}

/// The rows point into these texts.
void ModelTable::Storage::keep_names(const ir::Module& module) {
    names.name = module.name;
    names.description = module.description;
    names.fields = module.fields;
    names.uniforms = module.uniforms;
    names.tables = module.tables;
    names.events = module.events;
    names.foreign = module.foreign;
    names.pathways = module.pathways;
}

void ModelTable::Storage::fill_rows() {
    for (const ir::Field& field : names.fields) {
        hhk_field row = common_part<hhk_field>(field);
        row.init_flag = index_or_none(field.init_flag);
        row.stagger_flag = index_or_none(field.stagger_flag);
        row.rest = field.rest ? static_cast<std::int32_t>(field.rest.index) + 1 : 0;
        row.space = static_cast<std::uint8_t>(field.space);
        fields.push_back(row);
    }
    for (const ir::Uniform& uniform : names.uniforms) {
        uniforms.push_back(common_part<hhk_uniform>(uniform));
    }
    for (const ir::Table& table : names.tables) {
        tables.push_back({table.name.c_str(), dimension_of(table.dimension),
                          table.per_entity ? 1 : 0, static_cast<std::int32_t>(table.hidden)});
    }
    for (const ir::Event& event : names.events) {
        events.push_back(
            {event.name.c_str(), event.sets_last_spike ? 1 : 0, event.has_statements ? 1 : 0});
    }
    for (const ir::Foreign& row : names.foreign) {
        foreign.push_back(foreign_row(row));
    }
    for (const ir::Pathway& pathway : names.pathways) {
        pathways.push_back(pathway_row(pathway));
    }
}

void ModelTable::Storage::fill_synapse(const ir::Module& module) {
    synapse.size = sizeof(hhk_synapse);
    synapse.foreign_count = static_cast<std::uint32_t>(foreign.size());
    synapse.pathway_count = static_cast<std::uint32_t>(pathways.size());
    synapse.uses = module.uses();
    synapse.foreign = foreign.data();
    synapse.pathways = pathways.data();
}

void ModelTable::Storage::fill_model(const ir::Module& module) {
    model.synapse = module.is_synapse ? &synapse : nullptr;
    model.size = sizeof(hhk_model);
    model.abi_version = HHK_ABI_VERSION;
    model.name = names.name.c_str();
    model.required_features = "";
    model.vector_width = 1;
    model.real_size = module.real_size;
    model.random_scheme = codegen::random_scheme;
    model.needs_host_solver = module.is_cell                ? HHK_HOST_CABLE
                              : ir::has_host_states(module) ? HHK_HOST_STATES
                                                            : HHK_HOST_NONE;
    const auto interface_hash = codegen::interface_hash(module);
    const auto code = code_hash(module);
    for (std::size_t i = 0; i < 2; ++i) {
        model.interface_hash[i] = interface_hash[i];
        model.code_hash[i] = code[i];
    }
    model.field_count = static_cast<std::uint32_t>(fields.size());
    model.uniform_count = static_cast<std::uint32_t>(uniforms.size());
    model.table_count = static_cast<std::uint32_t>(tables.size());
    model.event_count = static_cast<std::uint32_t>(events.size());
    model.fields = fields.data();
    model.uniforms = uniforms.data();
    model.tables = tables.data();
    model.events = events.data();
    model.description = names.description.c_str();
}

ModelTable::~ModelTable() = default;
ModelTable::ModelTable(ModelTable&&) noexcept = default;
ModelTable& ModelTable::operator=(ModelTable&&) noexcept = default;

hhk_model& ModelTable::model() {
    return storage_->model;
}
hhk_synapse& ModelTable::synapse() {
    return storage_->synapse;
}
std::vector<hhk_pathway>& ModelTable::pathways() {
    return storage_->pathways;
}
const hhk_model& ModelTable::model() const {
    return storage_->model;
}

} // namespace hhc::interp
