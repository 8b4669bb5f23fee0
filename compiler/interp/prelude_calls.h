// SPDX-License-Identifier: MIT
// The kernel prelude at width 1, called by number instead of by name: the same functions, hence the
// same bits, as generated code. Nothing of the prelude itself is visible here.
#pragma once

#include "abi/kernel_abi.h"
#include "ir/ir.h"

#include <cstdint>
#include <span>

namespace hhc::interp {

[[nodiscard]] double call_math(ir::MathOp op, const double* args);
/// The float version of the function.
[[nodiscard]] float call_math(ir::MathOp op, const float* args);

/// One draw; Int distributions give a whole number. Arguments and result are in the precision asked
/// for by `real_size`.
[[nodiscard]] double draw(ir::Distribution distribution, const hhk_context& context,
                          std::uint64_t stream, std::int64_t entity, const double* args,
                          std::uint32_t real_size);

/// exp(matrix*h), and the integral from 0 to h of exp(matrix*s) ds; n x n, row by row.
void matrix_exp(std::int64_t n, const double* matrix, double h, double* result);
void matrix_exp_integral(std::int64_t n, const double* matrix, double h, double* result);

} // namespace hhc::interp
