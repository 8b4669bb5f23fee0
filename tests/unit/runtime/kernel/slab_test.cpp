// SPDX-License-Identifier: MIT
// The layout of a slab: aligned, without overlap, and spread over the page.
#include "../hand_kernels.h"
#include "kernel/slab.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace {

using hodg::kernel::Slab;

TEST(Slab, FieldsStartAtDifferentPlacesOfThePage) {
    for (const int count : {24, 40, 64}) {
        for (const std::int64_t entities : {1, 10, 100, 128, 256, 512, 1000, 1024, 4096, 131072}) {
            std::vector<std::string> names;
            std::vector<hhk_field> fields;
            for (int f = 0; f < count; ++f) {
                names.push_back("x" + std::to_string(f));
            }
            for (const std::string& name : names) {
                fields.push_back(hand::make_field(name.c_str(), HHK_REAL, HHK_STATE));
            }
            hhk_model model = hand::make_model("Many");
            model.fields = fields.data();
            model.field_count = static_cast<std::uint32_t>(count);
            const Slab slab(model, entities);
            std::set<std::int64_t> places;
            std::int64_t end = 0;
            for (const std::int64_t offset : slab.offsets()) {
                EXPECT_EQ(offset % 64, 0);
                EXPECT_GE(offset, end) << "fields overlap";
                end = offset + hodg::kernel::padded_count(entities) * 8;
                places.insert(offset % 4096);
            }
            EXPECT_EQ(places.size(), static_cast<std::size_t>(count)) << entities << " entities";
        }
    }
}

TEST(Slab, MemoryIsAlignedAndZero) {
    const Slab slab(hand::lif::model().table(), 1'000'000);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(slab.data()) % 64, 0U);
    EXPECT_EQ(slab.field(3)[7'999'999], 0);
}

} // namespace
