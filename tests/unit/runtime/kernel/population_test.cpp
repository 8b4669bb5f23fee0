// SPDX-License-Identifier: MIT
// Values by name: what is read is what was set, and what cannot be is refused without a trace.
#include "../expect_error.h"
#include "../hand_kernels.h"

#include "hodg/population.h"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using hodg::Population;

TEST(Population, KeepsValuesByName) {
    Population p(hand::lif::model(), 5, "cells");
    p.set("v", 0.25);
    p.set("I", std::vector<double>{1, 2, 3, 4, 5});
    p.set("I", std::vector<std::int64_t>{3, 0}, std::vector<double>{40, 10});
    p.set("v", std::vector<std::int64_t>{1, 2}, std::vector<double>{7});
    p.set("tau", 5e-3);
    EXPECT_EQ(p.get("v"), (std::vector<double>{0.25, 7, 7, 0.25, 0.25}));
    EXPECT_EQ(p.get("I"), (std::vector<double>{10, 2, 3, 40, 5}));
    EXPECT_EQ(p.get("I", std::vector<std::int64_t>{4, 0}), (std::vector<double>{5, 10}));
    EXPECT_EQ(p.get("tau"), std::vector<double>{5e-3});
    EXPECT_EQ(p.get("lastspike")[0], -INFINITY);
    EXPECT_EQ(p.variable("I").role, hodg::Role::Parameter);
    EXPECT_TRUE(p.variable("I").per_entity);
    EXPECT_FALSE(p.variable("tau").per_entity);
}

TEST(Population, BadNamesAndValuesAreRefusedAndChangeNothing) {
    Population p(hand::lif::model(), 3, "cells");
    p.set("I", 1.5);
    EXPECT_REFUSED(p.set("tua", 1.0), "HH6010", "did you mean `tau`?");
    EXPECT_REFUSED(p.set("decay", 1.0), "HH6010", "`decay`"); // hidden
    EXPECT_REFUSED(p.set("I", std::vector<double>(4)), "HH6011", "4 values, expected 3");
    EXPECT_REFUSED(p.set("I_syn", 1.0), "HH6012", "sum of what arrives");
    EXPECT_REFUSED(p.set("I", NAN), "HH6013", "nan");
    EXPECT_REFUSED(p.set("I", std::vector<double>{1, INFINITY, 3}), "HH6013", "inf");
    EXPECT_REFUSED(p.set("tau", NAN), "HH6013", "`tau`");
    const std::vector<std::int64_t> beyond{0, 3};
    EXPECT_REFUSED(p.set("I", beyond, std::vector<double>{1}), "HH6016", "index 3");
    EXPECT_REFUSED(static_cast<void>(p.get("I", beyond)), "HH6016", "3 entities");
    EXPECT_REFUSED(Population(hand::lif::model(), 0), "HH6025", "0 entities");
    EXPECT_EQ(p.get("I"), (std::vector<double>(3, 1.5)));
}

TEST(Population, AnArrayForASingleValueAsksForAnotherCompilation) {
    Population p(hand::lif::model(), 3);
    try {
        p.set("tau", std::vector<double>{1e-3, 2e-3, 3e-3});
        FAIL() << "nothing was thrown";
    } catch (const hodg::NeedsPerEntity& error) {
        EXPECT_EQ(error.variable(), "tau");
        EXPECT_EQ(error.code(), "HH6014");
    }
}

TEST(Population, RebindingKeepsValuesAndSpreadsASingleOne) {
    static hhk_field fields[] = {hand::make_field("tau", HHK_REAL, HHK_PARAMETER),
                                 hand::make_field("v", HHK_REAL, HHK_STATE),
                                 hand::make_field("I", HHK_REAL, HHK_PARAMETER)};
    static hhk_model table = hand::make_model("LIF");
    table.field_count = 3;
    table.fields = fields;
    Population p(hand::lif::model(), 3);
    p.set("tau", 4e-3);
    p.set("v", std::vector<double>{1, 2, 3});
    p.rebind(hodg::Model(&table));
    p.set("tau", std::vector<std::int64_t>{1}, std::vector<double>{8e-3});
    EXPECT_EQ(p.get("tau"), (std::vector<double>{4e-3, 8e-3, 4e-3}));
    EXPECT_EQ(p.get("v"), (std::vector<double>{1, 2, 3}));
}

TEST(Population, IntegersAndBooleansTakeOnlyWhatFits) {
    static hhk_field fields[] = {hand::make_field("n", HHK_INTEGER, HHK_PARAMETER),
                                 hand::make_field("on", HHK_BOOLEAN, HHK_PARAMETER),
                                 hand::make_field("x", HHK_REAL, HHK_PARAMETER)};
    static hhk_model table = hand::make_model("Types");
    table.field_count = 3;
    table.fields = fields;
    table.real_size = 4;
    Population p(hodg::Model(&table), 2);
    p.set("n", -7);
    p.set("on", 1);
    p.set("x", 0.1);
    EXPECT_EQ(p.get("n")[1], -7);
    EXPECT_EQ(p.get("on")[1], 1);
    EXPECT_EQ(p.get("x")[1], static_cast<double>(0.1F));
    EXPECT_REFUSED(p.set("n", 0.5), "HH6017", "integer");
    EXPECT_REFUSED(p.set("n", 3e9), "HH6017", "integer");
    EXPECT_REFUSED(p.set("on", 2), "HH6017", "0 or 1");
    EXPECT_REFUSED(p.set("x", 1e300), "HH6017", "float32");
}

TEST(Population, ViewsShareMemoryAndOutliveThePopulation) {
    hodg::FieldView view;
    {
        Population p(hand::lif::model(), 4);
        view = p.view("v", true);
        static_cast<double*>(view.data)[2] = 5;
        EXPECT_EQ(p.get("v")[2], 5);
    }
    EXPECT_EQ(static_cast<double*>(view.data)[2], 5);
    EXPECT_EQ(view.count, 4);
}

TEST(Population, ThoseThatReadEachOtherEndWithTheirHandles) {
    std::weak_ptr<void> left;
    {
        Population p(hand::gated::model(), 3);
        Population q(hand::gated::model(), 3);
        p.link("source", q, "v");
        q.link("source", p, "v");
        left = p.state();
    }
    EXPECT_TRUE(left.expired());
}

TEST(Population, TimedArraysAndLinksAreChecked) {
    Population p(hand::gated::model(), 3, "cells");
    Population q(hand::lif::model(), 4, "others");
    EXPECT_REFUSED(p.set_table("stimulus", std::vector<double>(4), 2, 2, 1e-3), "HH6018",
                   "rows of 3");
    EXPECT_REFUSED(p.set_table("stimulas", std::vector<double>(6), 2, 3, 1e-3), "HH6018",
                   "`stimulus`?");
    EXPECT_REFUSED(p.set_table("stimulus", std::vector<double>(6, NAN), 2, 3, 1e-3), "HH6013",
                   "nan");
    EXPECT_REFUSED(p.set_table("stimulus", std::vector<double>(6), 2, 3, -1), "HH6020", "-1");
    EXPECT_REFUSED(p.link("source", q, "v"), "HH6011", "expected 3");
    EXPECT_REFUSED(p.link("source", q, "u"), "HH6010", "`others`");
    EXPECT_REFUSED(p.link("v", q, "v"), "HH6019", "not flagged linked");
    const std::vector<std::int64_t> beyond{0, 1, 4};
    EXPECT_REFUSED(p.link("source", q, "v", beyond), "HH6016", "index 4");
}

} // namespace
