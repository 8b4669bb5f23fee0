// SPDX-License-Identifier: MIT
#include "driver/library_model.h"

#include "abi/kernel_abi.h"
#include "parse/parse.h"
#include "sema/check.h"
#include "source/source_file.h"
#include "support/check.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hhc::driver {

using Json = nlohmann::json;
using model::Role;

namespace {

units::Dimension dimension_of(const hhk_dimension& dimension) {
    std::array<Rational, units::base_count> exponents{};
    for (std::size_t i = 0; i < units::base_count; ++i) {
        exponents[i] = Rational(dimension.numerator[i], dimension.denominator[i]);
    }
    return {exponents};
}

template <class Row> model::Variable variable_of(const Row& row, Role role) {
    model::Variable variable;
    variable.name = row.name;
    variable.role = role;
    variable.type.dimension = dimension_of(row.dimension);
    variable.type.scalar = row.type == HHK_INTEGER   ? model::Scalar::Integer
                           : row.type == HHK_BOOLEAN ? model::Scalar::Boolean
                                                     : model::Scalar::Real;
    variable.display = {row.unit, row.unit_scale};
    variable.flags.constant = (row.flags & HHK_CONSTANT) != 0;
    variable.flags.unless_refractory = (row.flags & HHK_UNLESS_REFRACTORY) != 0;
    return variable;
}

std::optional<Role> role_of(std::uint8_t role) {
    switch (role) {
    case HHK_STATE:
        return Role::State;
    case HHK_PARAMETER:
        return Role::Parameter;
    case HHK_CONSTANT_OVER_DT:
        return Role::ConstantOverDt;
    case HHK_INPUT:
        return Role::Input;
    case HHK_LINKED:
        return Role::Linked;
    case HHK_LAST_SPIKE:
        return Role::LastSpike;
    case HHK_NOT_REFRACTORY:
        return Role::NotRefractory;
    default:
        return std::nullopt;
    }
}

/// Everything stored, with the roles that it has where the library runs.
std::vector<model::Variable> stored_variables(const hhk_model& table) {
    std::vector<model::Variable> stored;
    for (std::uint32_t i = 0; i < table.field_count; ++i) {
        if (const auto role = role_of(table.fields[i].role)) {
            stored.push_back(variable_of(table.fields[i], *role));
        }
    }
    for (std::uint32_t i = 0; i < table.uniform_count; ++i) {
        if (table.uniforms[i].role != HHK_HIDDEN) {
            const bool is_temperature = std::string_view(table.uniforms[i].name) == "temperature";
            stored.push_back(variable_of(
                table.uniforms[i], is_temperature ? Role::Temperature : Role::SharedParameter));
        }
    }
    return stored;
}

/// `na.m` as a name that a string of equations may define.
constexpr std::string_view dot = "_DOT_";

std::string without_dots(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool between_names =
            text[i] == '.' && i > 0 && i + 1 < text.size() &&
            std::isdigit(static_cast<unsigned char>(text[i + 1])) == 0 &&
            (std::isalpha(static_cast<unsigned char>(text[i + 1])) != 0 || text[i + 1] == '_');
        // `2.e3` is a number: a name has a letter before its dot
        std::size_t begin = i;
        while (between_names && begin > 0 &&
               (std::isalnum(static_cast<unsigned char>(text[begin - 1])) != 0 ||
                text[begin - 1] == '_')) {
            --begin;
        }
        const bool is_name =
            between_names && std::isdigit(static_cast<unsigned char>(text[begin])) == 0;
        result += is_name ? std::string(dot) : std::string(1, text[i]);
    }
    return result;
}

std::string with_dots(std::string name) {
    for (std::size_t at = name.find(dot); at != std::string::npos; at = name.find(dot)) {
        name.replace(at, dot.size(), ".");
    }
    return name;
}

/// The library's variables as equations: what is stored as parameters, definitions as they are.
std::string equations_of(const hhk_model& table, const Json& description, bool definitions) {
    std::string text;
    for (const model::Variable& variable : stored_variables(table)) {
        if (variable.role == Role::LastSpike || variable.role == Role::NotRefractory) {
            continue; // of the language
        }
        const char* type = variable.type.scalar == model::Scalar::Integer   ? "integer"
                           : variable.type.scalar == model::Scalar::Boolean ? "boolean"
                                                                            : nullptr;
        text += without_dots(variable.name) + " : " +
                (type != nullptr ? type : units::describe(variable.type.dimension)) + "\n";
    }
    for (const Json& variable : description.value("variables", Json::array())) {
        const std::string role = variable.value("role", "");
        const std::string name = without_dots(variable.value("name", ""));
        const std::string unit = " : " + variable.value("dimension", "1") + "\n";
        if (role == "frozen" && variable.contains("default") && variable["default"].is_number()) {
            text += name + " = " + variable["default"].dump() + "*" +
                    variable.value("dimension", "1") + unit;
        } else if (definitions && role == "subexpression" && variable.contains("equation")) {
            text += name + " = " + without_dots(variable.value("equation", "")) + unit;
        }
    }
    return text;
}

/// The texts of the description, checked; nothing if they do not stand alone.
std::optional<model::CheckedModel> checked_texts(const hhk_model& table, const Json& description,
                                                 bool definitions) {
    diag::Sink sink;
    source::SourceManager sources;
    ast::File file = parse::parse_equations(
        sources.add("", equations_of(table, description, definitions)), sink);
    sema::EquationSet set;
    set.file = &file;
    if (description.contains("refractory")) {
        const Json& refractory = description["refractory"];
        set.threshold = parse::parse_expression(sources.add("", "False"), file, sink);
        const std::string value = without_dots(refractory.value("value", ""));
        set.refractory = parse::parse_expression(sources.add("", value), file, sink);
    }
    model::CheckedModel model = sema::check_equations(set, {}, sink);
    return sink.has_errors() ? std::nullopt : std::optional(std::move(model));
}

/// Where the variables of a module stand in a table.
template <class Tag, class Item> class Places {
public:
    template <class Row>
    Places(const IdVector<Tag, Item>& items, const Row* rows, std::uint32_t count) {
        for (std::uint32_t i = 0; i < count; ++i) {
            Item item;
            item.name = rows[i].name;
            item.storage = static_cast<ir::Storage>(rows[i].type);
            rows_.push_back(std::move(item));
        }
        for (const Item& item : items.raw()) {
            const auto found = std::ranges::find(rows_.raw(), item.name, &Item::name);
            places_.push_back(static_cast<std::uint32_t>(found - rows_.raw().begin()));
        }
    }
    [[nodiscard]] std::uint32_t of(std::uint32_t symbol) const {
        HHC_CHECK(places_.at(symbol) < rows_.size(), "what is read is stored");
        return places_.at(symbol);
    }
    [[nodiscard]] const IdVector<Tag, Item>& rows() const { return rows_; }

private:
    IdVector<Tag, Item> rows_;
    std::vector<std::uint32_t> places_;
};

} // namespace

model::CheckedModel library_model(const hhk_model& table, diag::Sink& sink) {
    const Json description = Json::parse(table.description, nullptr, false);
    std::optional<model::CheckedModel> read = checked_texts(table, description, true);
    if (!read) { // a definition that reads a timed array: then without definitions
        read = checked_texts(table, description, false);
    }
    if (!read) {
        sink.report(diag::Code::LibraryIncomplete, {},
                    std::string("the library of `") + table.name +
                        "` does not tell when its neurons are refractory")
            .note("compile the model itself: `hp.compile` instead of `hp.load`");
        read.emplace();
    }
    model::CheckedModel& model = *read;
    model.name = table.name;
    model.kind = "neuron";
    for (model::Variable& variable : model.variables.raw()) {
        variable.name = with_dots(std::move(variable.name));
    }
    for (model::Variable& stored : stored_variables(table)) {
        if (const auto known = model.find(stored.name)) {
            model.variables[*known] = std::move(stored);
        } else {
            model.variables.push_back(std::move(stored));
        }
    }
    model.events.raw().clear();
    for (std::uint32_t i = 0; i < table.event_count; ++i) {
        model::Event event;
        event.name = table.events[i].name;
        model.events.push_back(std::move(event));
    }
    return std::move(model);
}

void place_as_in(const hhk_model& table, ir::Module& module) {
    const Places fields(module.fields, table.fields, table.field_count);
    const Places uniforms(module.uniforms, table.uniforms, table.uniform_count);
    for (ir::Kernel& kernel : module.kernels) {
        for (ir::Value& value : kernel.values.raw()) {
            if (value.op == ir::Op::LoadField) {
                value.symbol = fields.of(value.symbol);
            } else if (value.op == ir::Op::LoadUniform) {
                value.symbol = uniforms.of(value.symbol);
            }
        }
    }
    module.fields = fields.rows();
    module.uniforms = uniforms.rows();
}

} // namespace hhc::driver
