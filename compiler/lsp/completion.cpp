// SPDX-License-Identifier: MIT
// What may be written at the cursor. The statement there is usually not finished, so its place is
// read from the text before it; names come from the tree of all the rest.
#include "lsp/features.h"
#include "lsp/words.h"
#include "model/model.h"
#include "units/unit_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

namespace hhc::lsp {
namespace {

/// Numbers of LSP's CompletionItemKind.
enum class Kind : std::uint8_t {
    Function = 3,
    Field = 5,
    Variable = 6,
    Class = 7,
    Module = 9,
    Property = 10,
    Unit = 11,
    Keyword = 14,
    Event = 23,
    Constant = 21,
};

Kind kind_of(NameKind kind) {
    switch (kind) {
    case NameKind::Block:
        return Kind::Class;
    case NameKind::Function:
        return Kind::Function;
    case NameKind::Constant:
        return Kind::Constant;
    case NameKind::Parameter:
        return Kind::Property;
    case NameKind::Gate:
    case NameKind::Species:
        return Kind::Field;
    case NameKind::Part:
    case NameKind::Ion:
    case NameKind::Scheme:
    case NameKind::Alias:
    case NameKind::File:
        return Kind::Module;
    case NameKind::Event:
        return Kind::Event;
    case NameKind::Argument:
    case NameKind::Variable:
    case NameKind::Local:
        return Kind::Variable;
    }
    return Kind::Variable;
}

bool is_letter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// The line up to the cursor, without the word being written.
struct Before {
    std::string line; // without blanks at both ends
    std::string path; // "na" before `na.`
    bool after_number = false;

    Before(std::string_view text, std::uint32_t offset) {
        std::size_t begin = offset;
        while (begin > 0 && is_letter(text[begin - 1])) {
            --begin;
        }
        std::size_t start = begin;
        while (start > 0 && text[start - 1] != '\n') {
            --start;
        }
        std::string_view rest = text.substr(start, begin - start);
        if (rest.ends_with('.')) {
            std::size_t word = rest.size() - 1;
            while (word > 0 && is_letter(rest[word - 1])) {
                --word;
            }
            path = rest.substr(word, rest.size() - 1 - word);
        }
        const std::size_t semi = rest.find_last_of(";{");
        rest = semi == std::string_view::npos ? rest : rest.substr(semi + 1);
        const std::size_t first = rest.find_first_not_of(" \t");
        rest = first == std::string_view::npos ? "" : rest.substr(first);
        while (!rest.empty() && (rest.back() == ' ' || rest.back() == '\t')) {
            rest.remove_suffix(1);
        }
        line = rest;
        std::size_t digits = line.size();
        while (digits > 0 && (is_letter(line[digits - 1]) || line[digits - 1] == '.')) {
            --digits;
        }
        after_number =
            digits < line.size() && std::isdigit(static_cast<unsigned char>(line[digits])) != 0;
    }

    [[nodiscard]] bool begins_with(std::string_view word) const {
        return line == word || line.starts_with(std::string(word) + " ");
    }
    /// Behind the colon of a declaration; brackets before it are closed.
    [[nodiscard]] bool in_unit() const {
        int depth = 0;
        bool colon = false;
        for (const char c : line) {
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            colon = (colon && c != ',' && c != '=') || c == ':';
        }
        return colon && (depth == 0 || line.starts_with("function"));
    }
    [[nodiscard]] bool in_flags() const {
        const std::size_t colon = line.rfind(':');
        const std::size_t open = line.rfind('(');
        return colon != std::string::npos && open != std::string::npos && open > colon &&
               line.find(')', open) == std::string::npos && !line.starts_with("function");
    }
};

class Completer {
public:
    Completer(Analysis& analysis, std::uint32_t offset)
        : analysis_(analysis), before_(analysis.source().text(), offset) {
        for (const ast::Item& item : analysis.file().items) {
            const auto* block = std::get_if<ast::Block>(&item.node);
            if (block != nullptr && item.span.begin < offset && offset <= item.span.end) {
                block_ = block;
                inner_ = std::ranges::any_of(block->items, [&](const ast::Item& each) {
                    const bool statements = std::holds_alternative<ast::Reset>(each.node) ||
                                            std::holds_alternative<ast::On>(each.node) ||
                                            std::holds_alternative<ast::Update>(each.node);
                    return statements && each.span.begin < offset && offset <= each.span.end;
                });
                in_gate_ = std::ranges::any_of(block->items, [&](const ast::Item& each) {
                    return std::holds_alternative<ast::Gate>(each.node) &&
                           each.span.begin < offset && offset <= each.span.end;
                });
            }
        }
        if (block_ == nullptr && !analysis.file().items.empty()) {
            find_open_block(offset);
        }
    }

    Json run(const std::vector<std::pair<std::string, std::string>>& library) {
        if (before_.begins_with("import")) {
            for (const auto& [name, text] : library) {
                add(name, Kind::Module, text);
            }
        } else if (!before_.path.empty() && !before_.after_number) {
            members();
        } else if (before_.in_flags()) {
            for (const FlagWord& flag : flag_words()) {
                add(std::string(flag.text), Kind::Keyword, std::string(flag.meaning));
            }
        } else if (before_.in_unit() || before_.after_number) {
            units(before_.in_unit() && !before_.after_number);
        } else if (before_.begins_with("use") || before_.begins_with("insert")) {
            channels();
        } else if (before_.begins_with("method")) {
            for (const std::string& name : lower::method_names()) {
                add(name, Kind::Keyword, "integration method");
            }
        } else {
            anything();
        }
        return std::move(items_);
    }

private:
    /// A block whose brace is still missing reaches to the next one.
    void find_open_block(std::uint32_t offset) {
        for (const ast::Item& item : analysis_.file().items) {
            const auto* block = std::get_if<ast::Block>(&item.node);
            const std::string_view text = analysis_.source().text();
            const bool closed = item.span.end > 0 && text[item.span.end - 1] == '}';
            if (item.span.begin < offset && block != nullptr && !closed) {
                block_ = block;
            }
        }
    }

    void add(const std::string& label, Kind kind, const std::string& detail) {
        if (seen_.insert(label).second) {
            items_.push_back(
                {{"label", label}, {"kind", static_cast<int>(kind)}, {"detail", detail}});
        }
    }

    [[nodiscard]] std::string detail(const std::string& path, const Symbol& symbol) const {
        const model::CheckedModel* model = block_ == nullptr ? nullptr : analysis_.model(*block_);
        if (const auto found = model == nullptr ? std::nullopt : model->find(path)) {
            const model::Variable& variable = model->variables[*found];
            return fmt::format("{}, {}",
                               variable.display.text.empty()
                                   ? units::describe(variable.type.dimension)
                                   : variable.display.text,
                               model::spelling(variable.role));
        }
        return symbol.stands_for != nullptr && symbol.stands_for->doc
                   ? symbol.stands_for->doc->text.substr(0, symbol.stands_for->doc->text.find('\n'))
                   : "";
    }

    void members() {
        Names& names = analysis_.names();
        if (block_ != nullptr) {
            const BlockNames& own = names.block_names(*block_, names.scope());
            if (const auto part = own.parts.find(before_.path); part != own.parts.end()) {
                const auto& inside = names.block_names(*part->second.first, *part->second.second);
                add_all(inside.symbols, before_.path + ".");
            }
            if (const auto group = own.members.find(before_.path); group != own.members.end()) {
                add_all(group->second, before_.path + ".");
                const auto symbol = own.symbols.find(before_.path);
                if (symbol != own.symbols.end() &&
                    names.symbol(symbol->second).kind == NameKind::Ion) {
                    for (const char* each : {"E", "inside", "outside", "z"}) {
                        add(each, Kind::Field, "of the ion");
                    }
                }
            }
        }
        for (const auto& [name, found] : names.scope().symbols) {
            if (name.starts_with(before_.path + ".")) {
                const Symbol& symbol = names.symbol(names.top_level(name, found));
                add(name.substr(before_.path.size() + 1), kind_of(symbol.kind), detail("", symbol));
            }
        }
    }

    void add_all(const std::map<std::string, std::uint32_t>& symbols, const std::string& prefix) {
        for (const auto& [name, id] : symbols) {
            const Symbol& symbol = analysis_.names().symbol(id);
            add(name, kind_of(symbol.kind), detail(prefix + name, symbol));
        }
    }

    void channels() {
        Names& names = analysis_.names();
        for (const auto& [name, found] : names.scope().symbols) {
            const auto* block = std::get_if<const ast::Block*>(&found.node);
            if (block != nullptr && (*block)->kind == ast::BlockKind::Channel) {
                add(name, Kind::Class, detail("", names.symbol(names.top_level(name, found))));
            }
        }
    }

    void units(bool declared) {
        if (declared) {
            add("1", Kind::Unit, "dimensionless");
            add("boolean", Kind::Unit, "True or False");
            add("integer", Kind::Unit, "a whole number");
        }
        static constexpr const char* usual[] = {
            "volt", "mV",  "amp",   "nA",    "pA", "uA", "second", "ms",  "siemens",
            "mS",   "uS",  "nS",    "farad", "uF", "nF", "pF",     "ohm", "Mohm",
            "Hz",   "kHz", "meter", "cm",    "um", "mM", "mmolar", "uM",  "degC"};
        for (const char* name : usual) {
            add(name, Kind::Unit, "unit");
        }
        for (const std::string& name : units::unit_names()) {
            add(name, Kind::Unit, "unit");
        }
    }

    void anything() {
        Names& names = analysis_.names();
        const bool begins = before_.line.empty();
        if (begins && !inner_ && !in_gate_) {
            const WordPlace place = block_ == nullptr ? WordPlace::Top : WordPlace::Body;
            for (const Word& word : words()) {
                if (word.place == place || (block_ != nullptr && word.text == "const")) {
                    add(std::string(word.text), Kind::Keyword, std::string(word.meaning));
                }
            }
        }
        if (begins && in_gate_) {
            for (const char* each : {"alpha", "beta", "inf", "tau", "q10", "init"}) {
                const Word* word = find_word(each);
                add(each, Kind::Keyword, word == nullptr ? "" : std::string(word->meaning));
            }
        }
        if (block_ != nullptr) {
            add_all(names.block_names(*block_, names.scope()).symbols, "");
            if (block_->kind == ast::BlockKind::Channel) {
                add("v", Kind::Variable, "volt, the membrane potential of the neuron");
            }
        }
        if (begins && !inner_) {
            return;
        }
        for (const auto& [name, found] : names.scope().symbols) {
            if (!std::holds_alternative<const ast::Block*>(found.node)) {
                const Symbol& symbol = names.symbol(names.top_level(name, found));
                add(name, kind_of(symbol.kind), detail("", symbol));
            }
        }
        for (const Word& word : words()) {
            const bool function =
                word.place == WordPlace::Function || word.place == WordPlace::Random;
            if (function || word.place == WordPlace::Name || word.place == WordPlace::Operator) {
                add(std::string(word.text),
                    function                            ? Kind::Function
                    : word.place == WordPlace::Operator ? Kind::Keyword
                                                        : Kind::Constant,
                    std::string(word.meaning));
            }
        }
        units(false);
    }

    Analysis& analysis_;
    Before before_;
    const ast::Block* block_ = nullptr; // around the cursor
    bool inner_ = false;                // among statements of an event
    bool in_gate_ = false;
    std::set<std::string> seen_;
    Json items_ = Json::array();
};

} // namespace

Json completion(Analysis& analysis, std::uint32_t offset,
                const std::vector<std::pair<std::string, std::string>>& library) {
    return Completer(analysis, offset).run(library);
}

} // namespace hhc::lsp
