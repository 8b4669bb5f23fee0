// SPDX-License-Identifier: MIT
#include "passes/cost.h"

namespace hhc::passes {

int cost(const ir::Value& value) {
    using ir::MathOp;
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
    case Op::Math:
        switch (static_cast<MathOp>(value.symbol)) {
        case MathOp::Abs:
        case MathOp::Sign:
        case MathOp::Floor:
        case MathOp::Ceil:
        case MathOp::Min:
        case MathOp::Max:
        case MathOp::Clip:
            return 2;
        case MathOp::Sqrt:
            return 8;
        default:
            return 20;
        }
    default:
        return value.args.empty() ? 0 : 1;
    }
}

} // namespace hhc::passes
