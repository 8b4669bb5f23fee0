// SPDX-License-Identifier: MIT
// Errors of the prelude's functions against MPFR, in units of the last place of the exact result.
// Used by the tests and by benchmarks/kernels/math_table.cpp.
#pragma once

#include "codegen/scalar_math.h"

#include <mpfr.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace hhc::codegen::testing {

/// A number of MPFR with enough digits for every function here.
class Wide {
public:
    explicit Wide(double x = 0) {
        mpfr_init2(value_, 240);
        mpfr_set_d(value_, x, MPFR_RNDN);
    }
    Wide(const Wide&) = delete;
    Wide& operator=(const Wide&) = delete;
    ~Wide() { mpfr_clear(value_); }
    mpfr_ptr get() { return value_; }

private:
    mpfr_t value_;
};

struct Interval {
    double low;
    double high;
};

/// One function: the exact result of (x, y) into the first argument, where to sample it densely,
/// and the promise.
struct Case {
    ir::MathOp op;
    std::function<void(mpfr_ptr, mpfr_ptr, mpfr_ptr)> exact;
    std::vector<Interval> intervals;
    double bound;                    // in ulp
    std::vector<double> second = {}; // values of the second argument
};

struct Worst {
    double ulp = 0;
    double x = 0;
    double y = 0;
};

constexpr double no_number =
    1e9; // error of a NaN or infinity that should not be one, or vice versa

/// |got - exact| in units of the last place of the exact value (denormals: of the least number).
template <class R> double error_in_ulp(R got, mpfr_ptr exact) {
    using Limits = std::numeric_limits<R>;
    if (mpfr_nan_p(exact) != 0 || std::isnan(got)) {
        return (mpfr_nan_p(exact) != 0) == std::isnan(got) ? 0 : no_number;
    }
    const R rounded = Limits::digits == 24 ? static_cast<R>(mpfr_get_flt(exact, MPFR_RNDN))
                                           : static_cast<R>(mpfr_get_d(exact, MPFR_RNDN));
    if (std::isinf(rounded) || std::isinf(got)) {
        const auto finite = [](R x) { return std::isinf(x) ? std::copysign(Limits::max(), x) : x; };
        return rounded == got ? 0 : finite(rounded) == finite(got) ? 1 : no_number;
    }
    long exponent = Limits::min_exponent - Limits::digits;
    if (mpfr_zero_p(exact) == 0) {
        exponent = std::max<long>(exponent, mpfr_get_exp(exact) - Limits::digits);
    }
    Wide difference(static_cast<double>(got));
    mpfr_sub(difference.get(), difference.get(), exact, MPFR_RNDN);
    mpfr_mul_2si(difference.get(), difference.get(), -exponent, MPFR_RNDN);
    return std::abs(mpfr_get_d(difference.get(), MPFR_RNDN));
}

/// Largest error over `samples` points of each interval, as many random bit patterns and as many
/// magnitudes 2^-70 to 2^11 of both signs; special values too.
template <class R> Worst largest_error(const Case& function, int samples) {
    std::mt19937_64 random(20250101);
    const auto call = math_function<R>(function.op);
    Worst worst;
    const auto visit = [&](R x) {
        for (const double second :
             function.second.empty() ? std::vector<double>{0} : function.second) {
            const R arguments[2] = {x, static_cast<R>(second)};
            Wide exact;
            Wide a(static_cast<double>(x));
            Wide b(static_cast<double>(arguments[1]));
            function.exact(exact.get(), a.get(), b.get());
            const double ulp = error_in_ulp<R>(call(arguments), exact.get());
            if (ulp > worst.ulp) {
                worst = {ulp, static_cast<double>(x), second};
            }
        }
    };
    std::uniform_real_distribution<double> unit(0, 1);
    for (const Interval& interval : function.intervals) {
        for (int i = 0; i < samples; ++i) {
            visit(static_cast<R>(interval.low + (interval.high - interval.low) * unit(random)));
        }
    }
    using Bits = std::conditional_t<sizeof(R) == 8, std::uint64_t, std::uint32_t>;
    for (int i = 0; i < samples; ++i) {
        visit(std::bit_cast<R>(static_cast<Bits>(random())));
        const double size = std::exp2(81 * unit(random) - 70);
        visit(static_cast<R>(i % 2 == 0 ? size : -size));
    }
    const R infinity = std::numeric_limits<R>::infinity();
    const R nan = std::numeric_limits<R>::quiet_NaN();
    const R least = std::numeric_limits<R>::denorm_min();
    for (const R x : {R(0), R(1), least, std::numeric_limits<R>::max(), infinity, nan}) {
        visit(x);
        visit(-x);
    }
    return worst;
}

} // namespace hhc::codegen::testing
