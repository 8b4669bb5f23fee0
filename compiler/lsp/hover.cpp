// SPDX-License-Identifier: MIT
// What is known about the name under the cursor, as Markdown.
#include "lsp/features.h"
#include "lsp/words.h"
#include "support/number_text.h"
#include "units/unit_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

namespace hhc::lsp {
namespace {

std::string code(std::string_view text) {
    return fmt::format("```hhm\n{}\n```\n", text);
}

std::string_view text_at(const Analysis& analysis, Span span) {
    return analysis.sources().text(span);
}

std::string_view kind_word(NameKind kind) {
    switch (kind) {
    case NameKind::Block:
        return "block";
    case NameKind::Function:
        return "function";
    case NameKind::Argument:
        return "argument";
    case NameKind::Constant:
        return "constant";
    case NameKind::Variable:
        return "variable";
    case NameKind::Parameter:
        return "parameter";
    case NameKind::Gate:
        return "gate";
    case NameKind::Part:
        return "channel in use";
    case NameKind::Ion:
        return "ion";
    case NameKind::Scheme:
        return "kinetic scheme";
    case NameKind::Species:
        return "species of a kinetic scheme";
    case NameKind::Event:
        return "event";
    case NameKind::Local:
        return "local value";
    case NameKind::Alias:
        return "name of an import";
    case NameKind::File:
        return "file";
    }
    return "name";
}

std::string unit_text(const model::Variable& variable) {
    if (variable.type.scalar != model::Scalar::Real) {
        return std::string(model::spelling(variable.type.scalar));
    }
    return variable.display.text.empty() ? units::describe(variable.type.dimension)
                                         : variable.display.text;
}

std::string value_text(const model::Variable& variable) {
    if (!variable.default_value) {
        return {};
    }
    const double shown = *variable.default_value / variable.display.scale;
    const std::string number = fmt::format("{:.10g}", shown); // 0.036/1e-3 is meant as 36
    return variable.display.text.empty() || variable.display.text == "1"
               ? number
               : number + " " + variable.display.text;
}

std::string describe_variable(Analysis& analysis, const model::CheckedModel& model,
                              const model::Variable& variable) {
    std::string text = code(fmt::format("{} : {}", variable.name, unit_text(variable)));
    text += fmt::format("{}{}", variable.gate ? "gate, " : "", model::spelling(variable.role));
    if (!variable.type.dimension.is_dimensionless()) {
        text += ", " + units::describe_long(variable.type.dimension);
    }
    text += fmt::format(" of `{}`\n", model.name);
    if (!variable.written.empty()) {
        text += "\n" + code(variable.written);
    } else if (variable.definition.valid() && variable.role != model::Role::State) {
        text += "\n" + code(model::expression_text(model, variable.definition));
    }
    if (const std::string value = value_text(variable); !value.empty()) {
        text += fmt::format("\nvalue: `{}`\n", value);
    }
    if (variable.initial.valid()) {
        const Span written = model.exprs[variable.initial].span;
        const std::string initial = written.valid() && !variable.gate
                                        ? std::string(text_at(analysis, written))
                                        : model::expression_text(model, variable.initial);
        text += fmt::format("\nbegins at `{}`\n", initial);
    }
    if (const lower::MethodReport* methods = analysis.methods(model)) {
        for (const lower::StateMethod& each : methods->states) {
            if (each.state == variable.name) {
                text += fmt::format("\nmethod: **{}**, order {}: {}\n", each.method, each.order,
                                    each.why);
            }
        }
    }
    return variable.documentation.empty() ? text : text + "\n" + variable.documentation + "\n";
}

std::string describe_block(const Analysis& analysis, const Symbol& symbol) {
    const ast::Block& block = *symbol.stands_for;
    static constexpr std::string_view words[] = {"channel", "neuron", "synapse", "cell"};
    std::string text =
        code(fmt::format("{} {}", words[static_cast<std::size_t>(block.kind)], block.name.text));
    if (block.doc) {
        text += block.doc->text + "\n";
    }
    if (block.name.span.file != analysis.source().id()) {
        text += fmt::format("\nfrom `{}`\n", analysis.sources().file(block.name.span.file).name());
    }
    return text;
}

std::string describe_symbol(Analysis& analysis, const Occurrence& at) {
    const Symbol& symbol = analysis.names().symbol(at);
    const ast::Block* block = at.block != nullptr ? at.block : symbol.block;
    const model::CheckedModel* model = block == nullptr ? nullptr : analysis.model(*block);
    if (model != nullptr && symbol.stands_for == nullptr) {
        if (const auto found = model->find(at.path)) {
            return describe_variable(analysis, *model, model->variables[*found]);
        }
    }
    if (symbol.stands_for != nullptr) {
        return describe_block(analysis, symbol);
    }
    if (symbol.kind == NameKind::File) {
        return fmt::format("file `{}`\n", analysis.sources().file(symbol.place.file).name());
    }
    std::string text =
        code(text_at(analysis, symbol.kind == NameKind::Argument ? symbol.place : symbol.whole));
    return fmt::format("{}{}\n", text, kind_word(symbol.kind));
}

bool is_letter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

Span word_at(const Analysis& analysis, std::uint32_t offset) {
    const std::string_view text = analysis.source().text();
    std::uint32_t begin = offset;
    std::uint32_t end = offset;
    while (begin > 0 && is_letter(text[begin - 1])) {
        --begin;
    }
    while (end < text.size() && is_letter(text[end])) {
        ++end;
    }
    return {analysis.source().id(), begin, end};
}

bool in_comment_or_string(const Analysis& analysis, std::uint32_t offset) {
    return std::ranges::any_of(analysis.file().tokens, [&](const ast::Token& token) {
        const char first = analysis.source().text()[token.span.begin];
        return token.span.begin < offset && offset < token.span.end &&
               (first == '#' || first == '"');
    });
}

std::string describe_word(std::string_view word) {
    if (const auto unit = units::lookup_unit(word)) {
        std::string value;
        if (unit->is_celsius) {
            value = "a temperature; only in a whole literal such as `6.3 degC`";
        } else if (unit->is_display()) {
            value = fmt::format("1 {} = {} {}", word, shortest(unit->scale()),
                                units::describe(unit->dimension));
        } else {
            value = units::describe_long(unit->dimension);
        }
        return fmt::format("unit `{}`: {}\n", word, value);
    }
    const Word* known = find_word(word);
    return known == nullptr ? "" : fmt::format("`{}`: {}\n", word, known->meaning);
}

} // namespace

Json hover(Analysis& analysis, std::uint32_t offset) {
    std::string text;
    Span span;
    if (const Occurrence* at = analysis.names().at(offset)) {
        span = at->span;
        text = describe_symbol(analysis, *at);
    } else if (!in_comment_or_string(analysis, offset)) {
        span = word_at(analysis, offset);
        text = describe_word(text_at(analysis, span));
    }
    if (text.empty()) {
        return nullptr;
    }
    return {{"contents", {{"kind", "markdown"}, {"value", text}}},
            {"range", to_json(analysis.source(), span)}};
}

} // namespace hhc::lsp
