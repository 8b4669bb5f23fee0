// SPDX-License-Identifier: MIT
#include "sema/behaviour.h"

#include "sema/constants.h"
#include "sema/expressions.h"
#include "support/suggest.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace hhc::sema {

bool known_method(const std::string& name, Span span, diag::Sink& sink) {
    static const std::vector<std::string> methods = {
        "exact",  "staggered",      "exponential_euler", "euler",   "rk2",
        "rk4",    "heun",           "milstein",          "cvode",   "brian",
        "linear", "crank_nicolson", "backward_euler",    "tr_bdf2", "auto"};
    if (std::find(methods.begin(), methods.end(), name) != methods.end()) {
        return true;
    }
    auto problem =
        sink.report(diag::Code::UnknownMethod, span, "there is no method `" + name + "`");
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> others = {{
        {"cnexp", "staggered"},
        {"derivimplicit", "cvode"},
        {"gsl", "cvode"},
        {"gsl_rkf45", "cvode"},
        {"forward_euler", "euler"},
        {"rk", "rk4"},
        {"exponential_Euler", "exponential_euler"},
        {"independent", "exact"},
    }};
    for (const auto& [wrong, right] : others) {
        if (name == wrong) {
            problem.fix(span, std::string(right),
                        "the nearest here is `" + std::string(right) + "`");
            return false;
        }
    }
    const auto near = nearest_names(name, methods);
    if (!near.empty()) {
        problem.fix(span, near.front(), did_you_mean(near));
    } else {
        problem.note("methods are exact, staggered, exponential_euler, euler, rk2, rk4, heun, "
                     "milstein and cvode");
    }
    return false;
}

namespace {

constexpr const char* stratonovich = "stratonovich";

class BehaviourChecker {
public:
    BehaviourChecker(Draft& draft, const Behaviour& behaviour, Scope& scope)
        : draft_(draft), behaviour_(behaviour), scope_(scope) {}

    void run() {
        refractory();
        threshold();
        events();
        handlers();
        updates();
        method();
        interpretation();
        unless_refractory();
        refractory_without_effect();
    }

private:
    diag::Sink& sink() { return draft_.sink; }

    model::Event start_event(const std::string& name, ast::ExprId condition, Span span) {
        const ExprContext context{scope_, Place::Condition, "condition " + name};
        model::Event event;
        event.name = name;
        event.span = span;
        event.condition =
            fit_condition(draft_, context, check_expression(draft_, context, condition),
                          name == "spike" ? "a threshold" : "an event");
        event.statements.span = span;
        return event;
    }

    /// A crossing or a draw: it does not hold in every step above a level.
    [[nodiscard]] bool is_momentary(ExprId id) const {
        std::vector<ExprId> pending{id};
        while (!pending.empty()) {
            const model::Expr& expr = draft_.model.exprs[pending.back()];
            pending.pop_back();
            if (expr.kind == ExprKind::Crosses || expr.kind == ExprKind::CrossesDown ||
                expr.kind == ExprKind::Random) {
                return true;
            }
            pending.insert(pending.end(), expr.args.begin(), expr.args.end());
        }
        return false;
    }

    void refractory() {
        if (!behaviour_.refractory) {
            return;
        }
        const Span span = behaviour_.refractory->span;
        if (!behaviour_.threshold && draft_.incomplete) {
            return; // it may be the line that could not be read
        }
        if (!behaviour_.threshold) {
            sink().report(diag::Code::RefractoryAlone, span,
                          "`refractory` has no meaning without a `threshold`");
        }
        const ExprContext context{scope_, Place::Refractory, "refractory"};
        const ExprId value = check_expression(draft_, context, behaviour_.refractory->value);
        model::Refractory made{value, false, span};
        if (!draft_.poisoned(value)) {
            made.is_condition = draft_.scalar(value) == Scalar::Boolean;
            const Term time(units::second());
            if (!made.is_condition && !draft_.solver.unify(draft_.exprs[value.index].term, time)) {
                sink()
                    .report(diag::Code::RefractoryUnit, draft_.place(value),
                            std::string("a refractory period is a time or a condition, but this "
                                        "is ") +
                                (draft_.term(value).known.is_dimensionless() ? "" : "in ") +
                                shown(draft_, value))
                    .note("write `refractory 2 ms` or `refractory v > 0 mV`");
            } else if (!made.is_condition) {
                made.value = draft_.to_real(value);
            }
        }
        draft_.model.refractory = made;
    }

    void threshold() {
        if (!behaviour_.threshold) {
            if (behaviour_.reset && !draft_.incomplete) {
                sink().report(diag::Code::ResetAlone, behaviour_.reset->span,
                              "`reset` has no meaning without a `threshold`");
                (void)check_statements(draft_, scope_, behaviour_.reset->statements, "event spike",
                                       behaviour_.reset->span);
            }
            return;
        }
        model::Event spike =
            start_event("spike", behaviour_.threshold->value, behaviour_.threshold->span);
        spike.respects_refractory = behaviour_.refractory.has_value();
        std::vector<ast::Statement> statements;
        if (behaviour_.reset) {
            statements = behaviour_.reset->statements;
            spike.statements.span = behaviour_.reset->span;
        }
        for (const Behaviour::Handler& handler : behaviour_.handlers) {
            if (handler.event.text == "spike") {
                statements.insert(statements.end(), handler.statements.begin(),
                                  handler.statements.end());
            }
        }
        if (statements.empty() && !behaviour_.refractory && !draft_.incomplete &&
            !draft_.poisoned(spike.condition) && !is_momentary(spike.condition)) {
            sink()
                .report(diag::Code::EndlessSpikes, behaviour_.threshold->span,
                        "without `reset` or `refractory` this spikes in every step above the "
                        "threshold")
                .note("write `crosses` in place of `>` for one spike at each crossing");
        }
        spike.statements =
            check_statements(draft_, scope_, statements, "event spike", spike.statements.span);
        draft_.model.events.push_back(std::move(spike));
    }

    void events() {
        for (const Behaviour::NamedCondition& event : behaviour_.events) {
            const bool known = std::any_of(
                draft_.model.events.begin(), draft_.model.events.end(),
                [&](const model::Event& other) { return other.name == event.name.text; });
            if (known || event.name.text == "spike") {
                sink().report(diag::Code::DuplicateName, event.name.span,
                              known ? "event `" + event.name.text + "` is defined twice"
                                    : "the event `spike` is defined by `threshold`");
                continue;
            }
            draft_.model.events.push_back(
                start_event(event.name.text, event.condition, event.span));
        }
    }

    void handlers() {
        std::map<std::string, std::vector<ast::Statement>> by_event;
        for (const Behaviour::Handler& handler : behaviour_.handlers) {
            const std::string& name = handler.event.text;
            std::vector<std::string> names;
            for (const model::Event& event : draft_.model.events) {
                names.push_back(event.name);
            }
            if (std::find(names.begin(), names.end(), name) == names.end()) {
                auto problem = sink().report(diag::Code::UnknownEvent, handler.event.span,
                                             "there is no event `" + name + "`");
                const auto near = nearest_names(name, names);
                if (name == "pre" || name == "post") {
                    problem.note("`on " + name + "` belongs to a synapse");
                } else if (!near.empty()) {
                    problem.fix(handler.event.span, near.front(), did_you_mean(near));
                } else {
                    problem.note("define it: `event " + name + " when CONDITION`");
                }
                continue;
            }
            auto& statements = by_event[name];
            statements.insert(statements.end(), handler.statements.begin(),
                              handler.statements.end());
        }
        for (model::Event& event : draft_.model.events.raw()) {
            if (event.name != "spike" && by_event.contains(event.name)) {
                event.statements = check_statements(draft_, scope_, by_event.at(event.name),
                                                    "event " + event.name, event.span);
            }
        }
    }

    void updates() {
        int instead = 0;
        for (std::size_t i = 0; i < behaviour_.updates.size(); ++i) {
            const ast::Update& update = *behaviour_.updates[i].update;
            model::Update made;
            made.span = behaviour_.updates[i].span;
            made.place = static_cast<model::UpdatePlace>(update.moment);
            if (made.place == model::UpdatePlace::Instead && !update.every.valid()) {
                if (++instead > 1) {
                    sink().report(diag::Code::RepeatedItem, made.span,
                                  "a neuron has one `update` in the place of the integrator");
                }
            }
            const std::string stream = "update " + std::to_string(i);
            if (update.every.valid()) {
                const ExprContext context{scope_, Place::Constant, stream};
                made.every = fit(draft_, context, check_expression(draft_, context, update.every),
                                 Scalar::Real, units::second(), diag::Code::ArgumentUnit,
                                 "the interval of an update");
                interval(made.every);
            }
            made.statements =
                check_statements(draft_, scope_, update.statements, stream, made.span);
            draft_.model.updates.push_back(std::move(made));
        }
    }

    void interval(ExprId every) {
        const auto value = evaluate(draft_, every);
        const auto* why = std::get_if<NotFixed>(&value);
        if (why != nullptr && !why->silent) {
            sink().report(diag::Code::NotConstant, draft_.place(every),
                          "the interval of an update is fixed before a run");
        }
        if (const auto* seconds = std::get_if<double>(&value);
            seconds != nullptr && !(*seconds > 0)) {
            sink().report(diag::Code::ConstantFault, draft_.place(every),
                          "the interval of an update is not positive");
        }
    }

    void method() {
        if (!draft_.environment.method.empty()) {
            const Span asked = draft_.environment.method_span.valid()
                                   ? draft_.environment.method_span
                                   : draft_.span;
            if (known_method(draft_.environment.method, asked, sink())) {
                draft_.model.method = draft_.environment.method;
                draft_.model.method_span = asked;
            }
        } else if (behaviour_.method &&
                   known_method(behaviour_.method->text, behaviour_.method->span, sink())) {
            draft_.model.method = behaviour_.method->text;
            draft_.model.method_span = behaviour_.method->span;
        }
        if (draft_.model.method == "linear") { // Brian's other name
            draft_.model.method = "exact";
        }
    }

    /// Of noise: the caller's wish goes before the model's.
    void interpretation() {
        const bool asked = !draft_.environment.interpretation.empty();
        const std::string& word = asked                       ? draft_.environment.interpretation
                                  : behaviour_.interpretation ? behaviour_.interpretation->text
                                                              : std::string(stratonovich);
        const Span span =
            asked || !behaviour_.interpretation ? draft_.span : behaviour_.interpretation->span;
        draft_.model.ito = word == "ito";
        if (word != "ito" && word != stratonovich) {
            sink()
                .report(diag::Code::UnknownInterpretation, span,
                        "noise is read in the sense of `stratonovich` or of `ito`" +
                            (word.empty() ? "" : ", not of `" + word + "`"))
                .note("without `interpretation` it is `stratonovich`");
        }
    }

    void unless_refractory() {
        if (behaviour_.refractory) {
            return;
        }
        for (const model::Variable& variable : draft_.model.variables) {
            if (variable.flags.unless_refractory && variable.role != Role::Foreign) {
                sink().report(diag::Code::UnlessRefractoryAlone, variable.span,
                              "`" + variable.name +
                                  "` is `unless refractory`, but nothing says "
                                  "when the model is refractory");
            }
        }
    }

    /// A reset and a refractory time, but a potential that goes on: it is at the threshold again
    /// before the time is over, and far above it by its end.
    void refractory_without_effect() {
        const model::CheckedModel& made = draft_.model;
        if (made.cell || !behaviour_.threshold || !behaviour_.reset || !made.refractory ||
            made.refractory->is_condition || draft_.poisoned(made.refractory->value) ||
            draft_.term(made.refractory->value).known != units::second()) {
            return;
        }
        const auto potential = made.membrane_potential();
        const bool used = std::any_of(
            made.variables.begin(), made.variables.end(), [](const model::Variable& variable) {
                return variable.flags.unless_refractory || variable.role == Role::NotRefractory;
            });
        if (!potential || used || made.variables[*potential].role != Role::State) {
            return;
        }
        sink()
            .report(diag::Code::RefractoryIdle, behaviour_.refractory->span,
                    "nothing holds `v` during the refractory time: only the next spike waits")
            .note("flag its equation `(unless refractory)`, if `v` shall stand still");
    }

    Draft& draft_;
    const Behaviour& behaviour_;
    Scope& scope_;
};

} // namespace

void check_behaviour(Draft& draft, const Behaviour& behaviour, Scope& scope) {
    BehaviourChecker(draft, behaviour, scope).run();
}

} // namespace hhc::sema
