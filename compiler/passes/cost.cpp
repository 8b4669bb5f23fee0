// SPDX-License-Identifier: MIT
#include "passes/cost.h"

#include "ir/math_cost.h"

namespace hhc::passes {

int cost(const ir::Value& value) {
    using ir::Op;
    switch (value.op) {
    case Op::Neg: // part of the operation that uses it
    case Op::IntToReal:
    case Op::BoolToReal:
    case Op::BoolToInt:
    case Op::IntToBool:
    case Op::Not:
        return 0;
    case Op::Div:
    case Op::FloorDiv:
    case Op::Mod:
        return 8;
    case Op::PowInt:
        return 4;
    case Op::Math: {
        const auto function = static_cast<ir::MathOp>(value.symbol);
        return ir::is_instruction(function) ? 2 : function == ir::MathOp::Sqrt ? 8 : 20;
    }
    default:
        return value.args.empty() ? 0 : 1;
    }
}

} // namespace hhc::passes
