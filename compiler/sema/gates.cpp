// SPDX-License-Identifier: MIT
// Gates become states with alpha, beta, inf and tau as subexpressions of their own.
#include "sema/collect.h"
#include "sema/expressions.h"
#include "sema/names.h"
#include "support/suggest.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace hhc::sema {

VariableId declare_generated(Draft& draft, Scope& scope, const std::string& name,
                             const units::Dimension& dimension, Span span,
                             std::function<ExprId()> define) {
    model::Variable variable;
    variable.name = scope.prefix + name;
    variable.role = Role::Subexpression;
    variable.type.dimension = dimension;
    variable.span = span;
    variable.used_from = scope.chain;
    VariableFacts facts;
    facts.scope = &scope;
    facts.term = dimension;
    facts.generated = true;
    facts.progress = VariableFacts::Progress::Waiting;
    facts.define = std::move(define);
    return draft.declare(std::move(variable), std::move(facts));
}

void declare_setting(Draft& draft, Scope& scope, const ast::Setting& setting) {
    diag::Sink& sink = sink_of(draft, scope);
    if (setting.key.text != "temperature") {
        sink.report(diag::Code::UnknownSetting, setting.key.span,
                    "`" + setting.key.text + "` is a property of a cell with a shape")
            .note("declare a variable with a unit: `" + setting.key.text + " = ... : UNIT`");
        return;
    }
    if (draft.temperature_setting.valid()) {
        sink.report(diag::Code::RepeatedItem, setting.key.span, "the temperature is set twice");
        return;
    }
    const ExprContext context{scope, Place::Constant, "temperature"};
    draft.temperature_setting =
        fit_definition(draft, context, check_expression(draft, context, setting.value),
                       {Scalar::Real, units::kelvin()}, "`temperature`");
}

VariableId declare_q10(Draft& draft, Scope& scope, const std::string& name,
                       const ast::Setting& setting, ast::ExprId fallback_reference) {
    const ast::ExprId at = setting.at.valid() ? setting.at : fallback_reference;
    Draft* const to = &draft;
    return declare_generated(draft, scope, name, {}, setting.key.span, [to, &scope, &setting, at] {
        const Span span = setting.key.span;
        const ExprContext context{scope, Place::Constant, "q10 " + scope.prefix};
        if (!at.valid()) {
            sink_of(*to, scope)
                .report(diag::Code::TemperatureReference, span,
                        "`" + setting.key.text +
                            "` does not say at which temperature the values "
                            "were measured")
                .note("write `" + setting.key.text + " = 3 at 6.3 degC`");
            return to->poison(span);
        }
        const ExprId q10 =
            fit(*to, context, check_expression(*to, context, setting.value), Scalar::Real, Term(),
                diag::Code::ArgumentUnit, "`" + setting.key.text + "`");
        const ExprId reference =
            fit(*to, context, check_expression(*to, context, at), Scalar::Real, units::kelvin(),
                diag::Code::ArgumentUnit, "the reference temperature");
        if (to->poisoned(q10) || to->poisoned(reference)) {
            return to->poison(span);
        }
        to->references.push_back({reference, to->place(reference)});
        const ExprId above = to->arithmetic(ExprKind::Subtract,
                                            to->reference(temperature(*to), span), reference, span);
        constexpr double ten_kelvin = 10.0;
        const ExprId exponent = to->arithmetic(ExprKind::Divide, above,
                                               to->number(ten_kelvin, units::kelvin(), span), span);
        return to->power(q10, exponent, {}, span);
    });
}

namespace {

using Settings = std::map<std::string, const ast::Setting*>;

Settings read_settings(const Draft& draft, const Scope& scope, const ast::Gate& gate) {
    diag::Sink& sink = sink_of(draft, scope);
    static const std::vector<std::string> known = {"alpha", "beta", "inf", "tau", "q10", "init"};
    Settings result;
    for (const ast::Setting& setting : gate.settings) {
        const std::string& key = setting.key.text;
        const std::vector<std::string> near = nearest_names(key, known);
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            auto problem = sink.report(diag::Code::UnknownSetting, setting.key.span,
                                       "a gate has no `" + key + "`");
            if (!near.empty()) {
                problem.fix(setting.key.span, near.front(), did_you_mean(near));
            } else {
                problem.note("a gate has alpha and beta, or inf and tau, and q10 and init; a value "
                             "of its own needs a unit: `" +
                             key + " = ... : 1`");
            }
        } else if (!result.emplace(key, &setting).second) {
            sink.report(diag::Code::RepeatedItem, setting.key.span, "`" + key + "` is given twice");
        }
    }
    return result;
}

/// Exactly one of the two pairs, complete; reports otherwise.
bool complete(const Draft& draft, const Scope& scope, const ast::Gate& gate,
              const Settings& settings) {
    const auto has = [&](const char* key) { return settings.contains(key); };
    const bool rates = has("alpha") || has("beta");
    const bool steady = has("inf") || has("tau");
    const std::string name = "gate `" + gate.name.text + "` ";
    std::string problem;
    if (rates && steady) {
        problem = name + "has two kinds of kinetics: write alpha and beta, or inf and tau";
    } else if (!rates && !steady) {
        problem = name + "has no kinetics: write alpha and beta, or inf and tau";
    } else if (rates && !(has("alpha") && has("beta"))) {
        problem = name + "has " + (has("alpha") ? "alpha but no beta" : "beta but no alpha");
    } else if (steady && !(has("inf") && has("tau"))) {
        problem = name + "has " + (has("inf") ? "inf but no tau" : "tau but no inf");
    }
    if (!problem.empty()) {
        sink_of(draft, scope).report(diag::Code::GateIncomplete, gate.name.span, problem);
    }
    return problem.empty();
}

/// What one gate is made of while it is built.
struct GateDraft {
    Draft& draft;
    Scope& outer;  // the channel
    Scope& inside; // "na.m."
    Span span;
    VariableId state, alpha, beta, inf, tau, factor;

    [[nodiscard]] ExprId ref(VariableId id) const { return draft.reference(id, span); }
    [[nodiscard]] ExprId one() const { return draft.number(1, {}, span); }
    [[nodiscard]] ExprId make(ExprKind kind, ExprId a, ExprId b) const {
        return draft.poisoned(a) || draft.poisoned(b) ? draft.poison(span)
                                                      : draft.arithmetic(kind, a, b, span);
    }
    /// What the user wrote for one key.
    [[nodiscard]] ExprId written(const ast::Setting& setting, const units::Dimension& unit) const {
        const std::string& key = setting.key.text;
        const ExprContext context{inside, Place::Subexpression, "value " + inside.prefix + key};
        ExprId value = check_expression(draft, context, setting.value);
        if (setting.unit) {
            const DeclaredUnit declared = read_unit(*setting.unit, sink_of(draft, inside));
            if (declared.poisoned) {
                return draft.poison(span);
            }
            value = fit_definition(draft, context, value, declared.type, "`" + key + "`");
        }
        return fit(draft, context, value, Scalar::Real, unit, diag::Code::DefinitionUnit,
                   "`" + key + "` of a gate");
    }
    [[nodiscard]] ExprId scaled(ExprKind kind, ExprId value) const {
        return factor.valid() && !draft.poisoned(value) ? make(kind, value, ref(factor)) : value;
    }
};

void declare_by_rates(const std::shared_ptr<GateDraft>& gate, const ast::Setting& alpha,
                      const ast::Setting& beta) {
    const units::Dimension rate = units::hertz();
    const auto declare = [&](const char* name, const units::Dimension& unit, auto define) {
        return declare_generated(gate->draft, gate->inside, name, unit, gate->span,
                                 std::move(define));
    };
    gate->alpha = declare("alpha", rate, [gate, &alpha] {
        return gate->scaled(ExprKind::Multiply, gate->written(alpha, units::hertz()));
    });
    gate->beta = declare("beta", rate, [gate, &beta] {
        return gate->scaled(ExprKind::Multiply, gate->written(beta, units::hertz()));
    });
    const auto sum = [gate] {
        return gate->make(ExprKind::Add, gate->ref(gate->alpha), gate->ref(gate->beta));
    };
    gate->inf = declare("inf", {}, [gate, sum] {
        return gate->make(ExprKind::Divide, gate->ref(gate->alpha), sum());
    });
    gate->tau = declare("tau", units::second(),
                        [gate, sum] { return gate->make(ExprKind::Divide, gate->one(), sum()); });
}

void declare_by_steady(const std::shared_ptr<GateDraft>& gate, const ast::Setting& inf,
                       const ast::Setting& tau) {
    const auto declare = [&](const char* name, const units::Dimension& unit, auto define) {
        return declare_generated(gate->draft, gate->inside, name, unit, gate->span,
                                 std::move(define));
    };
    gate->inf = declare("inf", {}, [gate, &inf] { return gate->written(inf, {}); });
    gate->tau = declare("tau", units::second(), [gate, &tau] {
        return gate->scaled(ExprKind::Divide, gate->written(tau, units::second()));
    });
    gate->alpha = declare("alpha", units::hertz(), [gate] {
        return gate->make(ExprKind::Divide, gate->ref(gate->inf), gate->ref(gate->tau));
    });
    gate->beta = declare("beta", units::hertz(), [gate] {
        const ExprId rest = gate->make(ExprKind::Subtract, gate->one(), gate->ref(gate->inf));
        return gate->make(ExprKind::Divide, rest, gate->ref(gate->tau));
    });
}

/// alpha*(1 - m) - beta*m, or (inf - m)/tau.
ExprId rate_of(const GateDraft& gate, bool by_rates) {
    const auto m = [&] { return gate.ref(gate.state); };
    if (!by_rates) {
        return gate.make(ExprKind::Divide, gate.make(ExprKind::Subtract, gate.ref(gate.inf), m()),
                         gate.ref(gate.tau));
    }
    const ExprId opening = gate.make(ExprKind::Multiply, gate.ref(gate.alpha),
                                     gate.make(ExprKind::Subtract, gate.one(), m()));
    return gate.make(ExprKind::Subtract, opening,
                     gate.make(ExprKind::Multiply, gate.ref(gate.beta), m()));
}

VariableId declare_state(Draft& draft, Scope& scope, const ast::Gate& gate, Span span,
                         bool poisoned) {
    model::Variable variable = start_variable(draft, scope, gate.name, span);
    variable.role = Role::State;
    variable.display.text = "1";
    VariableFacts facts;
    facts.scope = &scope;
    facts.poisoned = poisoned;
    return draft.declare(std::move(variable), std::move(facts));
}

} // namespace

void declare_gate(Draft& draft, Scope& scope, const ast::Gate& gate, Span span) {
    const bool allowed = may_define(draft, scope, gate.name);
    Scope& inside = draft.add_scope(scope);
    inside.prefix = scope.prefix + gate.name.text + ".";
    inside.parent = &scope;
    inside.bound.clear();
    inside.conductance_factor = {};
    inside.hides_generated = true;
    const Settings settings = read_settings(draft, scope, gate);
    for (const ast::Equation& equation : gate.equations) {
        declare_equation(draft, inside, equation, {});
    }
    if (!complete(draft, scope, gate, settings) || !allowed) {
        declare_state(draft, scope, gate, span, true);
        draft.lost_parts.insert(inside.prefix);
        return;
    }
    const bool by_rates = settings.contains("alpha");
    const auto made = std::make_shared<GateDraft>(
        GateDraft{draft, scope, inside, gate.name.span, {}, {}, {}, {}, {}, scope.rate_factor});
    made->state = declare_state(draft, scope, gate, span, false);
    if (const auto q10 = settings.find("q10"); q10 != settings.end()) {
        made->factor = declare_q10(draft, inside, "rate_factor", *q10->second, {});
    }
    if (by_rates) {
        declare_by_rates(made, *settings.at("alpha"), *settings.at("beta"));
    } else {
        declare_by_steady(made, *settings.at("inf"), *settings.at("tau"));
    }
    VariableFacts& facts = draft.facts(made->state);
    facts.progress = VariableFacts::Progress::Waiting;
    facts.define = [made, by_rates] {
        model::Gate kinetics;
        kinetics.by_rates = by_rates;
        kinetics.alpha = made->ref(made->alpha);
        kinetics.beta = made->ref(made->beta);
        kinetics.steady = made->ref(made->inf);
        kinetics.tau = made->ref(made->tau);
        made->draft.variable(made->state).gate = kinetics;
        return rate_of(*made, by_rates);
    };
    const auto init = settings.find("init");
    const ast::Setting* own = init == settings.end() ? nullptr : init->second;
    facts.initial = [made, own, &scope] {
        if (own == nullptr) {
            return made->draft.variable(made->state).gate->steady;
        }
        const ExprContext context{scope, Place::Initial, "init " + made->inside.prefix};
        return fit_definition(made->draft, context,
                              check_expression(made->draft, context, own->value), {},
                              "`init` of a gate");
    };
    draft.gate_states.push_back(made->state);
}

} // namespace hhc::sema
