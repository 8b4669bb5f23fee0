// SPDX-License-Identifier: MIT
#include "parse/messages.h"

#include "grammar/HhmParser.h"
#include "parse/token_class.h"
#include "support/suggest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <vector>

namespace hhc::parse {
namespace {

using G = hhm::HhmParser;

/// Tries the rows of the table in order; each row is one way to go wrong.
class Explain {
public:
    Explain(const RefusedPiece& refused, diag::Sink& sink) : in_(refused), sink_(sink) {}

    void run() {
        const bool done = factor_before_derivative() || comparison_for_assignment() ||
                          decimal_comma() || hard_keyword() || chained_comparison() ||
                          assignment_in_expression() || missing_equals() || flags_before_unit() ||
                          unit_trouble() || flag_trouble() || missing_name() || missing_operand() ||
                          event_head() || call_without_parentheses() || misspelt_crosses() ||
                          juxtaposition() || colon_in_expression() || unknown_statement();
        if (!done) {
            fallback();
        }
    }

private:
    [[nodiscard]] TokenType type(std::size_t i) const {
        return i < in_.piece.size() ? in_.tokens[in_.piece[i]].type : TokenType{0};
    }
    [[nodiscard]] TokenType here() const { return type(in_.position); }
    [[nodiscard]] TokenType before() const {
        return in_.position > 0 ? type(in_.position - 1) : TokenType{0};
    }
    [[nodiscard]] bool at_end() const { return in_.position >= in_.piece.size(); }
    [[nodiscard]] Span span(std::size_t i) const {
        if (i < in_.piece.size()) {
            return in_.tokens[in_.piece[i]].span;
        }
        const Span last = in_.tokens[in_.piece.back()].span;
        return {last.file, last.end, last.end};
    }
    [[nodiscard]] Span place() const { return span(in_.position); }
    [[nodiscard]] std::string text(std::size_t i) const {
        const Span at = span(i);
        return std::string(in_.source.text().substr(at.begin, at.end - at.begin));
    }
    [[nodiscard]] std::string here_text() const { return text(in_.position); }
    [[nodiscard]] std::string before_text() const { return text(in_.position - 1); }
    [[nodiscard]] bool within(std::initializer_list<int> rules) const {
        return std::any_of(in_.within.begin(), in_.within.end(), [&](std::size_t rule) {
            return std::find(rules.begin(), rules.end(), static_cast<int>(rule)) != rules.end();
        });
    }
    /// Where a colon has been read that does not stand in brackets, all that follows is a unit.
    [[nodiscard]] std::size_t last_colon() const {
        for (std::size_t i = std::min(in_.position, in_.piece.size()); i-- > 0;) {
            if (type(i) == G::COLON) {
                return i;
            }
        }
        return in_.piece.size();
    }
    [[nodiscard]] bool in_unit() const { return last_colon() < in_.position; }

    // ---- Rows

    /// `C*dv/dt = ...`, as papers print it.
    bool factor_before_derivative() {
        const bool form = in_.position <= 1 && is_name(type(0)) && type(1) == G::STAR &&
                          is_name(type(2)) && type(3) == G::SLASH && text(4) == "dt";
        if (!form) {
            return false;
        }
        const Span all{span(0).file, span(0).begin, span(4).end};
        sink_
            .report(diag::Code::BadDerivative, all,
                    fmt::format("`{}*{}/dt` on the left: the derivative stands alone there",
                                text(0), text(2)))
            .note(fmt::format("divide the right side: `{}/dt = (...)/{}`", text(2), text(0)));
        return true;
    }

    bool comparison_for_assignment() {
        if (here() != G::EQ || in_.position != 1 || !within({G::RuleStatementOnly})) {
            return false;
        }
        sink_.report(diag::Code::UnknownStatement, place(), "`==` compares and assigns nothing")
            .fix(place(), "=", "an assignment is written `=`");
        return true;
    }

    bool decimal_comma() {
        if (here() != G::COMMA || before() != G::NUMBER || type(in_.position + 1) != G::NUMBER ||
            within({G::RuleCall})) {
            return false;
        }
        sink_
            .report(diag::Code::SyntaxError, place(),
                    fmt::format("did not expect `,` after `{}`", before_text()))
            .fix(place(), ".",
                 fmt::format("decimals follow a point: `{}.{}`", before_text(),
                             text(in_.position + 1)));
        return true;
    }

    bool hard_keyword() {
        if (!is_hard_keyword(here())) {
            return false;
        }
        const bool named = in_.position == 0 || begins_item(before()) || opens_sub_block(before());
        if (named && here() != G::IF) {
            sink_
                .report(diag::Code::ReservedWord, place(),
                        fmt::format("`{}` is a reserved word and cannot be a name", here_text()))
                .note("reserved are if, else, and, or, not, True, False");
            return true;
        }
        if (here() == G::IF && in_.position == 0) {
            sink_.report(diag::Code::UnknownStatement, place(), "`if` does not begin a statement")
                .note("choose between values inside an expression: `x = a if condition else b`");
            return true;
        }
        return false;
    }

    bool chained_comparison() {
        if (!is_comparison(here())) {
            return false;
        }
        std::size_t i = in_.position;
        int depth = 0;
        while (i-- > 0) {
            depth += type(i) == G::RPAR ? 1 : 0;
            depth -= type(i) == G::LPAR ? 1 : 0;
            if (depth < 0 || type(i) == G::AND || type(i) == G::OR || type(i) == G::COMMA) {
                return false;
            }
            if (depth == 0 && (is_comparison(type(i)) || type(i) == G::CROSSES)) {
                break;
            }
            if (i == 0) {
                return false;
            }
        }
        sink_
            .report(diag::Code::ChainedComparison, place(),
                    fmt::format("a second comparison `{}` in a row", here_text()))
            .note_at(span(i), "the first one is here")
            .note("comparisons do not chain: write `a < b and b < c`");
        return true;
    }

    bool assignment_in_expression() {
        if (!is_assignment(here()) || in_.position == 0) {
            return false;
        }
        const bool in_call = within({G::RuleCall, G::RuleAtom});
        const bool first = std::none_of(
            in_.piece.begin(), in_.piece.begin() + static_cast<std::ptrdiff_t>(in_.position),
            [&](std::uint32_t i) { return is_assignment(in_.tokens[i].type); });
        if (in_call) {
            sink_
                .report(diag::Code::AssignInExpression, place(),
                        fmt::format("`{}` inside a call or brackets", here_text()))
                .note("arguments of functions have no names; to compare, write `==`");
            return true;
        }
        const bool condition =
            type(0) == G::THRESHOLD || type(0) == G::REFRACTORY || type(0) == G::EVENT;
        if (first && !condition && !within({G::RuleExpr, G::RuleExprOnly})) {
            return false;
        }
        auto report = sink_.report(diag::Code::AssignInExpression, place(),
                                   fmt::format("`{}` inside an expression", here_text()));
        if (here() == G::ASSIGN && touches(in_.position) && type(in_.position + 1) == G::GT) {
            report.fix({place().file, place().begin, span(in_.position + 1).end},
                       ">=", "the comparison is written `>=`");
        } else if (here() == G::ASSIGN && type(0) == G::THRESHOLD) {
            report.note(
                "a threshold compares, as in `threshold v > ...`; equality is written `==`");
        } else if (here() == G::ASSIGN) {
            report.fix(place(), "==", "equality is written `==`");
        }
        return true;
    }

    /// Whether nothing stands between a token and the next one.
    [[nodiscard]] bool touches(std::size_t i) const {
        return i + 1 < in_.piece.size() && span(i).end == span(i + 1).begin;
    }

    /// `param tau 10 ms`.
    bool missing_equals() {
        const bool valued = type(0) == G::PARAM || type(0) == G::CONST || type(0) == G::INIT;
        if (!valued || here() != G::NUMBER || !is_name(type(1))) {
            return false;
        }
        if (in_.position != 2) {
            return false;
        }
        const Span gap{place().file, span(1).end, place().begin};
        sink_
            .report(diag::Code::SyntaxError, place(),
                    fmt::format("the value of `{}` stands without `=`", text(1)))
            .fix(gap, " = ", fmt::format("write `{} {} = {} ...`", text(0), text(1), here_text()));
        return true;
    }

    /// `dv/dt = -v/tau (unless refractory) : volt`: the words of flags where only their place is
    /// wrong.
    bool flags_before_unit() {
        static const std::vector<std::string> first_words = {"constant", "shared", "unless",
                                                             "linked",   "summed", "outward"};
        const std::size_t word = here() == G::LPAR ? in_.position + 1 : in_.position;
        const bool open = word > 0 && type(word - 1) == G::LPAR;
        if (!open || in_unit() ||
            std::find(first_words.begin(), first_words.end(), text(word)) == first_words.end()) {
            return false;
        }
        std::size_t close = word;
        while (close < in_.piece.size() && is_name(type(close))) {
            ++close;
        }
        if (type(close) != G::RPAR || type(close + 1) != G::COLON) {
            return false;
        }
        const Span flags{place().file, span(word - 1).begin, span(close).end};
        sink_.report(diag::Code::BadFlags, flags, "flags stand after the unit")
            .note(fmt::format("write `: UNIT {}`",
                              in_.source.text().substr(flags.begin, flags.end - flags.begin)));
        return true;
    }

    /// `event low v < -80 mV`, `event low if ...`, `on low k += 1`.
    bool event_head() {
        if (in_.position < 2 || !is_name(type(1))) {
            return false;
        }
        if (type(0) == G::EVENT && in_.position == 2) {
            sink_
                .report(
                    diag::Code::SyntaxError, place(),
                    fmt::format("expected `when` after `event {}`, not `{}`", text(1), here_text()))
                .note(fmt::format("write `event {} when CONDITION`", text(1)));
            return true;
        }
        if (type(0) == G::ON && in_.position == 2 && !at_end() && type(2) != G::ASSIGN) {
            sink_
                .report(diag::Code::SyntaxError, place(),
                        fmt::format("expected `{{` after `on {}`, not `{}`", text(1), here_text()))
                .note(fmt::format("what happens stands in braces: `on {} {{ ... }}`", text(1)));
            return true;
        }
        return false;
    }

    /// `exp 3`
    bool call_without_parentheses() {
        static const std::vector<std::string> functions = {
            "sin", "cos",  "tan",  "sinh",  "cosh",  "tanh",   "exp",     "log", "log10",
            "abs", "sqrt", "ceil", "floor", "expm1", "exprel", "sigmoid", "erf"};
        const bool value = is_name(here()) || here() == G::NUMBER;
        if (in_.position < 2 || !value || !is_name(before()) ||
            std::find(functions.begin(), functions.end(), before_text()) == functions.end()) {
            return false;
        }
        sink_
            .report(diag::Code::MissingOperator, place(),
                    fmt::format("`{}` is a function and needs its arguments in parentheses",
                                before_text()))
            .note(fmt::format("write `{}({})`", before_text(), here_text()));
        return true;
    }

    /// `threshold v crossing -20 mV`
    bool misspelt_crosses() {
        const bool condition = type(0) == G::THRESHOLD || type(0) == G::EVENT;
        if (!condition || !is_name(here()) || !ends_operand(before()) || here() == G::CROSSES) {
            return false;
        }
        const std::string word = here_text();
        if (!word.starts_with("cross") && nearest_names(word, {"crosses"}).empty()) {
            return false;
        }
        sink_
            .report(diag::Code::SyntaxError, place(),
                    fmt::format("did not expect `{}` after `{}`", word, before_text()))
            .fix(place(), "crosses", "did you mean `crosses`?");
        return true;
    }

    bool unit_trouble() {
        if (!in_unit() || within({G::RuleExpr, G::RuleFlags})) {
            return false;
        }
        const std::size_t colon = last_colon();
        if (at_end() && before() == G::COLON) {
            sink_.report(diag::Code::MissingUnit, span(colon), "a unit is missing after `:`")
                .note("`: 1` is dimensionless, `: volt` a voltage, `: amp/meter**2` a current "
                      "density");
            return true;
        }
        if (type(in_.position - 1) == G::RPAR && here() == G::LPAR) {
            sink_.report(diag::Code::BadFlags, place(), "a second list of flags")
                .note("flags stand in one list, parted by commas");
            return true;
        }
        const bool value = type(colon + 1) == G::NUMBER && text(colon + 1) != "1";
        if (value && type(0) == G::PARAM && colon == 2) {
            sink_
                .report(diag::Code::SyntaxError, span(colon + 1),
                        fmt::format("the value of `{}` stands where its unit is expected", text(1)))
                .fix(span(colon), "=",
                     fmt::format("write `param {} = {} ...`", text(1), text(colon + 1)));
            return true;
        }
        if (value && colon == 1) {
            sink_
                .report(diag::Code::SyntaxError, span(colon + 1),
                        fmt::format("the value of `{}` stands where its unit is expected", text(0)))
                .note(fmt::format("`{} : UNIT` declares a parameter that is set for each entity",
                                  text(0)));
            return true;
        }
        if (type(colon - 1) == G::THRESHOLD || type(colon - 1) == G::RESET ||
            type(colon - 1) == G::REFRACTORY) {
            const std::string word = text(colon - 1);
            sink_
                .report(diag::Code::SyntaxError, span(colon),
                        fmt::format("no colon stands after `{}`", word))
                .note(fmt::format("write `{} ...`", word));
            return true;
        }
        auto report =
            sink_.report(diag::Code::BadUnit, place(),
                         at_end() ? std::string("the unit ends too early")
                                  : fmt::format("`{}` cannot stand in a unit", here_text()));
        if ((is_name(here()) || here() == G::NUMBER) && ends_operand(before())) {
            report.note("units are joined by `*` and `/`, and raised by `**`");
        } else {
            report.note(
                "a unit is made of unit names, `*`, `/`, `**` and whole or decimal exponents, "
                "as in `amp/meter**2`");
        }
        return true;
    }

    bool flag_trouble() {
        if (!within({G::RuleFlags}) || within({G::RuleExpr})) {
            return false;
        }
        sink_
            .report(diag::Code::BadFlags, place(),
                    at_end() ? std::string("a flag is missing here")
                             : fmt::format("`{}` cannot stand in a list of flags", here_text()))
            .note("flags are words, parted by commas, as in `(constant, unless refractory)`");
        return true;
    }

    bool missing_name() {
        const bool after_word =
            before() == G::AS || before() == G::DOT || (in_.position == 1 && begins_item(before()));
        if (!after_word || is_name(here())) {
            return false;
        }
        sink_.report(diag::Code::SyntaxError, at_end() ? span(in_.position - 1) : place(),
                     fmt::format("expected a name after `{}`{}", before_text(),
                                 at_end() ? "" : fmt::format(", not `{}`", here_text())));
        return true;
    }

    bool missing_operand() {
        const bool wants_value =
            is_binary_operator(before()) || is_assignment(before()) || before() == G::NOT ||
            before() == G::IF || before() == G::ELSE || before() == G::CROSSES ||
            before() == G::THRESHOLD || before() == G::REFRACTORY || before() == G::WHEN ||
            ((before() == G::LPAR || before() == G::COMMA) && within({G::RuleExpr}));
        if (!wants_value || ends_operand(here())) {
            return missing_else();
        }
        const std::string found = at_end() ? "" : fmt::format(", not `{}`", here_text());
        auto report =
            sink_.report(diag::Code::MissingOperand, at_end() ? span(in_.position - 1) : place(),
                         fmt::format("expected a value after `{}`{}", before_text(), found));
        if (here() == G::STAR && before() == G::STAR) {
            report.note("a power is written `**` without a blank");
        } else if (here() == G::IF) {
            report.note("the value comes first: `x = a if condition else b`");
        }
        return true;
    }

    bool missing_else() {
        const bool choice = std::any_of(in_.piece.begin(), in_.piece.end(), [&](std::uint32_t i) {
            return in_.tokens[i].type == G::IF;
        });
        const bool closed = std::any_of(in_.piece.begin(), in_.piece.end(), [&](std::uint32_t i) {
            return in_.tokens[i].type == G::ELSE;
        });
        if (!choice || closed || !(at_end() || here() == G::COLON || here() == G::RPAR)) {
            return false;
        }
        sink_
            .report(diag::Code::MissingOperand, place(),
                    "a conditional needs its other value: `else` is missing")
            .note("write `a if condition else b`");
        return true;
    }

    /// Two values without an operator: the unit rule of juxtaposition is `NUMBER NAME` alone.
    bool juxtaposition() {
        const bool value_here = is_name(here()) || here() == G::NUMBER || here() == G::LPAR ||
                                here() == G::TRUE || here() == G::FALSE;
        if (!value_here || !ends_operand(before()) || in_.position == 0 ||
            !within({G::RuleExpr, G::RuleExprOnly, G::RuleBodyOnly, G::RuleTopOnly,
                     G::RuleStatementOnly, G::RuleEquationOnly, G::RuleSettingOnly, G::RuleIonOnly,
                     G::RuleKineticOnly, G::RuleSubHeadOnly})) {
            return false;
        }
        if (in_.position == 1 && is_name(before())) {
            return false; // a statement of two words: no expression yet
        }
        auto report = sink_.report(
            diag::Code::MissingOperator, place(),
            fmt::format("no operator between `{}` and `{}`", before_text(), here_text()));
        const Span gap{place().file, span(in_.position - 1).end, place().begin};
        const bool after_unit = in_.position >= 2 && type(in_.position - 2) == G::NUMBER;
        if (before() == G::RPAR && is_name(here())) {
            report.fix(
                gap, "*",
                fmt::format("only a number takes a unit directly; write `(...)*{}`", here_text()));
        } else if (before() == G::NUMBER && here() == G::LPAR) {
            report.fix(gap, "*", fmt::format("write `{}*(...)`", before_text()));
        } else if (is_name(here()) && (after_unit || before() == G::NUMBER)) {
            report.fix(gap, "*",
                       fmt::format("units are joined by `*` and `/`: `{}*{}`", before_text(),
                                   here_text()));
        } else {
            report.fix(gap, "*",
                       fmt::format("write `{}*{}` for a product", before_text(), here_text()));
        }
        return true;
    }

    bool colon_in_expression() {
        if (here() != G::COLON) {
            return false;
        }
        const TokenType first = type(0);
        auto report = sink_.report(diag::Code::SyntaxError, place(), "a unit cannot stand here");
        if (first == G::INIT || first == G::THRESHOLD || first == G::REFRACTORY ||
            first == G::METHOD) {
            report.note(fmt::format("`{}` takes no unit", text(0)));
        } else {
            report.note("a unit follows a whole definition, as in `I = g*(E - v) : amp`");
        }
        return true;
    }

    bool unknown_statement() {
        const bool two_words = is_name(type(0)) && in_.position <= 1;
        if (!two_words && in_.position != 0) {
            return false;
        }
        if (in_.position == 1 && at_end()) {
            sink_
                .report(diag::Code::UnknownStatement, span(0),
                        fmt::format("`{}` alone is no statement in {}", text(0), in_.where))
                .note(forms());
            return true;
        }
        if (in_.position == 1 && misspelt_statement()) {
            return true;
        }
        sink_
            .report(diag::Code::UnknownStatement, span(0),
                    fmt::format("`{}` begins no statement of {}",
                                in_.position == 0 ? here_text() : text(0) + " " + here_text(),
                                in_.where))
            .note(text(0) == "//" ? "a comment begins with `#`" : forms());
        return true;
    }

    /// `treshold v > 0 mV`, `PARAM g = ...`: the first word is nearly one that begins a statement.
    bool misspelt_statement() {
        static const std::vector<std::string> of_blocks = {
            "param",  "const",     "input",  "init",       "gate",        "use",
            "needs",  "reset",     "event",  "refractory", "on",          "update",
            "method", "threshold", "insert", "kinetic",    "temperature", "ion"};
        static const std::vector<std::string> of_files = {"channel", "neuron",   "synapse", "cell",
                                                          "import",  "function", "const"};
        if (!within({G::RuleBodyOnly, G::RuleTopOnly})) {
            return false;
        }
        const std::vector<std::string> near =
            nearest_names(text(0), within({G::RuleTopOnly}) ? of_files : of_blocks);
        if (near.empty()) {
            return false;
        }
        sink_
            .report(diag::Code::UnknownStatement, span(0),
                    fmt::format("`{}` begins no statement of {}", text(0), in_.where))
            .fix(span(0), near.front(), did_you_mean(near));
        return true;
    }

    [[nodiscard]] std::string forms() const {
        if (within({G::RuleStatementOnly})) {
            return "a statement reads `v = expression`, `v += expression` and the like";
        }
        if (within({G::RuleSettingOnly})) {
            return "a gate has `alpha =` and `beta =`, or `inf =` and `tau =`; also `q10 = 3 at "
                   "6.3 degC`";
        }
        if (within({G::RuleKineticOnly})) {
            return "a kinetic scheme has transitions `C <-> O (alpha, beta)` and `conserve C + O = "
                   "1`";
        }
        if (within({G::RuleTopOnly})) {
            return "a file has `channel`, `neuron`, `synapse`, `cell`, `function`, `const` and "
                   "`import`";
        }
        switch (type(0)) {
        case G::PARAM:
            return "a parameter reads `param g = 0.3 mS/cm**2`, or `param g : siemens` without a "
                   "default";
        case G::CONST:
            return "a constant has a value: `const k = 3`";
        case G::INIT:
            return "an initial value reads `init v = -65 mV`";
        case G::INPUT:
            return "an input has a unit and no value: `input I : amp`; synapses and stimuli give "
                   "it its value";
        case G::RESET:
            return "a statement reads `v = expression`, `v += expression` and the like; several "
                   "stand in braces, one a line: `reset { ... }`";
        default:
            return "an equation reads `dv/dt = expression : unit`, `I = expression : unit` or `I : "
                   "unit`";
        }
    }

    void fallback() {
        if (at_end()) {
            sink_
                .report(diag::Code::SyntaxError, place(),
                        fmt::format("the statement ends too early, after `{}`", before_text()))
                .note(forms());
            return;
        }
        sink_
            .report(diag::Code::SyntaxError, place(),
                    in_.position == 0
                        ? fmt::format("`{}` begins no statement of {}", here_text(), in_.where)
                        : fmt::format("did not expect `{}` after `{}`", here_text(), before_text()))
            .note(forms());
    }

    const RefusedPiece& in_;
    diag::Sink& sink_;
};

} // namespace

void report_syntax_error(const RefusedPiece& refused, diag::Sink& sink) {
    Explain(refused, sink).run();
}

} // namespace hhc::parse
