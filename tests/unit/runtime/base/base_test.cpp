// SPDX-License-Identifier: MIT
#include "../expect_error.h"
#include "base/aligned_memory.h"
#include "base/clock.h"
#include "base/fail.h"
#include "base/stable_hash.h"
#include "base/thread_team.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <set>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace hodg::base;

TEST(StableHash, NeverChanges) {
    // 64-bit FNV-1a of "population" and of "", halves xored; computed apart from this code
    EXPECT_EQ(stable_hash(""), 0xcbf29ce4U ^ 0x84222325U);
    EXPECT_EQ(stable_hash("a"), 0xaf63dc4cU ^ 0x8601ec8cU);
}

TEST(Clock, CountsStepsAndNamesTheNearest) {
    EXPECT_EQ(steps_in(1, 1e-4, "x"), 10'000);
    EXPECT_EQ(steps_in(0.7, 0.1, "x"), 7);
    EXPECT_EQ(steps_in(0, 0.1, "x"), 0);
    EXPECT_EQ(steps_in(1e5, 1e-5, "x"), 10'000'000'000);
    EXPECT_REFUSED(steps_in(0.75, 0.1, "the delay"), "HH6021", "the delay is 0.75 s");
    EXPECT_REFUSED(steps_in(1e300, 1e-5, "x"), "HH6021", "than can be counted");
}

TEST(Codes, AreDistinct) {
    std::set<std::string> codes;
    int rows = 0;
#define HHC_CODE(name, text, severity, headline)                                                   \
    codes.insert(text);                                                                            \
    ++rows;
#include "hodg/codes.def"
#undef HHC_CODE
    EXPECT_EQ(codes.size(), static_cast<std::size_t>(rows));
}

TEST(AlignedMemory, TooMuchIsRefused) {
    EXPECT_REFUSED(allocate_aligned(SIZE_MAX), "HH6029", "18446744073709551615 bytes");
}

TEST(Suggest, NamesWhatIsNear) {
    const std::vector<std::string> names{"tau_m", "na.g", "v"};
    EXPECT_EQ(suggest("taum", names), "did you mean `tau_m`?");
    EXPECT_EQ(suggest("na.gg", names), "did you mean `na.g`?");
    EXPECT_EQ(suggest("conductance", names), "there are: tau_m, na.g, v");
}

TEST(ThreadTeam, EveryMemberWorksAndMeets) {
    ThreadTeam team(4);
    for (int round = 0; round < 50; ++round) {
        std::atomic<int> before{0};
        std::atomic<int> wrong{0};
        team.run([&](int) {
            for (int step = 1; step <= 20; ++step) {
                ++before;
                team.barrier();
                wrong += before.load() != 4 * step ? 1 : 0;
                team.barrier();
            }
        });
        EXPECT_EQ(wrong.load(), 0);
    }
}

TEST(ThreadTeam, ExceptionsReachTheCaller) {
    ThreadTeam team(3);
    EXPECT_THROW(team.run([](int member) {
        if (member == 2) {
            throw std::runtime_error("member 2");
        }
    }),
                 std::runtime_error);
    std::atomic<int> calls{0};
    team.run([&](int) { ++calls; });
    EXPECT_EQ(calls.load(), 3);
}

TEST(ThreadTeam, KnowsThatItDidNotSurviveAFork) {
    ThreadTeam team(2);
    EXPECT_TRUE(team.usable());
    const pid_t child = fork();
    if (child == 0) {
        _exit(team.usable() ? 1 : 0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
}

} // namespace
