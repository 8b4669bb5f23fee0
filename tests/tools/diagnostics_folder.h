// SPDX-License-Identifier: MIT
// The models of tests/diagnostics/<stage>/: the first line of each says which codes it earns, in
// the order of the text: `# expect: HH1023 HH1026`, or `# expect: nothing`. A file named `bad_*`
// earns some, `ok_*` none. A stage's test instantiates this with its own way to compile a text.
#pragma once

#include "diag/render.h"
#include "diag/sink.h"
#include "source/source_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::test {

[[nodiscard]] inline std::vector<std::filesystem::path> diagnostics_files(std::string_view stage) {
    const std::filesystem::path folder =
        std::filesystem::path(HODGPY_SOURCE_DIR) / "tests" / "diagnostics" / stage;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".hhm") {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

[[nodiscard]] inline std::string read_text(const std::filesystem::path& path) {
    std::ifstream input(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(input), {}};
}

/// `compile(source, sink)` runs every stage up to the one under test.
template <class Compile>
void check_diagnostics_file(const std::filesystem::path& path, Compile&& compile) {
    source::SourceManager sources;
    const source::SourceFile& source = sources.add(path.filename().string(), read_text(path));
    const std::string head(source.line(1));
    constexpr std::string_view mark = "# expect: ";
    ASSERT_TRUE(head.starts_with(mark)) << path << " must begin with `# expect: CODES`";
    const std::string expected = head.substr(mark.size());
    diag::Sink sink;
    compile(source, sink);
    const std::vector<Diagnostic> diagnostics = sink.take();
    std::string found;
    for (const Diagnostic& diagnostic : diagnostics) {
        found += (found.empty() ? "" : " ") + diagnostic.code;
    }
    EXPECT_EQ(found.empty() ? "nothing" : found, expected)
        << diag::render_all(diagnostics, sources);
    const std::string name = path.filename().string();
    EXPECT_TRUE(name.starts_with(expected == "nothing" ? "ok_" : "bad_")) << name;
}

} // namespace hhc::test

/// Defines the test program's cases for one stage: one for each file.
#define HHC_DIAGNOSTICS_STAGE(suite, stage, ...)                                                   \
    class suite : public ::testing::TestWithParam<std::filesystem::path> {};                       \
    TEST_P(suite, earns_the_codes_of_its_first_line) {                                             \
        ::hhc::test::check_diagnostics_file(GetParam(), __VA_ARGS__);                              \
    }                                                                                              \
    INSTANTIATE_TEST_SUITE_P(files, suite,                                                         \
                             ::testing::ValuesIn(::hhc::test::diagnostics_files(stage)),           \
                             [](const auto& file) { return file.param.stem().string(); })
