// SPDX-License-Identifier: MIT
// Chunks in stages: nothing before what it needs, divisions beside exponentials, few stages where
// nothing is gained by more.
#include "codegen/stage_balance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace hhc::codegen {
namespace {

constexpr Work division{.products = 3, .others = 0, .divider = 9, .latency = 13};
constexpr Work exponential{.products = 7, .others = 8, .divider = 0, .latency = 45};
constexpr Work product{.products = 1, .others = 0, .divider = 0, .latency = 4};

/// Two divisions one after the other and an exponential of the result, in two chunks, for each
/// gate; all gates begin with the same product.
std::vector<Operation> gates(std::size_t count) {
    std::vector<Operation> operations{{product, {}, 0}};
    for (std::size_t gate = 0; gate < count; ++gate) {
        const std::size_t chunk = 1 + 2 * gate;
        operations.push_back({division, {0}, chunk});
        operations.push_back({division, {operations.size() - 1}, chunk});
        operations.push_back({exponential, {operations.size() - 1}, chunk + 1});
        operations.push_back({product, {operations.size() - 1}, chunk + 1});
    }
    return operations;
}

/// Numbers without gaps, and no operation before what it needs.
void expect_sound(const std::vector<Operation>& operations,
                  const std::vector<std::size_t>& stages) {
    for (const Operation& operation : operations) {
        for (const std::size_t argument : operation.arguments) {
            EXPECT_LE(stages.at(operations[argument].chunk), stages.at(operation.chunk));
        }
    }
    const std::set<std::size_t> used(stages.begin(), stages.end());
    EXPECT_EQ(*used.rbegin() + 1, used.size());
}

TEST(StageBalance, NothingComesBeforeWhatItNeeds) {
    for (std::size_t count = 1; count < 30; ++count) {
        const std::vector<Operation> operations = gates(count);
        const std::vector<std::size_t> stages = balanced_stages(operations).stages;
        ASSERT_EQ(stages.size(), operations.back().chunk + 1);
        expect_sound(operations, stages);
        EXPECT_EQ(balanced_stages(operations).stages, stages) << "chosen by chance";
    }
    EXPECT_TRUE(balanced_stages({}).stages.empty());
}

TEST(StageBalance, OneGateDividesWhileAnotherTakesItsExponential) {
    const std::vector<Operation> operations = gates(4);
    const Balance balance = balanced_stages(operations);
    const std::vector<std::size_t>& stages = balance.stages;
    int shared = 0;
    for (std::size_t exponentials = 2; exponentials < stages.size(); exponentials += 2) {
        for (std::size_t divisions = 1; divisions < stages.size(); divisions += 2) {
            shared += divisions + 1 != exponentials && stages[divisions] == stages[exponentials];
        }
    }
    EXPECT_GE(shared, 2);
    // Four gates cost less than four times one, and no less than the divider needs.
    EXPECT_LT(balance.cycles, 4 * balanced_stages(gates(1)).cycles);
    EXPECT_GE(balance.cycles, 4 * 2 * division.divider);
}

TEST(StageBalance, ShortChunksStayTogether) {
    const std::vector<Operation> operations{{product, {}, 0}, {product, {0}, 1}, {product, {0}, 2}};
    EXPECT_EQ(balanced_stages(operations).stages, std::vector<std::size_t>(3, 0));
}

TEST(StageCost, TheBusiestUnitDecidesOrTheWindow) {
    Work sum;
    for (int k = 0; k < 4; ++k) {
        sum += division;
    }
    EXPECT_EQ(cycles(sum, 13), 36);
    sum += exponential;
    EXPECT_EQ(cycles(sum, 58), 36) << "beside the divider there is room for an exponential";
    EXPECT_GT(cycles(sum, 400), 36) << "a long chain fills the window";
}

TEST(StageCost, ServersOfIntelDivideLongerAndShareTheirUnits) {
    const Units server = units_of("sapphirerapids");
    EXPECT_TRUE(server.shared);
    EXPECT_GT(server.division, units_of("znver4").division);
    EXPECT_EQ(units_of("znver4").division, units_of("").division);
    const Work products{.products = 40, .others = 4, .divider = 0, .latency = 4};
    EXPECT_EQ(cycles(products, 4), 40);
    EXPECT_EQ(cycles(products, 4, server), 22);
    ir::Value division;
    division.op = ir::Op::Div;
    EXPECT_EQ(cycles(work_of(division, server), 13, server), server.division);
}

} // namespace
} // namespace hhc::codegen
