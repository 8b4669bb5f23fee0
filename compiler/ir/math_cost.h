// SPDX-License-Identifier: MIT
// Which functions are single instructions, for all who weigh kernels.
#pragma once

#include "ir/ir.h"

namespace hhc::ir {

/// One or two instructions: no polynomial, no division.
[[nodiscard]] constexpr bool is_instruction(MathOp op) {
    switch (op) {
    case MathOp::Abs:
    case MathOp::Sign:
    case MathOp::Floor:
    case MathOp::Ceil:
    case MathOp::Min:
    case MathOp::Max:
    case MathOp::Clip:
        return true;
    default:
        return false;
    }
}

} // namespace hhc::ir
