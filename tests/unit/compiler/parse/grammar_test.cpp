// SPDX-License-Identifier: MIT
// The grammar's rules for whole texts accept what the parser accepts statement by statement, and
// the grammar is unambiguous on it (ANTLR's exact detection).
#include "grammar/HhmLexer.h"
#include "parse/antlr_session.h"
#include "parse/split.h"
#include "tools/diagnostics_folder.h"

#include <gtest/gtest.h>

namespace hhc::parse {
namespace {

/// The statements again as text, one a line: newlines that mean nothing are gone.
void write(const std::vector<Piece>& pieces, const source::SourceFile& source,
           const std::vector<ast::Token>& tokens, std::string& text) {
    for (const Piece& piece : pieces) {
        for (const std::uint32_t index : piece.tokens) {
            const Span at = tokens[index].span;
            text += std::string(source.text().substr(at.begin, at.end - at.begin)) + " ";
        }
        if (piece.has_block) {
            text += "{\n";
            write(piece.body, source, tokens, text);
            text += "}";
        }
        text += "\n";
    }
}

class Listener final : public antlr4::DiagnosticErrorListener {
public:
    Listener() : antlr4::DiagnosticErrorListener(true) {}
    void syntaxError(antlr4::Recognizer*, antlr4::Token*, std::size_t line, std::size_t,
                     const std::string& message, std::exception_ptr) override {
        found += std::to_string(line) + ": " + message + "\n";
    }
    void reportAmbiguity(antlr4::Parser*, const antlr4::dfa::DFA&, std::size_t, std::size_t, bool,
                         const antlrcpp::BitSet&, antlr4::atn::ATNConfigSet*) override {
        found += "ambiguous\n";
    }
    void reportAttemptingFullContext(antlr4::Parser*, const antlr4::dfa::DFA&, std::size_t,
                                     std::size_t, const antlrcpp::BitSet&,
                                     antlr4::atn::ATNConfigSet*) override {}
    void reportContextSensitivity(antlr4::Parser*, const antlr4::dfa::DFA&, std::size_t,
                                  std::size_t, std::size_t, antlr4::atn::ATNConfigSet*) override {}

    std::string found;
};

/// What ANTLR complains about in a whole text; empty if nothing.
template <class Rule> std::string complaints(const std::string& text, Rule rule) {
    antlr4::ANTLRInputStream input(text);
    hhm::HhmLexer lexer(&input);
    antlr4::CommonTokenStream tokens(&lexer);
    Grammar parser(&tokens);
    Listener listener;
    parser.removeErrorListeners();
    parser.addErrorListener(&listener);
    parser.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
        antlr4::atn::PredictionMode::LL_EXACT_AMBIG_DETECTION);
    (parser.*rule)();
    return listener.found;
}

std::string normalised(const std::string& text, bool braces) {
    const source::SourceFile source(0, "text", text);
    const AntlrSession session(source);
    diag::Sink sink;
    std::string lines;
    write(split(source, session.tokens(), braces, sink), source, session.tokens(), lines);
    return lines;
}

TEST(Grammar, whole_file_rule_accepts_every_correct_model_without_ambiguity) {
    std::vector<std::filesystem::path> files;
    for (const auto& file : test::diagnostics_files("parse")) {
        if (file.filename().string().starts_with("ok_")) {
            files.push_back(file);
        }
    }
    const auto library = std::filesystem::path(HODGPY_SOURCE_DIR) / "stdlib_models";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(library)) {
        if (entry.path().extension() == ".hhm") {
            files.push_back(entry.path());
        }
    }
    ASSERT_GT(files.size(), 30U);
    for (const auto& file : files) {
        EXPECT_EQ(complaints(normalised(test::read_text(file), true), &Grammar::file), "") << file;
    }
}

TEST(Grammar, whole_string_rules_accept_equations_and_statements_without_ambiguity) {
    EXPECT_EQ(
        complaints(normalised("dv/dt = (a\n - v)/tau : volt (unless refractory)\n"
                              "x = a if b else c : 1 # comment\n\n tau : second; y : 1/second\n"
                              "z = 10 mV**2*d/d(d, d) : volt**2 (constant over\n dt, event-driven)",
                              false),
                   &Grammar::equations),
        "");
    EXPECT_EQ(complaints(normalised("v = -65*mV; g += w\nna.m **= 2 crosses 3", false),
                         &Grammar::statements),
              "");
}

TEST(Grammar, whole_file_rule_refuses_what_is_wrong) {
    EXPECT_NE(complaints("neuron A {\n x = 3 3 : 1\n}\n", &Grammar::file), "");
    EXPECT_NE(complaints("neuron A {\n", &Grammar::file), "");
}

} // namespace
} // namespace hhc::parse
