// SPDX-License-Identifier: MIT
#include "sim/clear_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace {

TEST(ClearRows, ClearsRowsOfAnyLengthAndNothingElse) {
    for (const std::size_t bytes : {0U, 16U, 64U, 96U, 128U, 1024U, 1040U, 4096U}) {
        alignas(64) std::array<char, 3 * 4096> memory{};
        memory.fill(1);
        const std::array<hodg::sim::Clear, 2> rows{
            {{memory.data(), bytes}, {memory.data() + 2 * 4096, bytes}}};
        hodg::sim::clear_rows(rows);
        EXPECT_EQ(std::count(memory.begin(), memory.end(), 0), 2 * static_cast<long>(bytes));
        EXPECT_TRUE(std::all_of(memory.begin(), memory.begin() + static_cast<long>(bytes),
                                [](char c) { return c == 0; }));
    }
}

} // namespace
