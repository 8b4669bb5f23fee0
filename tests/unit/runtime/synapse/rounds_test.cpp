// SPDX-License-Identifier: MIT
// Synapses laid out in rounds of their targets: who stands where, and which values.
#include "../hand_synapses.h"
#include "kernel/population_state.h"
#include "synapse/rounds.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace {

using hodg::synapse::Rounds;

// Targets 64 to 66 have three synapses, none and one; places are those of another order.
const std::vector<std::uint32_t> by_target = {2, 0, 5, 1};
const std::vector<hhk_range> ranges = {{0, 3}, {3, 4}};
const std::vector<std::int32_t> post = {64, 66, 64, 0, 0, 64};
const std::vector<std::int32_t> pre = {7, 3, 2, 0, 0, 9};
constexpr hhk_range targets{64, 80};
constexpr std::int64_t lanes = 16;

struct Stored {
    std::vector<double> w{0.5, 1.5, 2.5, 3.5, 4.5, 5.5};
    double per_post = 0;
    std::int64_t offsets[2]{};
    hhk_field fields[2]{};
    hhk_model model{};
    hhk_context context{};

    Stored() {
        fields[0].space = HHK_EACH;
        fields[1].space = HHK_PER_POST;
        model.field_count = 2;
        model.fields = fields;
        model.real_size = 8;
        context.model = &model;
        context.slab = reinterpret_cast<char*>(w.data());
        offsets[1] = reinterpret_cast<char*>(&per_post) - context.slab;
        context.offsets = offsets;
    }
};

double value(Rounds& rounds, std::int64_t place) {
    const hhk_context& context = rounds.context();
    return reinterpret_cast<const double*>(context.slab + context.offsets[0])[place];
}

TEST(Rounds, TakeOneSynapseOfEveryTargetAtATime) {
    Stored stored;
    Rounds rounds({by_target, ranges, post, pre}, targets, lanes);
    ASSERT_FALSE(rounds.pays()); // four synapses in 48 places
    std::vector<std::uint32_t> many;
    std::vector<hhk_range> each;
    std::vector<std::int32_t> targets_of(40);
    std::vector<std::int32_t> sources_of(40);
    for (std::uint32_t k = 0; k < 40; ++k) { // four for each of ten targets, the last one first
        many.push_back(39 - k);
        targets_of[39 - k] = 64 + static_cast<std::int32_t>(k / 4);
        sources_of[39 - k] = static_cast<std::int32_t>(k);
        if (k % 4 == 0) {
            each.push_back({k, k + 4});
        }
    }
    stored.w.resize(40);
    for (std::size_t k = 0; k < 40; ++k) {
        stored.w[k] = 100.0 + static_cast<double>(k);
    }
    stored.context.slab = reinterpret_cast<char*>(stored.w.data());
    Rounds full({many, each, targets_of, sources_of}, targets, lanes);
    ASSERT_TRUE(full.pays());
    full.point(stored.context);
    EXPECT_EQ(full.block().begin, 64);
    EXPECT_EQ(full.block().end, 80);
    ASSERT_EQ(full.block().range_count, 1);
    EXPECT_EQ(full.block().ranges[0].begin, 0);
    EXPECT_EQ(full.block().ranges[0].end, 4 * 16);
    for (std::int64_t target = 0; target < 10; ++target) {
        EXPECT_EQ(full.context().post[target], 4);
        for (std::int64_t round = 0; round < 4; ++round) {
            const std::int64_t k = 4 * target + round;
            EXPECT_EQ(full.context().pre[16 * round + target], k);
            EXPECT_EQ(value(full, 16 * round + target), 139.0 - static_cast<double>(k));
        }
    }
    EXPECT_EQ(full.context().post[10], 0); // padding has none
    EXPECT_EQ(full.context().pre[10], 0);
    EXPECT_EQ(full.context().slab + full.context().offsets[1],
              stored.context.slab + stored.offsets[1]); // others stay where they are
}

TEST(Rounds, HaveAsManyAsTheirVectorOfTargetsNeeds) {
    Stored stored; // of 48 targets the first 16 have one synapse each, the last 16 two, others none
    std::vector<std::uint32_t> places;
    std::vector<hhk_range> each;
    std::vector<std::int32_t> targets_of;
    for (std::int32_t target = 64; target < 112; ++target) {
        const std::int64_t begin = std::ssize(places);
        for (int k = 0; k < (target < 80 ? 1 : target < 96 ? 0 : 2); ++k) {
            places.push_back(static_cast<std::uint32_t>(places.size()));
            targets_of.push_back(target);
        }
        if (std::ssize(places) != begin) {
            each.push_back({begin, std::ssize(places)});
        }
    }
    stored.w.resize(places.size());
    std::iota(stored.w.begin(), stored.w.end(), 0.0);
    stored.context.slab = reinterpret_cast<char*>(stored.w.data());
    Rounds rounds({places, each, targets_of, {}}, {64, 112}, lanes);
    ASSERT_TRUE(rounds.pays());
    rounds.point(stored.context);
    const hhk_block block = rounds.block();
    ASSERT_EQ(block.range_count, 3);
    EXPECT_EQ(block.ranges[0].end, 16);
    EXPECT_EQ(block.ranges[1].begin, 16);
    EXPECT_EQ(block.ranges[1].end, 16);
    EXPECT_EQ(block.ranges[2].begin, 16);
    EXPECT_EQ(block.ranges[2].end, 48);
    EXPECT_EQ(value(rounds, 3), 3.0);           // target 67
    EXPECT_EQ(value(rounds, 16 + 3), 16.0 + 6); // target 99, its first
    EXPECT_EQ(value(rounds, 32 + 3), 16.0 + 7); // and its second
}

TEST(Rounds, StandByTheWidthOfTheKernels) {
    Stored stored; // two synapses for each of targets 72 to 81, of 64 to 87
    std::vector<std::uint32_t> places(20);
    std::iota(places.begin(), places.end(), 0U);
    std::vector<hhk_range> each;
    std::vector<std::int32_t> targets_of;
    for (std::int32_t target = 72; target < 82; ++target) {
        each.push_back({std::ssize(targets_of), std::ssize(targets_of) + 2});
        targets_of.insert(targets_of.end(), 2, target);
    }
    stored.w.resize(20);
    std::iota(stored.w.begin(), stored.w.end(), 0.0);
    stored.context.slab = reinterpret_cast<char*>(stored.w.data());
    Rounds rounds({places, each, targets_of, {}}, {64, 88}, 8);
    ASSERT_TRUE(rounds.pays());
    rounds.point(stored.context);
    const hhk_block block = rounds.block();
    ASSERT_EQ(block.range_count, 3);
    EXPECT_EQ(block.ranges[0].end, 0);
    EXPECT_EQ(block.ranges[1].begin, 0);
    EXPECT_EQ(block.ranges[1].end, 16);
    EXPECT_EQ(block.ranges[2].begin, 16);
    EXPECT_EQ(block.ranges[2].end, 32);
    EXPECT_EQ(value(rounds, 7), 14.0);          // target 79, its first
    EXPECT_EQ(value(rounds, 8 + 7), 15.0);      // and its second
    EXPECT_EQ(value(rounds, 16 + 8 + 1), 19.0); // target 81, its second
    EXPECT_EQ(rounds.context().post[7], 0);
    EXPECT_EQ(rounds.context().post[8], 2);
}

TEST(Rounds, FollowAssignmentsAndMovedMemory) {
    Stored stored;
    std::vector<std::uint32_t> places(16);
    std::vector<hhk_range> each;
    std::vector<std::int32_t> targets_of(16);
    for (std::uint32_t k = 0; k < 16; ++k) {
        places[k] = k;
        targets_of[k] = static_cast<std::int32_t>(64 + k);
        each.push_back({k, k + 1});
    }
    stored.w.assign(16, 1.0);
    stored.context.slab = reinterpret_cast<char*>(stored.w.data());
    Rounds rounds({places, each, targets_of, {}}, targets, lanes);
    rounds.point(stored.context);
    EXPECT_EQ(value(rounds, 5), 1.0);
    std::vector<double> moved(16, 2.0);
    stored.context.slab = reinterpret_cast<char*>(moved.data());
    rounds.refresh(stored.context, false);
    EXPECT_EQ(value(rounds, 5), 2.0);
    moved[5] = 3.0;
    rounds.refresh(stored.context, false);
    EXPECT_EQ(value(rounds, 5), 2.0); // nobody said so
    rounds.refresh(stored.context, true);
    EXPECT_EQ(value(rounds, 5), 3.0);
    EXPECT_EQ(
        reinterpret_cast<std::uintptr_t>(rounds.context().slab + rounds.context().offsets[0]) % 64,
        0U);
}

} // namespace
