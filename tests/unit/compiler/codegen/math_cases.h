// SPDX-License-Identifier: MIT
// What each function of the prelude should give, and what error is allowed.
#pragma once

#include "math_reference.h"

namespace hhc::codegen::testing {

using Unary = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);

inline auto exact_of(Unary function) {
    return [function](mpfr_ptr r, mpfr_ptr x, mpfr_ptr) { function(r, x, MPFR_RNDN); };
}

inline void exact_exprel(mpfr_ptr r, mpfr_ptr x, mpfr_ptr) {
    if (mpfr_zero_p(x) != 0) {
        mpfr_set_d(r, 1, MPFR_RNDN);
    } else if (mpfr_inf_p(x) != 0) {
        mpfr_set_d(r, mpfr_sgn(x) > 0 ? INFINITY : 0.0, MPFR_RNDN);
    } else {
        mpfr_expm1(r, x, MPFR_RNDN);
        mpfr_div(r, r, x, MPFR_RNDN);
    }
}

inline void exact_inv_exprel(mpfr_ptr r, mpfr_ptr x, mpfr_ptr y) {
    exact_exprel(r, x, y);
    mpfr_d_div(r, 1, r, MPFR_RNDN);
}

inline void exact_sigmoid(mpfr_ptr r, mpfr_ptr x, mpfr_ptr) {
    Wide e;
    mpfr_set_prec(e.get(), 2400); // 1 + e^-x to the last bit of a denormal
    mpfr_neg(e.get(), x, MPFR_RNDN);
    mpfr_exp(e.get(), e.get(), MPFR_RNDN);
    mpfr_add_d(e.get(), e.get(), 1, MPFR_RNDN);
    mpfr_d_div(r, 1, e.get(), MPFR_RNDN);
}

inline const std::vector<Case>& cases() {
    using ir::MathOp;
    const std::vector<Interval> exponential = {
        {-0.03, 0.03}, {-0.1, 0.1}, {0.5, 1.2}, {-1, 1},  {-0.95, -0.925},
        {0.06, 0.065}, {-5, 5},     {-20, 20},  {25, 45}, {-110, 100},
        {-750, -700},  {700, 760},  {-745, 745}};
    const std::vector<Interval> logarithm = {{0.5, 2}, {0.99, 1.01}, {0, 1000}, {-0.03, 0.03}};
    const std::vector<Interval> angle = {
        {-1, 1}, {-10, 10}, {-1e3, 1e3}, {1e5, 1.1e6}, {1e9, 1e12}};
    const std::vector<Interval> sine = {{-1, 1}, {-0.5, 0.5}, {0.49, 0.51}, {0.9999, 1}};
    static const std::vector<Case> table = {
        {MathOp::Exp, exact_of(mpfr_exp), exponential, 1.5},
        {MathOp::Exp2,
         exact_of(mpfr_exp2),
         {{-0.04, 0.04}, {-1, 1}, {-20, 20}, {-150, 130}, {-1076, -1020}, {1000, 1025}},
         1.5},
        {MathOp::Expm1, exact_of(mpfr_expm1), exponential, 1.5},
        {MathOp::Exprel, exact_exprel, exponential, 1.5},
        {MathOp::InvExprel, exact_inv_exprel, exponential, 2},
        {MathOp::Sigmoid, exact_sigmoid, exponential, 2},
        {MathOp::Tanh, exact_of(mpfr_tanh), exponential, 2},
        {MathOp::Sinh, exact_of(mpfr_sinh), exponential, 2},
        {MathOp::Cosh, exact_of(mpfr_cosh), exponential, 2},
        {MathOp::Log, exact_of(mpfr_log), logarithm, 1.5},
        {MathOp::Log1p, exact_of(mpfr_log1p), logarithm, 2},
        {MathOp::Log10, exact_of(mpfr_log10), logarithm, 2},
        {MathOp::Sqrt, exact_of(mpfr_sqrt), logarithm, 0.5},
        {MathOp::Sin, exact_of(mpfr_sin), angle, 2},
        {MathOp::Cos, exact_of(mpfr_cos), angle, 2},
        {MathOp::Tan, exact_of(mpfr_tan), angle, 2},
        {MathOp::Arcsin, exact_of(mpfr_asin), sine, 2},
        {MathOp::Arccos, exact_of(mpfr_acos), sine, 2},
        {MathOp::Arctan, exact_of(mpfr_atan), {{-0.5, 0.5}, {0.4, 0.45}, {0.4, 3}, {-100, 100}}, 2},
        {MathOp::Erf, exact_of(mpfr_erf), {{-1, 1}, {0.9, 1.1}, {1, 2}, {-7, 7}}, 2},
        {MathOp::Pow,
         [](mpfr_ptr r, mpfr_ptr x, mpfr_ptr y) { mpfr_pow(r, x, y, MPFR_RNDN); },
         {{0, 2}, {0.99, 1.01}, {0, 100}, {-10, 0}},
         2,
         {0.0, 0.5, -0.5, 1.0 / 3, 2.0, 3.0, -1.0, 2.5, 0.01, -7.3, 100.0, -301.0, 1e10, INFINITY,
          -INFINITY, NAN}},
    };
    return table;
}

} // namespace hhc::codegen::testing
