// SPDX-License-Identifier: MIT
#include "sema/names.h"

#include "sema/constants.h"
#include "sema/sides.h"
#include "units/unit_table.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace hhc::sema {

namespace {

template <std::size_t n>
bool contains(const std::array<std::string_view, n>& words, std::string_view name) {
    return std::find(words.begin(), words.end(), name) != words.end();
}

constexpr std::array<std::string_view, 13> own_symbols = {"t",
                                                          "dt",
                                                          "t_in_timesteps",
                                                          "i",
                                                          "N",
                                                          "xi",
                                                          "pi",
                                                          "e",
                                                          "inf",
                                                          "lastspike",
                                                          "not_refractory",
                                                          "refractory",
                                                          "refractory_until"};

constexpr std::array<std::string_view, 31> python_keywords = {
    "and",    "as",  "assert", "async", "await",  "break",  "class", "continue",
    "def",    "del", "elif",   "else",  "except", "False",  "for",   "from",
    "global", "if",  "import", "in",    "is",     "lambda", "None",  "nonlocal",
    "not",    "or",  "pass",   "raise", "return", "True",   "while"};

constexpr std::array<std::string_view, 6> attributes = {"name", "get",        "set",
                                                        "run",  "initialize", "model"};

/// Functions that a Brian string cannot redefine; the others give way to a definition.
bool is_strong_function(std::string_view name) {
    constexpr std::array<std::string_view, 5> weak = {"min", "max", "where", "sigmoid", "erf"};
    constexpr std::array<std::string_view, 4> kinds = {"int", "rand", "randn", "poisson"};
    if (contains(weak, name) || name == "inv_exprel") {
        return false;
    }
    const auto& known = model::builtins();
    return contains(kinds, name) || std::any_of(known.begin(), known.end(),
                                                [&](const auto& row) { return row.name == name; });
}

std::string why_reserved(std::string_view name) {
    if (contains(own_symbols, name) || name.starts_with("xi_")) {
        return "it belongs to the language itself";
    }
    if (contains(python_keywords, name)) {
        return "it is a keyword of Python";
    }
    if (name.starts_with("_")) {
        return "names may not start with `_`";
    }
    if (name.ends_with("_pre") || name.ends_with("_post")) {
        return "the endings `_pre` and `_post` mean the two sides of a synapse";
    }
    if (is_strong_function(name)) {
        return "it is a function of the language";
    }
    const auto unit = units::lookup_unit(name);
    if (unit && !unit->is_weak) {
        return "it is a unit";
    }
    return "";
}

} // namespace

/// A name of a block that a constant or function of the same file has too. A part in use says
/// nothing: its text is checked alone as well.
static void warn_if_hiding(const Scope& scope, const ast::Name& name, diag::Sink& sink) {
    const TopLevel* other =
        scope.file != nullptr && scope.sink == nullptr ? scope.file->find(name.text) : nullptr;
    const bool hides = other != nullptr && other->home == scope.file && other->span != name.span &&
                       !std::holds_alternative<const ast::Block*>(other->node);
    if (hides) {
        sink.report(diag::Code::ShadowedName, name.span,
                    "`" + name.text + "` hides the `" + name.text + "` of the file")
            .note_at(other->span, "which nothing in this block can read");
    }
}

bool may_define(Draft& draft, const Scope& scope, const ast::Name& name) {
    diag::Sink& sink = scope.sink != nullptr ? *scope.sink : draft.sink;
    if (contains(attributes, name.text) || name.text == "N") {
        sink.report(diag::Code::AttributeName, name.span,
                    "`" + name.text + "` would hide `Population." + name.text + "`")
            .note("choose another name, such as `" + name.text + "_`");
        return false;
    }
    constexpr std::array<std::string_view, 5> of_synapses = {"j", "N_incoming", "N_outgoing",
                                                             "lastupdate", "delay"};
    const bool synaptic = draft.sides != nullptr && contains(of_synapses, name.text);
    const std::string why = synaptic ? "it belongs to every synapse" : why_reserved(name.text);
    if (why.empty()) {
        warn_if_hiding(scope, name, sink);
        return true;
    }
    sink.report(diag::Code::ReservedName, name.span,
                "`" + name.text + "` cannot be defined: " + why)
        .note("choose another name" +
              (name.text.starts_with("_") || name.text.find("_p") != std::string::npos
                   ? ""
                   : ", such as `" + name.text + "_`"));
    return false;
}

std::optional<VariableId> find_variable(const Draft& draft, const Scope& scope,
                                        const std::string& name) {
    for (const Scope* place = &scope; place != nullptr; place = place->parent) {
        if (const auto bound = place->bound.find(name); bound != place->bound.end()) {
            return bound->second;
        }
        const auto found = draft.by_name.find(place->prefix + name);
        if (found == draft.by_name.end()) {
            continue;
        }
        const VariableFacts& facts = draft.variables[found->second.index];
        if (place->hides_generated && facts.generated) {
            continue;
        }
        if (facts.scope != nullptr || facts.poisoned) {
            return found->second; // declared by the text; the language's own come later
        }
    }
    return std::nullopt;
}

VariableId temperature(Draft& draft) {
    return draft.special("temperature", Role::Temperature, {Scalar::Real, units::kelvin()});
}

/// The names of the language itself that every scope sees.
static std::optional<VariableId> find_own(Draft& draft, const std::string& name) {
    const model::Type time{Scalar::Real, units::second()};
    const model::Type count{Scalar::Integer, {}};
    if (name == "t") {
        return draft.special(name, Role::Time, time);
    }
    if (name == "dt") {
        return draft.special(name, Role::TimeStep, time);
    }
    if (name == "t_in_timesteps") {
        return draft.special(name, Role::StepCount, count);
    }
    if (name == "i") {
        return draft.special(name, Role::EntityIndex, count);
    }
    if (name == "N") {
        return draft.special(name, Role::EntityCount, count);
    }
    if (name == "lastspike") {
        return draft.special(name, Role::LastSpike, time);
    }
    if (name == "not_refractory") {
        return draft.special(name, Role::NotRefractory, {Scalar::Boolean, {}});
    }
    if (name == "xi" || (name.starts_with("xi_") && name.size() > 3)) {
        return draft.special(name, Role::Noise,
                             {Scalar::Real, units::second().pow(Rational(-1, 2))});
    }
    return std::nullopt;
}

static VariableId declare_external(Draft& draft, const External& external) {
    model::Variable variable;
    variable.name = external.name;
    variable.role = external.kind == ExternalKind::Array ? Role::Parameter : Role::SharedParameter;
    variable.flags.constant = external.kind == ExternalKind::Array;
    variable.type.dimension = external.dimension;
    if (external.kind == ExternalKind::Integer) {
        variable.type.scalar = Scalar::Integer;
    } else if (external.kind == ExternalKind::Boolean) {
        variable.type.scalar = Scalar::Boolean;
    }
    variable.display.text = external.shown_unit;
    if (external.kind != ExternalKind::Array) {
        variable.default_value = external.value;
    }
    if (external.frozen) {
        variable.role = Role::Frozen;
    }
    VariableFacts facts;
    facts.term = external.dimension;
    facts.generated = true;
    return draft.declare(std::move(variable), std::move(facts));
}

static VariableId declare_free(Draft& draft, const std::string& name, Span span) {
    model::Variable variable;
    variable.name = name;
    variable.role = Role::SharedParameter;
    variable.span = span;
    VariableFacts facts;
    facts.term = draft.solver.fresh();
    facts.is_free = true;
    facts.scalar_open = true;
    facts.generated = true;
    return draft.declare(std::move(variable), std::move(facts));
}

std::optional<VariableId> find_beyond(Draft& draft, const Scope& scope, const std::string& name,
                                      Span span) {
    if (const auto own = find_own(draft, name)) {
        return own;
    }
    const TopLevel* symbol = scope.file != nullptr ? scope.file->find(name) : nullptr;
    if (symbol != nullptr) {
        const auto* const* constant = std::get_if<const ast::Const*>(&symbol->node);
        return constant != nullptr
                   ? std::optional(top_level_constant(draft, **constant, *symbol->home))
                   : std::nullopt;
    }
    if (!scope.is_channel) {
        if (const auto known = draft.by_name.find(name);
            known != draft.by_name.end() && draft.variables[known->second.index].scope == nullptr) {
            return known->second; // an external or free name met before
        }
        for (const External& external : draft.environment.externals) {
            if (external.name == name && external.kind != ExternalKind::Table) {
                return declare_external(draft, external);
            }
        }
    }
    if (name == "temperature") {
        return temperature(draft);
    }
    if (draft.environment.free_names && !scope.is_channel && !units::lookup_unit(name)) {
        return declare_free(draft, name, span);
    }
    return std::nullopt;
}

std::vector<std::string> visible_names(const Draft& draft, const Scope& scope) {
    std::vector<std::string> names;
    for (const Scope* place = &scope; place != nullptr; place = place->parent) {
        for (const auto& [name, id] : place->bound) {
            names.push_back(name);
        }
        for (const model::Variable& variable : draft.model.variables) {
            if (variable.name.starts_with(place->prefix)) {
                names.push_back(variable.name.substr(place->prefix.size()));
            }
        }
    }
    if (draft.sides != nullptr && !scope.is_channel) {
        const std::vector<std::string> beyond = draft.sides->names();
        names.insert(names.end(), beyond.begin(), beyond.end());
    }
    if (scope.file != nullptr) {
        for (const auto& [name, symbol] : scope.file->symbols) {
            if (std::holds_alternative<const ast::Const*>(symbol.node)) {
                names.push_back(name);
            }
        }
    }
    for (const External& external : draft.environment.externals) {
        names.push_back(external.name);
    }
    for (const char* own : {"t", "dt", "i", "N", "lastspike", "not_refractory", "pi", "inf"}) {
        names.emplace_back(own);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

} // namespace hhc::sema
