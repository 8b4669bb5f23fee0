// SPDX-License-Identifier: MIT
#include "sema/cells.h"

#include "ast/nodes.h"
#include "sema/collect.h"
#include "sema/constants.h"
#include "sema/expressions.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace hhc::sema {

namespace {

constexpr double default_capacitance = 0.01;     // farad/meter**2: 1 uF/cm**2
constexpr double default_axial_resistance = 1.5; // ohm*meter: 150 ohm*cm

units::Dimension per_area(const units::Dimension& dimension) {
    return dimension / units::metre().pow(2);
}

units::Dimension current_density() {
    return per_area(units::ampere());
}

/// Values that the shape of the cell gives to every compartment.
struct Geometry {
    std::string_view name;
    int power; // of metre
    std::string_view unit;
    double scale;
};

constexpr std::array<Geometry, 8> geometry = {{
    {"area", 2, "um**2", 1e-12},
    {"length", 1, "um", 1e-6},
    {"diameter", 1, "um", 1e-6},
    {"volume", 3, "um**3", 1e-18},
    {"distance", 1, "um", 1e-6},
    {"x", 1, "um", 1e-6},
    {"y", 1, "um", 1e-6},
    {"z", 1, "um", 1e-6},
}};

/// density + (sum of what is flagged `point current`)/area; density may be none.
ExprId add_point_currents(Draft& draft, ExprId density) {
    ExprId sum;
    for (std::size_t i = 0; i < draft.model.variables.size(); ++i) {
        const VariableId id(i);
        if (!draft.variable(id).flags.point_current || draft.facts(id).poisoned) {
            continue;
        }
        draft.define(id);
        const ExprId value = draft.reference(id, draft.variable(id).span);
        sum = sum.valid() ? draft.arithmetic(ExprKind::Add, sum, value, draft.variable(id).span)
                          : value;
    }
    if (!sum.valid()) {
        return density;
    }
    const Span span = draft.model.exprs[sum].span;
    const VariableId area = draft.by_name.at("area");
    const ExprId points =
        draft.arithmetic(ExprKind::Divide, sum, draft.reference(area, span), span);
    return density.valid() ? draft.arithmetic(ExprKind::Add, density, points, span) : points;
}

class CellMaker {
public:
    CellMaker(Draft& draft, Scope& root) : draft_(draft), root_(root) {}

    void run() {
        if (!draft_.model.cell) {
            draft_.model.cell.emplace();
        }
        for (const Geometry& row : geometry) {
            if (const auto own = find(row.name)) {
                own_geometry(row, *own);
            } else {
                constant(std::string(row.name), units::metre().pow(row.power),
                         {std::string(row.unit), row.scale}, 0.0);
            }
        }
        material("Ri", units::ohm() * units::metre(), {"ohm*cm", 0.01}, default_axial_resistance);
        const auto v = find("v");
        const auto current = find("Im");
        const bool is_rate = v && draft_.variable(*v).role == Role::State;
        if (is_rate) {
            voltage_form(*v);
        } else {
            current_form(v, current);
        }
    }

private:
    std::optional<VariableId> find(std::string_view name) const {
        const auto found = draft_.by_name.find(std::string(name));
        return found == draft_.by_name.end() ? std::nullopt : std::optional(found->second);
    }

    VariableId declare(const std::string& name, Role role, const units::Dimension& dimension,
                       model::DisplayUnit display) {
        model::Variable variable;
        variable.name = name;
        variable.role = role;
        variable.type.dimension = dimension;
        variable.display = std::move(display);
        variable.span = draft_.span;
        VariableFacts facts;
        facts.term = dimension;
        facts.generated = true;
        facts.read = true;
        facts.scope = &root_;
        return draft_.declare(std::move(variable), std::move(facts));
    }

    VariableId constant(const std::string& name, const units::Dimension& dimension,
                        model::DisplayUnit display, double value) {
        const VariableId id = declare(name, Role::Parameter, dimension, std::move(display));
        draft_.variable(id).flags.constant = true;
        draft_.variable(id).default_value = value;
        return id;
    }

    /// What the shape gives may be declared, as in Brian, but not mean something else. Coordinates
    /// are not of the cable's equations: an `x` of another kind is the user's.
    void own_geometry(const Geometry& row, VariableId own) {
        const VariableFacts& facts = draft_.facts(own);
        const Role role = draft_.variable(own).role;
        const bool parameter = role == Role::Parameter || role == Role::SharedParameter;
        if (row.name.size() == 1 || facts.poisoned ||
            (parameter && draft_.solver.unify(facts.term, Term(units::metre().pow(row.power))))) {
            return;
        }
        draft_.sink
            .report(diag::Code::CellProperty, draft_.variable(own).span,
                    "`" + std::string(row.name) + "` of a compartment is given by the shape, in `" +
                        std::string(row.unit) + "`")
            .note("choose another name, such as `" + std::string(row.name) + "_`");
    }

    /// A property of membrane or cytoplasm: the user's, or one value per compartment.
    VariableId material(const std::string& name, const units::Dimension& dimension,
                        model::DisplayUnit display, double value) {
        const auto own = find(name);
        if (!own) {
            return constant(name, dimension, std::move(display), value);
        }
        VariableFacts& facts = draft_.facts(*own);
        facts.read = true;
        if (draft_.variable(*own).role != Role::SharedParameter &&
            draft_.variable(*own).role != Role::Parameter) {
            draft_.sink
                .report(diag::Code::CellProperty, draft_.variable(*own).span,
                        "`" + name + "` of a cell is a parameter, and this is a " +
                            std::string(model::spelling(draft_.variable(*own).role)))
                .note("write `param " + name + " = ...`");
            return *own;
        }
        draft_.define(*own);
        if (!facts.poisoned && !draft_.solver.unify(facts.term, Term(dimension))) {
            draft_.sink.report(diag::Code::CellProperty, draft_.variable(*own).span,
                               "`" + name + "` of a cell is in " + shown(Term(dimension)) +
                                   ", and this one is in " +
                                   shown(draft_.solver.resolve(facts.term)));
        }
        return *own;
    }

    void voltage_form(VariableId v) {
        model::Cell& cell = *draft_.model.cell;
        cell.potential = v;
        const VariableFacts& facts = draft_.facts(v);
        if (!facts.poisoned && facts.unit_known &&
            draft_.variable(v).type.dimension != units::volt()) {
            draft_.sink
                .report(diag::Code::CellProperty, draft_.variable(v).span,
                        "`v` of a cell is its membrane potential, in volt, and here it is in " +
                            shown(facts.term))
                .note("write `dv/dt = (... + Icable)/C : volt`");
        }
        const auto own = find("Icable");
        if (own) {
            draft_.sink
                .report(diag::Code::CellProperty, draft_.variable(*own).span,
                        "`Icable` is given to the equations of a cell by the cable, and is "
                        "defined here again")
                .note("remove this line");
            cell.axial = *own;
            return;
        }
        cell.axial = declare("Icable", Role::Input, current_density(), {"uA/cm**2", 1e-2});
    }

    void current_form(std::optional<VariableId> v, std::optional<VariableId> current) {
        model::Cell& cell = *draft_.model.cell;
        cell.capacitance = material("Cm", units::farad() / units::metre().pow(2),
                                    {"uF/cm**2", 0.01}, default_capacitance);
        if (v) {
            draft_.sink
                .report(diag::Code::CellProperty, draft_.variable(*v).span,
                        "`v` of a cell is its membrane potential, and is defined here as a " +
                            std::string(model::spelling(draft_.variable(*v).role)))
                .note("give the membrane current `Im = ... : amp/meter**2` alone, or `dv/dt` with "
                      "`Icable` in it");
            cell.potential = *v;
            return;
        }
        cell.potential = declare("v", Role::State, units::volt(), {"mV", 1e-3});
        draft_.variable(cell.potential).written = "dv/dt = (Im + point currents/area)/Cm : volt";
        const VariableId id = current ? *current : sum_of_parts();
        if (!id.valid()) {
            return;
        }
        const VariableFacts& facts = draft_.facts(id);
        if (current && !facts.poisoned && facts.unit_known &&
            draft_.variable(id).type.dimension != current_density()) {
            auto problem = draft_.sink.report(
                diag::Code::CellCurrentUnit, draft_.variable(id).span,
                "`Im` is the membrane current per area, in amp/meter**2, and here it is in " +
                    shown(facts.term));
            if (draft_.variable(id).type.dimension == units::ampere()) {
                problem.note("a current in amp is flagged `(point current)` and added by itself");
            }
            return;
        }
        draft_.facts(cell.potential).progress = VariableFacts::Progress::Waiting;
        Draft& draft = draft_;
        draft_.facts(cell.potential).define = [&draft, id] {
            draft.define(id);
            const Span span = draft.variable(id).span;
            const ExprId density = add_point_currents(draft, draft.reference(id, span));
            draft.model.cell->current = density;
            return draft.arithmetic(ExprKind::Divide, density,
                                    draft.reference(draft.model.cell->capacitance, span), span);
        };
    }

    /// Im of a cell that does not write it: what its parts call I.
    VariableId sum_of_parts() {
        std::vector<VariableId> terms;
        for (const auto& [prefix, span] : draft_.part_names) {
            const auto found = find(prefix + "I");
            if (found && std::count(prefix.begin(), prefix.end(), '.') == 1) {
                terms.push_back(*found);
            }
        }
        std::sort(terms.begin(), terms.end());
        if (terms.empty()) {
            if (draft_.lost_parts.empty()) {
                draft_.sink
                    .report(diag::Code::CellCurrentMissing, draft_.span,
                            "this cell has no membrane current")
                    .note("write `Im = ... : amp/meter**2`, or `dv/dt = (... + Icable)/C : volt`, "
                          "or insert channels with a current `I`");
            }
            return {};
        }
        const VariableId id =
            declare("Im", Role::Subexpression, current_density(), {"uA/cm**2", 1e-2});
        draft_.facts(id).progress = VariableFacts::Progress::Waiting;
        Draft& draft = draft_;
        draft_.facts(id).define = [&draft, &root = root_, terms, id] {
            ExprId sum;
            for (const VariableId term : terms) {
                draft.define(term);
                const Span span = draft.variable(term).span;
                const ExprContext context{root, Place::Subexpression, "value Im"};
                const ExprId value = fit_definition(
                    draft, context, draft.reference(term, span), draft.variable(id).type,
                    "`" + draft.variable(term).name + "` of an inserted part");
                sum = sum.valid() ? draft.arithmetic(ExprKind::Add, sum, value, span) : value;
            }
            return sum;
        };
        return id;
    }

    Draft& draft_;
    Scope& root_;
};

/// Spikes are looked for at one place, or where the user says.
void detect_here(Draft& draft) {
    const auto spike =
        std::find_if(draft.model.events.begin(), draft.model.events.end(),
                     [](const model::Event& event) { return event.name == "spike"; });
    if (spike == draft.model.events.end()) {
        return;
    }
    const Span span = spike->span;
    model::Variable variable;
    variable.name = "spike_here";
    variable.role = Role::Parameter;
    variable.type.scalar = Scalar::Boolean;
    variable.flags.constant = true;
    variable.default_value = 0.0;
    variable.span = span;
    VariableFacts facts;
    facts.generated = true;
    facts.read = true;
    const ExprId here = draft.reference(draft.declare(std::move(variable), std::move(facts)), span);
    model::Expr both;
    both.kind = ExprKind::And;
    both.type.scalar = Scalar::Boolean;
    both.args = {here, spike->condition};
    both.span = span;
    spike->condition = draft.add(std::move(both), {});
}

} // namespace

void declare_cell(Draft& draft, Scope& root) {
    CellMaker(draft, root).run();
}

void finish_cell(Draft& draft) {
    if (!draft.model.cell) {
        return;
    }
    if (draft.model.cell->axial.valid()) {
        draft.model.cell->current = add_point_currents(draft, {});
    }
    detect_here(draft);
}

ExprId only_where_inserted(Draft& draft, const Scope& scope, ExprId value) {
    const auto found = draft.inserted.find(scope.prefix);
    if (found == draft.inserted.end() || draft.poisoned(value) ||
        draft.term(value).known != current_density()) {
        return value;
    }
    const Span span = draft.place(value);
    return draft.arithmetic(ExprKind::Multiply, draft.reference(found->second, span), value, span);
}

// ---- insert -------------------------------------------------------------------------------------

void Collector::insert(const ast::Insert& insert, Scope& scope) {
    std::vector<std::string> regions;
    for (const ast::Path& region : insert.regions) {
        regions.push_back(region.text());
    }
    for (const ast::Part& part : insert.parts) {
        const std::string name = part.alias                ? part.alias->text
                                 : part.path.parts.empty() ? ""
                                                           : part.path.parts.back().text;
        model::Insertion insertion{name, regions, {}, part.span};
        if (channel_of_.contains(name)) {
            insert_again(part, std::move(insertion), scope);
            continue;
        }
        if (!this->part(part, scope)) {
            continue;
        }
        const std::string prefix = scope.prefix + name + ".";
        channel_of_.emplace(name, part.path.text());
        if (!regions.empty()) {
            model::Variable variable;
            variable.name = prefix + "inserted";
            variable.role = Role::Parameter;
            variable.display = {"1", 1.0};
            variable.flags.constant = true;
            variable.default_value = 0.0;
            variable.span = part.span;
            VariableFacts facts;
            facts.generated = true;
            facts.read = true;
            facts.scope = &scope;
            draft_.inserted[prefix] = draft_.declare(std::move(variable), std::move(facts));
        }
        draft_.model.cell->insertions.push_back(std::move(insertion));
    }
}

/// A channel that stands in further regions with other values of its parameters: these get one
/// value per compartment.
void Collector::insert_again(const ast::Part& part, model::Insertion insertion, Scope& scope) {
    diag::Sink& sink = sink_of(draft_, scope);
    const std::string prefix = scope.prefix + insertion.part + ".";
    if (channel_of_[insertion.part] != part.path.text() || insertion.regions.empty() ||
        !draft_.inserted.contains(prefix)) {
        sink.report(diag::Code::InsertedTwice, part.span,
                    "`" + insertion.part + "` is inserted already")
            .note_at(draft_.part_names.at(prefix), "the first insertion")
            .note("say in which regions each of them stands, `insert NaT(g = 20 mS/cm**2) in "
                  "dendrites`, or give this one a name of its own with `as`");
        return;
    }
    const std::size_t index = draft_.model.cell->insertions.size();
    draft_.model.cell->insertions.push_back(std::move(insertion));
    for (const ast::Argument& argument : part.arguments) {
        const auto found = draft_.by_name.find(prefix + argument.name.text);
        if (found == draft_.by_name.end() ||
            draft_.variable(found->second).role != Role::SharedParameter) {
            sink.report(diag::Code::UnknownArgument, argument.name.span,
                        "`" + part.path.text() + "` has no parameter `" + argument.name.text + "`");
            continue;
        }
        const VariableId id = found->second;
        draft_.bindings.push_back([&draft = draft_, &scope, &sink, &argument, id, index] {
            draft.define(id);
            const ExprContext context{scope, Place::Constant, "insert " + draft.variable(id).name};
            ExprId value = check_expression(draft, context, argument.value);
            value = fit(draft, context, value, Scalar::Real, draft.facts(id).term,
                        diag::Code::DefinitionUnit, "`" + argument.name.text + "` of this part");
            draft.variable(id).role = Role::Parameter;
            draft.variable(id).flags.constant = true;
            if (draft.poisoned(value)) {
                return;
            }
            const auto number = evaluate(draft, value);
            if (const double* known = std::get_if<double>(&number)) {
                draft.model.cell->insertions[index].values.emplace_back(id, *known);
            } else if (!std::get<NotFixed>(number).silent) {
                sink.report(diag::Code::NotConstant, draft.place(value),
                            "`" + argument.name.text +
                                "` of this region must be a value that is known before the run")
                    .note("assign it per compartment where the cell is built");
            }
        });
    }
}

} // namespace hhc::sema
