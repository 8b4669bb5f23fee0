// SPDX-License-Identifier: MIT
#include "../expect_error.h"
#include "base/aligned_memory.h"
#include "base/array.h"
#include "base/clock.h"
#include "base/fail.h"
#include "base/stable_hash.h"
#include "base/thread_team.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <set>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

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

TEST(AlignedMemory, IsZeroedAndAlignedAroundTheSizeFromWhichItIsMapped) {
    constexpr std::size_t huge = std::size_t{1} << 21U;
    for (const std::size_t bytes :
         {std::size_t{1}, huge - 65, huge - 64, huge - 1, huge, huge + 1, 3 * huge + 5000}) {
        const auto memory = allocate_aligned(bytes);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory.get()) % cache_line, 0U) << bytes;
        for (std::size_t k = 0; k < bytes; ++k) {
            ASSERT_EQ(memory[k], 0) << bytes;
        }
        std::memset(memory.get(), 1, bytes);
    }
}

#ifndef __SANITIZE_ADDRESS__ // which has memory of its own
std::int64_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::int64_t total = 0;
    std::int64_t resident = 0;
    file >> total >> resident;
    return resident * sysconf(_SC_PAGESIZE);
}

TEST(AlignedMemory, GoesBackToTheSystemWhileLaterPiecesAreInUse) {
    constexpr std::size_t size = 10'000'000;
    std::vector<std::unique_ptr<char[], FreeAligned>> pieces;
    void* volatile large = std::malloc(3 * size);
    std::free(large); // from now on malloc takes such pieces from its heap
    const std::int64_t before = resident_bytes();
    for (int k = 0; k < 8; ++k) {
        pieces.push_back(allocate_aligned(size));
        std::memset(pieces.back().get(), 1, size);
    }
    // nothing is taken beside what was asked for: no huge page for an end of a few bytes
    EXPECT_NEAR(static_cast<double>(resident_bytes() - before), 8e7, 4e6);
    pieces.erase(pieces.begin(), pieces.begin() + 7);
    EXPECT_NEAR(static_cast<double>(resident_bytes() - before), 1e7, 4e6);
}

TEST(Array, GivesBackWhatLiesBehindItsEnd) {
    Array<char> all(30'000'000);
    std::memset(all.data(), 1, all.size());
    const std::int64_t before = resident_bytes();
    all.shrink(10'000'000);
    EXPECT_NEAR(static_cast<double>(before - resident_bytes()), 2e7, 4e6);
    all.shrink(10); // not below what is mapped
    EXPECT_NEAR(static_cast<double>(before - resident_bytes()), 28e6, 4e6);
    EXPECT_EQ(all.size(), 10U);
    EXPECT_EQ(all[9], 1);
}
#endif

TEST(Array, KeepsItsFirstValues) {
    for (const std::size_t size : {std::size_t{100}, std::size_t{3'000'000}}) {
        Array<std::int32_t> all(size);
        for (std::size_t k = 0; k < size; ++k) {
            all[k] = static_cast<std::int32_t>(k);
        }
        all.shrink(size / 2);
        ASSERT_EQ(all.size(), size / 2);
        for (std::size_t k = 0; k < size / 2; ++k) {
            ASSERT_EQ(all[k], static_cast<std::int32_t>(k));
        }
    }
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
