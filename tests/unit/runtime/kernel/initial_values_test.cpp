// SPDX-License-Identifier: MIT
// Initial values are set at the first run, from the values then in force, where nothing was
// assigned.
#include "../expect_error.h"
#include "../hand_kernels.h"
#include "kernel/population_state.h"

#include "hodg/population.h"

#include <gtest/gtest.h>

namespace {

using hand::gated::steady;
using hodg::Population;

Population gated(std::int64_t count) {
    Population p(hand::gated::model(), count);
    static const Population zero = [] {
        static hhk_field field = hand::make_field("z", HHK_REAL, HHK_PARAMETER);
        static hhk_model table = hand::make_model("Zero");
        table.field_count = 1;
        table.fields = &field;
        return Population(hodg::Model(&table), 1);
    }();
    p.link("source", zero, "z");
    p.set("g", 1);
    p.set_table("stimulus", std::vector<double>(static_cast<std::size_t>(count)), 1, count, 1e-3);
    return p;
}

TEST(InitialValues, FollowWhatWasAssignedBeforeTheFirstStep) {
    Population p = gated(3);
    EXPECT_EQ(p.get("v"), (std::vector<double>(3, -1)));
    EXPECT_EQ(p.get("k.m"), (std::vector<double>(3, steady(-1))));
    p.set("v0", 0.5); // reading before has fixed nothing
    EXPECT_EQ(p.get("k.m")[0], steady(0.5));
    p.set("v", std::vector<double>{1, 2, 3});
    p.state()->prepare_step(0);
    EXPECT_EQ(p.get("v"), (std::vector<double>{1, 2, 3}));
    EXPECT_EQ(p.get("k.m"), (std::vector<double>{steady(1), steady(2), steady(3)}));
}

TEST(InitialValues, OfEntitiesThatWereNotAssigned) {
    Population p = gated(4);
    p.set("v", std::vector<std::int64_t>{1, 2}, std::vector<double>{5});
    p.set("k.m", std::vector<std::int64_t>{2, 3}, std::vector<double>{0.25});
    EXPECT_EQ(p.get("v"), (std::vector<double>{-1, 5, 5, -1}));
    EXPECT_EQ(p.get("k.m"), (std::vector<double>{steady(-1), steady(5), 0.25, 0.25}));
}

TEST(InitialValues, AfterTheFirstStepOnlyOnRequest) {
    Population p = gated(2);
    p.state()->prepare_step(0);
    p.set("v", 3);
    EXPECT_EQ(p.get("k.m")[0], steady(-1));
    p.initialize();
    EXPECT_EQ(p.get("v")[0], 3); // assigned: kept
    EXPECT_EQ(p.get("k.m")[0], steady(3));
}

TEST(InitialValues, OnlyAssignedStaggeredStatesGetAHalfStep) {
    Population p = gated(20);
    p.set("k.m", std::vector<std::int64_t>{1, 19}, std::vector<double>{0.5});
    p.state()->prepare_step(0);
    const double shifted = 0.5 + 0.05 * (steady(-1) - 0.5);
    EXPECT_EQ(p.get("k.m")[0], steady(-1));
    EXPECT_EQ(p.get("k.m")[1], shifted);
    EXPECT_EQ(p.get("k.m")[19], shifted);
    p.state()->prepare_step(1);
    EXPECT_EQ(p.get("k.m")[1], shifted); // once
    p.set("k.m", std::vector<std::int64_t>{0}, std::vector<double>{0.5});
    p.state()->prepare_step(1);
    EXPECT_EQ(p.get("k.m")[0], shifted);
    EXPECT_EQ(p.get("k.m")[2], steady(-1));
}

TEST(InitialValues, PaddingRepeatsTheLastEntity) {
    Population p = gated(20);
    p.set("v", std::vector<std::int64_t>{19}, std::vector<double>{4});
    p.state()->prepare_step(0);
    for (std::int64_t i = 20; i < 32; ++i) {
        EXPECT_EQ(p.state()->field(hand::gated::v).read(i), 4);
        EXPECT_EQ(p.state()->field(hand::gated::m).read(i), steady(4));
    }
}

TEST(InitialValues, WhatHasNoValueIsNamed) {
    Population p(hand::gated::model(), 2, "cells");
    EXPECT_REFUSED(p.state()->prepare_step(0), "HH6015", "`g` of `cells`");
    p.set("g", std::vector<std::int64_t>{0}, std::vector<double>{1});
    EXPECT_REFUSED(p.state()->prepare_step(0), "HH6015", "`g` of `cells`");
    p.set("g", 1);
    EXPECT_REFUSED(p.state()->prepare_step(0), "HH6015", "timed array `stimulus`");
    p.set_table("stimulus", std::vector<double>(2), 1, 2, 1e-3);
    EXPECT_REFUSED(p.state()->prepare_step(0), "HH6019", "`source` of `cells`");
}

} // namespace
