// SPDX-License-Identifier: MIT
#include "source/source_file.h"

#include <gtest/gtest.h>

namespace hhc::source {
namespace {

TEST(SourceFile, finds_line_and_column_of_an_offset) {
    const SourceFile file(0, "a.hhm", "one\r\ntwo\n\nend");
    EXPECT_EQ(file.line_count(), 4U);
    EXPECT_EQ(file.line(1), "one");
    EXPECT_EQ(file.line(2), "two");
    EXPECT_EQ(file.line(3), "");
    EXPECT_EQ(file.line(4), "end");
    EXPECT_EQ(file.position(0).column, 1U);
    EXPECT_EQ(file.position(6).line, 2U);
    EXPECT_EQ(file.position(6).column, 2U);
    EXPECT_EQ(file.position(1000).line, 4U);
}

TEST(SourceFile, counts_utf16_units_for_editors) {
    const SourceFile file(0, "a.hhm", "# \xC3\xA4\xF0\x9F\xA7\xA0x"); // a umlaut, a brain
    const LineColumn place = file.position(8);
    EXPECT_EQ(place.column, 9U);
    EXPECT_EQ(place.column_utf16, 6U);
}

TEST(SourceFile, shows_places_as_the_user_counts_them) {
    SourceFile file(0, "string", "a\nb");
    file.set_origin("script.py", 40, 9);
    EXPECT_EQ(file.shown_name(), "script.py");
    EXPECT_EQ(file.shown_line(2), 41U);
    EXPECT_EQ(file.shown_column(file.position(0)), 9U);
    EXPECT_EQ(file.shown_column(file.position(2)), 1U);
}

TEST(SourceManager, gives_the_text_of_a_span) {
    SourceManager sources;
    const SourceFile& file = sources.add("a", "dv/dt = 1");
    EXPECT_EQ(sources.text({file.id(), 0, 5}), "dv/dt");
    EXPECT_EQ(sources.text(Span{}), "");
}

} // namespace
} // namespace hhc::source
