// SPDX-License-Identifier: MIT
#include "ir/evaluate.h"

#include <algorithm>

namespace hhc::ir {
namespace {

std::int64_t floor_div_int(std::int64_t x, std::int64_t y, bool& fault) {
    if (y == 0) {
        fault = true;
        return 0;
    }
    if (y == -1) { // the quotient of the smallest integer does not fit, and wraps
        return static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(x));
    }
    const std::int64_t quotient = x / y;
    return quotient * y != x && (x < 0) != (y < 0) ? quotient - 1 : quotient;
}

std::int64_t mod_int(std::int64_t x, std::int64_t y, bool& fault) {
    if (y == 0) {
        fault = true;
        return 0;
    }
    if (y == -1) {
        return 0;
    }
    const std::int64_t rest = x % y;
    return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

std::int64_t pow_int(std::int64_t x, std::int64_t exponent, bool& fault) {
    if (exponent < 0) {
        fault = true;
        return 0;
    }
    std::int64_t result = 1;
    std::int64_t square = x;
    for (auto left = static_cast<std::uint64_t>(exponent); left != 0;) {
        if ((left & 1U) != 0) {
            fault = __builtin_mul_overflow(result, square, &result) || fault;
        }
        left >>= 1U;
        if (left != 0) {
            fault = __builtin_mul_overflow(square, square, &square) || fault;
        }
    }
    return result;
}

} // namespace

std::int64_t integer_operation(Op op, std::int64_t x, std::int64_t y, std::int64_t exponent,
                               bool& fault) {
    std::int64_t result = 0;
    switch (op) {
    case Op::Add:
        fault = __builtin_add_overflow(x, y, &result) || fault;
        return result;
    case Op::Sub:
        fault = __builtin_sub_overflow(x, y, &result) || fault;
        return result;
    case Op::Mul:
        fault = __builtin_mul_overflow(x, y, &result) || fault;
        return result;
    case Op::Neg:
        fault = __builtin_sub_overflow(std::int64_t{0}, x, &result) || fault;
        return result;
    case Op::FloorDiv:
        return floor_div_int(x, y, fault);
    case Op::Mod:
        return mod_int(x, y, fault);
    default:
        return pow_int(x, exponent, fault);
    }
}

std::int64_t real_to_int(double x) {
    constexpr double largest = 0x1.fffffffffffffp62; // below 2^63, which is no integer of 64 bits
    return std::isnan(x) ? 0 : static_cast<std::int64_t>(std::clamp(x, -largest, largest));
}

} // namespace hhc::ir
