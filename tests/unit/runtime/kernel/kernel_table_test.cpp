// SPDX-License-Identifier: MIT
// A table that this runtime cannot run is refused before anything of it is called.
#include "../expect_error.h"
#include "../hand_kernels.h"

#include "hodg/model.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>

namespace {

TEST(KernelTable, VersionIsWhatTheTextOfTheAbiSays) {
    EXPECT_EQ(HHK_ABI_VERSION, 1);
    EXPECT_EQ(offsetof(hhk_model, abi_version), 4U); // where any version keeps it
}

TEST(KernelTable, AnotherVersionIsRefused) {
    hhk_model table = hand::make_model("New");
    table.abi_version = 2;
    EXPECT_REFUSED(hodg::Model{&table}, "HH8504", "version 2");
}

TEST(KernelTable, UnknownCpuFeaturesAreRefusedByName) {
    hhk_model table = hand::make_model("Wide");
    table.required_features = "sse2,warp-drive";
    EXPECT_REFUSED(hodg::Model{&table}, "HH8505", "`warp-drive`");
#if defined(__x86_64__)
    table.required_features = "+sse2, sse";
    EXPECT_NO_THROW(hodg::Model{&table});
#endif
}

TEST(KernelTable, TablesStandWhereAddressesMay) {
    const hhk_model table = hand::make_model("Odd");
    alignas(hhk_model) unsigned char bytes[sizeof(table) + 1];
    std::memcpy(bytes + 1, &table, sizeof(table));
    EXPECT_REFUSED(hodg::Model{reinterpret_cast<const hhk_model*>(bytes + 1)}, "HH8506",
                   "does not stand where it may");
}

TEST(KernelTable, ContradictionsAreRefused) {
    hhk_model table = hand::make_model("Bad");
    EXPECT_REFUSED(hodg::Model{nullptr}, "HH8506", "the model");
    table.size = 16;
    EXPECT_REFUSED(hodg::Model{&table}, "HH8506", "too short");
    table = hand::make_model("Bad");
    table.vector_width = 3;
    EXPECT_REFUSED(hodg::Model{&table}, "HH8506", "vector width");
    table = hand::make_model("Bad");
    table.real_size = 2;
    EXPECT_REFUSED(hodg::Model{&table}, "HH8506", "8 nor 4");
    table = hand::make_model("Bad");
    table.field_count = 1;
    EXPECT_REFUSED(hodg::Model{&table}, "HH8506", "list of fields");
    hhk_field twice[] = {hand::make_field("v", HHK_REAL, HHK_STATE),
                         hand::make_field("v", HHK_REAL, HHK_STATE)};
    table.fields = twice;
    table.field_count = 2;
    EXPECT_REFUSED(hodg::Model{&table}, "HH8506", "one name");
    table.field_count = 1;
    twice[0].init_flag = 0;
    EXPECT_REFUSED(hodg::Model{&table}, "HH8506", "no uniform");
    table = hand::make_model("Bad");
    const hhk_event event{"spike", 1, 1};
    table.events = &event;
    table.event_count = 1;
    EXPECT_REFUSED(hodg::Model{&table}, "HH8506", "no kernel");
}

TEST(KernelTable, LargerTablesOfTheSameVersionAreTaken) {
    struct Newer {
        hhk_model model;
        void* unknown;
    } newer{hand::make_model("Newer"), nullptr};
    newer.model.size = sizeof(Newer);
    EXPECT_EQ(hodg::Model(&newer.model).name(), "Newer");
}

} // namespace
