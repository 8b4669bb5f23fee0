// SPDX-License-Identifier: MIT
#include "diag/explanations.h"
#include "diag/json.h"
#include "diag/render.h"
#include "diag/sink.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

namespace hhc::diag {
namespace {

class Rendering : public ::testing::Test {
protected:
    Span place(std::string_view text, std::string_view part) {
        const source::SourceFile& file = sources_.add("cell.hhm", std::string(text));
        const auto at = static_cast<std::uint32_t>(text.find(part));
        return {file.id(), at, at + static_cast<std::uint32_t>(part.size())};
    }
    std::string shown(const RenderOptions& options = {}) {
        return render_all(sink_.take(), sources_, options);
    }

    source::SourceManager sources_;
    Sink sink_;
};

TEST_F(Rendering, underlines_the_exact_span_and_shows_notes_and_fixes) {
    const Span at = place("neuron A {\n    x = y^2 : 1\n}\n", "^");
    sink_.report(Code::ForeignOperator, at, "`^` is not an operator")
        .note("a note")
        .note_at({at.file, 19, 20}, "second place")
        .fix(at, "**", "powers are written `**`");
    EXPECT_EQ(shown(), "cell.hhm:2:10: error[HH1024]: `^` is not an operator\n"
                       "    2 |     x = y^2 : 1\n"
                       "      |          ^\n"
                       "  note: a note\n"
                       "  cell.hhm:2:9: note: second place\n"
                       "    2 |     x = y^2 : 1\n"
                       "      |         ^\n"
                       "  help: powers are written `**`\n"
                       "    2 |     x = y**2 : 1\n"
                       "      |          ++\n"
                       "1 error\n");
}

TEST_F(Rendering, counts_columns_of_tabs_and_wide_characters) {
    sink_.report(Code::SyntaxError, place("\t\"\xE7\xA5\x9E\xC3\xA9\" bad", "bad"), "no");
    const std::string text = shown();
    EXPECT_NE(text.find("    1 |     \"\xE7\xA5\x9E\xC3\xA9\" bad\n"
                        "      |           ^~~\n"),
              std::string::npos)
        << text;
}

TEST_F(Rendering, cuts_long_lines_around_the_span) {
    const std::string text = std::string(300, 'a') + "BAD" + std::string(300, 'b');
    sink_.report(Code::SyntaxError, place(text, "BAD"), "no");
    const std::string out = shown({false, 21});
    EXPECT_NE(out.find("| ...aaaaaaaaaBADbbbbbbbbb...\n      |             ^~~\n"),
              std::string::npos)
        << out;
}

TEST_F(Rendering, shows_first_and_last_line_of_a_long_span) {
    sink_.report(Code::SyntaxError, place("a (\n  b\n  c) d", "(\n  b\n  c)"), "no");
    const std::string out = shown();
    EXPECT_NE(out.find("    1 | a (\n      |   ^\n      | ...\n    3 |   c) d\n      |   ~~\n"),
              std::string::npos)
        << out;
}

TEST_F(Rendering, marks_the_end_of_a_line_where_something_is_missing) {
    const Span word = place("x = 3\ny", "3");
    sink_.report(Code::MissingUnit, {word.file, word.end, word.end}, "no unit");
    EXPECT_NE(shown().find("    1 | x = 3\n      |      ^\n"), std::string::npos);
}

TEST_F(Rendering, colours_only_on_request) {
    const Span at = place("x", "x");
    sink_.report(Code::SyntaxError, at, "no");
    EXPECT_EQ(shown().find('\033'), std::string::npos);
    sink_.report(Code::SyntaxError, at, "no");
    EXPECT_NE(shown({true, 100}).find("\033[1;31merror[HH1020]\033[0m"), std::string::npos);
}

TEST_F(Rendering, shows_a_diagnostic_without_a_place) {
    sink_.report(Code::InternalBug, Span{}, "oops").note("more");
    EXPECT_EQ(shown(), "error[HH9001]: oops\n  note: more\n1 error\n");
}

TEST_F(Rendering, json_has_place_notes_and_fixes) {
    const Span at = place("a\nx^2", "^");
    sink_.report(Code::ForeignOperator, at, "`^` is \"no\" operator")
        .note("a note")
        .fix(at, "**", "write `**`");
    const auto object = nlohmann::json::parse(to_json_lines(sink_.take(), sources_));
    EXPECT_EQ(object["code"], "HH1024");
    EXPECT_EQ(object["severity"], "error");
    EXPECT_EQ(object["message"], "`^` is \"no\" operator");
    EXPECT_EQ(object["place"]["file"], "cell.hhm");
    EXPECT_EQ(object["place"]["line"], 2);
    EXPECT_EQ(object["place"]["column"], 2);
    EXPECT_EQ(object["place"]["end_column"], 3);
    EXPECT_EQ(object["notes"].size(), 1U);
    EXPECT_EQ(object["fixes"][0]["replacement"], "**");
}

TEST_F(Rendering, json_survives_text_that_is_no_utf8) {
    sink_.report(Code::InvalidUtf8, place("\xFF", "\xFF"), "byte \xFF");
    EXPECT_NO_THROW((void)to_json_lines(sink_.take(), sources_));
}

TEST(Sink, sorts_by_place_and_drops_repetitions) {
    Sink sink;
    sink.report(Code::SyntaxError, {0, 5, 6}, "b");
    sink.report(Code::SyntaxError, {0, 1, 2}, "a");
    sink.report(Code::SyntaxError, {0, 5, 6}, "b");
    EXPECT_EQ(sink.error_count(), 3U);
    const auto taken = sink.take();
    ASSERT_EQ(taken.size(), 2U);
    EXPECT_EQ(taken[0].message, "a");
    EXPECT_FALSE(sink.has_errors());
}

TEST(Codes, are_unique_and_well_formed) {
    std::set<std::string_view> seen;
    for (const CodeInfo& row : all_codes()) {
        EXPECT_TRUE(seen.insert(row.code).second) << row.code;
        EXPECT_EQ(row.code.size(), 6U);
        EXPECT_TRUE(row.code.starts_with("HH")) << row.code;
    }
}

TEST(Explanations, each_code_of_compiler_and_runtime_has_one) {
    std::set<std::string_view> codes;
    for (const CodeInfo& row : explained_codes()) {
        EXPECT_TRUE(codes.insert(row.code).second) << row.code;
    }
    EXPECT_TRUE(codes.contains("HH1001"));
    EXPECT_TRUE(codes.contains("HH6001"));
    std::set<std::string_view> explained;
    for (const Explanation& page : all_explanations()) {
        EXPECT_TRUE(codes.contains(page.code)) << page.code;
        EXPECT_TRUE(explained.insert(page.code).second) << page.code;
        EXPECT_FALSE(page.text.empty()) << page.code;
    }
    EXPECT_EQ(explained, codes);
}

TEST(Explanations, page_has_headline_text_and_both_examples) {
    const std::string page = explain("HH1024");
    EXPECT_TRUE(page.starts_with("HH1024 (error): an operator of another language\n\n"));
    EXPECT_NE(page.find("\nWrong:\n\n    neuron"), std::string::npos);
    EXPECT_NE(page.find("\nRight:\n\n    neuron"), std::string::npos);
    EXPECT_TRUE(explain("HH6001").starts_with("HH6001 (error): a state became NaN"));
    EXPECT_TRUE(explain("HH1124").starts_with("HH1124 is no code of this compiler; did you mean"));
}

} // namespace
} // namespace hhc::diag
