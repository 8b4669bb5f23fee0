// SPDX-License-Identifier: MIT
// Work on a second processor: it is done, elsewhere, and leaves the thread free to go anywhere.
#include "support/beside.h"

#include <gtest/gtest.h>

#include <sched.h>

namespace hhc {
namespace {

TEST(Beside, work_is_done_when_it_is_joined) {
    int result = 0;
    Beside beside([&] { result = 42; });
    beside.join();
    EXPECT_EQ(result, 42);
    beside.join(); // again does nothing
}

TEST(Beside, the_thread_may_run_where_its_maker_may) {
    cpu_set_t mine;
    CPU_ZERO(&mine);
    ASSERT_EQ(sched_getaffinity(0, sizeof mine, &mine), 0);
    cpu_set_t found;
    CPU_ZERO(&found);
    {
        const Beside beside([&] { sched_getaffinity(0, sizeof found, &found); });
    }
    EXPECT_TRUE(CPU_EQUAL(&mine, &found));
}

TEST(Beside, one_processor_is_enough_to_work_and_not_worth_it) {
    int result = 0;
    bool worth_it = true;
    Beside([&] { // a thread of its own, because the set is changed
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(static_cast<unsigned>(sched_getcpu()), &one);
        sched_setaffinity(0, sizeof one, &one);
        worth_it = Beside::is_worth_it();
        const Beside beside([&] { result = 42; });
    })
        .join();
    EXPECT_EQ(result, 42);
    EXPECT_FALSE(worth_it);
}

} // namespace
} // namespace hhc
