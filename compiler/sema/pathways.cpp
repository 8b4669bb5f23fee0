// SPDX-License-Identifier: MIT
#include "sema/pathways.h"

#include "sema/behaviour.h"
#include "sema/constants.h"
#include "sema/expressions.h"
#include "sema/flags.h"
#include "sema/order.h"
#include "sema/sides.h"
#include "support/suggest.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace hhc::sema {

using model::Side;

namespace {

std::vector<std::string> event_names(const PopulationSide& population) {
    if (population.model == nullptr) {
        return {"spike"};
    }
    std::vector<std::string> names;
    for (const model::Event& event : population.model->events) {
        names.push_back(event.name);
    }
    return names;
}

bool has_event(const PopulationSide& population, const std::string& event) {
    const std::vector<std::string> names = event_names(population);
    return event.empty() || !population.is_known ||
           std::find(names.begin(), names.end(), event) != names.end();
}

} // namespace

void check_event(Draft& draft, const PathwayText& pathway, const PopulationSide& population) {
    if (has_event(population, pathway.event)) {
        return;
    }
    const std::string side = pathway.side == Side::Pre ? "source" : "target";
    auto problem =
        draft.sink.report(diag::Code::UnknownEvent, pathway.span,
                          "the " + side + " of the synapse has no event `" + pathway.event + "`");
    const auto near = nearest_names(pathway.event, event_names(population));
    if (!near.empty()) {
        problem.note(did_you_mean(near));
    } else if (pathway.event == "spike") {
        problem.note("`" + population.model->name + "` has no `threshold`");
    }
}

static void apply(const PathwayWish& wish, PathwayText& pathway) {
    pathway.event = wish.event.value_or(pathway.event);
    if (wish.order) {
        pathway.order = {};
        pathway.order_number = *wish.order;
    }
    if (wish.delay) {
        pathway.delay = {};
        pathway.delay_seconds = wish.delay;
    }
}

std::vector<PathwayText> take_pathways(Draft& draft, Behaviour& behaviour,
                                       const PopulationSide& pre, const PopulationSide& post,
                                       const std::vector<PathwayWish>& wishes) {
    std::vector<PathwayText> pathways;
    if (draft.sides == nullptr) {
        return pathways;
    }
    std::set<std::string> names;
    for (Behaviour::Handler& handler : behaviour.handlers) {
        PathwayText pathway;
        pathway.name = handler.event.text;
        pathway.span = handler.event.span;
        pathway.order = handler.order;
        pathway.delay = handler.delay;
        pathway.statements = std::move(handler.statements);
        if (pathway.name == "post") {
            pathway.side = Side::Post;
        } else if (pathway.name != "pre") {
            pathway.event = pathway.name;
            pathway.side = has_event(pre, pathway.event) || !has_event(post, pathway.event)
                               ? Side::Pre
                               : Side::Post;
        }
        pathway.order_number = pathway.side == Side::Pre ? -1 : 1;
        for (int n = 2; !names.insert(pathway.name).second; ++n) {
            pathway.name = handler.event.text + "_" + std::to_string(n);
        }
        for (const PathwayWish& wish : wishes) {
            if (wish.name == pathway.name) {
                apply(wish, pathway);
            }
        }
        check_event(draft, pathway, pathway.side == Side::Pre ? pre : post);
        pathways.push_back(std::move(pathway));
    }
    behaviour.handlers.clear();
    return pathways;
}

namespace {

/// A number that is fixed when the model is compiled.
std::optional<double> fixed(Draft& draft, const Scope& scope, const PathwayText& pathway,
                            ast::ExprId id, Scalar scalar, const Term& term,
                            const std::string& what) {
    const ExprContext context{scope, Place::Constant, "pathway " + pathway.name};
    const ExprId value = fit(draft, context, check_expression(draft, context, id), scalar, term,
                             diag::Code::ArgumentUnit, what);
    if (draft.poisoned(value)) {
        return std::nullopt;
    }
    const auto result = evaluate(draft, value);
    if (const auto* number = std::get_if<double>(&result)) {
        return *number;
    }
    if (!std::get<NotFixed>(result).silent) {
        draft.sink.report(diag::Code::NotConstant, draft.place(value),
                          what + " is fixed before a run");
    }
    return std::nullopt;
}

} // namespace

void check_pathways(Draft& draft, const std::vector<PathwayText>& pathways, const Scope& scope) {
    for (const PathwayText& text : pathways) {
        model::Pathway pathway;
        pathway.name = text.name;
        pathway.event = text.event;
        pathway.side = text.side;
        pathway.order = text.order_number;
        pathway.delay = text.delay_seconds;
        pathway.span = text.span;
        if (text.order.valid()) {
            const auto order = fixed(draft, scope, text, text.order, Scalar::Integer, Term(),
                                     "the order of a pathway");
            pathway.order = static_cast<std::int32_t>(order.value_or(text.order_number));
        }
        if (text.delay.valid()) {
            pathway.delay = fixed(draft, scope, text, text.delay, Scalar::Real, units::second(),
                                  "the delay of a pathway");
        }
        if (pathway.delay && *pathway.delay < 0) {
            draft.sink.report(diag::Code::ConstantFault,
                              text.delay.valid() ? scope.file->file->expr(text.delay).span
                                                 : text.span,
                              "a delay is not negative");
        }
        pathway.statements =
            check_statements(draft, scope, text.statements, "pathway " + text.name, text.span);
        draft.model.pathways.push_back(std::move(pathway));
    }
}

// ---- Sums ---------------------------------------------------------------------------------------

namespace {

class SumChecker {
public:
    SumChecker(Draft& draft, const Scope& scope, const ast::Equation& equation, Span item)
        : draft_(draft), scope_(scope), equation_(equation), item_(item) {}

    void run() {
        const DeclaredUnit unit = read_unit(equation_.unit, sink());
        (void)read_flags_here();
        const std::string stream = "sum " + equation_.name.text;
        const ExprContext context{scope_, Place::Subexpression, stream};
        ExprId value = check_expression(draft_, context, equation_.value);
        if (!unit.poisoned) {
            value =
                fit_definition(draft_, context, value, unit.type, "`" + equation_.name.text + "`");
        }
        const auto target = find_target();
        if (!target || draft_.facts(*target).poisoned || draft_.poisoned(value) || unit.poisoned ||
            refused(*target)) {
            return;
        }
        value = in_unit_of(*target, value);
        model::SummedVariable sum;
        sum.target = *target;
        sum.value = value;
        sum.span = equation_.name.span;
        if (draft_.environment.sources != nullptr && item_.valid()) {
            sum.written = draft_.environment.sources->text(item_);
        }
        draft_.model.sums.push_back(std::move(sum));
    }

private:
    diag::Sink& sink() { return sink_of(draft_, scope_); }

    model::Flags read_flags_here() {
        return read_flags(equation_.flags, FlagContext::SynapseSubexpression, sink()).flags;
    }

    std::optional<VariableId> find_target() {
        const std::string& name = equation_.name.text;
        const bool suffixed = name.ends_with("_pre") || name.ends_with("_post");
        if (!suffixed) {
            sink()
                .report(diag::Code::SummedTarget, equation_.name.span,
                        "`" + name +
                            "` belongs to the synapse, but a sum over synapses belongs "
                            "to one of its populations")
                .fix(equation_.name.span, name + "_post", "write `" + name + "_post`");
            return std::nullopt;
        }
        return draft_.sides->find(draft_, scope_, name, equation_.name.span);
    }

    bool refused(VariableId target) {
        const model::Variable& variable = draft_.variable(target);
        std::string why;
        if (variable.role != Role::Foreign) {
            why = variable.role == Role::Subexpression ? variable.foreign.fixed
                                                       : "the simulator sets it";
        } else if (variable.foreign.uniform || variable.flags.constant ||
                   (!variable.foreign.input && !variable.foreign.fixed.empty())) {
            why = variable.foreign.fixed;
        } else if (variable.type.scalar != Scalar::Real) {
            why = "it is no real number";
        }
        for (const model::SummedVariable& other : draft_.model.sums) {
            if (other.target == target && !variable.foreign.input) {
                why = "another sum of this synapse sets it";
            }
        }
        if (why.empty()) {
            return false;
        }
        sink()
            .report(diag::Code::SummedTarget, equation_.name.span,
                    "`" + equation_.name.text + "` cannot hold a sum: " + why)
            .note("declare it in the population: `" + variable.foreign.name +
                  " : UNIT (summed)`, or `input " + variable.foreign.name + " : UNIT`");
        return true;
    }

    /// amp into amp/meter**2 and back through the target's `area`.
    ExprId in_unit_of(VariableId target, ExprId value) {
        const Span span = equation_.name.span;
        const Term wanted = draft_.solver.resolve(draft_.facts(target).term);
        if (draft_.solver.unify(draft_.exprs[value.index].term, draft_.facts(target).term)) {
            return value;
        }
        const units::Dimension density = units::ampere() / units::metre().pow(2);
        const units::Dimension found = draft_.term(value).known;
        const bool divide = wanted.known == density && found == units::ampere();
        const bool multiply = wanted.known == units::ampere() && found == density;
        const std::string& name = equation_.name.text;
        const std::string suffix = name.substr(name.rfind('_'));
        const PopulationSide& population =
            draft_.sides->of(suffix == "_pre" ? model::Side::Pre : model::Side::Post);
        const bool has_area = population.model != nullptr && population.model->find("area");
        if ((divide || multiply) && has_area) {
            const auto area = draft_.sides->find(draft_, scope_, "area" + suffix, span);
            return draft_.arithmetic(divide ? ExprKind::Divide : ExprKind::Multiply, value,
                                     draft_.reference(*area, span), span);
        }
        const auto code = divide || multiply ? diag::Code::AreaMissing : diag::Code::DefinitionUnit;
        auto problem =
            sink().report(code, span,
                          "`" + name + "` is in " + shown(wanted) +
                              " in its population, but this is in " + shown(draft_.term(value)));
        if (divide || multiply) {
            problem.note("give the population an area (`param area = 20000 um**2`), or write "
                         "the sum in " +
                         shown(wanted));
        }
        return draft_.poison(span);
    }

    Draft& draft_;
    const Scope& scope_;
    const ast::Equation& equation_;
    Span item_;
};

} // namespace

void declare_sum(Draft& draft, const Scope& scope, const ast::Equation& equation, Span span) {
    draft.late.emplace_back(
        [&draft, &scope, &equation, span] { SumChecker(draft, scope, equation, span).run(); });
}

// ---- Rules of the whole -------------------------------------------------------------------------

namespace {

class SynapseRules {
public:
    explicit SynapseRules(Draft& draft) : draft_(draft) {}

    void run() {
        for (std::size_t i = 0; i < draft_.model.variables.size(); ++i) {
            const model::Variable& variable = draft_.model.variables[VariableId(i)];
            if (variable.flags.event_driven && !draft_.variables[i].poisoned) {
                event_driven(VariableId(i));
            }
        }
        for (const model::SummedVariable& sum : draft_.model.sums) {
            summed(sum);
        }
    }

private:
    /// Everything that an expression reads, subexpressions followed.
    std::vector<VariableId> all_reads(ExprId root) {
        std::vector<VariableId> result;
        std::set<std::uint32_t> seen;
        std::vector<VariableId> pending = reads_of(draft_.model, root);
        while (!pending.empty()) {
            const VariableId id = pending.back();
            pending.pop_back();
            if (!seen.insert(id.index).second) {
                continue;
            }
            result.push_back(id);
            const Role role = draft_.variable(id).role;
            if (role == Role::Subexpression) {
                const auto more = reads_of(draft_.model, draft_.variable(id).definition);
                pending.insert(pending.end(), more.begin(), more.end());
            }
        }
        return result;
    }

    void event_driven(VariableId id) {
        for (const VariableId read : all_reads(draft_.variable(id).definition)) {
            const model::Variable& other = draft_.variable(read);
            std::string why;
            switch (other.role) {
            case Role::State:
                if (!other.flags.event_driven) {
                    why = other.definition.valid() ? "it is clock-driven"
                                                   : "statements of the synapse change it";
                }
                break;
            case Role::Foreign:
                why = other.foreign.uniform ? "" : "it may change at every step";
                break;
            case Role::Time:
            case Role::StepCount:
            case Role::ConstantOverDt:
            case Role::Noise:
            case Role::LastSpike:
            case Role::NotRefractory:
                why = "it changes between events";
                break;
            default:
                break;
            }
            if (!why.empty() && !draft_.facts(read).poisoned) {
                draft_.sink
                    .report(diag::Code::EventDrivenReads, draft_.variable(id).span,
                            "`" + draft_.variable(id).name + "` is event-driven, but reads `" +
                                other.name + "`: " + why)
                    .note("an event-driven state may read event-driven states and constants; "
                          "`(clock-driven)` computes it at every step");
            }
        }
    }

    void summed(const model::SummedVariable& sum) {
        const std::string name = draft_.variable(sum.target).name;
        const auto reads = all_reads(sum.value);
        if (std::find(reads.begin(), reads.end(), sum.target) != reads.end()) {
            draft_.sink.report(diag::Code::SummedItself, sum.span,
                               "the sum `" + name + "` is computed from itself");
        }
        for (const model::Pathway& pathway : draft_.model.pathways) {
            for (const model::Statement& statement : pathway.statements.statements) {
                if (!statement.to_local && statement.target == sum.target) {
                    draft_.sink
                        .report(diag::Code::SummedWritten, statement.span,
                                "`" + name +
                                    "` is a sum over the synapses and cannot be assigned "
                                    "too")
                        .note_at(sum.span, "the sum is defined here");
                }
            }
        }
    }

    Draft& draft_;
};

} // namespace

void check_synapse_rules(Draft& draft) {
    SynapseRules(draft).run();
}

} // namespace hhc::sema
