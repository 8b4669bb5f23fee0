// SPDX-License-Identifier: MIT
#include "sema/sides.h"

#include "support/suggest.h"

#include <algorithm>
#include <utility>

namespace hhc::sema {

using model::Side;

namespace {

constexpr std::string_view pre_suffix = "_pre";
constexpr std::string_view post_suffix = "_post";

/// Made by the language in every model: no variable of the population.
bool is_common(Role role) {
    return role == Role::Time || role == Role::TimeStep || role == Role::StepCount ||
           role == Role::Noise || role == Role::EntityIndex || role == Role::EntityCount;
}

std::string suffixed(Side side, const std::string& name, bool delayed) {
    return name + (side == Side::Pre ? "_pre" : "_post") + (delayed ? "(t-delay)" : "");
}

model::Variable start(std::string name, Role role, model::Type type) {
    model::Variable variable;
    variable.name = std::move(name);
    variable.role = role;
    variable.type = type;
    return variable;
}

/// Why statements of a synapse cannot assign it; empty if they can.
std::string why_fixed(const model::Variable& variable) {
    switch (variable.role) {
    case Role::State:
        return "";
    case Role::Parameter:
        return variable.flags.constant ? "it is `constant` in its population" : "";
    case Role::ConstantOverDt:
    case Role::Subexpression:
        return "it is defined by an expression of its population";
    case Role::SharedParameter:
    case Role::Temperature:
        return "it has one value for its whole population";
    case Role::Input:
        return "it is an input, which begins each step at zero; `x_post = ... (summed)` adds to it";
    case Role::Linked:
        return "its population reads it from another one";
    case Role::Frozen:
        return "it is a constant";
    default:
        return "the simulator sets it";
    }
}

} // namespace

const char* spelling(Side side) {
    return side == Side::Pre ? "pre" : "post";
}

VariableId Sides::declare(Draft& draft, model::Variable variable) {
    VariableFacts facts;
    facts.term = variable.type.dimension;
    facts.generated = true;
    facts.scope = scope_;
    if (variable.display.text.empty()) {
        variable.display.text = units::describe(variable.type.dimension);
    }
    return draft.declare(std::move(variable), std::move(facts));
}

VariableId Sides::declare_free(Draft& draft, Side side, const std::string& name, bool delayed,
                               Span span) {
    model::Variable variable = start(suffixed(side, name, delayed), Role::Foreign, {});
    variable.side = side;
    variable.foreign.name = name;
    variable.foreign.delayed = delayed;
    variable.span = span;
    VariableFacts facts;
    facts.term = draft.solver.fresh();
    facts.is_free = true;
    facts.scalar_open = true;
    facts.generated = true;
    facts.scope = scope_;
    return draft.declare(std::move(variable), std::move(facts));
}

VariableId Sides::unknown(Draft& draft, Side side, const std::string& name, Span span) {
    const PopulationSide& population = of(side);
    const std::string full = suffixed(side, name, false);
    const std::string what = side == Side::Pre ? "source" : "target";
    if (population.model == nullptr) {
        draft.sink
            .report(diag::Code::NoVariables, span,
                    "`" + full + "` is not defined: the " + what +
                        " of the synapse has no equations")
            .note("it offers the index `" + std::string(side == Side::Pre ? "i" : "j") +
                  "`, the number `N_" + spelling(side) + "` and its spikes");
        return draft.lost(full, span);
    }
    auto problem =
        draft.sink.report(diag::Code::UnknownName, span,
                          "`" + full + "` is not defined: the " + what + " `" +
                              population.model->name + "` has no variable `" + name + "`");
    std::vector<std::string> known;
    for (const model::Variable& variable : population.model->variables) {
        if (!is_common(variable.role)) {
            known.push_back(suffixed(side, variable.name, false));
        }
    }
    const auto near = nearest_names(full, known);
    if (!near.empty()) {
        problem.fix(span, near.front(), did_you_mean(near));
    } else {
        problem.note("declare it in the equations of the " + what + ", `" + name +
                     " : UNIT`, and use it there");
    }
    return draft.lost(full, span);
}

std::optional<VariableId> Sides::find_with_suffix(Draft& draft, const std::string& name,
                                                  bool delayed, Span span) {
    const bool pre = name.ends_with(pre_suffix) && name.size() > pre_suffix.size();
    const bool post = name.ends_with(post_suffix) && name.size() > post_suffix.size();
    if (!pre && !post) {
        return std::nullopt;
    }
    const Side side = pre ? Side::Pre : Side::Post;
    const std::string own = name.substr(0, name.size() - (pre ? pre_suffix : post_suffix).size());
    const std::string full = suffixed(side, own, delayed);
    if (const auto known = draft.by_name.find(full); known != draft.by_name.end()) {
        return known->second;
    }
    const model::Type count{Scalar::Integer, {}};
    if (own == "N") {
        return draft.special(full, pre ? Role::PreCount : Role::PostCount, count);
    }
    if (own == "i") { // Brian's older spelling of the two indices
        return draft.special(full, pre ? Role::PreIndex : Role::PostIndex, count);
    }
    const PopulationSide& population = of(side);
    if (!population.is_known) {
        return declare_free(draft, side, own, delayed, span);
    }
    if (population.model != nullptr) {
        const auto found = population.model->find(own);
        if (found && !is_common(population.model->variables[*found].role)) {
            return import(draft, side, *found, delayed, span);
        }
    }
    return unknown(draft, side, own, span);
}

std::optional<VariableId> Sides::find(Draft& draft, const Scope& scope, const std::string& name,
                                      Span span) {
    if (scope.is_channel) {
        return std::nullopt;
    }
    const model::Type count{Scalar::Integer, {}};
    const model::Type time{Scalar::Real, units::second()};
    if (name == "i" || name == "j") {
        return draft.special(name, name == "i" ? Role::PreIndex : Role::PostIndex, count);
    }
    if (name == "N_incoming" || name == "N_outgoing") {
        return draft.special(name, Role::Given, count);
    }
    if (name == "lastupdate") {
        return draft.special(name, Role::LastUpdate, time);
    }
    if (name == "delay") {
        return draft.special(name, Role::Given, time);
    }
    if (const auto found = find_with_suffix(draft, name, false, span)) {
        return found;
    }
    if (post_.model == nullptr) {
        return std::nullopt;
    }
    const auto found = post_.model->find(name);
    if (!found || is_common(post_.model->variables[*found].role) ||
        post_.model->variables[*found].role == Role::Temperature) {
        return std::nullopt;
    }
    const Role role = post_.model->variables[*found].role;
    const bool is_constant = role == Role::SharedParameter || role == Role::Frozen;
    const auto& externals = draft.environment.externals;
    if (is_constant && std::any_of(externals.begin(), externals.end(),
                                   [&](const External& e) { return e.name == name; })) {
        return std::nullopt; // a constant of the script, which the synapse reads itself
    }
    const std::string full = suffixed(Side::Post, name, false);
    const auto known = draft.by_name.find(full);
    return known != draft.by_name.end() ? known->second
                                        : import(draft, Side::Post, *found, false, span);
}

std::optional<VariableId> Sides::find_delayed(Draft& draft, const std::string& name, Span span) {
    return find_with_suffix(draft, name, true, span);
}

VariableId Sides::import(Draft& draft, Side side, VariableId id, bool delayed, Span span) {
    const model::Variable& from = of(side).model->variables[id];
    const std::string full = suffixed(side, from.name, delayed);
    if (const auto known = draft.by_name.find(full); known != draft.by_name.end()) {
        return known->second;
    }
    switch (from.role) {
    case Role::Time:
    case Role::TimeStep:
    case Role::StepCount:
        return draft.special(from.name, from.role, from.type);
    case Role::EntityIndex:
        return draft.special(side == Side::Pre ? "i" : "j",
                             side == Side::Pre ? Role::PreIndex : Role::PostIndex, from.type);
    case Role::EntityCount:
        return draft.special(side == Side::Pre ? "N_pre" : "N_post",
                             side == Side::Pre ? Role::PreCount : Role::PostCount, from.type);
    case Role::Subexpression:
        return import_computed(draft, side, from, delayed, span);
    case Role::Frozen:
        if (!from.default_value) {
            return import_computed(draft, side, from, delayed, span);
        }
        break;
    case Role::Noise:
        draft.sink.report(diag::Code::NoisePlace, span,
                          "`" + full +
                              "` contains white noise of its population, which has no "
                              "value of its own");
        return draft.lost(full, span);
    default:
        break;
    }
    return import_stored(draft, side, from, delayed);
}

VariableId Sides::import_stored(Draft& draft, Side side, const model::Variable& from,
                                bool delayed) {
    const bool varies = from.role != Role::SharedParameter && from.role != Role::Temperature &&
                        from.role != Role::Frozen;
    model::Variable variable =
        start(suffixed(side, from.name, delayed && varies), Role::Foreign, from.type);
    if (const auto known = draft.by_name.find(variable.name); known != draft.by_name.end()) {
        return known->second;
    }
    variable.side = side;
    variable.display = from.display;
    variable.flags.unless_refractory = from.flags.unless_refractory;
    variable.flags.constant = from.flags.constant;
    variable.documentation = from.documentation;
    variable.foreign.name = from.name;
    variable.foreign.delayed = delayed && varies;
    variable.foreign.input = from.role == Role::Input;
    variable.foreign.fixed = why_fixed(from);
    switch (from.role) {
    case Role::Frozen:
        variable.role = Role::Frozen;
        variable.default_value = from.default_value;
        break;
    case Role::SharedParameter:
    case Role::Temperature:
        variable.foreign.uniform = true;
        break;
    case Role::LastSpike:
    case Role::NotRefractory:
        variable.role = from.role;
        break;
    default:
        break;
    }
    return declare(draft, std::move(variable));
}

VariableId Sides::import_computed(Draft& draft, Side side, const model::Variable& from,
                                  bool delayed, Span span) {
    model::Variable variable =
        start(suffixed(side, from.name, delayed), Role::Subexpression, from.type);
    variable.side = side;
    variable.display = from.display;
    variable.foreign.name = from.name;
    variable.foreign.fixed = why_fixed(from);
    variable.definition = import_expression(draft, side, from.definition, delayed, span);
    return declare(draft, std::move(variable));
}

ExprId Sides::import_expression(Draft& draft, Side side, ExprId id, bool delayed, Span span) {
    const model::CheckedModel& population = *of(side).model;
    model::Expr expr = population.exprs[id];
    for (ExprId& arg : expr.args) {
        arg = import_expression(draft, side, arg, delayed, span);
    }
    expr.span = span;
    bool poisoned = false;
    if (expr.kind == ExprKind::Variable) {
        const VariableId read = import(draft, side, VariableId(expr.symbol), delayed, span);
        poisoned = draft.facts(read).poisoned;
        expr.symbol = read.index;
        draft.facts(read).read = true;
    } else if (expr.kind == ExprKind::Table) {
        const model::Table& table = population.tables[model::TableId(expr.symbol)];
        auto& tables = draft.model.tables.raw();
        const auto known = std::find_if(tables.begin(), tables.end(), [&](const auto& other) {
            return other.name == table.name;
        });
        expr.symbol = static_cast<std::uint32_t>(known - tables.begin());
        if (known == tables.end()) {
            draft.model.tables.push_back(table);
        }
    }
    const Term term = expr.type.dimension;
    const ExprId made = draft.add(std::move(expr), term);
    draft.exprs.back().poisoned = poisoned;
    return made;
}

void Sides::import_refractoriness(Draft& draft) {
    for (const Side side : {Side::Pre, Side::Post}) {
        const PopulationSide& population = of(side);
        if (population.model == nullptr || !population.model->refractory) {
            continue;
        }
        const model::Refractory& theirs = *population.model->refractory;
        model::Refractory made;
        made.is_condition = theirs.is_condition;
        const auto bring = [&](const char* name, Role role, const model::Type& type) {
            if (!draft.by_name.contains(suffixed(side, name, false))) {
                model::Variable variable = start(name, role, type);
                (void)import_stored(draft, side, variable, false);
            }
        };
        if (theirs.is_condition) {
            bring("not_refractory", Role::NotRefractory, {Scalar::Boolean, {}});
        } else {
            bring("lastspike", Role::LastSpike, {Scalar::Real, units::second()});
            made.value = import_expression(draft, side, theirs.value, false, draft.span);
        }
        (side == Side::Pre ? draft.model.refractory_pre : draft.model.refractory_post) = made;
    }
}

std::vector<std::string> Sides::names() const {
    std::vector<std::string> names = {"i", "j", "N_incoming", "N_outgoing", "lastupdate", "delay"};
    for (const Side side : {Side::Pre, Side::Post}) {
        names.push_back(suffixed(side, "N", false));
        if (of(side).model == nullptr) {
            continue;
        }
        for (const model::Variable& variable : of(side).model->variables) {
            if (!is_common(variable.role)) {
                names.push_back(suffixed(side, variable.name, false));
            }
        }
    }
    return names;
}

} // namespace hhc::sema
