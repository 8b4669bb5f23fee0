// SPDX-License-Identifier: MIT
#include "codegen/scalar_math.h"

#include "codegen/model_hash.h"
#include "support/check.h"

#include <utility>
#include <vector>

#define HHK_WIDTH 1
#define HHK_REAL 32
#include "codegen/prelude/kernel_prelude.h"

namespace hhc::codegen {

static_assert(hhk_random_scheme == random_scheme);

namespace {

/// f(arguments[0], ..., arguments[arity - 1])
template <int arity, class R, class F> R apply(const R* arguments, F f) {
    return [&]<std::size_t... i>(std::index_sequence<i...>) {
        return f(arguments[i]...);
    }(std::make_index_sequence<arity>());
}

} // namespace

template <class R> MathFunction<R> math_function(ir::MathOp op, bool fast) {
    if constexpr (sizeof(R) == sizeof(double)) {
        if (fast && op == ir::MathOp::Exp) {
            return [](const R* arguments) { return hhk_fast_exp(*arguments); };
        }
        if (fast && op == ir::MathOp::Exp2) {
            return [](const R* arguments) { return hhk_fast_exp2(*arguments); };
        }
        if (fast && op == ir::MathOp::Exprel) {
            return [](const R* arguments) { return hhk_fast_exprel(*arguments); };
        }
        if (fast && op == ir::MathOp::InvExprel) {
            return [](const R* arguments) { return hhk_fast_inv_exprel(*arguments); };
        }
    }
    switch (op) {
#define HHC_MATH(id, text, arity, function)                                                        \
    case ir::MathOp::id:                                                                           \
        return [](const R* arguments) {                                                            \
            return apply<arity>(arguments, [](auto... x) { return function(x...); });              \
        };
#include "ir/math_ops.def"
#undef HHC_MATH
    }
    HHC_CHECK(false, "unknown function");
    return nullptr;
}
template MathFunction<double> math_function<double>(ir::MathOp, bool);
template MathFunction<float> math_function<float>(ir::MathOp, bool);

template <class R> R ScalarMath<R>::fma(R a, R b, R c) {
    return hhk_fma(a, b, c);
}
template <class R> R ScalarMath<R>::floor_divide(R a, R b) {
    return hhk_floordiv(a, b);
}
template <class R> R ScalarMath<R>::modulo(R a, R b) {
    return hhk_mod(a, b);
}
template <class R> R ScalarMath<R>::power(R x, int n) {
    return hhk_power(x, n);
}
template <class R> std::int64_t ScalarMath<R>::to_integer(R x) {
    return hhk_to_int(x);
}
template <class R>
double ScalarMath<R>::approximate(int degree, int doubles, const double* pieces, double t,
                                  double scale, double shift) {
    return hhk_piecewise(degree, doubles, pieces, hhk_place_of(t, scale, shift));
}
template <class R> std::int64_t ScalarMath<R>::timestep(R t, R dt) {
    return hhk_timestep(t, dt);
}
template struct ScalarMath<double>;
template struct ScalarMath<float>;

std::int64_t integer_divide(std::int64_t a, std::int64_t b, bool& fault) {
    return hhk_idiv(a, b, fault);
}

std::int64_t integer_modulo(std::int64_t a, std::int64_t b, bool& fault) {
    return hhk_imod(a, b, fault);
}

RandomKey random_stream(std::uint64_t seed, std::uint32_t object, std::uint64_t stream) {
    const hhk_random_key key = hhk_random_stream(seed, object, stream);
    return {static_cast<std::uint32_t>(key.low), static_cast<std::uint32_t>(key.high)};
}

template <class R>
double random_draw(ir::Distribution distribution, RandomKey stream, std::int64_t entity,
                   std::int64_t step, std::span<const R> arguments) {
    const hhk_random_key key{stream.low, stream.high};
    const hhk_i64 who = entity;
    const R* const a = arguments.data();
    switch (distribution) {
    case ir::Distribution::Uniform:
        return hhk_draw_uniform<R>(key, who, step);
    case ir::Distribution::Normal:
        return hhk_draw_normal<R>(key, who, step);
    case ir::Distribution::Poisson:
        return hhk_to_f64(hhk_draw_poisson<R>(key, who, step, a[0]));
    case ir::Distribution::UniformBetween:
        return hhk_draw_uniform_between<R>(key, who, step, a[0], a[1]);
    case ir::Distribution::Exponential:
        return hhk_draw_exponential<R>(key, who, step, a[0]);
    case ir::Distribution::Gamma:
        return hhk_draw_gamma<R>(key, who, step, a[0], a[1]);
    case ir::Distribution::Lognormal:
        return hhk_draw_lognormal<R>(key, who, step, a[0], a[1]);
    case ir::Distribution::Binomial:
        return hhk_to_f64(hhk_draw_binomial<R>(key, who, step, a[0], a[1]));
    case ir::Distribution::TruncatedNormal:
        return hhk_draw_truncated_normal<R>(key, who, step, a[0], a[1], a[2], a[3]);
    case ir::Distribution::ClippedNormal:
        return hhk_draw_clipped_normal<R>(key, who, step, a[0], a[1], a[2], a[3]);
    }
    HHC_CHECK(false, "unknown distribution");
    return 0;
}
template double random_draw<double>(ir::Distribution, RandomKey, std::int64_t, std::int64_t,
                                    std::span<const double>);
template double random_draw<float>(ir::Distribution, RandomKey, std::int64_t, std::int64_t,
                                   std::span<const float>);

void matrix_exp(std::int64_t n, std::span<const double> a, double h, std::span<double> result) {
    std::vector<double> work(static_cast<std::size_t>(8 * n * n));
    hhk_matrix_exp_in(n, a.data(), h, result.data(), work.data());
}

void matrix_exp_integral(std::int64_t n, std::span<const double> a, double h,
                         std::span<double> result) {
    std::vector<double> work(static_cast<std::size_t>(8 * n * n));
    hhk_matrix_exp_integral_in(n, a.data(), h, result.data(), work.data());
}

} // namespace hhc::codegen
