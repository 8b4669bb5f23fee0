// SPDX-License-Identifier: MIT
// Kinetic schemes become states by the law of mass action.
//
//   kinetic s { C <-> O (a, b); O -> D (2/ms); D -> C (k); conserve C + O + D = 1 }
//
// gives states `s.C` and `s.O`, and `s.D` = 1 - s.C - s.O: one species of every conserved sum is
// what the others leave, so that sums hold exactly. Schemes of the first order start at their
// steady state `s.C.inf`, unless an `init` says how.
#include "ast/visit.h"
#include "sema/collect.h"
#include "sema/constants.h"
#include "sema/expressions.h"
#include "sema/names.h"
#include "sema/scheme_graph.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

namespace hhc::sema {

namespace {

using Index = std::size_t; // of a species
/// Far more than a person writes; the steady state takes the cube of the first, the equations the
/// product.
constexpr std::size_t most_species = 100;
constexpr std::size_t most_transitions = 1000;

struct Amount {
    Index species;
    std::uint32_t count;
};

struct Reaction {
    const ast::Transition* text;
    std::vector<Amount> from, to;
    ExprId forward, backward; // once they were asked for

    [[nodiscard]] bool first_order() const {
        return from.size() == 1 && to.size() == 1 && from[0].count == 1 && to[0].count == 1;
    }
};

struct Sum {
    const ast::Conservation* text;
    std::vector<Amount> amounts;
    std::optional<Index> remainder; // the species that is what the others leave
};

struct SpeciesDraft {
    ast::Name name;
    DeclaredUnit unit;
    const ast::Init* init = nullptr;
    VariableId variable;
};

/// A scheme while its variables are built; kept by what defines them.
class SchemeDraft {
public:
    SchemeDraft(Draft& draft, Scope& inside, const ast::Kinetic& text)
        : draft_(draft), inside_(inside), text_(text) {}

    /// False if it was reported and nothing can be made of it.
    bool read();
    void declare(const std::shared_ptr<SchemeDraft>& self);

private:
    diag::Sink::Report report(Span span, const std::string& message) {
        return sink_of(draft_, inside_).report(diag::Code::KineticScheme, span, message);
    }
    std::optional<Index> find(const std::string& name) const {
        const auto found = std::ranges::find_if(
            species_, [&](const SpeciesDraft& one) { return one.name.text == name; });
        return found == species_.end() ? std::nullopt
                                       : std::optional<Index>(found - species_.begin());
    }
    void read_settings();
    std::vector<Amount> amounts(const std::vector<ast::Species>& sum, bool may_add);
    void read_units();
    bool check_units();
    void read_sums();
    bool check_conserved(const Sum& sum);
    void read_inits();
    void choose_remainders();
    void find_steady_states();
    std::optional<double> weight(const Sum& sum, Index species) const;

    ExprId reference(Index i) const {
        return draft_.reference(species_[i].variable, text_.name.span);
    }
    ExprId combine(ExprKind kind, ExprId a, ExprId b) const {
        return draft_.poisoned(a) || draft_.poisoned(b)
                   ? draft_.poison(text_.name.span)
                   : draft_.arithmetic(kind, a, b, text_.name.span);
    }
    ExprId times(std::uint32_t count, ExprId value) const {
        return count == 1
                   ? value
                   : combine(ExprKind::Multiply, draft_.number(count, {}, text_.name.span), value);
    }
    units::Dimension unit(Index i) const { return species_[i].unit.type.dimension; }
    ExprId rate(Reaction& reaction, bool forward);
    void refuse_negative(ExprId rate);
    ExprId flux(Reaction& reaction, bool forward);
    ExprId derivative(Index i);
    ExprId total(const Sum& sum);
    ExprId rest_of(const Sum& sum);
    ExprId steady(Index i);
    ExprId initial(Index i);
    void declare_state(const std::shared_ptr<SchemeDraft>& self, Index i);
    void declare_remainder(const std::shared_ptr<SchemeDraft>& self, Index i, const Sum& sum);

    Draft& draft_;
    Scope& inside_; // "na.s."
    const ast::Kinetic& text_;
    std::vector<SpeciesDraft> species_;
    std::vector<Reaction> reactions_;
    std::vector<Sum> sums_;
    const ast::Setting* q10_ = nullptr;
    VariableId factor_;
    SchemeGraph graph_;
    std::vector<const Sum*> steady_total_; // by component: none if it has `init`
};

std::vector<Amount> SchemeDraft::amounts(const std::vector<ast::Species>& sum, bool may_add) {
    std::vector<Amount> result;
    for (const ast::Species& one : sum) {
        std::optional<Index> index = find(one.name.text);
        if (!index && may_add) {
            index = species_.size();
            SpeciesDraft made;
            made.name = one.name;
            made.unit.display.text = "1";
            species_.push_back(std::move(made));
        } else if (!index) {
            report(one.name.span, "`" + one.name.text + "` is no species of this scheme");
            continue;
        }
        const auto same = std::ranges::find(result, *index, &Amount::species);
        if (same == result.end()) {
            result.push_back({*index, one.count});
        } else {
            same->count += one.count;
        }
    }
    return result;
}

void SchemeDraft::read_settings() {
    for (const ast::Setting& setting : text_.settings) {
        if (setting.key.text != "q10") {
            sink_of(draft_, inside_)
                .report(diag::Code::UnknownSetting, setting.key.span,
                        "a kinetic scheme has no `" + setting.key.text + "`")
                .note("it has q10; a value of its own needs a unit: `" + setting.key.text +
                      " = ... : 1`");
        } else if (q10_ != nullptr) {
            sink_of(draft_, inside_)
                .report(diag::Code::RepeatedItem, setting.key.span, "`q10` is given twice");
        } else {
            q10_ = &setting;
        }
    }
}

/// `CaB : mmolar` says the unit of a species; without it a species is a fraction.
void SchemeDraft::read_units() {
    for (const ast::Equation& equation : text_.equations) {
        const auto index = find(equation.name.text);
        if (!index) {
            declare_equation(draft_, inside_, equation, {});
        } else if (equation.kind != ast::EquationKind::Declaration || !equation.flags.empty()) {
            report(equation.name.span,
                   "`" + equation.name.text + "` is a species: its transitions say how it changes")
                .note("only its unit may be given: `" + equation.name.text + " : mmolar`");
        } else {
            species_[*index].unit = read_unit(equation.unit, sink_of(draft_, inside_));
        }
    }
}

bool SchemeDraft::check_units() {
    bool sound = true;
    const auto check = [&](const std::vector<Amount>& a, const std::vector<Amount>& b, Span span) {
        for (const std::vector<Amount>* side : {&a, &b}) {
            for (const Amount& amount : *side) {
                if (unit(amount.species) != unit(a[0].species) && sound) {
                    report(span, "`" + species_[a[0].species].name.text + "` and `" +
                                     species_[amount.species].name.text + "` have different units");
                    sound = false;
                }
            }
        }
    };
    for (const Reaction& reaction : reactions_) {
        check(reaction.from, reaction.to, reaction.text->span);
    }
    for (const Sum& sum : sums_) {
        if (!sum.amounts.empty()) {
            check(sum.amounts, {}, sum.text->span);
        }
    }
    return sound;
}

std::optional<double> SchemeDraft::weight(const Sum& sum, Index species) const {
    const auto found = std::ranges::find(sum.amounts, species, &Amount::species);
    return found == sum.amounts.end() ? std::nullopt : std::optional<double>(found->count);
}

/// No transition may change the sum.
bool SchemeDraft::check_conserved(const Sum& sum) {
    for (const Reaction& reaction : reactions_) {
        const auto weighed = [&](const std::vector<Amount>& side) {
            double result = 0;
            for (const Amount& amount : side) {
                result += amount.count * weight(sum, amount.species).value_or(0);
            }
            return result;
        };
        if (weighed(reaction.from) != weighed(reaction.to)) {
            report(sum.text->span, "this sum is not conserved")
                .note_at(reaction.text->span, "this transition changes it");
            return false;
        }
    }
    return true;
}

void SchemeDraft::read_sums() {
    for (const ast::Conservation& text : text_.conservations) {
        const std::size_t before = sink_of(draft_, inside_).error_count();
        Sum sum{&text, amounts(text.sum, false), {}};
        if (sink_of(draft_, inside_).error_count() == before && check_conserved(sum)) {
            sums_.push_back(std::move(sum));
        }
    }
}

void SchemeDraft::read_inits() {
    for (const ast::Init& init : text_.inits) {
        const auto index = find(init.name.text);
        if (!index) {
            report(init.name.span, "`" + init.name.text + "` is no species of this scheme");
        } else if (species_[*index].init != nullptr) {
            sink_of(draft_, inside_)
                .report(diag::Code::RepeatedItem, init.name.span,
                        "`" + init.name.text + "` has two initial values");
        } else {
            species_[*index].init = &init;
        }
    }
}

/// The last species without `init` of each sum.
void SchemeDraft::choose_remainders() {
    std::vector<bool> taken(species_.size(), false);
    for (Sum& sum : sums_) {
        for (const Amount& amount : sum.amounts) {
            if (!taken[amount.species] && species_[amount.species].init == nullptr) {
                sum.remainder = amount.species;
            }
        }
        if (sum.remainder) {
            taken[*sum.remainder] = true;
        } else {
            report(sum.text->span, "one species of a conserved sum is what the others leave, but "
                                   "all of these have initial values")
                .note("leave one `init` out");
        }
    }
}

/// Where the graph of transitions says that there is exactly one steady state.
void SchemeDraft::find_steady_states() {
    graph_ = SchemeGraph(species_.size());
    for (const Reaction& reaction : reactions_) {
        for (const Amount& from : reaction.from) {
            for (const Amount& to : reaction.to) {
                graph_.add(from.species, to.species);
                if (reaction.text->backward.valid()) {
                    graph_.add(to.species, from.species);
                }
            }
        }
    }
    for (const std::vector<Index>& component : graph_.components()) {
        const bool given =
            std::ranges::any_of(component, [&](Index i) { return species_[i].init != nullptr; });
        const bool linear = std::ranges::all_of(reactions_, [&](const Reaction& reaction) {
            return reaction.first_order() ||
                   std::ranges::find(component, reaction.from[0].species) == component.end();
        });
        const Sum* whole = nullptr;
        for (const Sum& sum : sums_) {
            const bool same =
                sum.amounts.size() == component.size() &&
                std::ranges::all_of(component, [&](Index i) { return weight(sum, i) == 1.0; });
            whole = same ? &sum : whole;
        }
        const bool unique = graph_.closed_classes(component).size() == 1;
        steady_total_.push_back(!given && linear && unique ? whole : nullptr);
        if (given || steady_total_.back() != nullptr) {
            continue;
        }
        const std::string first = species_[component[0]].name.text;
        auto problem = report(text_.name.span, "scheme `" + text_.name.text +
                                                   "` does not say where it starts: its steady "
                                                   "state is not determined");
        if (linear && unique) {
            std::string sum;
            for (const Index i : component) {
                sum += (sum.empty() ? "" : " + ") + species_[i].name.text;
            }
            problem.note("say what is conserved: `conserve " + sum + " = 1`, or `init " + first +
                         " = ...`");
        } else {
            problem.note("give initial values: `init " + first +
                         " = ...`; species without one "
                         "start at 0");
        }
    }
}

bool SchemeDraft::read() {
    diag::Sink& sink = sink_of(draft_, inside_);
    const std::size_t before = sink.error_count();
    for (const ast::Transition& text : text_.transitions) {
        Reaction reaction{&text, amounts(text.from, true), amounts(text.to, true), {}, {}};
        reactions_.push_back(std::move(reaction));
        if (species_.size() > most_species || reactions_.size() > most_transitions) {
            sink.report(diag::Code::ModelTooLarge, text_.name.span,
                        "scheme `" + text_.name.text + "` has more than " +
                            std::to_string(most_species) + " species or " +
                            std::to_string(most_transitions) + " transitions");
            return false;
        }
    }
    read_settings();
    read_units();
    read_sums();
    read_inits();
    if (reactions_.empty() && !text_.incomplete) {
        report(text_.name.span, "scheme `" + text_.name.text + "` has no transitions")
            .note("write `C <-> O (alpha, beta)`");
    }
    if (sink.error_count() > before || text_.incomplete) {
        return false;
    }
    choose_remainders();
    find_steady_states();
    return check_units() && sink.error_count() == before;
}

/// A rate that is a number cannot take more than there is.
void SchemeDraft::refuse_negative(ExprId rate) {
    if (draft_.poisoned(rate)) {
        return;
    }
    const auto value = evaluate(draft_, rate, true);
    const double* number = std::get_if<double>(&value);
    if (number != nullptr && *number < 0) {
        report(draft_.place(rate), "the rate of a transition is negative")
            .note("the way back has a rate of its own: `C <-> O (forward, backward)`");
    }
}

/// The constant of mass action in one direction, with its q10.
ExprId SchemeDraft::rate(Reaction& reaction, bool forward) {
    ExprId& known = forward ? reaction.forward : reaction.backward;
    if (known.valid()) {
        return known;
    }
    const std::vector<Amount>& from = forward ? reaction.from : reaction.to;
    Term wanted = Term(units::hertz()) * Term(unit(from[0].species));
    for (const Amount& amount : from) {
        wanted = wanted / Term(unit(amount.species)).pow(Rational(amount.count));
    }
    const std::string what =
        "rate " + inside_.prefix + species_[from[0].species].name.text + std::to_string(forward);
    const ExprContext context{inside_, Place::Subexpression, what};
    known = fit(draft_, context,
                check_expression(draft_, context,
                                 forward ? reaction.text->forward : reaction.text->backward),
                Scalar::Real, wanted, diag::Code::RateUnit, "the rate of a transition");
    refuse_negative(known);
    if (factor_.valid() && !draft_.poisoned(known)) {
        known = combine(ExprKind::Multiply, known, draft_.reference(factor_, text_.name.span));
    }
    return known;
}

ExprId SchemeDraft::flux(Reaction& reaction, bool forward) {
    ExprId result = rate(reaction, forward);
    for (const Amount& amount : forward ? reaction.from : reaction.to) {
        for (std::uint32_t i = 0; i < amount.count; ++i) {
            result = combine(ExprKind::Multiply, result, reference(amount.species));
        }
    }
    return result;
}

ExprId SchemeDraft::derivative(Index i) {
    ExprId sum;
    const auto add = [&](int change, Reaction& reaction, bool forward) {
        const ExprId term =
            times(static_cast<std::uint32_t>(std::abs(change)), flux(reaction, forward));
        if (!sum.valid()) {
            sum = change > 0              ? term
                  : draft_.poisoned(term) ? term
                                          : draft_.negate(term, text_.name.span);
        } else {
            sum = combine(change > 0 ? ExprKind::Add : ExprKind::Subtract, sum, term);
        }
    };
    for (Reaction& reaction : reactions_) {
        int change = 0;
        for (const Amount& amount : reaction.from) {
            change -= amount.species == i ? static_cast<int>(amount.count) : 0;
        }
        for (const Amount& amount : reaction.to) {
            change += amount.species == i ? static_cast<int>(amount.count) : 0;
        }
        if (change != 0) {
            add(change, reaction, true);
            if (reaction.text->backward.valid()) {
                add(-change, reaction, false);
            }
        }
    }
    return sum.valid() ? sum : draft_.number(0, unit(i) / units::second(), text_.name.span);
}

ExprId SchemeDraft::total(const Sum& sum) {
    const ExprContext context{inside_, Place::Subexpression, "total " + inside_.prefix};
    return fit(draft_, context, check_expression(draft_, context, sum.text->total), Scalar::Real,
               unit(sum.amounts[0].species), diag::Code::DefinitionUnit, "the conserved sum");
}

ExprId SchemeDraft::rest_of(const Sum& sum) {
    ExprId result = total(sum);
    std::uint32_t own = 1;
    for (const Amount& amount : sum.amounts) {
        if (amount.species == *sum.remainder) {
            own = amount.count;
        } else {
            result =
                combine(ExprKind::Subtract, result, times(amount.count, reference(amount.species)));
        }
    }
    return own == 1 ? result
                    : combine(ExprKind::Divide, result, draft_.number(own, {}, text_.name.span));
}

/// The share of one species in the steady state: an expression of all rates of its closed class.
ExprId SchemeDraft::steady(Index i) {
    const std::size_t which = graph_.component_of(i);
    const std::vector<Index> members = graph_.closed_classes(graph_.components()[which]).front();
    const ExprId whole = total(*steady_total_[which]);
    const auto place = std::ranges::find(members, i);
    if (place == members.end()) { // what leaves for ever
        return draft_.number(0, unit(i), text_.name.span);
    }
    if (members.size() == 1) {
        return whole;
    }
    const std::size_t n = members.size();
    std::vector<ExprId> rates(n * n, draft_.number(0, units::hertz(), text_.name.span));
    bool poisoned = draft_.poisoned(whole);
    const auto add = [&](Index from, Index to, ExprId value) {
        const auto row = std::ranges::find(members, from);
        const auto column = std::ranges::find(members, to);
        poisoned = poisoned || draft_.poisoned(value);
        if (row == members.end() || column == members.end() || poisoned) {
            return;
        }
        ExprId& entry = rates[static_cast<std::size_t>(row - members.begin()) * n +
                              static_cast<std::size_t>(column - members.begin())];
        const bool first = draft_.model.exprs[entry].kind == ExprKind::Number &&
                           draft_.model.exprs[entry].number == 0;
        entry = first ? value : combine(ExprKind::Add, entry, value);
    };
    for (Reaction& reaction : reactions_) {
        if (!reaction.first_order()) {
            continue;
        }
        add(reaction.from[0].species, reaction.to[0].species, rate(reaction, true));
        if (reaction.text->backward.valid()) {
            add(reaction.to[0].species, reaction.from[0].species, rate(reaction, false));
        }
    }
    if (poisoned) {
        return draft_.poison(text_.name.span);
    }
    model::Expr share;
    share.kind = ExprKind::SteadyState;
    share.symbol = static_cast<std::uint32_t>(place - members.begin());
    share.args = std::move(rates);
    share.span = text_.name.span;
    return combine(ExprKind::Multiply, whole, draft_.add(std::move(share), {}));
}

ExprId SchemeDraft::initial(Index i) {
    const ast::Init* init = species_[i].init;
    if (init == nullptr) {
        return draft_.number(0, unit(i), text_.name.span);
    }
    const ExprContext context{inside_, Place::Initial, "init " + inside_.prefix + init->name.text};
    return fit(draft_, context, check_expression(draft_, context, init->value), Scalar::Real,
               unit(i), diag::Code::DefinitionUnit, "`init` of a species");
}

void SchemeDraft::declare_state(const std::shared_ptr<SchemeDraft>& self, Index i) {
    VariableFacts& facts = draft_.facts(species_[i].variable);
    facts.progress = VariableFacts::Progress::Waiting;
    facts.define = [self, i] { return self->derivative(i); };
    if (steady_total_[graph_.component_of(i)] == nullptr) {
        facts.initial = [self, i] { return self->initial(i); };
        return;
    }
    const VariableId share =
        declare_generated(draft_, inside_, species_[i].name.text + ".inf", unit(i), text_.name.span,
                          [self, i] { return self->steady(i); });
    draft_.variable(share).display = species_[i].unit.display;
    draft_.facts(species_[i].variable).initial = [self, share] {
        return self->draft_.reference(share, self->text_.name.span);
    };
}

void SchemeDraft::declare_remainder(const std::shared_ptr<SchemeDraft>& self, Index i,
                                    const Sum& sum) {
    VariableFacts& facts = draft_.facts(species_[i].variable);
    facts.progress = VariableFacts::Progress::Waiting;
    facts.define = [self, &sum] { return self->rest_of(sum); };
}

void SchemeDraft::declare(const std::shared_ptr<SchemeDraft>& self) {
    if (q10_ != nullptr) {
        factor_ = declare_q10(draft_, inside_, "rate_factor", *q10_, {});
    } else if (inside_.parent != nullptr) {
        factor_ = inside_.parent->rate_factor;
    }
    std::vector<const Sum*> remainder_of(species_.size(), nullptr);
    for (const Sum& sum : sums_) {
        remainder_of[*sum.remainder] = &sum;
    }
    for (Index i = 0; i < species_.size(); ++i) {
        const ast::Name& name = species_[i].name;
        model::Variable variable = start_variable(draft_, inside_, name, name.span);
        variable.role = remainder_of[i] != nullptr ? Role::Subexpression : Role::State;
        variable.type = species_[i].unit.type;
        variable.display = species_[i].unit.display;
        variable.scheme = inside_.prefix.substr(0, inside_.prefix.size() - 1);
        VariableFacts facts;
        facts.scope = &inside_;
        facts.term = unit(i);
        facts.poisoned = !may_define(draft_, inside_, name) || species_[i].unit.poisoned;
        facts.read = true; // every species belongs to the scheme
        species_[i].variable = draft_.declare(std::move(variable), std::move(facts));
    }
    for (Index i = 0; i < species_.size(); ++i) {
        if (remainder_of[i] != nullptr) {
            declare_remainder(self, i, *remainder_of[i]);
        } else {
            declare_state(self, i);
        }
    }
}

} // namespace

void declare_kinetic(Draft& draft, Scope& scope, const ast::Kinetic& kinetic) {
    if (!may_define(draft, scope, kinetic.name)) {
        return;
    }
    Scope& inside = draft.add_scope(scope);
    inside.prefix = scope.prefix + kinetic.name.text + ".";
    inside.parent = &scope;
    inside.bound.clear();
    inside.conductance_factor = {};
    if (draft.by_name.contains(scope.prefix + kinetic.name.text) ||
        !draft.part_names.emplace(inside.prefix, kinetic.name.span).second) {
        sink_of(draft, scope)
            .report(diag::Code::DuplicateName, kinetic.name.span,
                    "`" + kinetic.name.text + "` is defined twice");
        return;
    }
    const auto scheme = std::make_shared<SchemeDraft>(draft, inside, kinetic);
    if (scheme->read()) {
        scheme->declare(scheme);
    } else {
        draft.lost_parts.insert(inside.prefix);
    }
}

} // namespace hhc::sema
