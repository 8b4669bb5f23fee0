// SPDX-License-Identifier: MIT
// The public face of synapses: every name, length and value is checked here.
#include "hodg/synapses.h"

#include "base/clock.h"
#include "base/fail.h"
#include "kernel/value_checks.h"
#include "kernel/variables.h"
#include "record/state_log.h"
#include "synapse/synapse_state.h"

#include "hodg/recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace hodg {

using base::Code;
using base::fail;
using kernel::find_variable;
using kernel::Place;
using kernel::PopulationState;
using synapse::SynapseState;

Synapses::Synapses(const Population& pre, const Population& post, std::string name,
                   std::vector<std::int64_t> pre_entities, std::vector<std::int64_t> post_entities)
    : state_(std::make_shared<SynapseState>(pre.state(), post.state(), std::move(name),
                                            std::move(pre_entities), std::move(post_entities))) {}

const std::string& Synapses::name() const {
    return state_->name();
}
std::int64_t Synapses::size() const {
    return state_->size();
}
bool Synapses::bound() const {
    return state_->bound();
}
void Synapses::bind(Model model) {
    state_->bind(std::move(model));
}

void Synapses::connect(std::span<const std::int32_t> sources,
                       std::span<const std::int32_t> targets) {
    state_->connect(sources, targets);
}

void Synapses::connect(const ConnectRule& rule, const ConnectOptions& options) {
    state_->connect(rule, options);
}

// --- ends --------------------------------------------------------------------------------------

/// Position in the subgroup of each entity; empty where positions are entities.
static std::vector<std::int32_t> positions(const std::vector<std::int64_t>& entities,
                                           std::int64_t count) {
    std::vector<std::int32_t> position;
    if (!entities.empty()) {
        position.resize(static_cast<std::size_t>(count));
        for (std::size_t k = entities.size(); k > 0; --k) { // the first of equal ones
            position[static_cast<std::size_t>(entities[k - 1])] = static_cast<std::int32_t>(k - 1);
        }
    }
    return position;
}

static std::vector<std::int32_t> ends(const SynapseState& state, bool sources) {
    const std::vector<std::int32_t> position =
        sources ? positions(state.pre_entities(), state.pre().count())
                : positions(state.post_entities(), state.post().count());
    std::vector<std::int32_t> all(static_cast<std::size_t>(state.size()));
    state.for_each([&](std::size_t number, std::int32_t source, std::int32_t target) {
        const std::int32_t entity = sources ? source : target;
        all[number] = position.empty() ? entity : position[static_cast<std::size_t>(entity)];
    });
    return all;
}

static std::vector<std::int64_t> counts(const SynapseState& state, bool sources) {
    const PopulationState& side = sources ? state.pre() : state.post();
    const std::vector<std::int64_t>& entities =
        sources ? state.pre_entities() : state.post_entities();
    std::vector<std::int64_t> of_entity(static_cast<std::size_t>(side.count()));
    state.for_each([&](std::size_t, std::int32_t source, std::int32_t target) {
        ++of_entity[static_cast<std::size_t>(sources ? source : target)];
    });
    if (entities.empty()) {
        return of_entity;
    }
    std::vector<std::int64_t> all;
    for (const std::int64_t entity : entities) {
        all.push_back(of_entity[static_cast<std::size_t>(entity)]);
    }
    return all;
}

std::vector<std::int32_t> Synapses::sources() const {
    return ends(*state_, true);
}
std::vector<std::int32_t> Synapses::targets() const {
    return ends(*state_, false);
}
std::vector<std::int64_t> Synapses::outgoing() const {
    return counts(*state_, true);
}
std::vector<std::int64_t> Synapses::incoming() const {
    return counts(*state_, false);
}

// --- values ------------------------------------------------------------------------------------

const Model& Synapses::model() const {
    state_->require_bound();
    return state_->values()->model();
}

std::vector<Variable> Synapses::variables() const {
    return model().variables();
}

Variable Synapses::variable(std::string_view name) const {
    const hhk_model& table = model().table();
    const Place place = find_variable(table, name, this->name());
    return place.kind == Place::Kind::Field ? kernel::describe(table.fields[place.index])
                                            : kernel::describe(table.uniforms[place.index]);
}

namespace {

/// A named variable, with the numbers by which users know its values.
struct Named {
    Named(SynapseState& owner, std::string_view name) : state(owner), values(*owner.values()) {
        place = find_variable(values.table(), name, owner.name());
    }

    [[nodiscard]] bool uniform() const { return place.kind == Place::Kind::Uniform; }
    [[nodiscard]] const hhk_field& row() const { return values.table().fields[place.index]; }
    [[nodiscard]] bool each() const { return row().space == HHK_EACH; }
    [[nodiscard]] std::int64_t count() const {
        return each() ? state.size() : values.count_of(place.index);
    }
    /// visit(number, entity in the slab)
    template <class Visit> void for_each(const Visit& visit) const {
        if (!each()) {
            for (std::int64_t i = 0; i < count(); ++i) {
                visit(static_cast<std::size_t>(i), i);
            }
            return;
        }
        const synapse::Layout& layout = state.layout();
        layout.for_each([&](std::uint32_t at, std::int32_t source) {
            visit(std::size_t{layout.number(at, source)}, std::int64_t{at});
        });
    }

    SynapseState& state;
    PopulationState& values;
    Place place;
};

} // namespace

std::vector<double> Synapses::get(std::string_view name) const {
    state_->require_bound();
    const Named variable(*state_, name);
    if (variable.uniform()) {
        return {variable.values.uniforms()[variable.place.index]};
    }
    state_->preview();
    std::vector<double> values(static_cast<std::size_t>(variable.count()));
    const kernel::FieldMemory field = variable.values.field(variable.place.index);
    variable.for_each(
        [&](std::size_t number, std::int64_t at) { values[number] = field.read(at); });
    return values;
}

std::vector<double> Synapses::get(std::string_view name,
                                  std::span<const std::int64_t> indices) const {
    state_->require_bound();
    const Named variable(*state_, name);
    if (variable.uniform()) {
        return std::vector<double>(indices.size(),
                                   variable.values.uniforms()[variable.place.index]);
    }
    state_->preview();
    state_->find_places();
    const kernel::FieldMemory field = variable.values.field(variable.place.index);
    std::vector<double> values;
    values.reserve(indices.size());
    for (const std::int64_t i : indices) {
        kernel::check_index(variable.values, i, variable.count());
        values.push_back(field.read(variable.values.place_of(variable.place.index, i)));
    }
    return values;
}

void Synapses::set(std::string_view name, double value) {
    state_->require_bound();
    const Named variable(*state_, name);
    if (variable.uniform()) {
        const hhk_uniform& uniform = variable.values.table().uniforms[variable.place.index];
        kernel::check_settable(variable.values, name, uniform.role);
        kernel::check_value(variable.values, name, uniform.type, value);
        variable.values.uniforms()[variable.place.index] = value;
        variable.values.mark_uniform_assigned();
        return;
    }
    kernel::check_settable(variable.values, name, variable.row().role);
    kernel::check_value(variable.values, name, variable.row().type, value);
    state_->arrange();
    const kernel::FieldMemory field = variable.values.field(variable.place.index);
    variable.for_each([&](std::size_t, std::int64_t at) { field.write(at, value); });
    variable.values.mark_assigned(variable.place.index, {});
}

void Synapses::set(std::string_view name, std::span<const double> values) {
    state_->require_bound();
    const Named variable(*state_, name);
    if (variable.uniform()) {
        if (values.size() == 1) {
            set(name, values[0]);
            return;
        }
        kernel::check_settable(variable.values, name,
                               variable.values.table().uniforms[variable.place.index].role);
        kernel::refuse_array(variable.values, name);
    }
    kernel::check_settable(variable.values, name, variable.row().role);
    if (static_cast<std::int64_t>(values.size()) != variable.count()) {
        fail(Code::WrongLength, fmt::format("`{}` of `{}` was given {} values, expected {}", name,
                                            this->name(), values.size(), variable.count()));
    }
    for (const double value : values) {
        kernel::check_value(variable.values, name, variable.row().type, value);
    }
    state_->arrange();
    const kernel::FieldMemory field = variable.values.field(variable.place.index);
    variable.for_each(
        [&](std::size_t number, std::int64_t at) { field.write(at, values[number]); });
    variable.values.mark_assigned(variable.place.index, {});
}

void Synapses::set(std::string_view name, std::span<const std::int64_t> indices,
                   std::span<const double> values) {
    state_->require_bound();
    const Named variable(*state_, name);
    if (variable.uniform()) {
        kernel::check_settable(variable.values, name,
                               variable.values.table().uniforms[variable.place.index].role);
        kernel::refuse_array(variable.values, name);
    }
    kernel::check_settable(variable.values, name, variable.row().role);
    if (values.size() != 1 && values.size() != indices.size()) {
        fail(Code::WrongLength,
             fmt::format("`{}` of `{}` was given {} values for {} indices, expected one or as many",
                         name, this->name(), values.size(), indices.size()));
    }
    for (const std::int64_t i : indices) {
        kernel::check_index(variable.values, i, variable.count());
    }
    for (const double value : values) {
        kernel::check_value(variable.values, name, variable.row().type, value);
    }
    if (indices.empty()) {
        return;
    }
    state_->arrange();
    state_->find_places();
    const kernel::FieldMemory field = variable.values.field(variable.place.index);
    std::vector<std::int64_t> places;
    for (std::size_t n = 0; n < indices.size(); ++n) {
        places.push_back(variable.values.place_of(variable.place.index, indices[n]));
        field.write(places.back(), values[values.size() == 1 ? 0 : n]);
    }
    variable.values.mark_assigned(variable.place.index, places);
}

void Synapses::set_table(std::string_view name, std::span<const double> values, std::int64_t rows,
                         double dt) {
    state_->require_bound();
    PopulationState& own = *state_->values();
    const std::uint32_t t = kernel::find_table(own.table(), name, this->name());
    if (rows < 1 || static_cast<std::int64_t>(values.size()) != rows ||
        own.table().tables[t].per_entity != 0) {
        fail(Code::BadTable,
             fmt::format("timed array `{}` of `{}` was given {} values as {} rows, expected one "
                         "value a row",
                         name, this->name(), values.size(), rows));
    }
    base::check_time_step(dt);
    for (const double value : values) {
        kernel::check_value(own, name, HHK_REAL, value);
    }
    own.assign_table(t, values, rows, 1, dt);
}

void Synapses::initialize() {
    state_->preview();
    state_->values()->initialize();
}

// --- delays and memory -------------------------------------------------------------------------

void Synapses::set_delay(const std::string& pathway, double seconds, bool round_nearest) {
    synapse::Delay delay;
    delay.seconds = seconds;
    delay.round_nearest = round_nearest;
    state_->set_delay(pathway, std::move(delay));
}

void Synapses::set_delays(const std::string& pathway, std::span<const double> seconds,
                          bool round_nearest) {
    if (static_cast<std::int64_t>(seconds.size()) != size()) {
        fail(Code::WrongLength,
             fmt::format("`{}` was given {} delays, expected {}", name(), seconds.size(), size()));
    }
    synapse::Delay delay;
    delay.each.assign(seconds.begin(), seconds.end());
    delay.round_nearest = round_nearest;
    state_->set_delay(pathway, std::move(delay));
}

std::vector<double> Synapses::delays(std::string_view pathway) const {
    return state_->delay_seconds(pathway);
}

double Synapses::bytes_per_synapse() const {
    state_->arrange();
    return size() == 0 ? 0 : static_cast<double>(state_->bytes()) / static_cast<double>(size());
}

static std::shared_ptr<PopulationState> recordable(const Synapses& synapses) {
    synapses.state()->arrange();
    return synapses.state()->values();
}

StateRecorder::StateRecorder(const Synapses& synapses, std::vector<std::string> variables,
                             StateOptions options)
    : log_(
          std::make_shared<record::StateLog>(recordable(synapses), std::move(variables), options)) {
    if (!options.expressions.empty()) {
        synapses.state()->keep_sources();
    }
}

std::vector<std::vector<double>> evaluate(const Synapses& synapses, const Expression& expression,
                                          std::uint64_t seed) {
    SynapseState& state = *synapses.state();
    state.require_bound();
    state.keep_sources();
    state.preview();
    const PopulationState& own = *state.values();
    std::vector<std::vector<double>> found(expression.names.size());
    std::vector<double*> outputs;
    for (std::vector<double>& output : found) {
        output.resize(static_cast<std::size_t>(own.padded()));
        outputs.push_back(output.data());
    }
    hhk_context context = own.context();
    context.seed = seed;
    context.outputs = outputs.data();
    if (expression.model != nullptr) {
        context.model = expression.model;
    }
    hhk_block block{};
    block.end = own.padded();
    if (state.size() > 0) {
        expression.function(&context, &block);
    }
    std::vector<std::vector<double>> values(found.size());
    for (std::size_t o = 0; o < found.size(); ++o) {
        values[o].resize(static_cast<std::size_t>(state.size()));
        state.layout().for_each([&](std::uint32_t at, std::int32_t source) {
            values[o][state.layout().number(at, source)] = found[o][at];
        });
    }
    return values;
}

} // namespace hodg
