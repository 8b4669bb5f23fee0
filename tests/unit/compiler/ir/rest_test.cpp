// SPDX-License-Identifier: MIT
// When a bit can stand in for the step of the last spike, and how long cells rest then.
#include "ir/read.h"
#include "ir/rest.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace hhc::ir {
namespace {

/// The name of the uniform, or nothing.
std::string length(const std::string& values, const std::string& results = "") {
    ReadResult result = read("hhir 1\nmodule \"m\" real_size 8\nuniform long real hidden\n"
                             "uniform longer real hidden\nfield v real state\n"
                             "field last step last_spike\nfield own real parameter\n"
                             "event spike sets_last_spike\n\nkernel advance {\n"
                             "  %0 = uniform long\n  %1 = real_to_int %0\n  %2 = load last\n"
                             "  %3 = step\n  %4 = sub %3, %2\n" +
                             values + "  event spike, %5\n" + results + "}\n");
    EXPECT_TRUE(result.module.has_value()) << values;
    Module module = std::move(*result.module);
    note_rest(module);
    const UniformId found = module.fields[FieldId(1U)].rest;
    EXPECT_FALSE(module.fields[FieldId(0U)].rest.valid());
    forget_rest(module);
    EXPECT_FALSE(module.fields[FieldId(1U)].rest.valid());
    return found ? module.uniforms[found].name : std::string();
}

TEST(Rest, OfAUniformLength) {
    EXPECT_EQ(length("  %5 = ge %4, %1\n"), "long");
    EXPECT_EQ(length("  %5 = ge %4, %1\n  %6 = ge %4, %1\n  %7 = and %5, %6\n"), "long");
}

TEST(Rest, NotWhereMoreIsAsked) {
    EXPECT_EQ(length("  %5 = gt %4, %1\n"), ""); // another question
    EXPECT_EQ(length("  %5 = ge %1, %4\n"), "");
    EXPECT_EQ(length("  %5 = ge %4, %1\n  %6 = int_to_real %4\n", "  store v, %6\n"), "");
    EXPECT_EQ(length("  %5 = ge %4, %1\n", "  store last, %2\n"), "");
    EXPECT_EQ(length("  %5 = ge %4, %1\n  %6 = uniform longer\n  %7 = real_to_int %6\n"
                     "  %8 = ge %4, %7\n"),
              ""); // two lengths
    EXPECT_EQ(length("  %5 = bool true\n  %6 = load own\n  %7 = real_to_int %6\n"
                     "  %8 = ge %4, %7\n"),
              ""); // one of each cell
    EXPECT_EQ(length("  %5 = bool true\n"), "");
}

} // namespace
} // namespace hhc::ir
