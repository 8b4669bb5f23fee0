// SPDX-License-Identifier: MIT
#include "codegen/stage_cost.h"

#include "ir/math_cost.h"

#include <algorithm>
#include <array>

namespace hhc::codegen {

/// Vector operations that wait for their turn, at most.
static constexpr int window = 128;

Work& Work::operator+=(const Work& other) {
    products += other.products;
    others += other.others;
    divider += other.divider;
    return *this;
}

Units units_of(std::string_view processor) {
    // Two units of 512 bits for all arithmetic, one of them with the divider: 16 cycles for eight
    // doubles.
    static constexpr std::array<std::string_view, 8> servers = {
        "skylake-avx512", "cascadelake",   "cooperlake",    "icelake-server",
        "sapphirerapids", "emeraldrapids", "graniterapids", "graniterapids-d"};
    const bool is_server = std::ranges::find(servers, processor) != servers.end();
    return is_server ? Units{.division = 16, .shared = true} : Units{};
}

static Work work_of_function(ir::MathOp function, const Units& units) {
    using ir::MathOp;
    if (ir::is_instruction(function)) {
        return {.products = 0, .others = 2, .divider = 0, .latency = 4};
    }
    switch (function) {
    case MathOp::Sqrt:
        return {.products = 3, .others = 0, .divider = units.division + 5, .latency = 20};
    case MathOp::Exp2:
        return {.products = 7, .others = 8, .divider = 0, .latency = 45};
    default:
        return {.products = 12, .others = 8, .divider = 0, .latency = 60};
    }
}

Work work_of(const ir::Value& value, const Units& units) {
    using ir::Op;
    switch (value.op) {
    case Op::LoadField:
    case Op::EntityIndex:
        return {};
    case Op::Math:
        return work_of_function(static_cast<ir::MathOp>(value.symbol), units);
    case Op::Random:
        return {.products = 20, .others = 40, .divider = 0, .latency = 100};
    case Op::Table:
        return {.products = 8, .others = 22, .divider = 0, .latency = 40};
    case Op::Div:
    case Op::FloorDiv:
    case Op::Mod:
        return {.products = 3, .others = 0, .divider = units.division, .latency = 13};
    case Op::Mul:
    case Op::Fma:
        return {.products = 1, .others = 0, .divider = 0, .latency = 4};
    default:
        return {.products = 0, .others = 1, .divider = 0, .latency = 3};
    }
}

int cycles(const Work& sum, int chain, const Units& units) {
    const int operations = sum.products + sum.others;
    return std::max({units.shared ? 0 : sum.products, sum.divider, operations / 2,
                     operations * chain / window});
}

} // namespace hhc::codegen
