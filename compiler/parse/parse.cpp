// SPDX-License-Identifier: MIT
// The driver: bytes checked, tokens cut into pieces, each piece given to the grammar on its own.
#include "parse/parse.h"

#include "grammar/HhmLexer.h"
#include "parse/antlr_session.h"
#include "parse/builder.h"
#include "parse/limits.h"
#include "parse/messages.h"
#include "parse/split.h"
#include "parse/token_class.h"
#include "support/suggest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace hhc::parse {
namespace {

using G = Grammar;
constexpr std::uint32_t newest_version = 1;

class Driver {
public:
    Driver(const source::SourceFile& source, ast::File& file, diag::Sink& sink)
        : source_(source), session_(source), builder_(source, file, sink), file_(file),
          sink_(sink) {}

    void file() {
        file_.tokens = session_.tokens();
        bool first = true; // only the version and the docstring may precede the items
        bool misplaced_run = false;
        for (const Piece& piece : split(source_, session_.tokens(), true, sink_)) {
            if (piece.tokens.empty() && !piece.has_block) {
                continue;
            }
            if (first && version(piece)) {
                continue;
            }
            if (first && !file_.doc && type(piece, 0) == G::STRING && piece.tokens.size() == 1) {
                file_.doc = builder_.docstring(span(piece));
                continue;
            }
            first = false;
            const bool belongs = belongs_to_top(piece);
            if (belongs || !misplaced_run) { // one message for a run of lines after a stray brace
                file_.items.push_back(belongs ? top(piece) : misplaced_at_top(piece));
            }
            misplaced_run = !belongs;
        }
    }

    void equations() {
        file_.tokens = session_.tokens();
        for (const Piece& piece : split(source_, session_.tokens(), false, sink_)) {
            if (piece.tokens.empty()) {
                continue;
            }
            if (type(piece, 0) == G::STRING && piece.tokens.size() == 1 && file_.items.empty()) {
                file_.doc = builder_.docstring(span(piece));
                continue;
            }
            ast::Item item = item_of(piece);
            if (auto* tree = accept(piece, &G::equationOnly, "an equation string")) {
                item.node = builder_.equation(tree->equation(), Builder::Home::Equations);
            } else {
                item.node = ast::ErrorItem{declared_names(piece)};
            }
            file_.items.push_back(std::move(item));
        }
    }

    ast::ExprId expression() {
        const Piece piece = single();
        if (auto* tree = accept(piece, &G::exprOnly, "an expression")) {
            return builder_.whole(tree->expr());
        }
        return builder_.error_expr(whole_text());
    }

    std::vector<ast::Statement> statements() {
        return statement_list(split(source_, session_.tokens(), false, sink_));
    }

    ast::UnitExpr unit() {
        const Piece piece = single();
        if (auto* tree = accept(piece, &G::unitOnly, "a unit")) {
            return builder_.unit(tree->unitExpr());
        }
        ast::UnitExpr none;
        none.span = whole_text();
        none.is_error = true;
        return none;
    }

private:
    [[nodiscard]] TokenType type(const Piece& piece, std::size_t i) const {
        return i < piece.tokens.size() ? session_.tokens()[piece.tokens[i]].type : TokenType{0};
    }
    [[nodiscard]] Span token_span(const Piece& piece, std::size_t i) const {
        return session_.tokens()[piece.tokens[i]].span;
    }
    [[nodiscard]] Span span(const Piece& piece) const {
        if (piece.tokens.empty()) {
            return session_.tokens()[piece.end_token - 1].span;
        }
        const Span first = token_span(piece, 0);
        return {first.file, first.begin, token_span(piece, piece.tokens.size() - 1).end};
    }
    [[nodiscard]] Span whole_text() const {
        return {source_.id(), 0, static_cast<std::uint32_t>(source_.text().size())};
    }
    [[nodiscard]] ast::Item item_of(const Piece& piece) const {
        ast::Item item;
        item.span = span(piece);
        const std::uint32_t begin =
            piece.tokens.empty() ? piece.end_token - 1 : piece.tokens.front();
        const std::uint32_t end =
            std::max(piece.end_token, piece.tokens.empty() ? 0 : piece.tokens.back() + 1);
        item.tokens = {begin, end};
        if (piece.has_block) {
            item.span.end = session_.tokens()[end - 1].span.end;
        }
        return item;
    }

    /// One piece from a text in which newlines mean nothing.
    Piece single() {
        Piece piece;
        for (std::uint32_t i = 0; i < session_.tokens().size(); ++i) {
            const ast::Token& token = session_.tokens()[i];
            if (!token.hidden && token.type != G::NL) {
                piece.tokens.push_back(i);
            }
        }
        if (piece.tokens.empty()) {
            sink_.report(diag::Code::EmptyText, whole_text(), "nothing is written here")
                .note("expected an expression such as `v > -50*mV`");
            piece.broken = true;
        }
        return piece;
    }

    /// Applies a rule; null after a mistake, which has been reported then.
    template <class Context>
    Context* accept(const Piece& piece, Context* (G::*rule)(), std::string_view where) {
        if (piece.broken || piece.tokens.empty() || gave_up() ||
            !check_foreign(source_, session_.tokens(), piece.tokens, sink_) ||
            !check_nesting(session_.tokens(), piece.tokens, sink_)) {
            return nullptr;
        }
        std::optional<SyntaxError> error;
        Context* tree = session_.parse(std::span(piece.tokens), rule, error);
        if (error) {
            report_syntax_error(
                {source_, session_.tokens(), piece.tokens, error->position, error->within, where},
                sink_);
            return nullptr;
        }
        return tree;
    }

    /// A text with that many mistakes is no model: say so once and read no further.
    bool gave_up() {
        constexpr std::size_t most = 200;
        if (sink_.error_count() < most) {
            return false;
        }
        if (!gave_up_) {
            sink_.report(
                diag::Code::TooManyErrors, whole_text(),
                fmt::format("more than {} mistakes; the rest of the text is not read", most));
        }
        gave_up_ = true;
        return true;
    }

    // ---- Top level

    bool version(const Piece& piece) {
        if (file_.version || file_.doc || type(piece, 0) != G::HHM || type(piece, 1) != G::NUMBER) {
            return false;
        }
        const std::string number = builder_.text(token_span(piece, 1));
        file_.version = newest_version;
        if (accept(piece, &G::versionOnly, "a file") != nullptr &&
            number != std::to_string(newest_version)) {
            sink_
                .report(
                    diag::Code::BadVersion, token_span(piece, 1),
                    fmt::format("this compiler does not know version {} of the language", number))
                .note(fmt::format("the newest version that it knows is {}", newest_version));
        }
        return true;
    }

    [[nodiscard]] bool belongs_to_top(const Piece& piece) const {
        const TokenType first = type(piece, 0);
        return opens_block(first) || first == G::IMPORT || first == G::FUNCTION ||
               first == G::CONST || piece.broken;
    }

    ast::Item top(const Piece& piece) {
        ast::Item item = item_of(piece);
        if (piece.has_block) {
            item.node = block(piece);
        } else if (auto* tree = accept(piece, &G::topOnly, "a file")) {
            item.node = builder_.top_item(tree->topItem());
        } else {
            item.node = ast::ErrorItem{declared_names(piece)};
        }
        return item;
    }

    ast::Item misplaced_at_top(const Piece& piece) {
        ast::Item item = item_of(piece);
        item.node = ast::ErrorItem{declared_names(piece)};
        if (piece.tokens.empty()) {
            sink_.report(diag::Code::UnexpectedBlock, item.span, "a block without a heading");
            return item;
        }
        const std::string word = builder_.text(token_span(piece, 0));
        if (type(piece, 0) == G::STRING) {
            misplaced_docstring(piece);
            return item;
        }
        auto report = sink_.report(
            piece.has_block ? diag::Code::UnexpectedBlock : diag::Code::MisplacedItem,
            token_span(piece, 0), fmt::format("`{}` cannot stand outside a block", word));
        static const std::vector<std::string> of_files = {"channel", "neuron",   "synapse", "cell",
                                                          "import",  "function", "const"};
        const std::vector<std::string> near = nearest_names(word, of_files);
        if (!near.empty()) {
            report.fix(token_span(piece, 0), near.front(), did_you_mean(near));
            return item;
        }
        if (word == "hhm") {
            report.note("the version of the language is said on the first line: `hhm 1`");
            return item;
        }
        if (word == "def" || word == "from") {
            report.note(word == "def" ? "a function is written `function f(x : volt) : 1 = ...`"
                                      : "an import is written `import channels.NaT`");
            return item;
        }
        report.note(
            "at the top of a file stand `channel`, `neuron`, `synapse`, `cell`, `function`, "
            "`const` and `import`; all else goes inside a `{ }` of these");
        return item;
    }

    void misplaced_docstring(const Piece& piece) {
        sink_.report(diag::Code::MisplacedDocstring, token_span(piece, 0),
                     "a docstring must come first in its file or block");
    }

    // ---- Blocks

    Builder::Node block(const Piece& piece) {
        ast::Block made;
        auto* tree = accept(piece, &G::blockHeadOnly, "a file");
        if (tree == nullptr) {
            made.name = {span(piece), {}};
        } else {
            auto* head = tree->blockHead();
            made.name = builder_.name(head->name());
        }
        switch (type(piece, 0)) {
        case G::CHANNEL:
            made.kind = ast::BlockKind::Channel;
            break;
        case G::SYNAPSE:
            made.kind = ast::BlockKind::Synapse;
            break;
        case G::CELL:
            made.kind = ast::BlockKind::Cell;
            break;
        default:
            made.kind = ast::BlockKind::Neuron;
            break;
        }
        static constexpr std::array words = {"a channel", "a neuron", "a synapse", "a cell"};
        const std::string_view where = words[static_cast<std::size_t>(made.kind)];
        for (const Piece& inner : piece.body) {
            const bool string = type(inner, 0) == G::STRING && inner.tokens.size() == 1;
            if (string && made.items.empty() && !made.doc) {
                made.doc = builder_.docstring(span(inner));
            } else if (string) {
                misplaced_docstring(inner);
            } else {
                made.items.push_back(body_item(inner, where));
            }
            if (inner.open) {
                made.items.push_back({span(inner), {}, ast::ErrorItem{}});
            }
        }
        if (piece.open) {
            made.items.push_back({span(piece), {}, ast::ErrorItem{}});
        }
        return made;
    }

    ast::Item body_item(const Piece& piece, std::string_view where) {
        ast::Item item = item_of(piece);
        item.node = ast::ErrorItem{declared_names(piece)};
        const TokenType first = type(piece, 0);
        const bool top_only =
            (first == G::IMPORT && (is_name(type(piece, 1)) || type(piece, 1) == G::STRING)) ||
            (first == G::FUNCTION && is_name(type(piece, 1)));
        if (top_only && !piece.broken) {
            sink_.report(diag::Code::MisplacedItem, token_span(piece, 0),
                         fmt::format("`{}` belongs at the top of the file, not into {}",
                                     builder_.text(token_span(piece, 0)), where));
        } else if (piece.has_block) {
            sub_block(piece, item.node);
        } else if (auto* tree = accept(piece, &G::bodyOnly, where)) {
            item.node = builder_.body_item(tree->bodyItem());
        }
        return item;
    }

    void sub_block(const Piece& piece, Builder::Node& node) {
        if (piece.tokens.empty() || !opens_sub_block(type(piece, 0))) {
            if (!piece.broken) {
                const bool choice = type(piece, 0) == G::IF;
                sink_
                    .report(diag::Code::UnexpectedBlock, span(piece),
                            "a block `{ }` cannot stand here")
                    .note(choice ? "choose between values inside an expression: `x = a if "
                                   "condition else b`"
                                 : "blocks inside a neuron are `gate NAME`, `ion NAME`, `kinetic "
                                   "NAME`, `reset`, `on NAME` and `update`");
            }
            return;
        }
        auto* tree = accept(piece, &G::subHeadOnly, "a block");
        if (tree == nullptr) {
            return;
        }
        node = builder_.sub_head(tree->subHead());
        if (auto* gate = std::get_if<ast::Gate>(&node)) {
            for (const Piece& inner : piece.body) {
                setting(inner, Builder::Home::Gate, "a gate", *gate);
            }
        } else if (auto* ion_pool = std::get_if<ast::Ion>(&node)) {
            for (const Piece& inner : piece.body) {
                ion(inner, *ion_pool);
            }
        } else if (auto* scheme = std::get_if<ast::Kinetic>(&node)) {
            for (const Piece& inner : piece.body) {
                kinetic(inner, *scheme);
            }
        } else if (auto* reset = std::get_if<ast::Reset>(&node)) {
            reset->statements = statement_list(piece.body);
        } else if (auto* on = std::get_if<ast::On>(&node)) {
            on->statements = statement_list(piece.body);
        } else if (auto* update = std::get_if<ast::Update>(&node)) {
            update->statements = statement_list(piece.body);
        }
    }

    template <class Into> static void place(Builder::Node node, Into& into) {
        if (auto* setting = std::get_if<ast::Setting>(&node)) {
            into.settings.push_back(std::move(*setting));
        } else if (auto* equation = std::get_if<ast::Equation>(&node)) {
            into.equations.push_back(std::move(*equation));
        }
    }

    template <class Into>
    void setting(const Piece& piece, Builder::Home home, std::string_view where, Into& into) {
        if (auto* tree = accept(piece, &G::settingOnly, where)) {
            place(builder_.equation(tree->settingItem()->equation(), home), into);
        } else {
            into.incomplete = true;
        }
    }

    void ion(const Piece& piece, ast::Ion& into) {
        auto* tree = accept(piece, &G::ionOnly, "an ion pool");
        if (tree == nullptr) {
            into.incomplete = true;
            return;
        }
        if (auto* param = tree->ionItem()->paramItem()) {
            into.params.push_back(builder_.param(param));
        } else {
            place(builder_.equation(tree->ionItem()->equation(), Builder::Home::Ion), into);
        }
    }

    void kinetic(const Piece& piece, ast::Kinetic& into) {
        auto* tree = accept(piece, &G::kineticOnly, "a kinetic scheme");
        if (tree == nullptr) {
            into.incomplete = true;
            return;
        }
        auto* item = tree->kineticItem();
        if (item->transition() != nullptr) {
            into.transitions.push_back(builder_.transition(item->transition()));
        } else if (item->CONSERVE() != nullptr) {
            into.conservations.push_back(builder_.conservation(item));
        } else if (item->initItem() != nullptr) {
            into.inits.push_back(builder_.init(item->initItem()));
        } else {
            place(builder_.equation(item->equation(), Builder::Home::Kinetic), into);
        }
    }

    std::vector<ast::Statement> statement_list(const std::vector<Piece>& pieces) {
        std::vector<ast::Statement> made;
        for (const Piece& piece : pieces) {
            if (auto* tree = accept(piece, &G::statementOnly, "a list of statements")) {
                made.push_back(builder_.statement(tree->statement()));
            }
        }
        return made;
    }

    // ---- After a mistake

    /// Names that a refused statement seems to define.
    [[nodiscard]] std::vector<ast::Name> declared_names(const Piece& piece) const {
        std::vector<ast::Name> names;
        const auto add = [&](std::size_t i, std::uint32_t skip) {
            Span at = token_span(piece, i);
            at.begin += skip;
            names.push_back({at, builder_.text(at)});
        };
        const bool word = is_name(type(piece, 0));
        if (word && type(piece, 1) == G::SLASH) {
            add(0, builder_.text(token_span(piece, 0)).size() > 1 ? 1 : 0);
        } else if (word && type(piece, 1) == G::STAR && is_name(type(piece, 2)) &&
                   type(piece, 3) == G::SLASH) { // `C*dv/dt`
            add(2, builder_.text(token_span(piece, 2)).size() > 1 ? 1 : 0);
        } else if (word && (type(piece, 1) == G::ASSIGN || type(piece, 1) == G::COLON)) {
            add(0, 0);
        } else if (word && is_name(type(piece, 1)) && type(piece, 0) != G::USE) {
            add(1, 0);
        }
        for (std::size_t i = 1; i + 1 < piece.tokens.size(); ++i) {
            if (type(piece, i) == G::AS && is_name(type(piece, i + 1))) {
                add(i + 1, 0);
            }
        }
        return names;
    }

    const source::SourceFile& source_;
    AntlrSession session_;
    Builder builder_;
    ast::File& file_;
    diag::Sink& sink_;
    bool gave_up_ = false;
};

template <class Work>
ast::File parse_text(const source::SourceFile& source, diag::Sink& sink, Work&& work) {
    ast::File file;
    file.span = {source.id(), 0, static_cast<std::uint32_t>(source.text().size())};
    if (!check_bytes(source, sink)) {
        ast::Item item;
        item.span = file.span;
        file.items.push_back(std::move(item));
        return file;
    }
    Driver driver(source, file, sink);
    work(driver);
    return file;
}

} // namespace

ast::File parse_file(const source::SourceFile& source, diag::Sink& sink) {
    return parse_text(source, sink, [](Driver& driver) { driver.file(); });
}

ast::File parse_equations(const source::SourceFile& source, diag::Sink& sink) {
    return parse_text(source, sink, [](Driver& driver) { driver.equations(); });
}

ast::ExprId parse_expression(const source::SourceFile& source, ast::File& into, diag::Sink& sink) {
    if (!check_bytes(source, sink)) {
        return into.exprs.push_back({{source.id(), 0, 0}, ast::ErrorExpr{}});
    }
    return Driver(source, into, sink).expression();
}

std::vector<ast::Statement> parse_statements(const source::SourceFile& source, ast::File& into,
                                             diag::Sink& sink) {
    if (!check_bytes(source, sink)) {
        return {};
    }
    return Driver(source, into, sink).statements();
}

ast::UnitExpr parse_unit(const source::SourceFile& source, diag::Sink& sink) {
    ast::File scratch;
    if (!check_bytes(source, sink)) {
        ast::UnitExpr none;
        none.is_error = true;
        return none;
    }
    return Driver(source, scratch, sink).unit();
}

std::string dump_tokens(const source::SourceFile& source, const ast::File& file) {
    std::string text;
    for (const ast::Token& token : file.tokens) {
        if (token.type == G::WS || token.type == G::NL) {
            continue;
        }
        const source::LineColumn place = source.position(token.span.begin);
        std::string spelling(
            source.text().substr(token.span.begin, token.span.end - token.span.begin));
        for (std::size_t at = 0; (at = spelling.find('\n', at)) != std::string::npos; at += 2) {
            spelling.replace(at, 1, "\\n");
        }
        text += fmt::format("{}:{} {} {}\n", place.line, place.column, token_name(token.type),
                            spelling);
    }
    return text;
}

} // namespace hhc::parse
