// SPDX-License-Identifier: MIT
#include "diag/explanations.h"
#include "parse/parse.h"
#include "tools/diagnostics_folder.h"

#include <set>

namespace hhc::parse {
namespace {

const auto parse_only = [](const source::SourceFile& source, diag::Sink& sink) {
    (void)parse_file(source, sink);
};

HHC_DIAGNOSTICS_STAGE(ParseDiagnostics, "parse", parse_only);

std::set<std::string> codes_of(std::string_view text) {
    diag::Sink sink;
    const source::SourceFile source(0, "example", std::string(text));
    parse_only(source, sink);
    std::set<std::string> codes;
    for (const Diagnostic& diagnostic : sink.take()) {
        codes.insert(diagnostic.code);
    }
    return codes;
}

TEST(ParseExplanations, wrong_examples_earn_their_code_and_right_ones_nothing) {
    for (const diag::Explanation& page : diag::all_explanations()) {
        if (page.in_python() || (!page.code.starts_with("HH1") && page.code != "HH3090")) {
            continue;
        }
        if (!page.bad.empty()) {
            EXPECT_EQ(codes_of(page.bad), std::set<std::string>{std::string(page.code)})
                << page.bad;
        }
        EXPECT_TRUE(codes_of(page.good).empty()) << page.code;
    }
}

TEST(ParseDiagnosticsCoverage, every_code_of_this_room_has_a_bad_file_or_a_test_here) {
    // Shown by tests of their own: texts too large to keep, expression strings.
    std::set<std::string> covered = {"HH1002", "HH1003", "HH1036", "HH1037"};
    for (const auto& file : test::diagnostics_files("parse")) {
        const std::string text = test::read_text(file);
        for (std::size_t at = 0; (at = text.find("HH", at)) < text.find('\n'); at += 6) {
            covered.insert(text.substr(at, 6));
        }
    }
    for (const diag::CodeInfo& row : diag::all_codes()) {
        if (row.code.starts_with("HH1")) {
            EXPECT_TRUE(covered.contains(std::string(row.code))) << row.code << " " << row.name;
        }
    }
}

} // namespace
} // namespace hhc::parse
