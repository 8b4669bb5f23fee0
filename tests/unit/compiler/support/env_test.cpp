// SPDX-License-Identifier: MIT
#include "support/env.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace hhc::env {
namespace {

class Env : public ::testing::Test {
protected:
    void TearDown() override {
        for (const char* name : {"HHC_CACHE_DIR", "HHC_DEBUG", "HHC_DUMP_DIR"}) {
            ::unsetenv(name);
        }
        ::setenv("HOME", "/root", 1);
    }
};

TEST_F(Env, cache_folder_is_found_in_three_steps) {
    ::setenv("HOME", "/home/ann", 1);
    ::unsetenv("XDG_CACHE_HOME");
    EXPECT_EQ(cache_dir(), "/home/ann/.cache/hodgpy");
    ::setenv("XDG_CACHE_HOME", "/x", 1);
    EXPECT_EQ(cache_dir(), "/x/hodgpy");
    ::unsetenv("XDG_CACHE_HOME");
    ::setenv("HHC_CACHE_DIR", "/mine", 1);
    EXPECT_EQ(cache_dir(), "/mine");
}

TEST_F(Env, without_a_home_there_is_no_cache_folder) {
    ::unsetenv("HOME");
    ::unsetenv("XDG_CACHE_HOME");
    EXPECT_EQ(cache_dir(), "");
}

TEST_F(Env, debug_topics_are_whole_words_of_a_list) {
    ::setenv("HHC_DEBUG", "gdb,perf", 1);
    EXPECT_TRUE(debug("gdb"));
    EXPECT_TRUE(debug("perf"));
    EXPECT_FALSE(debug("per"));
    EXPECT_FALSE(debug("bounds"));
}

TEST_F(Env, an_empty_variable_is_as_good_as_none) {
    ::setenv("HHC_DUMP_DIR", "", 1);
    EXPECT_FALSE(get(Variable::DumpDir));
    ::setenv("HHC_DUMP_DIR", "/d", 1);
    EXPECT_EQ(dump_dir(), "/d");
}

TEST_F(Env, every_variable_is_listed_with_its_value) {
    ::setenv("HHC_DEBUG", "gdb", 1);
    bool seen = false;
    for (const Setting& setting : all()) {
        EXPECT_FALSE(setting.purpose.empty());
        seen = seen || (setting.name == "HHC_DEBUG" && setting.value == "gdb");
    }
    EXPECT_TRUE(seen);
}

} // namespace
} // namespace hhc::env
