// SPDX-License-Identifier: MIT
#include "ast/dump.h"
#include "ast/visit.h"
#include "diag/render.h"
#include "parse/parse.h"

#include <gtest/gtest.h>

#include <string>

namespace hhc::parse {
namespace {

class Parsing : public ::testing::Test {
protected:
    ast::File file(std::string text) { return parse_file(add(std::move(text)), sink_); }
    ast::File equations(std::string text) { return parse_equations(add(std::move(text)), sink_); }
    std::string expression(std::string text) {
        ast::File into;
        const ast::ExprId root = parse_expression(add(std::move(text)), into, sink_);
        return sink_.has_errors() ? "error" : ast::dump_expr(into, root);
    }
    std::string codes() {
        std::string joined;
        for (const Diagnostic& one : sink_.take()) {
            joined += (joined.empty() ? "" : " ") + one.code;
        }
        return joined;
    }
    /// The tree of an equation string, one equation a line, without head and indentation.
    std::string tree(std::string text) {
        std::string dumped = ast::dump(equations(std::move(text)));
        dumped.erase(0, dumped.find('\n') + 1);
        for (std::size_t at = 0; (at = dumped.find("  ", at)) != std::string::npos;) {
            dumped.erase(at, 2);
        }
        return dumped;
    }
    const source::SourceFile& add(std::string text) {
        return sources_.add("text", std::move(text));
    }

    source::SourceManager sources_;
    diag::Sink sink_;
};

TEST_F(Parsing, reads_the_three_forms_of_equations) {
    EXPECT_EQ(tree("dv/dt = -v/tau : volt (unless refractory)\nI = 2*v : volt\ntau : second"),
              "ode v = ((-v) / tau) : volt (unless refractory)\n"
              "subexpression I = (2 * v) : volt\n"
              "declaration tau : second\n");
    EXPECT_EQ(codes(), "");
}

TEST_F(Parsing, reads_no_text_and_comments_alone_as_nothing) {
    EXPECT_TRUE(file("").items.empty());
    EXPECT_TRUE(file("\n\n # only this\n").items.empty());
    EXPECT_TRUE(equations("   ").items.empty());
    EXPECT_EQ(codes(), "");
}

TEST_F(Parsing, a_newline_goes_on_after_an_operator_before_one_and_inside_brackets) {
    for (const char* text :
         {"x = a +\nb : 1", "x = a\n+ b : 1", "x = (a\n+\nb) : 1", "x\n= a + b\n: 1",
          "x = a + # comment\n\nb\n:\n1", "x = a + b : 1\r\n"}) {
        EXPECT_EQ(tree(text).find("subexpression x = (a + b) : 1\n"), 0U) << text;
    }
    EXPECT_EQ(tree("x = a if b\nelse c : 1\n(constant over\ndt)"),
              "subexpression x = (a if b else c) : 1 (constant over dt)\n");
    EXPECT_EQ(codes(), "");
}

TEST_F(Parsing, a_semicolon_ends_a_statement) {
    EXPECT_EQ(tree("a : 1; b : 1;"), "declaration a : 1\ndeclaration b : 1\n");
}

TEST_F(Parsing, an_open_bracket_spoils_one_statement_only) {
    EXPECT_EQ(tree("x = (a + b : 1\ny : 1\ndz/dt = f(z : 1\nw = 3 : 1"),
              "error x\ndeclaration y : 1\nerror z\nsubexpression w = 3 : 1\n");
    EXPECT_EQ(codes(), "HH1010 HH1010");
}

TEST_F(Parsing, a_quantity_binds_tighter_than_any_operator) {
    EXPECT_EQ(expression("120 mS/cm**2"), "([120 mS] / (cm ** 2))");
    EXPECT_EQ(expression("-65 mV**2"), "(-[65 mV**2])");
    EXPECT_EQ(expression("2 second**-0.5"), "[2 second**-0.5]");
    EXPECT_EQ(expression("10\nmV"), "[10 mV]"); // an expression string has no newlines
}

TEST_F(Parsing, celsius_takes_its_sign) {
    EXPECT_EQ(expression("-10 degC"), "[-10 degC]");
    EXPECT_EQ(expression("6.3 degC"), "[6.3 degC]");
    EXPECT_EQ(expression("1 - 6.3 degC"), "error");
}

TEST_F(Parsing, arrows_do_not_break_comparisons_with_negative_numbers) {
    EXPECT_EQ(expression("v<-81*mV"), "(v < ((-81) * mV))");
}

TEST_F(Parsing, crosses_is_an_operator_and_a_name) {
    EXPECT_EQ(expression("v crosses -10 mV"), "(v crosses (-[10 mV]))");
    EXPECT_EQ(expression("crosses crosses crosses(1)"), "(crosses crosses crosses(1))");
    EXPECT_EQ(expression("x + 1 crosses -1"), "((x + 1) crosses (-1))");
}

TEST_F(Parsing, spans_cover_what_was_written) {
    const ast::File parsed = equations("x = (a + b)*c : 1\ndvm/dt = 1 : volt");
    const auto& product = std::get<ast::Equation>(parsed.items[0].node);
    const ast::Expr& root = parsed.expr(product.value);
    EXPECT_EQ(sources_.text(root.span), "(a + b)*c");
    const auto& node = std::get<ast::Binary>(root.node);
    EXPECT_EQ(sources_.text(node.op_span), "*");
    EXPECT_EQ(sources_.text(parsed.expr(node.left).span), "a + b");
    EXPECT_TRUE(parsed.expr(node.left).parenthesised);
    EXPECT_EQ(sources_.text(parsed.items[1].span), "dvm/dt = 1 : volt");
    EXPECT_EQ(sources_.text(std::get<ast::Equation>(parsed.items[1].node).name.span), "vm");
}

TEST_F(Parsing, tokens_give_back_the_whole_text) {
    const std::string text = "\xEF\xBB\xBFneuron A { # \xC3\xA4\r\n\tv : volt ; x = 1 : 1 }\n\n";
    const ast::File parsed = file(text);
    std::string joined;
    for (const ast::Token& token : parsed.tokens) {
        joined += sources_.text(token.span);
    }
    EXPECT_EQ(joined, text);
    EXPECT_EQ(codes(), "");
    const ast::TokenRange range = parsed.items[0].tokens;
    EXPECT_EQ(sources_.text(parsed.tokens[range.begin].span), "neuron");
    EXPECT_EQ(sources_.text(parsed.tokens[range.end - 1].span), "}");
}

TEST_F(Parsing, docstrings_lose_their_quotes_and_indentation) {
    const ast::File parsed =
        file("\"\"\"One.\n\n    Two\n      three\n    \"\"\"\nneuron A { \"x\"; v : volt }");
    EXPECT_EQ(parsed.doc->text, "One.\n\nTwo\n  three");
    EXPECT_EQ(std::get<ast::Block>(parsed.items[0].node).doc->text, "x");
}

TEST_F(Parsing, a_refused_statement_still_declares_its_name) {
    const ast::File parsed = equations("dv/dt = 3 3 : volt");
    EXPECT_EQ(std::get<ast::ErrorItem>(parsed.items[0].node).declares[0].text, "v");
}

TEST_F(Parsing, reads_statements_with_every_assignment) {
    ast::File into;
    const auto statements = parse_statements(
        add("v = -65*mV; g += w\nx -= 1\ny *= 2\nz /= 2\nu **= 2\nq %= 3"), into, sink_);
    std::string shown;
    for (const ast::Statement& statement : statements) {
        shown += std::string(ast::spelling(statement.op)) + " ";
    }
    EXPECT_EQ(shown, "= += -= *= /= **= %= ");
    EXPECT_EQ(codes(), "");
}

TEST_F(Parsing, a_unit_is_folded_into_factors) {
    const ast::UnitExpr unit = parse_unit(add("1/(second*meter**(1/2))**2"), sink_);
    EXPECT_EQ(ast::dump_unit(unit), "1*second**-2*meter**-1");
    EXPECT_TRUE(parse_unit(add(""), sink_).is_error);
    EXPECT_EQ(codes(), "HH1036");
    EXPECT_EQ(expression(" "), "error");
}

TEST_F(Parsing, refuses_what_is_too_large_before_reading_it) {
    EXPECT_EQ(file(std::string(std::size_t{10} << 20U, 'x')).items.size(), 1U);
    EXPECT_EQ(codes(), "HH1002");
    (void)file("neuron A {\n# " + std::string(70'000, 'x') + "\n}");
    EXPECT_EQ(codes(), "HH1003");
    (void)expression(std::string(10'000, '(') + "1" + std::string(10'000, ')'));
    EXPECT_EQ(codes(), "HH1004");
    (void)expression(std::string(30'000, '-') + "1");
    EXPECT_EQ(codes(), "HH1004");
}

TEST_F(Parsing, stops_after_two_hundred_mistakes) {
    std::string text;
    for (int i = 0; i < 1000; ++i) {
        text += "x y z\n";
    }
    (void)equations(text);
    EXPECT_EQ(sink_.error_count(), 201U);
}

TEST_F(Parsing, survives_braces_without_end) {
    (void)file("neuron A {" + std::string(60'000, '{'));
    EXPECT_TRUE(sink_.has_errors());
    EXPECT_LT(sink_.error_count(), 10U);
    (void)file(std::string(60'000, '}'));
    EXPECT_TRUE(sink_.has_errors());
}

TEST_F(Parsing, survives_every_prefix_and_every_single_deletion_of_a_model) {
    const std::string text =
        "hhm 1\n\"doc\"\nchannel N {\n param g = 1 mS/cm**2\n gate m { alpha = f(v, 2)/ms\n"
        " beta = 1/ms; q10 = 3 at 6.3 degC }\n I = g*m**3*(E - v) : amp (outward)\n}\n"
        "neuron C { use N(g = 2) as n\n on pre order 1 { v += -1 if x else 2 } }\n";
    for (std::size_t i = 0; i < text.size(); ++i) {
        diag::Sink sink;
        const ast::File prefix = parse_file(add(text.substr(0, i)), sink);
        EXPECT_FALSE(ast::dump(prefix).empty());
        std::string shorter = text;
        shorter.erase(i, 1);
        const ast::File cut = parse_file(add(shorter), sink);
        EXPECT_FALSE(ast::dump(cut).empty());
        EXPECT_FALSE(diag::render_all(sink.take(), sources_).empty() && i == 8);
    }
}

TEST_F(Parsing, visits_operands_before_operations) {
    ast::File into;
    const ast::ExprId root = parse_expression(add("a if b > 1 else f(c, -d)"), into, sink_);
    std::string order;
    ast::for_each_below(into, root, [&](ast::ExprId, const ast::Expr& expr) {
        order += std::string(sources_.text(expr.span)) + "; ";
    });
    EXPECT_EQ(order, "a; b; 1; b > 1; c; d; -d; f(c, -d); a if b > 1 else f(c, -d); ");
}

} // namespace
} // namespace hhc::parse
