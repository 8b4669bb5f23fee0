// SPDX-License-Identifier: MIT
// Which way of running wins, for given prices.
#include "sim/team_choice.h"

#include <gtest/gtest.h>

namespace {

using hodg::sim::TeamChoice;

/// Share of `stretches` that went together.
double share_together(TeamChoice& choice, int stretches, double together, double alone) {
    int count = 0;
    for (int k = 0; k < stretches; ++k) {
        count += choice.together() ? 1 : 0;
        choice.took(choice.together() ? together : alone);
    }
    return static_cast<double>(count) / stretches;
}

TEST(TeamChoice, StaysTogetherWhereThatIsQuicker) {
    TeamChoice choice;
    EXPECT_TRUE(choice.together());
    EXPECT_GT(share_together(choice, 1000, 1.0, 1.5), 0.95);
}

TEST(TeamChoice, GoesAloneAfterOneStretchWhereThatIsQuicker) {
    TeamChoice choice;
    choice.took(4.0);
    EXPECT_FALSE(choice.together());
    EXPECT_LT(choice.length(), 1); // a trial is short
    choice.took(1.0);
    EXPECT_FALSE(choice.together());
    EXPECT_EQ(choice.length(), 1);
    EXPECT_LT(share_together(choice, 1000, 4.0, 1.0), 0.05);
}

TEST(TeamChoice, ComesBackWhenOthersHaveGone) {
    TeamChoice choice;
    share_together(choice, 300, 4.0, 1.0);
    EXPECT_GT(share_together(choice, 1000, 0.6, 1.0), 0.85);
}

TEST(TeamChoice, KeepsItsWayBetweenEquals) {
    TeamChoice choice;
    EXPECT_GT(share_together(choice, 1000, 1.0, 0.98), 0.95);
}

} // namespace
