// SPDX-License-Identifier: MIT
// Loops cut into stages: everything once, arguments before users, no field read after its store.
#include "codegen/stage_plan.h"
#include "hand_models.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace hhc::codegen {
namespace {

using hhc::testing::add_field;
using hhc::testing::SquidAxon;
using ir::FieldId;
using ir::ValueId;

/// What must hold for every plan.
void expect_sound(const ir::Module& module, const ir::Kernel& kernel,
                  const std::vector<Stage>& stages) {
    const ValueWriter writer(module, kernel);
    std::set<ValueId> computed;
    std::set<ValueId> in_arrays;
    std::set<FieldId> stored;
    std::multiset<std::size_t> stores;
    std::multiset<std::size_t> events;
    std::multiset<std::size_t> guards;
    for (const Stage& stage : stages) {
        std::set<ValueId> known;
        for (const Carried& each : stage.carried) {
            const ir::Value& value = kernel.values[each.value];
            EXPECT_TRUE(computed.contains(each.value));
            if (!each.field && value.op != ir::Op::EntityIndex) {
                EXPECT_TRUE(in_arrays.contains(each.value));
            } else if (value.op == ir::Op::LoadField) {
                EXPECT_FALSE(stored.contains(each.field)) << "read after its store";
            }
            known.insert(each.value);
        }
        const auto expect_known = [&](ValueId id) {
            if (id && !writer.is_literal(id) && writer.lanes(id) == Lanes::Vector) {
                EXPECT_TRUE(known.contains(id)) << "%" << id.index;
            }
        };
        for (const ValueId id : stage.values) {
            const ir::Value& value = kernel.values[id];
            std::ranges::for_each(value.args, expect_known);
            if (value.op == ir::Op::LoadField) {
                EXPECT_FALSE(stored.contains(FieldId(value.symbol))) << "read after its store";
            }
            known.insert(id);
            EXPECT_TRUE(computed.insert(id).second) << "computed twice";
        }
        in_arrays.insert(stage.kept.begin(), stage.kept.end());
        for (const std::size_t row : stage.stores) {
            expect_known(kernel.stores[row].value);
            expect_known(kernel.stores[row].mask);
            stored.insert(kernel.stores[row].field);
        }
        for (const std::size_t row : stage.events) {
            expect_known(kernel.events[row].condition);
        }
        for (const std::size_t row : stage.guards) {
            expect_known(kernel.guards[row]);
        }
        stores.insert(stage.stores.begin(), stage.stores.end());
        events.insert(stage.events.begin(), stage.events.end());
        guards.insert(stage.guards.begin(), stage.guards.end());
    }
    const auto each_once = [](const std::multiset<std::size_t>& rows, std::size_t count) {
        std::size_t next = 0;
        for (const std::size_t row : rows) {
            EXPECT_EQ(row, next++);
        }
        EXPECT_EQ(next, count);
    };
    each_once(stores, kernel.stores.size());
    each_once(events, kernel.events.size());
    each_once(guards, kernel.guards.size());
}

std::vector<Stage> plan(const ir::Module& module, const ir::Kernel& kernel) {
    return plan_stages(module, kernel, ValueWriter(module, kernel));
}

TEST(StagePlan, CutsTheSquidAxon) {
    const SquidAxon squid;
    const ir::Kernel& advance = *squid.module.find(ir::KernelKind::Advance);
    const std::vector<Stage> stages = plan(squid.module, advance);
    EXPECT_GT(stages.size(), 2U);
    expect_sound(squid.module, advance, stages);
}

TEST(StagePlan, LeavesShortKernelsAndOtherKindsInOnePiece) {
    const SquidAxon squid;
    const ir::Kernel& on_spike = *squid.module.find(ir::KernelKind::OnEvent, ir::EventId(0U));
    EXPECT_EQ(plan(squid.module, on_spike).size(), 1U);
    ir::Module module;
    const FieldId x = add_field(module, "x");
    module.kernels.emplace_back();
    ir::Builder b(module, module.kernels.back());
    b.store(x, b.exp(b.load(x)));
    const std::vector<Stage> stages = plan(module, module.kernels.back());
    ASSERT_EQ(stages.size(), 1U);
    EXPECT_TRUE(stages[0].kept.empty());
    expect_sound(module, module.kernels.back(), stages);
}

/// b' depends on the new a by a long way and on the old one at its end: the old a must outlive its
/// store.
TEST(StagePlan, KeepsWhatIsOverwritten) {
    ir::Module module;
    const FieldId a = add_field(module, "a");
    const FieldId b = add_field(module, "b");
    module.kernels.emplace_back();
    ir::Kernel& kernel = module.kernels.back();
    ir::Builder build(module, kernel);
    const auto chain = [&](ValueId x) {
        for (int n = 0; n < 6; ++n) {
            x = build.exp(build.mul(x, build.real(0.1 * n)));
        }
        return x;
    };
    const ValueId old = build.load(a);
    const ValueId next = chain(old);
    build.store(a, next);
    build.store(b, build.mul(chain(next), old));
    const std::vector<Stage> stages = plan(module, kernel);
    EXPECT_GT(stages.size(), 1U);
    expect_sound(module, kernel, stages);
    bool outlives = false;
    for (const Stage& stage : stages) {
        for (const Carried& each : stage.carried) {
            outlives = outlives || (each.value == old && !each.field);
        }
    }
    EXPECT_TRUE(outlives);
}

} // namespace
} // namespace hhc::codegen
