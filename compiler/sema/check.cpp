// SPDX-License-Identifier: MIT
// The order of checking. A model is drafted (all names first, then what they are worth), its
// behaviour is read, values are put in order, and the rules that need the whole are applied.
#include "sema/check.h"

#include "ast/visit.h"
#include "sema/behaviour.h"
#include "sema/cells.h"
#include "sema/collect.h"
#include "sema/constants.h"
#include "sema/expressions.h"
#include "sema/names.h"
#include "sema/order.h"
#include "sema/pathways.h"
#include "sema/sides.h"
#include "sema/temperature.h"
#include "sema/usage.h"
#include "sema/values.h"
#include "support/check.h"

#include <algorithm>
#include <utility>

namespace hhc::sema {

namespace {

/// Parameters that the caller wants frozen, or one value per entity.
void apply_wishes(Draft& draft) {
    const auto change = [&](const std::string& name, Role role) {
        const auto found = draft.by_name.find(name);
        if (found == draft.by_name.end()) {
            return; // an external that is not read, or a parameter of another model of the file
        }
        model::Variable& variable = draft.variable(found->second);
        if (variable.role == Role::SharedParameter) {
            variable.role = role;
        }
    };
    for (const auto& [name, value] : draft.environment.freeze) {
        change(name, Role::Frozen);
    }
    for (const std::string& name : draft.environment.per_entity) {
        change(name, Role::Parameter);
    }
}

void define_all(Draft& draft) {
    for (const std::function<void()>& bind : draft.bindings) {
        bind();
    }
    apply_wishes(draft);
    for (std::size_t i = 0; i < draft.model.variables.size(); ++i) {
        draft.define(VariableId(i));
    }
    for (std::size_t i = 0; i < draft.model.variables.size(); ++i) {
        const std::function<ExprId()> initial = draft.variables[i].initial;
        if (initial && !draft.variables[i].poisoned) {
            const ExprId value = initial();
            draft.model.variables[VariableId(i)].initial = value;
        }
    }
}

/// What blocks write is a state; parameters per entity have no definition.
void settle_roles(Draft& draft) {
    for (std::size_t i = 0; i < draft.model.variables.size(); ++i) {
        model::Variable& variable = draft.model.variables[VariableId(i)];
        if (variable.role == Role::Parameter) {
            variable.definition = {};
            variable.role = draft.variables[i].written ? Role::State : Role::Parameter;
        }
    }
}

void report_free_names(Draft& draft) {
    for (std::size_t i = 0; i < draft.variables.size(); ++i) {
        const VariableFacts& facts = draft.variables[i];
        if (!facts.is_free) {
            continue;
        }
        const model::Variable& variable = draft.model.variables[VariableId(i)];
        const Term unit = draft.solver.resolve(facts.term);
        const std::string what = variable.type.scalar == Scalar::Boolean ? "a condition"
                                 : !unit.is_known()                      ? "a value of any unit"
                                                    : units::describe_long(unit.known);
        draft.model.remarks.push_back({"`" + variable.name + "` must be " + what, variable.span});
    }
}

/// A channel that is sound alone and not where it is used: said at the use.
void report_parts(Draft& draft, const std::set<const ast::Block*>& broken) {
    for (const PartCheck& part : draft.parts) {
        if (!part.sink->has_errors() || broken.contains(part.block)) {
            continue;
        }
        const auto& seen = part.sink->seen();
        const auto first = std::find_if(seen.begin(), seen.end(), [](const Diagnostic& problem) {
            return problem.severity == Severity::Error;
        });
        const std::string name = part.name.substr(0, part.name.size() - 1);
        draft.sink
            .report(diag::Code::PartFailed, part.span,
                    "`" + name + "` does not fit here: " + first->message)
            .note_at(first->span, "here in `" + part.block->name.text + "`");
    }
}

void finish(Draft& draft, const Behaviour& behaviour, Scope& root,
            const std::set<const ast::Block*>& broken) {
    define_all(draft);
    check_behaviour(draft, behaviour, root);
    finish_cell(draft);
    for (const std::function<void()>& check : draft.late) {
        check();
    }
    settle_roles(draft);
    if (draft.sides != nullptr) {
        draft.sides->import_refractoriness(draft);
        check_synapse_rules(draft);
    }
    settle_temperature(draft);
    order_values(draft);
    check_flow(draft);
    check_values(draft);
    if (!draft.is_equations) {
        check_usage(draft);
    }
    check_sizes(draft);
    report_parts(draft, broken);
    report_free_names(draft);
    draft.settle();
}

/// All blocks of a file.
class FileChecker {
public:
    FileChecker(const ast::File& file, const Environment& environment, diag::Sink& sink)
        : file_(file), environment_(environment), sink_(sink), files_(environment, sink) {
        pre_.is_known = post_.is_known = false;
    }

    /// The synapse of this name between two populations.
    model::CheckedModel bind(const std::string& name, const PopulationSide& pre,
                             const PopulationSide& post, const std::vector<PathwayWish>& wishes) {
        pre_ = pre;
        post_ = post;
        wishes_ = wishes;
        const FileScope& scope = files_.load(file_);
        const TopLevel* symbol = scope.find(name);
        const auto* const* block =
            symbol == nullptr ? nullptr : std::get_if<const ast::Block*>(&symbol->node);
        HHC_CHECK(block != nullptr && (*block)->kind == ast::BlockKind::Synapse,
                  "no synapse " + name);
        return check_model(**block, *symbol->home, "synapse");
    }

    CheckedFile run() {
        const FileScope& scope = files_.load(file_);
        check_functions(scope);
        for (const ast::Item& item : file_.items) {
            ast::match(
                item.node, [&](const ast::Block& block) { check(block, scope); },
                [&](const ast::Equation& equation) {
                    sink_
                        .report(diag::Code::WrongBlock, equation.name.span,
                                "an equation stands in a block")
                        .note("write `neuron NAME { ... }` around it");
                },
                [](const auto&) {});
        }
        warn_unused();
        if (std::none_of(file_.items.begin(), file_.items.end(),
                         [](const ast::Item&) { return true; })) {
            sink_.report(diag::Code::NoEquations, file_.span, "there is nothing in this file")
                .note("a model is a block such as `neuron HH { ... }`");
        }
        return std::move(result_);
    }

private:
    void check(const ast::Block& block, const FileScope& scope) {
        switch (block.kind) {
        case ast::BlockKind::Channel:
            check_channel(block, scope);
            break;
        case ast::BlockKind::Neuron:
            result_.models.push_back(check_model(block, scope, "neuron"));
            break;
        case ast::BlockKind::Synapse:
            result_.synapses.push_back(check_model(block, scope, "synapse"));
            break;
        case ast::BlockKind::Cell:
            result_.models.push_back(check_model(block, scope, "cell"));
            break;
        }
    }

    void check_channel(const ast::Block& block, const FileScope& scope) {
        if (!checked_.insert(&block).second) {
            return;
        }
        const std::size_t before = sink_.error_count();
        model::CheckedModel model = check_model(block, scope, "channel");
        if (sink_.error_count() > before) {
            broken_.insert(&block);
        }
        if (scope.file == &file_) {
            result_.channels.push_back(std::move(model));
        }
    }

    model::CheckedModel check_model(const ast::Block& block, const FileScope& file,
                                    const char* kind) {
        diag::Sink own;
        Draft draft(environment_, own);
        draft.model.name = block.name.text;
        draft.model.kind = kind;
        draft.model.documentation = block.doc ? block.doc->text : "";
        draft.span = block.name.span;
        draft.broken_functions = broken_functions_;
        Scope& root = draft.add_scope({});
        root.file = &file;
        root.is_channel = block.kind == ast::BlockKind::Channel;
        if (root.is_channel) {
            declare_potential(draft, root);
        }
        if (block.kind == ast::BlockKind::Cell) {
            draft.model.cell.emplace();
        }
        Sides sides(pre_, post_);
        if (block.kind == ast::BlockKind::Synapse) {
            sides.set_scope(root);
            draft.sides = &sides;
        }
        Behaviour behaviour;
        collect_block(draft, files_, block, root, behaviour);
        const std::vector<PathwayText> pathways =
            take_pathways(draft, behaviour, pre_, post_, wishes_);
        for (const PartCheck& part : draft.parts) {
            for (const auto& [name, symbol] : file.symbols) {
                const auto* const* other = std::get_if<const ast::Block*>(&symbol.node);
                if (other != nullptr && *other == part.block) {
                    check_channel(**other, *symbol.home);
                }
            }
        }
        draft.late.emplace_back([&] { check_pathways(draft, pathways, root); });
        finish(draft, behaviour, root, broken_);
        used_.insert(draft.used_top_level.begin(), draft.used_top_level.end());
        for (const auto& [constant, id] : draft.top_level_constants) {
            used_.insert(constant);
        }
        sink_.append(own);
        return std::move(draft.model);
    }

    /// A channel alone sees a `v` that somebody else has.
    static void declare_potential(Draft& draft, const Scope& root) {
        model::Variable variable;
        variable.name = "v";
        variable.role = Role::Parameter;
        variable.type.dimension = units::volt();
        variable.display = {"mV", 1e-3};
        VariableFacts facts;
        facts.term = units::volt();
        facts.generated = true;
        facts.scope = &root;
        draft.declare(std::move(variable), std::move(facts));
    }

    /// Functions by themselves, also those that nothing calls; unknown units of parameters are
    /// whatever fits.
    void check_functions(const FileScope& scope) {
        for (const ast::Item& item : file_.items) {
            const std::size_t before = sink_.error_count();
            if (const auto* function = std::get_if<ast::Function>(&item.node)) {
                check_function(*function, scope);
                if (sink_.error_count() > before) {
                    broken_functions_.insert(function);
                }
            } else if (const auto* constant = std::get_if<ast::Const>(&item.node)) {
                diag::Sink own;
                Draft draft(environment_, own);
                if (may_define(draft, draft.add_scope({}), constant->name)) {
                    draft.define(top_level_constant(draft, *constant, scope));
                    check_values(draft);
                } else {
                    used_.insert(constant);
                }
                sink_.append(own);
            }
        }
    }

    /// A file without neurons is there for others, who use what it defines.
    void warn_unused() {
        if (result_.models.empty() && result_.synapses.empty()) {
            return;
        }
        for (const ast::Item& item : file_.items) {
            const auto* function = std::get_if<ast::Function>(&item.node);
            const auto* constant = std::get_if<ast::Const>(&item.node);
            if (function != nullptr && !used_.contains(function)) {
                sink_.report(diag::Code::UnusedName, function->name.span,
                             "function `" + function->name.text + "` is never used");
            } else if (constant != nullptr && !used_.contains(constant)) {
                sink_.report(diag::Code::UnusedName, constant->name.span,
                             "constant `" + constant->name.text + "` is never used");
            }
        }
    }

    void check_function(const ast::Function& function, const FileScope& file) {
        diag::Sink own;
        Draft draft(environment_, own);
        Scope& scope = draft.add_scope({});
        scope.prefix = file_prefix;
        scope.file = &file;
        scope.is_channel = true;
        (void)may_define(draft, scope, function.name);
        draft.broken_functions = broken_functions_;
        std::map<std::string, ExprId> arguments;
        for (const ast::FunctionParam& param : function.params) {
            if (!may_define(draft, scope, param.name)) {
                arguments[param.name.text] = draft.poison(param.name.span);
                continue;
            }
            const DeclaredUnit unit = param.unit ? read_unit(*param.unit, own) : DeclaredUnit{};
            const Term term = param.unit ? Term(unit.type.dimension) : draft.solver.fresh();
            model::Expr expr;
            expr.kind = ExprKind::Local;
            expr.type.scalar = unit.type.scalar;
            expr.span = param.name.span;
            const ExprId id = draft.add(std::move(expr), term);
            draft.exprs.back().poisoned = unit.poisoned;
            if (!arguments.emplace(param.name.text, id).second) {
                own.report(diag::Code::DuplicateName, param.name.span,
                           "`" + param.name.text + "` is a parameter twice");
            }
        }
        const ExprContext context{scope, Place::Statement, "function " + function.name.text,
                                  nullptr, &arguments};
        const ExprId value = check_expression(draft, context, function.body);
        if (function.unit) {
            const DeclaredUnit unit = read_unit(*function.unit, own);
            if (!unit.poisoned) {
                (void)fit_definition(draft, context, value, unit.type,
                                     "`" + function.name.text + "`");
            }
        }
        check_values(draft);
        draft.span = function.name.span;
        check_sizes(draft);
        if (!own.has_errors()) {
            check_parameters_used(draft, function, arguments, value);
        }
        used_.insert(draft.used_top_level.begin(), draft.used_top_level.end());
        sink_.append(own);
    }

    static void check_parameters_used(Draft& draft, const ast::Function& function,
                                      const std::map<std::string, ExprId>& arguments,
                                      ExprId value) {
        std::set<ExprId> read{value};
        for (const model::Expr& expr : draft.model.exprs) {
            read.insert(expr.args.begin(), expr.args.end());
        }
        for (const ast::FunctionParam& param : function.params) {
            if (!read.contains(arguments.at(param.name.text))) {
                draft.sink.report(diag::Code::UnusedName, param.name.span,
                                  "parameter `" + param.name.text + "` of `" + function.name.text +
                                      "` is never used");
            }
        }
    }

    const ast::File& file_;
    const Environment& environment_;
    diag::Sink& sink_;
    FileScopes files_;
    PopulationSide pre_, post_; // of synapses
    std::vector<PathwayWish> wishes_;
    CheckedFile result_;
    std::set<const ast::Block*> checked_;
    std::set<const ast::Block*> broken_; // channels with mistakes of their own
    std::set<const void*> broken_functions_;
    std::set<const void*> used_;
};

} // namespace

model::CheckedModel check_synapse_block(const ast::File& file, const std::string& name,
                                        const PopulationSide& pre, const PopulationSide& post,
                                        const std::vector<PathwayWish>& wishes,
                                        const Environment& environment, diag::Sink& sink) {
    return FileChecker(file, environment, sink).bind(name, pre, post, wishes);
}

model::CheckedModel check_synapse(const SynapseSet& synapse, const PopulationSide& pre,
                                  const PopulationSide& post, const Environment& environment,
                                  diag::Sink& sink) {
    diag::Sink own;
    FileScopes files(environment, own);
    Draft draft(environment, own);
    draft.model.name = synapse.name;
    draft.model.kind = "synapse";
    draft.is_equations = true;
    draft.span = synapse.file->span;
    if (synapse.file->doc) {
        draft.model.documentation = synapse.file->doc->text;
    }
    Scope& root = draft.add_scope({});
    root.file = &files.load(*synapse.file);
    Sides sides(pre, post);
    sides.set_scope(root);
    draft.sides = &sides;
    collect_equations(draft, *synapse.file, root);
    std::vector<PathwayText> pathways;
    for (const SynapseSet::Pathway& pathway : synapse.pathways) {
        PathwayText text;
        text.name = pathway.name;
        text.event = pathway.event;
        text.side = pathway.side;
        text.order_number = pathway.order;
        text.delay_seconds = pathway.delay;
        text.statements = pathway.statements;
        text.span = pathway.statements.empty() ? Span() : pathway.statements.front().span;
        check_event(draft, text, pathway.side == model::Side::Pre ? pre : post);
        pathways.push_back(std::move(text));
    }
    draft.late.emplace_back([&] { check_pathways(draft, pathways, root); });
    finish(draft, {}, root, {});
    sink.append(own);
    return std::move(draft.model);
}

CheckedFile check_file(const ast::File& file, const Environment& environment, diag::Sink& sink) {
    return FileChecker(file, environment, sink).run();
}

model::CheckedModel check_equations(const EquationSet& equations, const Environment& environment,
                                    diag::Sink& sink) {
    diag::Sink own;
    FileScopes files(environment, own);
    Draft draft(environment, own);
    draft.model.name = equations.name;
    draft.model.kind = equations.is_cell ? "cell" : "equations";
    draft.is_equations = true;
    draft.incomplete = sink.has_errors(); // a string that could not be read
    draft.span = equations.file->span;
    if (equations.file->doc) {
        draft.model.documentation = equations.file->doc->text;
    }
    Scope& root = draft.add_scope({});
    root.file = &files.load(*equations.file);
    collect_equations(draft, *equations.file, root);
    if (equations.is_cell) {
        declare_cell(draft, root);
    }
    const ast::File& file = *equations.file;
    Behaviour behaviour;
    const auto condition = [&](ast::ExprId id) {
        return Behaviour::Condition{id, file.expr(id).span};
    };
    if (equations.threshold.valid()) {
        behaviour.threshold = condition(equations.threshold);
    }
    if (equations.refractory.valid()) {
        behaviour.refractory = condition(equations.refractory);
    }
    const auto handler = [](const std::string& event, const std::vector<ast::Statement>& code) {
        const Span span = code.empty() ? Span() : code.front().span;
        return Behaviour::Handler{{span, event}, code, span};
    };
    if (equations.reset && !equations.reset->empty()) {
        behaviour.reset = handler("spike", *equations.reset);
    }
    for (const EquationSet::NamedCondition& event : equations.events) {
        const Span span = file.expr(event.condition).span;
        behaviour.events.push_back({{span, event.name}, event.condition, span});
    }
    for (const EquationSet::Handler& one : equations.handlers) {
        behaviour.handlers.push_back(handler(one.event, one.statements));
    }
    for (const ast::Update& update : equations.updates) {
        const auto& code = update.statements;
        behaviour.updates.push_back({&update, code.empty() ? Span() : code.front().span});
    }
    for (const ast::Init& init : equations.initial_values) {
        declare_init(draft, root, init, init.name.span);
    }
    finish(draft, behaviour, root, {});
    sink.append(own);
    return std::move(draft.model);
}

std::vector<model::ExprId> check_expressions(model::CheckedModel& model, const ast::File& file,
                                             const std::vector<ast::ExprId>& expressions,
                                             const std::string& stream,
                                             const Environment& environment, diag::Sink& sink) {
    FileScopes files(environment, sink);
    Draft draft(environment, sink);
    Scope& root = draft.add_scope({});
    root.file = &files.load(file);
    draft.model = std::move(model);
    draft.is_equations = true;
    draft.is_finished = true;
    for (const model::Expr& expr : draft.model.exprs) {
        draft.exprs.push_back({expr.type.dimension, false});
    }
    for (std::size_t i = 0; i < draft.model.variables.size(); ++i) {
        const model::Variable& variable = draft.model.variables[VariableId(i)];
        VariableFacts facts;
        facts.term = variable.type.dimension;
        facts.scope = &root;
        draft.variables.push_back(std::move(facts));
        draft.by_name.emplace(variable.name, VariableId(i));
    }
    std::vector<model::ExprId> result;
    const std::size_t first = draft.exprs.size();
    const ExprContext context{root, Place::Statement, stream};
    for (const ast::ExprId id : expressions) {
        result.push_back(check_expression(draft, context, id));
    }
    check_values(draft, first);
    draft.settle();
    model = std::move(draft.model);
    return result;
}

} // namespace hhc::sema
