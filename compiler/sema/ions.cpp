// SPDX-License-Identifier: MIT
// Ion pools: concentrations inside and outside, and the reversal potential that follows from them.
//
//   ion ca { valence = 2; inside = 0.1 uM; outside = 2 mmolar }
//
// gives `ca.inside`, `ca.outside`, `ca.z` and `ca.E`. A concentration is a value that stays (a
// parameter of the pool), something of the neuron's, or a state of the pool with its own equation,
// under the name `inside` or any other that the setting names.
#include "ast/visit.h"
#include "sema/collect.h"
#include "sema/expressions.h"
#include "sema/names.h"
#include "support/suggest.h"

#include <algorithm>
#include <utility>

namespace hhc::sema {

namespace {

using Settings = std::map<std::string, const ast::Setting*>;

Settings read_settings(const Draft& draft, const Scope& scope, const ast::Ion& ion) {
    diag::Sink& sink = sink_of(draft, scope);
    static const std::vector<std::string> known = {"valence", "inside", "outside", "reversal"};
    Settings result;
    for (const ast::Setting& setting : ion.settings) {
        const std::string& key = setting.key.text;
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            auto problem = sink.report(diag::Code::UnknownSetting, setting.key.span,
                                       "an ion pool has no `" + key + "`");
            const std::vector<std::string> near = nearest_names(key, known);
            if (!near.empty()) {
                problem.fix(setting.key.span, near.front(), did_you_mean(near));
            } else {
                problem.note("it has valence, inside, outside and reversal; a value of its own "
                             "needs a unit: `" +
                             key + " = ... : mmolar`");
            }
        } else if (!result.emplace(key, &setting).second) {
            sink.report(diag::Code::RepeatedItem, setting.key.span, "`" + key + "` is given twice");
        }
    }
    return result;
}

/// True if no name stands in the expression, so that it is a number with a unit. (Units are names
/// too; they are no variables of the scope.)
bool is_plain(const Draft& draft, const Scope& scope, ast::ExprId id) {
    bool plain = true;
    ast::for_each_below(*scope.file->file, id, [&](ast::ExprId, const ast::Expr& expr) {
        if (const auto* name = std::get_if<ast::Reference>(&expr.node)) {
            plain = plain && !find_variable(draft, scope, name->path.text());
        }
    });
    return plain;
}

bool is_zero(const model::Expr& expr) {
    return (expr.kind == model::ExprKind::Integer && expr.integer == 0) ||
           (expr.kind == model::ExprKind::Number && expr.number == 0);
}

/// `ca.inside = ...`: a parameter if it is a number, otherwise a name for something that changes.
void declare_value(Draft& draft, Scope& inside, const ast::Setting& setting,
                   const units::Dimension& unit) {
    const std::string& key = setting.key.text;
    const std::string name = key == "valence" ? "z" : key;
    Draft* const to = &draft;
    const VariableId id = declare_generated(draft, inside, name, unit, setting.key.span, {});
    draft.facts(id).define = [to, &inside, &setting, unit, id, name] {
        const bool plain = is_plain(*to, inside, setting.value);
        const ExprContext context{inside, plain ? Place::Constant : Place::Subexpression,
                                  "value " + inside.prefix + name};
        if (plain) {
            to->variable(id).role = Role::SharedParameter;
            to->facts(id).constant_value = true;
            if (const auto display = literal_unit(*inside.file->file, setting.value)) {
                to->variable(id).display = *display;
            }
        }
        const ExprId value = check_expression(*to, context, setting.value);
        if (name == "z" && !to->poisoned(value) && is_zero(to->model.exprs[value])) {
            sink_of(*to, inside)
                .report(diag::Code::IonIncomplete, to->place(value), "the valence of an ion is 0")
                .note(
                    "an ion carries a charge, as `valence = 2` of calcium; without it there is no "
                    "reversal potential");
        }
        return fit(*to, context, value, Scalar::Real, unit, diag::Code::DefinitionUnit,
                   "`" + setting.key.text + "` of an ion pool");
    };
}

bool has_own(const ast::Ion& ion, const std::string& name) {
    const auto named = [&](const auto& item) { return item.name.text == name; };
    return std::any_of(ion.equations.begin(), ion.equations.end(), named) ||
           std::any_of(ion.params.begin(), ion.params.end(), named);
}

/// The keyword of `reversal = nernst`; empty if it is an expression.
std::string keyword(const Scope& scope, const ast::Setting& setting) {
    const ast::Expr& expr = scope.file->file->expr(setting.value);
    const auto* name = std::get_if<ast::Reference>(&expr.node);
    const std::string text = name != nullptr ? name->path.text() : "";
    return text == "nernst" || text == "none" ? text : "";
}

/// `reversal = nerst`
bool misspelt_keyword(const Draft& draft, const Scope& inside, const ast::Setting& setting) {
    const ast::Expr& expr = inside.file->file->expr(setting.value);
    const auto* name = std::get_if<ast::Reference>(&expr.node);
    if (name == nullptr || find_variable(draft, inside, name->path.text())) {
        return false;
    }
    const std::vector<std::string> near = nearest_names(name->path.text(), {"nernst", "none"});
    if (near.empty()) {
        return false;
    }
    sink_of(draft, inside)
        .report(diag::Code::UnknownName, expr.span, "`" + name->path.text() + "` is not defined")
        .fix(expr.span, near.front(), did_you_mean(near));
    return true;
}

void declare_reversal(Draft& draft, Scope& inside, const ast::Setting* setting, Span span) {
    Draft* const to = &draft;
    if (setting != nullptr && keyword(inside, *setting) == "none") {
        return;
    }
    if (setting != nullptr && keyword(inside, *setting).empty()) {
        const VariableId id =
            declare_generated(draft, inside, "E", units::volt(), setting->key.span, {});
        draft.facts(id).define = [to, &inside, setting] {
            const ExprContext context{inside, Place::Subexpression, "value " + inside.prefix + "E"};
            if (misspelt_keyword(*to, inside, *setting)) {
                return to->poison(setting->key.span);
            }
            return fit(*to, context, check_expression(*to, context, setting->value), Scalar::Real,
                       units::volt(), diag::Code::DefinitionUnit, "`reversal` of an ion pool");
        };
        return;
    }
    const VariableId id = declare_generated(draft, inside, "E", units::volt(), span, {});
    draft.variable(id).display = {"mV", 1e-3};
    draft.facts(id).define = [to, &inside, span] {
        constexpr double gas_over_faraday = 8.314462618 / 96485.33212; // volt/kelvin
        const auto read = [&](const char* name) {
            const auto found = find_variable(*to, inside, name);
            return found ? to->reference(*found, span) : to->poison(span);
        };
        const ExprId in = read("inside");
        const ExprId out = read("outside");
        const ExprId z = read("z");
        if (to->poisoned(in) || to->poisoned(out) || to->poisoned(z)) {
            return to->poison(span);
        }
        const ExprId ratio = to->arithmetic(ExprKind::Divide, out, in, span);
        const ExprId log = to->call(model::Builtin::Log, {ratio}, Scalar::Real, {}, span);
        const ExprId constant = to->number(gas_over_faraday, units::volt() / units::kelvin(), span);
        const ExprId thermal = to->arithmetic(ExprKind::Multiply, constant,
                                              to->reference(temperature(*to), span), span);
        const ExprId per_charge = to->arithmetic(ExprKind::Divide, thermal, z, span);
        return to->arithmetic(ExprKind::Multiply, per_charge, log, span);
    };
}

/// `param depth = 1 um` in the pool.
void declare_pool_parameter(Draft& draft, Scope& inside, const ast::Param& param) {
    if (!param.value.valid()) {
        sink_of(draft, inside)
            .report(diag::Code::IonIncomplete, param.name.span,
                    "`" + param.name.text + "` of an ion pool needs a value");
        return;
    }
    Draft* const to = &draft;
    const DeclaredUnit unit =
        param.unit ? read_unit(*param.unit, sink_of(draft, inside)) : DeclaredUnit{};
    const VariableId id =
        declare_generated(draft, inside, param.name.text, unit.type.dimension, param.name.span, {});
    draft.variable(id).role = Role::SharedParameter;
    draft.variable(id).display =
        param.unit ? unit.display
                   : literal_unit(*inside.file->file, param.value).value_or(model::DisplayUnit{});
    VariableFacts& facts = draft.facts(id);
    facts.generated = false;
    facts.constant_value = true;
    facts.unit_known = param.unit.has_value();
    facts.poisoned = unit.poisoned;
    const bool typed = param.unit.has_value() && !unit.poisoned;
    facts.define = [to, &inside, &param, unit, typed, id] {
        const ExprContext context{inside, Place::Constant, "param " + to->variable(id).name};
        const ExprId value = check_expression(*to, context, param.value);
        return typed ? fit_definition(*to, context, value, unit.type, "`" + param.name.text + "`")
               : to->poisoned(value) ? value
                                     : to->to_real(value);
    };
}

} // namespace

void declare_ion(Draft& draft, Scope& scope, const ast::Ion& ion, Span span) {
    diag::Sink& sink = sink_of(draft, scope);
    if (!may_define(draft, scope, ion.name)) {
        return;
    }
    Scope& inside = draft.add_scope(scope);
    inside.prefix = scope.prefix + ion.name.text + ".";
    inside.parent = &scope;
    if (draft.by_name.contains(scope.prefix + ion.name.text) ||
        !draft.part_names.emplace(inside.prefix, ion.name.span).second) {
        sink.report(diag::Code::DuplicateName, ion.name.span,
                    "`" + ion.name.text + "` is defined twice");
        return;
    }
    const Settings settings = read_settings(draft, scope, ion);
    for (const ast::Param& param : ion.params) {
        declare_pool_parameter(draft, inside, param);
    }
    for (const ast::Equation& equation : ion.equations) {
        declare_equation(draft, inside, equation, span);
    }
    const auto setting = [&](const char* key) {
        const auto found = settings.find(key);
        return found == settings.end() ? nullptr : found->second;
    };
    const ast::Setting* reversal = setting("reversal");
    const bool nernst = reversal == nullptr || keyword(inside, *reversal) == "nernst";
    const auto require = [&](const char* key, const char* own, const units::Dimension& unit) {
        const bool has = has_own(ion, own);
        if (setting(key) != nullptr && has) {
            sink.report(diag::Code::DuplicateName, setting(key)->key.span,
                        "`" + std::string(key) + "` of `" + ion.name.text + "` is defined twice");
        } else if (setting(key) != nullptr) {
            declare_value(draft, inside, *setting(key), unit);
        } else if (!has && nernst) {
            sink.report(diag::Code::IonIncomplete, ion.name.span,
                        "ion pool `" + ion.name.text + "` has no `" + key +
                            "`, which its reversal potential needs")
                .note("give it, or write `reversal = none`");
            draft.lost_parts.insert(inside.prefix + own);
        }
    };
    require("valence", "z", {});
    require("inside", "inside", units::molar());
    require("outside", "outside", units::molar());
    declare_reversal(draft, inside, reversal, ion.name.span);
}

} // namespace hhc::sema
