// SPDX-License-Identifier: MIT
#include "diag/explanations.h"
#include "tools/checked.h"
#include "tools/diagnostics_folder.h"

#include <set>

namespace hhc::sema {
namespace {

constexpr const char* leak_channel = "channel Leak {\n"
                                     "    param g = 1 mS/cm**2\n"
                                     "    I = g*(-60 mV - v) : amp/meter**2\n"
                                     "}\n";

std::map<std::string, std::string> importable() {
    return {{"channels.hhm", leak_channel},
            {"one.hhm", "import \"two.hhm\"\n"},
            {"two.hhm", "import \"one.hhm\"\n"}};
}

/// Parse and check, with a few files to import; diagnostics go to `sink`.
const auto parse_and_check = [](const source::SourceFile& source, diag::Sink& sink) {
    test::Checked checked;
    checked.importable = importable();
    checked.read(std::string(source.text()));
    sink.append(checked.sink);
};

HHC_DIAGNOSTICS_STAGE(SemaDiagnostics, "sema", parse_and_check);

std::set<std::string> codes_of(std::string_view text) {
    test::Checked checked;
    checked.importable = importable();
    checked.read(std::string(text));
    std::set<std::string> codes;
    for (const Diagnostic& diagnostic : checked.sink.take()) {
        codes.insert(diagnostic.code);
    }
    return codes;
}

/// Codes of the names, units and equations that only the lowering can give.
const std::set<std::string_view> codes_of_lowering = {"HH3090", "HH4054", "HH4055"};

bool is_ours(std::string_view code) {
    return (code.starts_with("HH2") || code.starts_with("HH3") || code.starts_with("HH4")) &&
           !codes_of_lowering.contains(code);
}

TEST(SemaExplanations, wrong_examples_earn_their_code_and_right_ones_nothing) {
    for (const diag::Explanation& page : diag::all_explanations()) {
        if (!is_ours(page.code) || page.in_python()) {
            continue;
        }
        if (!page.bad.empty()) {
            EXPECT_TRUE(codes_of(page.bad).contains(std::string(page.code))) << page.code << "\n"
                                                                             << page.bad;
        }
        EXPECT_TRUE(codes_of(page.good).empty() || page.good.empty())
            << page.code << " " << *codes_of(page.good).begin();
    }
}

TEST(SemaExplanations, every_code_of_this_room_has_one) {
    std::set<std::string_view> explained;
    for (const diag::Explanation& page : diag::all_explanations()) {
        explained.insert(page.code);
    }
    for (const diag::CodeInfo& row : diag::all_codes()) {
        EXPECT_TRUE(!is_ours(row.code) || explained.contains(row.code)) << row.code;
    }
}

TEST(SemaDiagnosticsCoverage, every_code_of_this_room_has_a_bad_file_or_a_test_elsewhere) {
    // Free names, chains of thousands of values: tests of their own.
    std::set<std::string> covered = {"HH4034", "HH2022"}; // the latter between two populations
    for (const auto& file : test::diagnostics_files("sema")) {
        const std::string text = test::read_text(file);
        for (std::size_t at = 0; (at = text.find("HH", at)) < text.find('\n'); at += 6) {
            covered.insert(text.substr(at, 6));
        }
    }
    for (const diag::CodeInfo& row : diag::all_codes()) {
        EXPECT_TRUE(!is_ours(row.code) || covered.contains(std::string(row.code)))
            << row.code << " " << row.name;
    }
}

} // namespace
} // namespace hhc::sema
