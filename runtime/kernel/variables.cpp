// SPDX-License-Identifier: MIT
#include "kernel/variables.h"

#include "base/fail.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace hodg::kernel {

template <class Row> static Variable describe_row(const Row& row) {
    Variable variable;
    variable.name = row.name;
    variable.unit = row.unit;
    variable.unit_scale = row.unit_scale;
    variable.default_value = row.default_value;
    std::copy_n(row.dimension.numerator, 7, variable.dimension_numerator.begin());
    std::copy_n(row.dimension.denominator, 7, variable.dimension_denominator.begin());
    variable.type = static_cast<Type>(row.type);
    variable.role = static_cast<Role>(row.role);
    variable.constant = (row.flags & HHK_CONSTANT) != 0;
    variable.unless_refractory = (row.flags & HHK_UNLESS_REFRACTORY) != 0;
    variable.staggered = (row.flags & HHK_STAGGERED) != 0;
    variable.has_init = (row.flags & HHK_HAS_INIT) != 0;
    return variable;
}

Variable describe(const hhk_field& field) {
    Variable variable = describe_row(field);
    variable.per_entity = true;
    if (field.space == HHK_PER_PRE) {
        variable.space = Space::PerPre;
    } else if (field.space == HHK_PER_POST) {
        variable.space = Space::PerPost;
    }
    return variable;
}

Variable describe(const hhk_uniform& uniform) {
    return describe_row(uniform);
}

Place find_variable(const hhk_model& model, std::string_view name, std::string_view object) {
    for (std::uint32_t f = 0; f < model.field_count; ++f) {
        if (name == model.fields[f].name && model.fields[f].role != HHK_HIDDEN) {
            return {Place::Kind::Field, f};
        }
    }
    for (std::uint32_t u = 0; u < model.uniform_count; ++u) {
        if (name == model.uniforms[u].name && model.uniforms[u].role != HHK_HIDDEN) {
            return {Place::Kind::Uniform, u};
        }
    }
    std::vector<std::string> choices;
    for (std::uint32_t f = 0; f < model.field_count; ++f) {
        if (model.fields[f].role != HHK_HIDDEN) {
            choices.emplace_back(model.fields[f].name);
        }
    }
    for (std::uint32_t u = 0; u < model.uniform_count; ++u) {
        if (model.uniforms[u].role != HHK_HIDDEN) {
            choices.emplace_back(model.uniforms[u].name);
        }
    }
    base::fail(base::Code::UnknownVariable, fmt::format("`{}` has no variable `{}`", object, name),
               base::suggest(name, choices));
}

std::uint32_t find_field(const hhk_model& model, std::string_view name, std::string_view object) {
    const Place place = find_variable(model, name, object);
    if (place.kind != Place::Kind::Field) {
        base::fail(base::Code::UnknownVariable,
                   fmt::format("`{}` of `{}` has one value for the population, expected a variable "
                               "with one per entity",
                               name, object));
    }
    return place.index;
}

/// Index of a row by name in a table of the model; throws `code` with a suggestion.
template <class Row>
static std::uint32_t find_row(const Row* rows, std::uint32_t count, std::string_view name,
                              std::string_view object, base::Code code, const char* what) {
    std::vector<std::string> choices;
    for (std::uint32_t r = 0; r < count; ++r) {
        if (name == rows[r].name) {
            return r;
        }
        choices.emplace_back(rows[r].name);
    }
    base::fail(code, fmt::format("`{}` has no {} `{}`", object, what, name),
               base::suggest(name, choices));
}

std::uint32_t find_table(const hhk_model& model, std::string_view name, std::string_view object) {
    return find_row(model.tables, model.table_count, name, object, base::Code::BadTable,
                    "timed array");
}

std::uint32_t find_event(const hhk_model& model, std::string_view name, std::string_view object) {
    return find_row(model.events, model.event_count, name, object, base::Code::UnknownEvent,
                    "event");
}

} // namespace hodg::kernel
