// SPDX-License-Identifier: MIT
// `use`: a channel becomes dotted variables of its user; what it needs is bound to the user's
// names.
#include "sema/collect.h"
#include "sema/expressions.h"
#include "sema/names.h"
#include "support/suggest.h"

#include <algorithm>
#include <utility>

namespace hhc::sema {

const TopLevel* Collector::find_part(const ast::Part& part, const Scope& scope) {
    const std::string name = part.path.text();
    diag::Sink& sink = sink_of(draft_, scope);
    const TopLevel* symbol = scope.file->find(name);
    const auto* const* block =
        symbol != nullptr ? std::get_if<const ast::Block*>(&symbol->node) : nullptr;
    if (block != nullptr && (*block)->kind == ast::BlockKind::Channel) {
        return symbol;
    }
    if (symbol != nullptr) {
        sink.report(diag::Code::UnknownPart, part.path.span,
                    "`" + name + "` is not a channel, so it cannot be a part")
            .note_at(symbol->span, "`" + name + "` is defined here");
        return nullptr;
    }
    auto problem = sink.report(diag::Code::UnknownPart, part.path.span,
                               "there is no channel `" + name + "` in this file or its imports");
    std::vector<std::string> channels;
    for (const auto& [known, other] : scope.file->symbols) {
        const auto* const* candidate = std::get_if<const ast::Block*>(&other.node);
        if (candidate != nullptr && (*candidate)->kind == ast::BlockKind::Channel) {
            channels.push_back(known);
        }
    }
    const std::vector<std::string> near = nearest_names(name, channels);
    if (!near.empty()) {
        problem.fix(part.path.span, near.front(), did_you_mean(near));
    }
    return nullptr;
}

void Collector::arguments(const ast::Part& part, const ast::Block& block, const Scope& user,
                          Arguments& result) {
    diag::Sink& sink = sink_of(draft_, user);
    std::vector<std::string> known;
    for (const ast::Item& item : block.items) {
        if (const auto* param = std::get_if<ast::Param>(&item.node)) {
            known.push_back(param->name.text);
        } else if (const auto* need = std::get_if<ast::Needs>(&item.node)) {
            known.push_back(need->name.text);
        }
    }
    result.user = &user;
    for (const ast::Argument& argument : part.arguments) {
        const std::string& name = argument.name.text;
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            auto problem = sink.report(diag::Code::UnknownArgument, argument.name.span,
                                       "`" + block.name.text + "` has no parameter `" + name + "`");
            const std::vector<std::string> near = nearest_names(name, known);
            if (!near.empty()) {
                problem.fix(argument.name.span, near.front(), did_you_mean(near));
            } else {
                problem.note_at(block.name.span, "`" + block.name.text + "` is defined here");
            }
            continue;
        }
        if (!result.by_name.emplace(name, &argument).second) {
            sink.report(diag::Code::RepeatedItem, argument.name.span,
                        "`" + name + "` is given twice");
        }
    }
}

bool Collector::part(const ast::Part& part, Scope& scope) {
    diag::Sink& sink = sink_of(draft_, scope);
    const ast::Name alias = part.alias.value_or(
        part.path.parts.empty() ? ast::Name{part.span, "part"} : part.path.parts.back());
    const TopLevel* symbol = find_part(part, scope);
    if (symbol == nullptr || !may_define(draft_, scope, alias)) {
        // Its names exist, poisoned: `na.I` is no second mistake.
        draft_.lost_parts.insert(scope.prefix + alias.text + ".");
        return false;
    }
    const ast::Block& block = *std::get<const ast::Block*>(symbol->node);
    draft_.used_top_level.insert(&block);
    if (std::find(open_.begin(), open_.end(), &block) != open_.end()) {
        sink.report(diag::Code::RecursiveDefinition, part.span,
                    "`" + block.name.text + "` is a part of itself");
        draft_.lost_parts.insert(scope.prefix + alias.text + ".");
        return false;
    }
    const std::string prefix = scope.prefix + alias.text + ".";
    if (draft_.by_name.contains(scope.prefix + alias.text) ||
        !draft_.part_names.emplace(prefix, alias.span).second) {
        auto problem = sink.report(diag::Code::DuplicateName, alias.span,
                                   "`" + alias.text + "` is defined twice");
        const auto other = draft_.part_names.find(prefix);
        problem.note_at(other != draft_.part_names.end()
                            ? other->second
                            : draft_.variable(draft_.by_name.at(scope.prefix + alias.text)).span,
                        "the first definition");
        return false;
    }
    Scope& inside = draft_.add_scope({});
    inside.prefix = prefix;
    inside.file = symbol->home;
    inside.is_channel = true;
    inside.chain = scope.chain;
    inside.chain.push_back(part.span);
    inside.sink = &draft_.part_sinks.emplace_back();
    draft_.parts.push_back({part.span, inside.prefix, &block, inside.sink});
    arguments(part, block, scope, arguments_[&inside]);
    draft_.bindings.push_back([this_draft = &draft_, &inside, &scope] {
        if (const auto v = find_variable(*this_draft, scope, "v")) {
            inside.bound.emplace("v", *v);
        }
    });
    items(block, inside);
    return true;
}

/// What ion pools are called in channels: `ca_i`, `ca_o`, `E_ca` for the pool `ca`.
static std::string pool_name(const std::string& name) {
    if (name.size() > 2 && name.ends_with("_i")) {
        return name.substr(0, name.size() - 2) + ".inside";
    }
    if (name.size() > 2 && name.ends_with("_o")) {
        return name.substr(0, name.size() - 2) + ".outside";
    }
    if (name.size() > 2 && (name.starts_with("E_") || name.starts_with("e_"))) {
        return name.substr(2) + ".E";
    }
    return "";
}

void Collector::needs(const ast::Needs& needs, Scope& scope, Span span) {
    diag::Sink& sink = sink_of(draft_, scope);
    if (!may_define(draft_, scope, needs.name)) {
        return;
    }
    const auto found = arguments_.find(&scope);
    if (found != arguments_.end()) {
        const Scope& user = *found->second.user;
        const auto given = found->second.by_name.find(needs.name.text);
        if (given == found->second.by_name.end()) {
            draft_.bindings.push_back([draft = &draft_, &needs, &scope, &user] {
                bind_need(*draft, needs, scope, user);
            });
            return;
        }
        // `use KCa(ca_i = ca.inside)`: a value of the user's under the channel's name.
        model::Variable variable = start_variable(draft_, scope, needs.name, span);
        variable.role = Role::Subexpression;
        const DeclaredUnit unit = read_unit(needs.unit, sink);
        variable.type = unit.type;
        variable.display = unit.display;
        VariableFacts facts;
        facts.scope = &scope;
        facts.term = unit.type.dimension;
        facts.poisoned = unit.poisoned;
        facts.progress = VariableFacts::Progress::Waiting;
        const VariableId id = draft_.declare(std::move(variable), std::move(facts));
        draft_.facts(id).define = [draft = &draft_, &user, argument = given->second,
                                   type = unit.type, id] {
            const ExprContext theirs{user, Place::Subexpression,
                                     "value " + draft->variable(id).name};
            const ExprId value = check_expression(*draft, theirs, argument->value);
            return fit_definition(*draft, theirs, value, type,
                                  "`" + argument->name.text + "` of this part");
        };
        return;
    }
    model::Variable variable = start_variable(draft_, scope, needs.name, span); // checked alone
    const DeclaredUnit unit = read_unit(needs.unit, sink);
    variable.type = unit.type;
    variable.display = unit.display;
    VariableFacts facts;
    facts.scope = &scope;
    facts.term = unit.type.dimension;
    facts.poisoned = unit.poisoned;
    draft_.declare(std::move(variable), std::move(facts));
}

void bind_need(Draft& draft, const ast::Needs& needs, Scope& scope, const Scope& user) {
    const std::string& name = needs.name.text;
    auto found = find_variable(draft, user, name);
    if (!found && !pool_name(name).empty()) {
        found = find_variable(draft, user, pool_name(name));
    }
    const Span use = scope.chain.back();
    diag::Sink& sink = sink_of(draft, user);
    if (!found) {
        const std::string part = scope.prefix.substr(0, scope.prefix.size() - 1);
        auto problem =
            sink.report(diag::Code::MissingNeed, use,
                        "`" + part + "` needs `" + name + "`, which is not defined here");
        problem.note_at(needs.name.span, "it is needed here");
        problem.note("define `" + name + "`, or give it: `(" + name + " = ...)`");
        scope.bound.emplace(name, draft.lost(name, needs.name.span));
        return;
    }
    draft.define(*found);
    diag::Sink quiet; // a unit that cannot be read is reported where the channel is checked alone
    const DeclaredUnit unit = read_unit(needs.unit, quiet);
    const Term wanted(unit.type.dimension);
    if (!unit.poisoned && !draft.facts(*found).poisoned &&
        !draft.solver.unify(draft.facts(*found).term, wanted)) {
        sink.report(diag::Code::DimensionMismatch, use,
                    "`" + name + "` is needed in " + shown(wanted) + ", but here it is in " +
                        shown(draft.solver.resolve(draft.facts(*found).term)))
            .note_at(draft.variable(*found).span, "it is defined here")
            .note_at(needs.name.span, "it is needed here");
        scope.bound.emplace(name, draft.lost(name, needs.name.span));
        return;
    }
    draft.facts(*found).read = true;
    scope.bound.emplace(name, *found);
}

} // namespace hhc::sema
