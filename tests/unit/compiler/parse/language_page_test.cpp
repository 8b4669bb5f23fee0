// SPDX-License-Identifier: MIT
// Every fenced block of the language reference can be read.
#include "diag/render.h"
#include "parse/parse.h"
#include "tools/diagnostics_folder.h"

#include <gtest/gtest.h>

namespace hhc::parse {
namespace {

TEST(LanguagePage, every_block_parses) {
    const std::string page =
        test::read_text(std::filesystem::path(HODGPY_SOURCE_DIR) / "docs" / "language.md");
    source::SourceManager sources;
    std::size_t blocks = 0;
    for (std::size_t at = 0; (at = page.find("```", at)) != std::string::npos;) {
        const std::size_t start = page.find('\n', at) + 1;
        const std::string kind = page.substr(at + 3, start - at - 4);
        const std::size_t end = page.find("\n```", start);
        ASSERT_NE(end, std::string::npos);
        diag::Sink sink;
        const auto& source = sources.add(kind, page.substr(start, end + 1 - start));
        if (kind == "brian") {
            (void)parse_equations(source, sink);
        } else {
            EXPECT_EQ(kind, "hhm");
            (void)parse_file(source, sink);
        }
        EXPECT_FALSE(sink.has_errors()) << diag::render_all(sink.take(), sources);
        ++blocks;
        at = end + 4;
    }
    EXPECT_GE(blocks, 10U);
}

} // namespace
} // namespace hhc::parse
