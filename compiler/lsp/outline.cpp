// SPDX-License-Identifier: MIT
// The blocks of a file and what they define, as a tree; and the whole text laid out.
#include "ast/visit.h"
#include "format/format.h"
#include "lsp/features.h"

#include <optional>
#include <string_view>

namespace hhc::lsp {
namespace {

/// Numbers of LSP's SymbolKind.
enum class Kind : std::uint8_t {
    Module = 2,
    Class = 5,
    Property = 7,
    Field = 8,
    Function = 12,
    Variable = 13,
    Constant = 14,
    Event = 24,
    Operator = 25,
};

struct Entry {
    const ast::Name* name;
    Kind kind;
    std::string_view detail;
};

std::optional<Entry> entry_of(const ast::Item& item) {
    using Found = std::optional<Entry>;
    static constexpr std::string_view blocks[] = {"channel", "neuron", "synapse", "cell"};
    return ast::match(
        item.node,
        [](const ast::Block& b) {
            return Found({&b.name, Kind::Class, blocks[static_cast<std::size_t>(b.kind)]});
        },
        [](const ast::Function& f) { return Found({&f.name, Kind::Function, "function"}); },
        [](const ast::Const& c) { return Found({&c.name, Kind::Constant, "const"}); },
        [](const ast::Equation& e) {
            static constexpr std::string_view kinds[] = {"state", "subexpression", "parameter"};
            return Found({&e.name, Kind::Variable, kinds[static_cast<std::size_t>(e.kind)]});
        },
        [](const ast::Param& p) { return Found({&p.name, Kind::Property, "param"}); },
        [](const ast::Input& i) { return Found({&i.name, Kind::Variable, "input"}); },
        [](const ast::Needs& n) { return Found({&n.name, Kind::Variable, "needs"}); },
        [](const ast::Gate& g) { return Found({&g.name, Kind::Field, "gate"}); },
        [](const ast::Ion& i) { return Found({&i.name, Kind::Field, "ion"}); },
        [](const ast::Kinetic& k) { return Found({&k.name, Kind::Field, "kinetic"}); },
        [](const ast::Event& e) { return Found({&e.name, Kind::Event, "event"}); },
        [](const ast::On& on) { return Found({&on.event, Kind::Operator, "on"}); },
        [](const auto&) { return Found(); });
}

Json symbols_of(const Analysis& analysis, const std::vector<ast::Item>& items) {
    Json list = Json::array();
    const auto add = [&](const ast::Name& name, Kind kind, std::string_view detail, Span whole,
                         Json children) {
        list.push_back({{"name", name.text},
                        {"kind", static_cast<int>(kind)},
                        {"detail", detail},
                        {"range", to_json(analysis.source(), whole)},
                        {"selectionRange", to_json(analysis.source(), name.span)},
                        {"children", std::move(children)}});
    };
    for (const ast::Item& item : items) {
        if (const auto* use = std::get_if<ast::Use>(&item.node)) {
            for (const ast::Part& part : use->parts) {
                add(part.alias ? *part.alias : part.path.parts.back(), Kind::Module, "use",
                    part.span, Json::array());
            }
        } else if (const auto entry = entry_of(item); entry && !entry->name->text.empty()) {
            const auto* block = std::get_if<ast::Block>(&item.node);
            add(*entry->name, entry->kind, entry->detail, item.span,
                block == nullptr ? Json::array() : symbols_of(analysis, block->items));
        }
    }
    return list;
}

} // namespace

Json outline(const Analysis& analysis) {
    return symbols_of(analysis, analysis.file().items);
}

Json formatting(const Analysis& analysis) {
    Json edits = Json::array();
    if (!analysis.is_readable()) {
        return edits;
    }
    const source::SourceFile& source = analysis.source();
    const std::string text = format::format(source, analysis.file());
    if (text != source.text()) {
        const Span whole{source.id(), 0, static_cast<std::uint32_t>(source.text().size())};
        edits.push_back({{"range", to_json(source, whole)}, {"newText", text}});
    }
    return edits;
}

} // namespace hhc::lsp
