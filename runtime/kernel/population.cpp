// SPDX-License-Identifier: MIT
// The public face of a population: every name, length and value is checked here.
#include "hodg/population.h"

#include "base/clock.h"
#include "base/fail.h"
#include "kernel/population_state.h"
#include "kernel/value_checks.h"
#include "kernel/variables.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <utility>

namespace hodg {

using base::Code;
using base::fail;
using kernel::check_index;
using kernel::check_settable;
using kernel::check_value;
using kernel::describe;
using kernel::find_field;
using kernel::find_table;
using kernel::find_variable;
using kernel::Place;
using kernel::PopulationState;
using kernel::refuse_array;

Population::Population(Model model, std::int64_t count, std::string name)
    : state_(std::make_shared<PopulationState>(std::move(model), count, std::move(name))) {}

const std::string& Population::name() const {
    return state_->name();
}
std::int64_t Population::size() const {
    return state_->count();
}
const Model& Population::model() const {
    return state_->model();
}
std::vector<Variable> Population::variables() const {
    return state_->model().variables();
}

Variable Population::variable(std::string_view name) const {
    const Place place = find_variable(state_->table(), name, this->name());
    return place.kind == Place::Kind::Field ? describe(state_->table().fields[place.index])
                                            : describe(state_->table().uniforms[place.index]);
}

std::vector<double> Population::get(std::string_view name) const {
    const Place place = find_variable(state_->table(), name, this->name());
    if (place.kind == Place::Kind::Uniform) {
        return {state_->uniforms()[place.index]};
    }
    state_->preview_initial_values();
    std::vector<double> values(static_cast<std::size_t>(size()));
    const kernel::FieldMemory field = state_->field(place.index);
    for (std::int64_t i = 0; i < size(); ++i) {
        values[static_cast<std::size_t>(i)] = field.read(i);
    }
    return values;
}

std::vector<double> Population::get(std::string_view name,
                                    std::span<const std::int64_t> indices) const {
    for (const std::int64_t i : indices) {
        check_index(*state_, i, size());
    }
    const Place place = find_variable(state_->table(), name, this->name());
    std::vector<double> values(indices.size());
    if (place.kind == Place::Kind::Uniform) {
        values.assign(indices.size(), state_->uniforms()[place.index]);
        return values;
    }
    state_->preview_initial_values();
    const kernel::FieldMemory field = state_->field(place.index);
    for (std::size_t n = 0; n < indices.size(); ++n) {
        values[n] = field.read(indices[n]);
    }
    return values;
}

void Population::set(std::string_view name, double value) {
    const Place place = find_variable(state_->table(), name, this->name());
    if (place.kind == Place::Kind::Uniform) {
        const hhk_uniform& uniform = state_->table().uniforms[place.index];
        check_settable(*state_, name, uniform.role);
        check_value(*state_, name, uniform.type, value);
        state_->uniforms()[place.index] = value;
        state_->mark_uniform_assigned();
        return;
    }
    const hhk_field& row = state_->table().fields[place.index];
    check_settable(*state_, name, row.role);
    check_value(*state_, name, row.type, value);
    const kernel::FieldMemory field = state_->field(place.index);
    for (std::int64_t i = 0; i < size(); ++i) {
        field.write(i, value);
    }
    state_->mark_assigned(place.index, {});
}

void Population::set(std::string_view name, std::span<const double> values) {
    const Place place = find_variable(state_->table(), name, this->name());
    if (place.kind == Place::Kind::Uniform) {
        if (values.size() == 1) {
            set(name, values[0]);
            return;
        }
        check_settable(*state_, name, state_->table().uniforms[place.index].role);
        refuse_array(*state_, name);
    }
    const hhk_field& row = state_->table().fields[place.index];
    check_settable(*state_, name, row.role);
    if (values.size() != static_cast<std::size_t>(size())) {
        fail(Code::WrongLength, fmt::format("`{}` of `{}` was given {} values, expected {}", name,
                                            this->name(), values.size(), size()));
    }
    for (const double value : values) {
        check_value(*state_, name, row.type, value);
    }
    const kernel::FieldMemory field = state_->field(place.index);
    for (std::size_t i = 0; i < values.size(); ++i) {
        field.write(static_cast<std::int64_t>(i), values[i]);
    }
    state_->mark_assigned(place.index, {});
}

void Population::set(std::string_view name, std::span<const std::int64_t> indices,
                     std::span<const double> values) {
    const Place place = find_variable(state_->table(), name, this->name());
    if (place.kind == Place::Kind::Uniform) {
        check_settable(*state_, name, state_->table().uniforms[place.index].role);
        refuse_array(*state_, name);
    }
    const hhk_field& row = state_->table().fields[place.index];
    check_settable(*state_, name, row.role);
    if (values.size() != 1 && values.size() != indices.size()) {
        fail(Code::WrongLength,
             fmt::format("`{}` of `{}` was given {} values for {} indices, expected one or as many",
                         name, this->name(), values.size(), indices.size()));
    }
    for (const std::int64_t i : indices) {
        check_index(*state_, i, size());
    }
    for (const double value : values) {
        check_value(*state_, name, row.type, value);
    }
    if (indices.empty()) {
        return;
    }
    const kernel::FieldMemory field = state_->field(place.index);
    for (std::size_t n = 0; n < indices.size(); ++n) {
        field.write(indices[n], values[values.size() == 1 ? 0 : n]);
    }
    state_->mark_assigned(place.index, indices);
}

FieldView Population::view(std::string_view name, bool writable) {
    const std::uint32_t f = find_field(state_->table(), name, this->name());
    const hhk_field& row = state_->table().fields[f];
    state_->preview_initial_values();
    if (writable) {
        check_settable(*state_, name, row.role);
        state_->mark_assigned(f, {});
    }
    return {state_->slab()->field(f), static_cast<Type>(row.type),
            kernel::element_size(state_->table(), row), size(), state_->slab()};
}

void Population::set_table(std::string_view name, std::span<const double> values, std::int64_t rows,
                           std::int64_t columns, double dt) {
    const std::uint32_t t = find_table(state_->table(), name, this->name());
    const bool per_entity = state_->table().tables[t].per_entity != 0;
    const std::int64_t expected = per_entity ? size() : 1;
    if (rows < 1 || columns != expected ||
        values.size() / static_cast<std::size_t>(columns) != static_cast<std::size_t>(rows) ||
        values.size() % static_cast<std::size_t>(columns) != 0) {
        fail(Code::BadTable,
             fmt::format("timed array `{}` of `{}` was given {} values as {} rows of {}, expected "
                         "rows of {}",
                         name, this->name(), values.size(), rows, columns, expected));
    }
    base::check_time_step(dt);
    for (const double value : values) {
        if (!std::isfinite(value)) {
            fail(Code::ValueNotFinite,
                 fmt::format("timed array `{}` of `{}` contains {}", name, this->name(), value));
        }
    }
    state_->assign_table(t, values, rows, columns, dt);
}

void Population::link(std::string_view name, const Population& source,
                      std::string_view source_variable, std::span<const std::int64_t> indices) {
    const std::uint32_t f = find_field(state_->table(), name, this->name());
    const hhk_field& row = state_->table().fields[f];
    if (row.role != HHK_LINKED) {
        fail(Code::BadLink, fmt::format("`{}` of `{}` is not flagged linked", name, this->name()));
    }
    const Variable from = source.variable(source_variable);
    for (std::size_t d = 0; d < 7; ++d) {
        const int mine = row.dimension.numerator[d] * from.dimension_denominator[d];
        const int theirs = from.dimension_numerator[d] * row.dimension.denominator[d];
        if (mine != theirs) {
            fail(Code::BadLink,
                 fmt::format("`{}` of `{}` is in {}, but `{}` of `{}` is in {}", name, this->name(),
                             row.unit, source_variable, source.name(), from.unit));
        }
    }
    std::vector<std::int64_t> all(indices.begin(), indices.end());
    if (indices.empty() && (source.size() == 1 || source.size() == size())) {
        all.resize(static_cast<std::size_t>(size()), 0);
        if (source.size() != 1) {
            std::iota(all.begin(), all.end(), 0);
        }
    }
    if (all.size() != static_cast<std::size_t>(size())) {
        fail(Code::WrongLength,
             fmt::format("`{}` of `{}` was linked to `{}` with {} indices, expected {}", name,
                         this->name(), source.name(), indices.size(), size()));
    }
    for (const std::int64_t i : all) {
        check_index(*source.state_, i, source.size());
    }
    all.resize(static_cast<std::size_t>(state_->padded()), all.back());
    state_->assign_link({f, source.state_, std::string(source_variable), std::move(all)});
}

void Population::initialize() {
    state_->initialize();
}

void Population::rebind(Model model) {
    state_->rebind(std::move(model));
}

} // namespace hodg
