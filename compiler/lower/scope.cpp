// SPDX-License-Identifier: MIT
// Layout of fields and uniforms, and the leaves of the graph.
#include "lower/scope.h"

#include "abi/kernel_abi.h"
#include "support/check.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hhc::lower {

using model::Role;

namespace {

ir::Storage storage_of(const model::Type& type) {
    switch (type.scalar) {
    case model::Scalar::Integer:
        return ir::Storage::Integer;
    case model::Scalar::Boolean:
        return ir::Storage::Boolean;
    case model::Scalar::Real:
        break;
    }
    return ir::Storage::Real;
}

template <class Entry> void describe(Entry& entry, const model::Variable& variable) {
    entry.name = variable.name;
    entry.unit = variable.display.text;
    entry.unit_scale = variable.display.scale;
    entry.dimension = variable.type.dimension;
    entry.storage = storage_of(variable.type);
}

bool is_shared_parameter(const model::Variable& variable) {
    return variable.role == Role::SharedParameter || variable.role == Role::Temperature;
}

} // namespace

Scope::Scope(const model::CheckedModel& model, const Options& options, diag::Sink& sink)
    : model_(model), options_(options), sink_(sink), graph_(graph_module_, graph_kernel_),
      fields_(model.variables.size()), uniforms_(model.variables.size()),
      foreign_(model.variables.size()), leaves_(model.variables.size()),
      numbers_(model.variables.size(), std::numeric_limits<double>::quiet_NaN()) {
    module_.name = model.name;
    module_.real_size = options.real_size;
    evaluate_defaults();
    lay_out();
    graph_module_ = module_;
    make_leaves();
}

bool Scope::is_frozen(model::VariableId id) const {
    const model::Variable& variable = model_.variables[id];
    return variable.role == Role::Frozen ||
           (variable.role == Role::SharedParameter && options_.freeze.contains(variable.name));
}

bool Scope::is_per_entity(model::VariableId id) const {
    return fields_[id.index].valid();
}

void Scope::evaluate_defaults() {
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
        const model::Variable& variable = model_.variables[model::VariableId(i)];
        const auto frozen = options_.freeze.find(variable.name);
        if (frozen != options_.freeze.end() && frozen->second) {
            numbers_[i] = *frozen->second;
        } else if (variable.default_value) {
            numbers_[i] = *variable.default_value;
        }
    }
    // a default may be computed from other defaults: as many rounds as there are links in a chain
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = 0; i < numbers_.size(); ++i) {
            const model::Variable& variable = model_.variables[model::VariableId(i)];
            const bool computed = variable.role == Role::Frozen || is_shared_parameter(variable);
            if (std::isnan(numbers_[i]) && computed && variable.definition.valid()) {
                numbers_[i] = constant_value(model_, variable.definition, numbers_);
                changed = changed || !std::isnan(numbers_[i]);
            }
        }
    }
}

void Scope::add_field(model::VariableId id, std::uint8_t role) {
    const model::Variable& variable = model_.variables[id];
    ir::Field field;
    describe(field, variable);
    field.role = role;
    if (role == HHK_PARAMETER || role == HHK_STATE) {
        const bool none = std::isnan(numbers_[id.index]);
        // States and parameters start at 0, as in Brian 2; but 0 kelvin is no temperature.
        const bool needed = variable.name == "temperature" && role == HHK_PARAMETER &&
                            variable.type.dimension == units::kelvin();
        field.default_value = none && !needed ? 0.0 : numbers_[id.index];
    }
    if (variable.flags.unless_refractory) {
        field.flags |= HHK_UNLESS_REFRACTORY;
    }
    if (role == HHK_PARAMETER &&
        (variable.flags.constant || variable.role == Role::SharedParameter)) {
        field.flags |= HHK_CONSTANT;
    }
    fields_[id.index] = module_.fields.push_back(field);
}

void Scope::add_uniform(model::VariableId id) {
    const model::Variable& variable = model_.variables[id];
    ir::Uniform uniform;
    describe(uniform, variable);
    uniform.role = HHK_PARAMETER;
    uniform.default_value = numbers_[id.index];
    if (variable.flags.constant) {
        uniform.flags |= HHK_CONSTANT;
    }
    uniforms_[id.index] = module_.uniforms.push_back(uniform);
}

void Scope::lay_out_variable(model::VariableId id) {
    const model::Variable& variable = model_.variables[id];
    switch (variable.role) {
    case Role::State:
        add_field(id, HHK_STATE);
        break;
    case Role::Parameter:
        add_field(id, HHK_PARAMETER);
        break;
    case Role::ConstantOverDt:
        add_field(id, HHK_CONSTANT_OVER_DT);
        break;
    case Role::Input:
        add_field(id, HHK_INPUT);
        break;
    case Role::Linked:
        add_field(id, HHK_LINKED);
        break;
    case Role::SharedParameter:
        if (options_.per_entity.contains(variable.name)) {
            add_field(id, HHK_PARAMETER);
        } else if (!is_frozen(id)) {
            add_uniform(id);
        }
        break;
    case Role::Temperature:
        add_uniform(id);
        break;
    case Role::Foreign:
        add_foreign(id);
        break;
    case Role::LastSpike:
    case Role::NotRefractory:
        if (variable.side != model::Side::Own) {
            add_foreign(id);
        }
        break;
    case Role::Given:
        add_given(id);
        break;
    default:
        break;
    }
}

void Scope::add_foreign(model::VariableId id) {
    const model::Variable& variable = model_.variables[id];
    ir::Foreign foreign;
    foreign.name = variable.foreign.name;
    foreign.dimension = variable.type.dimension;
    foreign.space = variable.side == model::Side::Pre ? ir::Space::Pre : ir::Space::Post;
    foreign.storage =
        variable.role == Role::LastSpike ? ir::Storage::Step : storage_of(variable.type);
    foreign.uniform = variable.foreign.uniform;
    if (variable.foreign.delayed) {
        foreign.access = ir::access::delayed;
        ir::Field past;
        describe(past, variable);
        past.role = HHK_HIDDEN;
        foreign.into = module_.fields.push_back(past);
        fields_[id.index] = foreign.into;
    }
    foreign_[id.index] = module_.foreign.push_back(std::move(foreign));
}

void Scope::add_given(model::VariableId id) {
    add_field(id, HHK_GIVEN);
    ir::Field& field = module_.fields[fields_[id.index]];
    field.space = field.name == "N_incoming"   ? ir::Space::PerPost
                  : field.name == "N_outgoing" ? ir::Space::PerPre
                                               : ir::Space::Each;
}

void Scope::add_synapse() {
    const bool event_driven = std::ranges::any_of(
        model_.variables, [](const model::Variable& v) { return v.flags.event_driven; });
    if (event_driven || model_.find("lastupdate")) {
        ir::Field field;
        field.name = "lastupdate";
        field.unit = "second";
        field.dimension = units::second();
        field.storage = ir::Storage::Step;
        field.role = HHK_LAST_UPDATE;
        last_update_ = module_.fields.push_back(field);
    }
    for (const model::Pathway& from : model_.pathways) {
        ir::Pathway pathway;
        pathway.name = from.name;
        pathway.event = from.event;
        pathway.space = from.side == model::Side::Pre ? ir::Space::Pre : ir::Space::Post;
        pathway.order = from.order;
        if (from.delay) {
            pathway.delay = *from.delay;
        }
        // Of a target, or of a source after some delay, there are few and they stand apart.
        pathway.indexed = !from.event.empty() && (pathway.space == ir::Space::Post ||
                                                  options_.varying_delays.contains(pathway.name));
        module_.pathways.push_back(std::move(pathway));
    }
}

void Scope::add_refractory_fields() {
    const bool spikes = std::ranges::any_of(
        model_.events, [](const model::Event& event) { return event.name == "spike"; });
    if (spikes) {
        ir::Field field;
        field.name = "lastspike";
        field.unit = "second";
        field.dimension = units::second();
        field.storage = ir::Storage::Step;
        field.role = HHK_LAST_SPIKE;
        field.default_value = static_cast<double>(HHK_NEVER);
        last_spike_ = module_.fields.push_back(field);
    }
    if (model_.refractory && model_.refractory->is_condition) {
        ir::Field field;
        field.name = "not_refractory";
        field.storage = ir::Storage::Boolean;
        field.role = HHK_NOT_REFRACTORY;
        field.default_value = 1.0;
        not_refractory_field_ = module_.fields.push_back(field);
    }
}

void Scope::add_flags() {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        const model::Variable& variable = model_.variables[model::VariableId(i)];
        if (fields_[i].valid() && variable.initial.valid()) {
            const ir::UniformId flag =
                add_hidden_uniform("init:" + variable.name, ir::Storage::Boolean);
            module_.fields[fields_[i]].init_flag = flag;
            module_.fields[fields_[i]].flags |= HHK_HAS_INIT;
        }
    }
}

void Scope::lay_out() {
    for (std::size_t i = 0; i < model_.variables.size(); ++i) {
        lay_out_variable(model::VariableId(i));
    }
    add_refractory_fields();
    module_.is_synapse = model_.kind == "synapse";
    if (module_.is_synapse) {
        add_synapse();
    }
    add_flags();
    for (const model::Table& table : model_.tables) {
        module_.tables.push_back({table.name, table.dimension, table.per_entity});
    }
    for (const model::Event& event : model_.events) {
        const bool spike = event.name == "spike";
        module_.events.push_back(
            {event.name, spike, spike || !event.statements.statements.empty()});
    }
}

ir::FieldId Scope::add_hidden_field(const std::string& name) {
    ir::Field field;
    field.name = name;
    field.role = HHK_HIDDEN;
    return module_.fields.push_back(field);
}

ir::UniformId Scope::add_hidden_uniform(const std::string& name, ir::Storage storage) {
    ir::Uniform uniform;
    uniform.name = name;
    uniform.storage = storage;
    uniform.role = HHK_HIDDEN;
    return module_.uniforms.push_back(uniform);
}

ir::ValueId Scope::new_leaf(std::string_view name, ir::Storage storage) {
    ir::Field field;
    field.name = name;
    field.storage = storage;
    return graph_.load(graph_module_.fields.push_back(field));
}

void Scope::make_leaf(model::VariableId id) {
    const model::Variable& variable = model_.variables[id];
    ir::ValueId& leaf = leaves_[id.index];
    if (fields_[id.index].valid()) {
        leaf = graph_.load(fields_[id.index]);
    } else if (uniforms_[id.index].valid()) {
        leaf = graph_.uniform(uniforms_[id.index]);
    } else if (variable.role == Role::Foreign) {
        leaf = graph_.foreign(foreign_[id.index]);
    } else if (variable.role == Role::Noise) {
        leaf = new_leaf(variable.name, ir::Storage::Real);
    }
}

void Scope::make_leaves() {
    table_time_ = new_leaf("t at the start of the step", ir::Storage::Real);
    not_refractory_ = new_leaf("not_refractory", ir::Storage::Boolean);
    for (std::size_t i = 0; i < model_.variables.size(); ++i) {
        make_leaf(model::VariableId(i));
    }
}

ir::ValueId Scope::not_refractory(model::Side side) {
    const auto& refractory =
        side == model::Side::Pre ? model_.refractory_pre : model_.refractory_post;
    const std::string suffix = side == model::Side::Pre ? "_pre" : "_post";
    if (!refractory) {
        return graph_.boolean(true);
    }
    if (refractory->is_condition) {
        return graph_.foreign(foreign_[model_.find("not_refractory" + suffix)->index]);
    }
    const ir::ValueId steps =
        graph_.add(graph_.div(value(refractory->value), graph_.dt()), graph_.real(0.001));
    const ir::ValueId length = graph_.to_int(graph_.math(ir::MathOp::Floor, steps));
    const ir::ValueId last = graph_.foreign(foreign_[model_.find("lastspike" + suffix)->index]);
    return graph_.greater_equal(graph_.sub(graph_.step(), last), length);
}

bool Scope::reads_special_leaf(ir::ValueId value, ir::ValueId leaf) {
    for (std::size_t i = special_.size(); i <= value.index; ++i) { // arguments precede their users
        const ir::ValueId id(i);
        std::uint8_t reads = id == not_refractory_ ? 1 : (id == table_time_ ? 2 : 0);
        for (const ir::ValueId arg : graph_kernel_.values[id].args) {
            reads |= special_[arg.index];
        }
        special_.push_back(reads);
    }
    return (special_[value.index] & (leaf == not_refractory_ ? 1 : 2)) != 0;
}

std::vector<ir::ValueId> leaves_of(const ir::Kernel& kernel, ir::ValueId value) {
    std::vector<bool> needed(value.index + std::size_t{1}, false);
    std::vector<ir::ValueId> leaves;
    needed[value.index] = true;
    for (std::size_t i = needed.size(); i-- > 0;) {
        if (!needed[i]) {
            continue;
        }
        const ir::Value& node = kernel.values[ir::ValueId(i)];
        if (node.args.empty()) {
            leaves.emplace_back(i);
        }
        for (const ir::ValueId arg : node.args) {
            needed[arg.index] = true;
        }
    }
    return leaves;
}

std::uint64_t stream_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U; // FNV-1a
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    return hash;
}

} // namespace hhc::lower
