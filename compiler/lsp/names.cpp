// SPDX-License-Identifier: MIT
#include "lsp/names.h"

#include "ast/visit.h"

#include <algorithm>

namespace hhc::lsp {

/// Where a piece of text stands, and which names it has beyond those of its block.
struct Names::Context {
    const ast::Block* block = nullptr;
    const sema::FileScope* scope = nullptr;
    const std::map<std::string, std::uint32_t>* local = nullptr; // arguments, locals
};

Names::Names(const ast::File& file, sema::FileScopes& scopes)
    : file_(file), scope_(&scopes.load(file)) {
    for (const ast::Item& item : file.items) {
        visit_top(item);
    }
    std::stable_sort(
        occurrences_.begin(), occurrences_.end(),
        [](const Occurrence& a, const Occurrence& b) { return a.span.begin < b.span.begin; });
}

const Occurrence* Names::at(std::uint32_t offset) const {
    const Occurrence* found = nullptr;
    for (const Occurrence& each : occurrences_) {
        if (each.span.begin <= offset && offset <= each.span.end) {
            found = &each; // the later one: a cursor between two names is at the second
        }
    }
    return found;
}

std::uint32_t Names::add(Symbol symbol) {
    const auto [place, is_new] = by_place_.emplace(std::pair(symbol.place.file, symbol.place.begin),
                                                   static_cast<std::uint32_t>(symbols_.size()));
    if (is_new) {
        symbols_.push_back(std::move(symbol));
    }
    return place->second;
}

std::uint32_t Names::top_level(const std::string& name, const sema::TopLevel& found) {
    Symbol symbol;
    symbol.name = name.substr(name.rfind('.') + 1);
    symbol.place = found.span;
    symbol.whole = found.span;
    ast::match(
        found.node, [&](const ast::Function*) { symbol.kind = NameKind::Function; },
        [&](const ast::Const*) { symbol.kind = NameKind::Constant; },
        [&](const ast::Block* block) {
            symbol.kind = NameKind::Block;
            symbol.stands_for = block;
        });
    return add(std::move(symbol));
}

// ---- What a block defines

void Names::declare(BlockNames& names, const ast::Name& name, NameKind kind, const ast::Item& item,
                    const ast::Block& block) {
    if (!name.text.empty()) {
        names.symbols.emplace(name.text,
                              add({name.text, kind, name.span, item.span, &block, nullptr}));
    }
}

void Names::declare_scheme(BlockNames& names, const ast::Kinetic& scheme, const ast::Item& item,
                           const ast::Block& block) {
    declare(names, scheme.name, NameKind::Scheme, item, block);
    auto& members = names.members[scheme.name.text];
    for (const ast::Transition& transition : scheme.transitions) {
        for (const auto* side : {&transition.from, &transition.to}) {
            for (const ast::Species& species : *side) {
                if (!members.contains(species.name.text)) {
                    members[species.name.text] =
                        add({species.name.text, NameKind::Species, species.name.span,
                             transition.span, &block, nullptr});
                }
            }
        }
    }
    for (const ast::Equation& equation : scheme.equations) {
        declare(names, equation.name, NameKind::Variable, item, block);
    }
}

void Names::declare_item(BlockNames& names, const ast::Item& item, const ast::Block& block,
                         const sema::FileScope& scope) {
    const auto parts = [&](const std::vector<ast::Part>& list) {
        for (const ast::Part& part : list) {
            const sema::TopLevel* found = scope.find(part.path.text());
            const ast::Block* const* channel =
                found == nullptr ? nullptr : std::get_if<const ast::Block*>(&found->node);
            const ast::Name& name = part.alias ? *part.alias : part.path.parts.back();
            if (channel != nullptr) {
                names.parts.emplace(name.text, std::pair(*channel, found->home));
            }
            if (part.alias || channel == nullptr) {
                const std::uint32_t symbol = add({name.text, NameKind::Part, name.span, part.span,
                                                  &block, channel == nullptr ? nullptr : *channel});
                names.symbols.emplace(name.text, symbol);
            } else { // it goes by the name of the channel
                names.symbols.emplace(name.text, top_level(part.path.text(), *found));
            }
        }
    };
    ast::match(
        item.node,
        [&](const ast::ErrorItem& error) {
            for (const ast::Name& name : error.declares) {
                declare(names, name, NameKind::Variable, item, block);
            }
        },
        [&](const ast::Equation& e) { declare(names, e.name, NameKind::Variable, item, block); },
        [&](const ast::Param& p) { declare(names, p.name, NameKind::Parameter, item, block); },
        [&](const ast::Const& c) { declare(names, c.name, NameKind::Constant, item, block); },
        [&](const ast::Input& i) { declare(names, i.name, NameKind::Variable, item, block); },
        [&](const ast::Needs& n) { declare(names, n.name, NameKind::Variable, item, block); },
        [&](const ast::Event& e) { declare(names, e.name, NameKind::Event, item, block); },
        [&](const ast::Gate& g) { declare(names, g.name, NameKind::Gate, item, block); },
        [&](const ast::Use& use) { parts(use.parts); },
        [&](const ast::Insert& insert) { parts(insert.parts); },
        [&](const ast::Kinetic& scheme) { declare_scheme(names, scheme, item, block); },
        [&](const ast::Ion& ion) {
            declare(names, ion.name, NameKind::Ion, item, block);
            names.members[ion.name.text];
            for (const ast::Param& param : ion.params) {
                declare(names, param.name, NameKind::Parameter, item, block);
            }
            for (const ast::Equation& equation : ion.equations) {
                declare(names, equation.name, NameKind::Variable, item, block);
            }
        },
        [](const auto&) {});
}

const BlockNames& Names::block_names(const ast::Block& block, const sema::FileScope& scope) {
    const auto [place, is_new] = blocks_.try_emplace(&block);
    if (is_new) {
        for (const ast::Item& item : block.items) {
            declare_item(place->second, item, block, scope);
        }
    }
    return place->second;
}

// ---- Where names are written

void Names::occur(Span span, std::uint32_t symbol, const Context& context, std::string path) {
    occurrences_.push_back({span, symbol, context.block, std::move(path)});
}

void Names::visit_top(const ast::Item& item) {
    const Context context{nullptr, scope_, nullptr};
    const auto own = [&](const ast::Name& name) {
        if (const sema::TopLevel* found = scope_->find(name.text);
            found != nullptr && found->span == name.span) {
            const std::uint32_t symbol = top_level(name.text, *found);
            symbols_[symbol].whole = item.span;
            occur(name.span, symbol, context, name.text);
        }
    };
    ast::match(
        item.node, [&](const ast::Import& import) { visit_import(import); },
        [&](const ast::Function& function) {
            own(function.name);
            visit_function(function, item);
        },
        [&](const ast::Const& constant) {
            own(constant.name);
            visit_expr(constant.value, context);
        },
        [&](const ast::Block& block) {
            own(block.name);
            visit_block(block);
        },
        [](const auto&) {});
}

void Names::visit_import(const ast::Import& item) {
    const Context context{nullptr, scope_, nullptr};
    const std::string prefix = item.alias ? item.alias->text + "." : "";
    const Span written = item.file ? item.file->span : item.path.span;
    if (!item.file) { // one block of a file, maybe under another name
        const std::string own = item.alias ? item.alias->text : item.path.parts.back().text;
        if (const sema::TopLevel* found = scope_->find(own)) {
            const std::uint32_t symbol = top_level(own, *found);
            occur(item.path.parts.back().span, symbol, context, own);
            if (item.alias) {
                occur(item.alias->span, symbol, context, own);
            }
            return;
        }
    }
    for (const auto& [name, found] : scope_->symbols) {
        if (found.home == scope_ || !name.starts_with(prefix)) {
            continue;
        }
        const Span start{found.span.file, 0, 0};
        const std::uint32_t symbol = add({"", NameKind::File, start, start, nullptr, nullptr});
        occur(written, symbol, context, "");
        break;
    }
    if (item.alias) {
        const ast::Name& alias = *item.alias;
        occur(alias.span,
              add({alias.text, NameKind::Alias, alias.span, alias.span, nullptr, nullptr}), context,
              alias.text);
    }
}

void Names::visit_function(const ast::Function& function, const ast::Item& item) {
    std::map<std::string, std::uint32_t> arguments;
    const Context outside{nullptr, scope_, nullptr};
    for (const ast::FunctionParam& param : function.params) {
        const std::uint32_t symbol = add(
            {param.name.text, NameKind::Argument, param.name.span, item.span, nullptr, nullptr});
        arguments.emplace(param.name.text, symbol);
        occur(param.name.span, symbol, outside, param.name.text);
    }
    visit_expr(function.body, {nullptr, scope_, &arguments});
}

void Names::visit_block(const ast::Block& block) {
    (void)block_names(block, *scope_);
    const Context context{&block, scope_, nullptr};
    for (const ast::Item& item : block.items) {
        visit_item(item, context);
    }
}

void Names::visit_item(const ast::Item& item, const Context& context) {
    ast::match(
        item.node,
        [&](const ast::Equation& equation) {
            visit_name(equation.name, context);
            visit_expr(equation.value, context);
        },
        [&](const ast::Param& param) {
            visit_name(param.name, context);
            visit_expr(param.value, context);
        },
        [&](const ast::Const& constant) {
            visit_name(constant.name, context);
            visit_expr(constant.value, context);
        },
        [&](const ast::Init& init) {
            visit_name(init.name, context);
            visit_expr(init.value, context);
        },
        [&](const ast::Input& input) { visit_name(input.name, context); },
        [&](const ast::Needs& needs) { visit_name(needs.name, context); },
        [&](const ast::Setting& setting) { visit_settings({setting}, context); },
        [&](const ast::Gate& gate) {
            visit_name(gate.name, context);
            visit_settings(gate.settings, context);
            visit_equations(gate.equations, context);
        },
        [&](const ast::Ion& ion) {
            visit_name(ion.name, context);
            visit_settings(ion.settings, context);
            visit_equations(ion.equations, context);
            for (const ast::Param& param : ion.params) {
                visit_name(param.name, context);
                visit_expr(param.value, context);
            }
        },
        [&](const ast::Kinetic& scheme) { visit_scheme(scheme, context); },
        [&](const ast::Use& use) {
            for (const ast::Part& part : use.parts) {
                visit_part(part, context);
            }
        },
        [&](const ast::Insert& insert) {
            for (const ast::Part& part : insert.parts) {
                visit_part(part, context);
            }
        },
        [&](const ast::Threshold& threshold) { visit_expr(threshold.condition, context); },
        [&](const ast::Refractory& refractory) { visit_expr(refractory.value, context); },
        [&](const ast::Reset& reset) { visit_statements(reset.statements, context, item); },
        [&](const ast::Event& event) {
            visit_name(event.name, context);
            visit_expr(event.condition, context);
        },
        [&](const ast::On& on) {
            visit_name(on.event, context);
            visit_expr(on.order, context);
            visit_expr(on.delay, context);
            visit_statements(on.statements, context, item);
        },
        [&](const ast::Update& update) {
            visit_expr(update.every, context);
            visit_statements(update.statements, context, item);
        },
        [](const auto&) {});
}

void Names::visit_part(const ast::Part& part, const Context& context) {
    visit_path(part.path, {nullptr, context.scope, nullptr}); // a name of the file
    const sema::TopLevel* found = context.scope->find(part.path.text());
    const ast::Block* const* channel =
        found == nullptr ? nullptr : std::get_if<const ast::Block*>(&found->node);
    const ast::Name& own = part.alias ? *part.alias : part.path.parts.back();
    for (const ast::Argument& argument : part.arguments) {
        visit_expr(argument.value, context);
        if (channel == nullptr) {
            continue;
        }
        const auto& inside = block_names(**channel, *found->home).symbols;
        if (const auto known = inside.find(argument.name.text); known != inside.end()) {
            occur(argument.name.span, known->second, context, own.text + "." + argument.name.text);
        }
    }
    if (part.alias) {
        visit_name(*part.alias, context);
    }
}

void Names::visit_name(const ast::Name& name, const Context& context) {
    ast::Path path;
    path.span = name.span;
    path.parts = {name};
    visit_path(path, context);
}

void Names::visit_path(const ast::Path& path, const Context& context) {
    if (path.parts.empty()) {
        return;
    }
    const ast::Name& first = path.parts.front();
    if (context.local != nullptr && path.parts.size() == 1) {
        if (const auto found = context.local->find(first.text); found != context.local->end()) {
            occur(first.span, found->second, context, first.text);
            return;
        }
    }
    if (context.block != nullptr) {
        const BlockNames& names = block_names(*context.block, *context.scope);
        if (const auto found = names.symbols.find(first.text); found != names.symbols.end()) {
            occur(first.span, found->second, context, first.text);
            if (path.parts.size() < 2) {
                return;
            }
            const ast::Name& second = path.parts[1];
            const std::string dotted = first.text + "." + second.text;
            if (const auto part = names.parts.find(first.text); part != names.parts.end()) {
                const BlockNames& inside = block_names(*part->second.first, *part->second.second);
                if (const auto known = inside.symbols.find(second.text);
                    known != inside.symbols.end()) {
                    occur(second.span, known->second, context, dotted);
                }
            } else if (const auto group = names.members.find(first.text);
                       group != names.members.end()) {
                if (const auto known = group->second.find(second.text);
                    known != group->second.end()) {
                    occur(second.span, known->second, context, dotted);
                }
            }
            return;
        }
    }
    if (const sema::TopLevel* found = context.scope->find(path.text())) {
        const std::uint32_t symbol = top_level(path.text(), *found);
        occur(path.parts.back().span, symbol, context, path.text());
        if (path.parts.size() > 1) { // `f.NaT` of `import ... as f`
            for (std::uint32_t i = 0; i < symbols_.size(); ++i) {
                if (symbols_[i].kind == NameKind::Alias && symbols_[i].name == first.text) {
                    occur(first.span, i, context, first.text);
                    break;
                }
            }
        }
    }
}

void Names::visit_expr(ast::ExprId root, const Context& context) {
    ast::for_each_below(file_, root, [&](ast::ExprId, const ast::Expr& expr) {
        if (const auto* reference = std::get_if<ast::Reference>(&expr.node)) {
            visit_path(reference->path, context);
        } else if (const auto* call = std::get_if<ast::Call>(&expr.node)) {
            visit_path(call->function, context);
        }
    });
}

void Names::visit_settings(const std::vector<ast::Setting>& settings, const Context& context) {
    for (const ast::Setting& setting : settings) {
        visit_expr(setting.value, context);
        visit_expr(setting.at, context);
    }
}

void Names::visit_equations(const std::vector<ast::Equation>& equations, const Context& context) {
    for (const ast::Equation& equation : equations) {
        visit_name(equation.name, context);
        visit_expr(equation.value, context);
    }
}

void Names::visit_statements(const std::vector<ast::Statement>& statements, const Context& context,
                             const ast::Item& item) {
    std::map<std::string, std::uint32_t> locals;
    const Context inside{context.block, context.scope, &locals};
    const BlockNames& names = block_names(*context.block, *context.scope);
    for (const ast::Statement& statement : statements) {
        visit_expr(statement.value, inside);
        const ast::Path& target = statement.target;
        const bool is_new = target.parts.size() == 1 && !names.symbols.contains(target.text()) &&
                            !locals.contains(target.text());
        const bool of_population =
            target.text().ends_with("_post") || target.text().ends_with("_pre");
        if (is_new && !of_population) {
            locals.emplace(target.text(), add({target.text(), NameKind::Local, target.span,
                                               item.span, context.block, nullptr}));
        }
        visit_path(target, inside);
    }
}

void Names::visit_species(const std::vector<ast::Species>& species, const std::string& scheme,
                          const Context& context) {
    const auto& members = block_names(*context.block, *context.scope).members.at(scheme);
    for (const ast::Species& each : species) {
        if (const auto found = members.find(each.name.text); found != members.end()) {
            occur(each.name.span, found->second, context, scheme + "." + each.name.text);
        }
    }
}

void Names::visit_scheme(const ast::Kinetic& scheme, const Context& context) {
    visit_name(scheme.name, context);
    for (const ast::Transition& transition : scheme.transitions) {
        visit_species(transition.from, scheme.name.text, context);
        visit_species(transition.to, scheme.name.text, context);
        visit_expr(transition.forward, context);
        visit_expr(transition.backward, context);
    }
    for (const ast::Conservation& conservation : scheme.conservations) {
        visit_species(conservation.sum, scheme.name.text, context);
        visit_expr(conservation.total, context);
    }
    for (const ast::Init& init : scheme.inits) {
        visit_species({{init.name.span, 1, init.name}}, scheme.name.text, context);
        visit_expr(init.value, context);
    }
    visit_settings(scheme.settings, context);
    visit_equations(scheme.equations, context);
}

} // namespace hhc::lsp
