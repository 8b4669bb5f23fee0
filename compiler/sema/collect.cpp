// SPDX-License-Identifier: MIT
#include "sema/collect.h"

#include "ast/dump.h"
#include "ast/visit.h"
#include "sema/cells.h"
#include "sema/expressions.h"
#include "sema/flags.h"
#include "sema/names.h"

#include <algorithm>
#include <utility>

namespace hhc::sema {

diag::Sink& sink_of(const Draft& draft, const Scope& scope) {
    return scope.sink != nullptr ? *scope.sink : draft.sink;
}

model::Variable start_variable(const Draft& draft, const Scope& scope, const ast::Name& name,
                               Span item) {
    model::Variable variable;
    variable.name = scope.prefix + name.text;
    variable.span = name.span;
    variable.used_from = scope.chain;
    if (draft.environment.sources != nullptr && item.valid()) {
        variable.written = draft.environment.sources->text(item);
    }
    return variable;
}

static void set_unit(model::Variable& variable, VariableFacts& facts, const DeclaredUnit& unit) {
    variable.type = unit.type;
    variable.display = unit.display;
    facts.term = unit.type.dimension;
    facts.poisoned = unit.poisoned;
}

static void check_point_current(Draft& draft, const Scope& scope, const model::Variable& variable,
                                const VariableFacts& facts, Span unit) {
    if (variable.flags.point_current && !facts.poisoned &&
        variable.type.dimension != units::ampere()) {
        sink_of(draft, scope)
            .report(diag::Code::PointCurrentUnit, unit,
                    "a point current is in amp, but `" + variable.name + "` is in " +
                        shown(variable.type.dimension));
    }
}

// ---- Equations ----------------------------------------------------------------------------------

static Role role_of(const ast::Equation& equation, const ReadFlags& flags) {
    switch (equation.kind) {
    case ast::EquationKind::Ode:
        return Role::State;
    case ast::EquationKind::Subexpression:
        return flags.constant_over_dt ? Role::ConstantOverDt : Role::Subexpression;
    case ast::EquationKind::Declaration:
        break;
    }
    if (flags.flags.summed) {
        return Role::Input;
    }
    return flags.linked         ? Role::Linked
           : flags.flags.shared ? Role::SharedParameter
                                : Role::Parameter;
}

static ExprId define_rate(Draft& draft, const Scope& scope, const ast::Equation& equation,
                          VariableId id) {
    const ExprContext context{scope, Place::Derivative, "rate " + draft.variable(id).name};
    const ExprId value = check_expression(draft, context, equation.value);
    if (draft.facts(id).poisoned) {
        return value;
    }
    const Term rate = draft.facts(id).term / Term(units::second());
    return fit(draft, context, value, Scalar::Real, rate, diag::Code::RateUnit,
               "`d" + equation.name.text + "/dt`");
}

static ExprId define_value(Draft& draft, const Scope& scope, const ast::Equation& equation,
                           VariableId id) {
    const Place place =
        draft.variable(id).role == Role::ConstantOverDt ? Place::PerStep : Place::Subexpression;
    const ExprContext context{scope, place, "value " + draft.variable(id).name};
    ExprId value = check_expression(draft, context, equation.value);
    if (!draft.facts(id).poisoned) {
        value = fit_definition(draft, context, value, draft.variable(id).type,
                               "`" + equation.name.text + "`");
    }
    if (draft.variable(id).flags.outward && !draft.poisoned(value)) {
        value = draft.negate(value, draft.place(value));
    }
    return only_where_inserted(draft, scope, value);
}

static bool is_sum(const Draft& draft, const ast::Equation& equation) {
    return draft.sides != nullptr && equation.kind == ast::EquationKind::Subexpression &&
           std::any_of(equation.flags.begin(), equation.flags.end(),
                       [](const ast::Flag& flag) { return flag.text == "summed"; });
}

static FlagContext flag_context(const Draft& draft, ast::EquationKind kind) {
    const bool synapse = draft.sides != nullptr;
    switch (kind) {
    case ast::EquationKind::Ode:
        return synapse ? FlagContext::SynapseOde : FlagContext::Ode;
    case ast::EquationKind::Subexpression:
        return synapse ? FlagContext::SynapseSubexpression : FlagContext::Subexpression;
    case ast::EquationKind::Declaration:
        break;
    }
    return synapse ? FlagContext::SynapseParameter : FlagContext::Parameter;
}

void declare_equation(Draft& draft, Scope& scope, const ast::Equation& equation, Span span) {
    if (is_sum(draft, equation)) {
        declare_sum(draft, scope, equation, span);
        return;
    }
    diag::Sink& sink = sink_of(draft, scope);
    const bool allowed = may_define(draft, scope, equation.name);
    model::Variable variable = start_variable(draft, scope, equation.name, span);
    VariableFacts facts;
    facts.scope = &scope;
    set_unit(variable, facts, read_unit(equation.unit, sink));
    const ReadFlags flags = read_flags(equation.flags, flag_context(draft, equation.kind), sink);
    variable.flags = flags.flags;
    variable.role = role_of(equation, flags);
    if (variable.role == Role::SharedParameter) {
        variable.default_value = 0.0; // as one that has a value per entity
    }
    facts.poisoned = facts.poisoned || !allowed;
    facts.read = equation.kind == ast::EquationKind::Declaration; // it may be there for synapses
    check_point_current(draft, scope, variable, facts, equation.unit.span);
    if (variable.role == Role::State && variable.type.scalar != Scalar::Real) {
        sink.report(diag::Code::StateNotReal, equation.unit.span,
                    "`" + equation.name.text + "` has a differential equation and cannot be " +
                        (variable.type.scalar == Scalar::Integer ? "an integer" : "a boolean"))
            .note("`1` is the unit of a plain real number");
        variable.type.scalar = Scalar::Real;
    }
    const bool has_value = equation.kind != ast::EquationKind::Declaration;
    facts.progress = has_value ? VariableFacts::Progress::Waiting : VariableFacts::Progress::Done;
    if (!allowed) {
        variable.name = "\n" + variable.name; // checked, but nobody can read it
    }
    const bool is_rate = equation.kind == ast::EquationKind::Ode;
    const VariableId id = draft.declare(std::move(variable), std::move(facts));
    if (has_value) {
        draft.facts(id).define = [&draft, &scope, &equation, id, is_rate] {
            return is_rate ? define_rate(draft, scope, equation, id)
                           : define_value(draft, scope, equation, id);
        };
    }
}

void collect_equations(Draft& draft, const ast::File& file, Scope& scope) {
    for (const ast::Item& item : file.items) {
        if (const auto* equation = std::get_if<ast::Equation>(&item.node)) {
            declare_equation(draft, scope, *equation, item.span);
        } else if (const auto* broken = std::get_if<ast::ErrorItem>(&item.node)) {
            for (const ast::Name& name : broken->declares) {
                model::Variable variable = start_variable(draft, scope, name, item.span);
                VariableFacts facts;
                facts.scope = &scope;
                facts.poisoned = true;
                if (!draft.by_name.contains(variable.name)) {
                    draft.declare(std::move(variable), std::move(facts));
                }
            }
        }
    }
}

// ---- Parameters, constants, inputs --------------------------------------------------------------

void Collector::parameter(const ast::Param& param, Scope& scope, Span span) {
    diag::Sink& sink = sink_of(draft_, scope);
    if (!may_define(draft_, scope, param.name)) {
        error_item(ast::ErrorItem{{param.name}}, scope);
        return;
    }
    const ReadFlags flags = read_flags(param.flags, FlagContext::Parameter, sink);
    model::Variable variable = start_variable(draft_, scope, param.name, span);
    variable.role = Role::SharedParameter;
    variable.flags = flags.flags;
    VariableFacts facts;
    facts.scope = &scope;
    std::optional<DeclaredUnit> unit;
    if (param.unit) {
        unit = read_unit(*param.unit, sink);
        set_unit(variable, facts, *unit);
    } else if (const auto shown_unit = param.value.valid()
                                           ? literal_unit(*scope.file->file, param.value)
                                           : std::nullopt) {
        variable.display = *shown_unit;
    }
    facts.unit_known = unit.has_value();
    const Arguments* given = nullptr;
    const ast::Argument* argument = nullptr;
    if (const auto found = arguments_.find(&scope); found != arguments_.end()) {
        given = &found->second;
        const auto own = given->by_name.find(param.name.text);
        argument = own == given->by_name.end() ? nullptr : own->second;
        if (argument == nullptr && !param.value.valid()) {
            draft_.sink
                .report(diag::Code::MissingArgument, scope.chain.back(),
                        "`" + param.name.text + "` has no default and must be given here")
                .note_at(param.name.span, "`" + param.name.text + "` is declared here");
            facts.poisoned = true;
        }
    }
    const bool has_value = param.value.valid() || argument != nullptr;
    facts.follows = argument != nullptr;
    facts.constant_value = has_value;
    facts.progress = has_value ? VariableFacts::Progress::Waiting : VariableFacts::Progress::Done;
    const VariableId id = draft_.declare(std::move(variable), std::move(facts));
    if (!has_value) {
        return;
    }
    const Scope* user = given != nullptr ? given->user : nullptr;
    Draft& draft = draft_;
    draft_.facts(id).define = [&draft, &scope, &param, argument, user, unit, id] {
        const ExprContext own{scope, Place::Constant, "param " + draft.variable(id).name};
        ExprId value;
        if (param.value.valid()) { // also where an argument replaces it: it has the unit
            value = check_expression(draft, own, param.value);
        }
        model::Type type;
        const bool typed = (unit && !unit->poisoned) || (value.valid() && !draft.poisoned(value));
        if (unit) {
            type = unit->type;
            value = value.valid() && !unit->poisoned
                        ? fit_definition(draft, own, value, type, "`" + param.name.text + "`")
                        : value;
        } else if (typed) {
            type.dimension = draft.term(value).known;
            const bool whole = draft.scalar(value) == Scalar::Integer;
            type.scalar = whole ? Scalar::Real : draft.scalar(value);
            value = whole ? draft.to_real(value) : value;
        }
        if (argument == nullptr) {
            return value;
        }
        const ExprContext theirs{*user, Place::Subexpression, "param " + draft.variable(id).name};
        const ExprId given_value = check_expression(draft, theirs, argument->value);
        return typed ? fit_definition(draft, theirs, given_value, type,
                                      "`" + param.name.text + "` of this part")
                     : given_value;
    };
}

void Collector::constant(const ast::Const& constant, Scope& scope, Span span) {
    diag::Sink& sink = sink_of(draft_, scope);
    if (!may_define(draft_, scope, constant.name)) {
        error_item(ast::ErrorItem{{constant.name}}, scope);
        return;
    }
    model::Variable variable = start_variable(draft_, scope, constant.name, span);
    variable.role = Role::Frozen;
    VariableFacts facts;
    facts.scope = &scope;
    std::optional<DeclaredUnit> unit;
    if (constant.unit) {
        unit = read_unit(*constant.unit, sink);
        set_unit(variable, facts, *unit);
    } else if (const auto shown_unit = literal_unit(*scope.file->file, constant.value)) {
        variable.display = *shown_unit;
    }
    facts.unit_known = unit.has_value();
    facts.constant_value = true;
    facts.progress = VariableFacts::Progress::Waiting;
    const VariableId id = draft_.declare(std::move(variable), std::move(facts));
    Draft& draft = draft_;
    draft_.facts(id).define = [&draft, &scope, &constant, unit, id] {
        const ExprContext context{scope, Place::Constant, "const " + draft.variable(id).name};
        const ExprId value = check_expression(draft, context, constant.value);
        return unit && !unit->poisoned ? fit_definition(draft, context, value, unit->type,
                                                        "`" + constant.name.text + "`")
                                       : value;
    };
}

void Collector::input(const ast::Input& input, Scope& scope, Span span) {
    diag::Sink& sink = sink_of(draft_, scope);
    if (!may_define(draft_, scope, input.name)) {
        error_item(ast::ErrorItem{{input.name}}, scope);
        return;
    }
    model::Variable variable = start_variable(draft_, scope, input.name, span);
    variable.role = Role::Input;
    variable.flags = read_flags(input.flags, FlagContext::Input, sink).flags;
    VariableFacts facts;
    facts.scope = &scope;
    set_unit(variable, facts, read_unit(input.unit, sink));
    check_point_current(draft_, scope, variable, facts, input.unit.span);
    draft_.declare(std::move(variable), std::move(facts));
}

void Collector::error_item(const ast::ErrorItem& item, Scope& scope) {
    draft_.incomplete = true;
    if (!scope.prefix.empty()) {
        draft_.lost_parts.insert(scope.prefix); // what it should define is not known
    }
    for (const ast::Name& name : item.declares) {
        model::Variable variable = start_variable(draft_, scope, name, {});
        VariableFacts facts;
        facts.scope = &scope;
        facts.poisoned = true;
        if (!draft_.by_name.contains(variable.name)) {
            draft_.declare(std::move(variable), std::move(facts));
        }
    }
}

void declare_init(Draft& draft, Scope& scope, const ast::Init& init, Span span) {
    diag::Sink& sink = sink_of(draft, scope);
    const auto found = find_variable(draft, scope, init.name.text);
    if (!found) {
        sink.report(diag::Code::InitTarget, init.name.span,
                    "`" + init.name.text + "` is not a variable of this block");
        return;
    }
    const VariableId id = *found;
    const Role role = draft.variable(id).role;
    if (draft.facts(id).poisoned) {
        return;
    }
    if (role != Role::State && role != Role::Parameter) {
        sink.report(diag::Code::InitTarget, init.name.span,
                    "`" + init.name.text + "` has no initial value of its own")
            .note(role == Role::SharedParameter
                      ? "give its value where it is declared: `param " + init.name.text + " = ...`"
                      : "it is a " + std::string(spelling(role)));
        return;
    }
    if (draft.facts(id).initial && !draft.variable(id).gate) {
        sink.report(diag::Code::RepeatedItem, span,
                    "`" + init.name.text + "` already has an initial value");
        return;
    }
    draft.facts(id).initial = [&draft, &scope, &init, id] {
        const ExprContext context{scope, Place::Initial, "init " + draft.variable(id).name};
        const ExprId value = check_expression(draft, context, init.value);
        return fit_definition(
            draft, context, value,
            {draft.variable(id).type.scalar, draft.solver.resolve(draft.facts(id).term).known},
            "`" + init.name.text + "`");
    };
}

// ---- Blocks -------------------------------------------------------------------------------------

void Collector::items(const ast::Block& block, Scope& scope) {
    open_.push_back(&block);
    ast::ExprId reference; // of a q10 that names none itself
    for (const ast::Item& one : block.items) {
        if (const auto* setting = std::get_if<ast::Setting>(&one.node)) {
            const bool rates = setting->key.text == "q10" || setting->key.text == "q10_g";
            if (setting->key.text == "temperature" && block.kind == ast::BlockKind::Channel) {
                reference = setting->value;
            } else if (!rates) {
                declare_setting(draft_, scope, *setting);
            }
        }
    }
    for (const ast::Item& one : block.items) {
        const auto* setting = std::get_if<ast::Setting>(&one.node);
        if (setting == nullptr || setting->key.text.substr(0, 3) != "q10") {
            continue;
        }
        const bool rates = setting->key.text == "q10";
        const VariableId factor = declare_q10(
            draft_, scope, rates ? "rate_factor" : "conductance_factor", *setting, reference);
        (rates ? scope.rate_factor : scope.conductance_factor) = factor;
    }
    for (const ast::Item& one : block.items) {
        item(block, one, scope);
    }
    if (block.kind == ast::BlockKind::Cell) {
        declare_cell(draft_, scope);
    }
    for (const ast::Item& one : block.items) {
        if (const auto* init = std::get_if<ast::Init>(&one.node)) {
            declare_init(draft_, scope, *init, one.span);
        }
    }
    open_.pop_back();
}

void Collector::item(const ast::Block& block, const ast::Item& item, Scope& scope) {
    const Span span = item.span;
    const bool declared = ast::match(
        item.node,
        [&](const ast::ErrorItem& e) {
            error_item(e, scope);
            return true;
        },
        [&](const ast::Equation& e) {
            declare_equation(draft_, scope, e, span);
            return true;
        },
        [&](const ast::Param& p) {
            parameter(p, scope, span);
            return true;
        },
        [&](const ast::Const& c) {
            constant(c, scope, span);
            return true;
        },
        [&](const ast::Gate& g) {
            declare_gate(draft_, scope, g, span);
            return true;
        },
        [&](const ast::Kinetic& k) {
            declare_kinetic(draft_, scope, k);
            return true;
        },
        [&](const ast::Setting&) { return true; }, [&](const ast::Init&) { return true; },
        [&](const ast::Use& use) {
            for (const ast::Part& one : use.parts) {
                part(one, scope);
            }
            return true;
        },
        [](const auto&) { return false; });
    if (declared) {
        return;
    }
    if (block.kind == ast::BlockKind::Channel) {
        channel_item(item, scope);
    } else if (block.kind == ast::BlockKind::Synapse) {
        synapse_item(item, scope);
    } else {
        neuron_item(item, scope);
    }
}

void Collector::wrong_block(Span span, const std::string& what, Scope& scope) {
    sink_of(draft_, scope).report(diag::Code::WrongBlock, span, what);
}

void Collector::channel_item(const ast::Item& item, Scope& scope) {
    ast::match(
        item.node, [&](const ast::Needs& n) { needs(n, scope, item.span); },
        [&](const ast::Ion& ion) {
            wrong_block(ion.name.span,
                        "an ion pool belongs to a neuron; a channel reads it with "
                        "`needs`",
                        scope);
        },
        [&](const auto&) {
            wrong_block(item.span, "this belongs to a neuron, not to a channel", scope);
        });
}

void Collector::synapse_item(const ast::Item& item, Scope& scope) {
    ast::match(
        item.node, [&](const ast::Method&) { neuron_item(item, scope); },
        [&](const ast::Update&) { neuron_item(item, scope); },
        [&](const ast::On& on) {
            behaviour_.handlers.push_back({on.event, on.statements, item.span, on.order, on.delay});
        },
        [&](const ast::Input& i) {
            wrong_block(item.span,
                        "an input belongs to a neuron; a synapse adds to it with `" + i.name.text +
                            "_post = ... : UNIT (summed)`",
                        scope);
        },
        [&](const auto&) {
            wrong_block(item.span, "this belongs to a neuron, not to a synapse", scope);
        });
}

void Collector::neuron_item(const ast::Item& item, Scope& scope) {
    const Span span = item.span;
    const auto once = [&](auto& slot, auto value, const char* what) {
        if (slot) {
            sink_of(draft_, scope)
                .report(diag::Code::RepeatedItem, span,
                        std::string("a neuron has one `") + what + "`, and this is the second");
            return;
        }
        slot = std::move(value);
    };
    ast::match(
        item.node, [&](const ast::Input& i) { input(i, scope, span); },
        [&](const ast::Ion& ion) { declare_ion(draft_, scope, ion, span); },
        [&](const ast::Threshold& t) {
            once(behaviour_.threshold, Behaviour::Condition{t.condition, span}, "threshold");
        },
        [&](const ast::Refractory& r) {
            once(behaviour_.refractory, Behaviour::Condition{r.value, span}, "refractory");
        },
        [&](const ast::Reset& r) {
            once(behaviour_.reset, Behaviour::Handler{{span, "spike"}, r.statements, span},
                 "reset");
        },
        [&](const ast::Method& m) {
            once(behaviour_.method, m.name, "method");
            for (const ast::Argument& option : m.options) {
                method_option(m, option, scope);
            }
        },
        [&](const ast::Event& e) { behaviour_.events.push_back({e.name, e.condition, span}); },
        [&](const ast::On& on) {
            if (on.order.valid() || on.delay.valid()) {
                wrong_block(on.event.span,
                            "`order` and `delay` belong to the pathways of a synapse", scope);
            }
            behaviour_.handlers.push_back({on.event, on.statements, span});
        },
        [&](const ast::Update& update) { behaviour_.updates.push_back({&update, span}); },
        [&](const ast::Needs& n) {
            wrong_block(n.name.span,
                        "`needs` belongs to a channel; a neuron declares `" + n.name.text +
                            " : UNIT`",
                        scope);
        },
        [&](const ast::Insert& one) {
            if (draft_.model.kind == "cell") {
                insert(one, scope);
                return;
            }
            wrong_block(span,
                        "`insert` places a part in a cell with a shape; write `use` in a "
                        "neuron",
                        scope);
        },
        [&](const auto&) { wrong_block(span, "this does not belong into a neuron", scope); });
}

void Collector::method_option(const ast::Method& method, const ast::Argument& option,
                              const Scope& scope) {
    if (option.name.text != "interpretation") {
        sink_of(draft_, scope)
            .report(diag::Code::UnknownSetting, option.name.span,
                    "method `" + method.name.text + "` has no option `" + option.name.text + "`")
            .note("the option of methods is `interpretation`, of noise");
        return;
    }
    const ast::Expr& value = scope.file->file->expr(option.value);
    const auto* word = std::get_if<ast::Reference>(&value.node);
    behaviour_.interpretation = ast::Name{value.span, word != nullptr ? word->path.text() : ""};
}

void collect_block(Draft& draft, FileScopes& files, const ast::Block& block, Scope& scope,
                   Behaviour& behaviour) {
    Collector(draft, files, behaviour).items(block, scope);
}

} // namespace hhc::sema
