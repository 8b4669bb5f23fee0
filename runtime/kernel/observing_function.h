// SPDX-License-Identifier: MIT
// Which function computes an expression: its own, or the hook `observe` of the population's model.
#pragma once

#include "abi/kernel_abi.h"
#include "base/fail.h"

#include "hodg/expression.h"

namespace hodg::kernel {

[[nodiscard]] inline Expression::Function observing_function(const hhk_model& table,
                                                             const Expression& expression) {
    if (expression.function == nullptr && table.observe == nullptr) {
        base::fail(base::Code::BadOption, "the model has no expressions of its own to observe");
    }
    return expression.function == nullptr ? table.observe : expression.function;
}

} // namespace hodg::kernel
