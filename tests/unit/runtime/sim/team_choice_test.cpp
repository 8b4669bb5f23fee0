// SPDX-License-Identifier: MIT
// Which way of running wins, for given prices.
#include "sim/team_choice.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>

namespace {

using hodg::sim::TeamChoice;
using hodg::sim::WorthMeeting;

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

bool worth_meeting(std::initializer_list<double> microseconds, std::int64_t steps_apart) {
    WorthMeeting choice;
    for (const double each : microseconds) {
        choice.took(each * 1e-6, steps_apart);
    }
    return choice.known();
}

TEST(WorthMeeting, ThreadsThatMeetInEveryStepNeedLongSteps) {
    EXPECT_TRUE(worth_meeting({12, 12, 12}, 1));
    EXPECT_FALSE(worth_meeting({8, 8, 8}, 1));
}

TEST(WorthMeeting, ShortStepsAreEnoughWhereDelaysAreLong) {
    EXPECT_TRUE(worth_meeting({6, 6, 6}, 10));
    EXPECT_FALSE(worth_meeting({0.6, 0.6, 0.6}, 10));
}

TEST(WorthMeeting, TheQuickestOfSomeStretchesCounts) {
    EXPECT_FALSE(worth_meeting({40, 40}, 1));
    EXPECT_FALSE(worth_meeting({40, 6, 40, 40}, 1));
}

} // namespace
