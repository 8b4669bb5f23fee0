// SPDX-License-Identifier: MIT
#include "ir/taylor.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace hhc::ir {

double Interval::magnitude() const {
    return std::max(std::abs(low), std::abs(high));
}

namespace {

/// Every result is made wider than any rounding of the operations that gave its ends.
Interval widened(double low, double high, double units = 2) {
    constexpr double unit = std::numeric_limits<double>::epsilon();
    constexpr double tiny = std::numeric_limits<double>::min();
    return {low - units * unit * std::abs(low) - tiny, high + units * unit * std::abs(high) + tiny};
}

Interval operator+(Interval a, Interval b) {
    return widened(a.low + b.low, a.high + b.high);
}
Interval operator-(Interval a) {
    return {-a.high, -a.low};
}
Interval operator*(Interval a, Interval b) {
    const double p = a.low * b.low;
    const double q = a.low * b.high;
    const double r = a.high * b.low;
    const double s = a.high * b.high;
    return widened(std::min({p, q, r, s}), std::max({p, q, r, s}));
}
Interval operator*(double a, Interval b) {
    return Interval{a, a} * b;
}
Interval reciprocal(Interval a) { // 0 is outside
    return widened(1 / a.high, 1 / a.low);
}
bool contains_zero(Interval a) {
    return !(a.low > 0 || a.high < 0);
}
bool is_finite(Interval a) {
    return std::isfinite(a.low) && std::isfinite(a.high);
}

/// Series arithmetic up to one order.
class Algebra {
public:
    explicit Algebra(int order) : order_(order) {}

    [[nodiscard]] static Series constant(Interval c) {
        Series s{};
        s[0] = c;
        return s;
    }
    [[nodiscard]] Series variable(Interval at) const {
        Series s = constant(at);
        if (order_ > 0) {
            s[1] = {1, 1};
        }
        return s;
    }
    [[nodiscard]] Series add(const Series& a, const Series& b) const {
        return each([&](int k) { return a[at(k)] + b[at(k)]; });
    }
    [[nodiscard]] Series negate(const Series& a) const {
        return each([&](int k) { return -a[at(k)]; });
    }
    [[nodiscard]] Series scale(double factor, const Series& a) const {
        return each([&](int k) { return factor * a[at(k)]; });
    }
    [[nodiscard]] Series multiply(const Series& a, const Series& b) const {
        return each([&](int k) {
            Interval sum{0, 0};
            for (int j = 0; j <= k; ++j) {
                sum = sum + a[at(j)] * b[at(k - j)];
            }
            return sum;
        });
    }
    [[nodiscard]] std::optional<Series> divide(const Series& a, const Series& b) const {
        if (contains_zero(b[0])) {
            return std::nullopt;
        }
        const Interval inverse = reciprocal(b[0]);
        Series q{};
        for (int k = 0; k <= order_; ++k) {
            Interval rest = a[at(k)];
            for (int j = 1; j <= k; ++j) {
                rest = rest + -(b[at(j)] * q[at(k - j)]);
            }
            q[at(k)] = rest * inverse;
        }
        return q;
    }
    /// exp of a series; e0 contains exp of its first coefficient. k e_k = sum j u_j e_(k-j).
    [[nodiscard]] Series exponential(const Series& u) const {
        Series e{};
        e[0] = widened(std::exp(u[0].low), std::exp(u[0].high), 8);
        e[0].low = std::max(e[0].low, 0.0);
        for (int k = 1; k <= order_; ++k) {
            Interval sum{0, 0};
            for (int j = 1; j <= k; ++j) {
                sum = sum + static_cast<double>(j) * (u[at(j)] * e[at(k - j)]);
            }
            e[at(k)] = sum * reciprocal({static_cast<double>(k), static_cast<double>(k)});
        }
        return e;
    }
    /// (e^u - 1)/u. Near zero from its derivatives, integrals of s^k e^(s u) over 0 to 1, which
    /// grow with u; elsewhere as the quotient.
    [[nodiscard]] std::optional<Series> exprel(const Series& u) const {
        constexpr double near = 3;
        if (u[0].magnitude() > near) {
            return divide(add(exponential(u), constant({-1, -1})), u);
        }
        Series outer{};
        double factorial = 1;
        for (int k = 0; k <= order_; ++k) {
            factorial *= k > 0 ? k : 1;
            outer[at(k)] =
                widened(moment(k, u[0].low) / factorial, moment(k, u[0].high) / factorial, 64);
        }
        Series inner = u; // what the argument adds to its value
        inner[0] = {0, 0};
        Series sum = constant(outer[at(order_)]);
        for (int k = order_ - 1; k >= 0; --k) {
            sum = add(multiply(sum, inner), constant(outer[at(k)]));
        }
        return sum;
    }

private:
    static std::size_t at(int k) { return static_cast<std::size_t>(k); }
    template <class Function> [[nodiscard]] Series each(Function&& function) const {
        Series s{};
        for (int k = 0; k <= order_; ++k) {
            s[at(k)] = function(k);
        }
        return s;
    }
    /// Integral of s^k e^(s x) over 0 to 1 as sum x^j / (j! (k + j + 1)): 60 terms for |x| <= 3
    /// leave less than 1e-50.
    static double moment(int k, double x) {
        double sum = 0;
        double power = 1;
        for (int j = 0; j < 60; ++j) {
            sum += power / (k + j + 1);
            power *= x / (j + 1);
        }
        return sum;
    }

    int order_;
};

/// The values of the kernel in order: a number where they are known before the entity, else a
/// series.
class Evaluation {
public:
    Evaluation(const FunctionOfOne& function, Interval at, int order)
        : f_(function), at_(at), algebra_(order), order_(order),
          series_(function.kernel->values.size()) {}

    std::optional<Series> run() {
        const auto& values = f_.kernel->values;
        for (std::size_t k = 0; k < values.size(); ++k) {
            const std::optional<Series> result = compute(values[ValueId(k)]);
            if (!result) {
                return std::nullopt;
            }
            series_[k] = *result;
        }
        const Series& result = series_[f_.kernel->outputs.front().index];
        const auto finite = [&](int k) { return is_finite(result[static_cast<std::size_t>(k)]); };
        for (int k = 0; k <= order_; ++k) {
            if (!finite(k)) {
                return std::nullopt;
            }
        }
        return result;
    }

private:
    [[nodiscard]] const Series& arg(const Value& value, std::size_t n) const {
        return series_[value.args[n].index];
    }

    [[nodiscard]] std::optional<Series> compute(const Value& value) const {
        switch (value.op) {
        case Op::ConstReal:
            return Algebra::constant({value.number, value.number});
        case Op::LoadField:
            return algebra_.variable(at_);
        case Op::LoadUniform: {
            const double x = f_.uniforms[value.symbol];
            return Algebra::constant({x, x});
        }
        case Op::TimeStep:
            return Algebra::constant({f_.dt, f_.dt});
        case Op::Add:
            return algebra_.add(arg(value, 0), arg(value, 1));
        case Op::Sub:
            return algebra_.add(arg(value, 0), algebra_.negate(arg(value, 1)));
        case Op::Mul:
            return algebra_.multiply(arg(value, 0), arg(value, 1));
        case Op::Neg:
            return algebra_.negate(arg(value, 0));
        case Op::Fma:
            return algebra_.add(algebra_.multiply(arg(value, 0), arg(value, 1)), arg(value, 2));
        case Op::Div:
            return algebra_.divide(arg(value, 0), arg(value, 1));
        case Op::PowInt:
            return power(value);
        case Op::Math:
            return math(value);
        default:
            return std::nullopt;
        }
    }

    [[nodiscard]] std::optional<Series> power(const Value& value) const {
        const std::int64_t n = std::abs(value.payload);
        if (n > 64) {
            return std::nullopt;
        }
        Series result = Algebra::constant({1, 1});
        for (std::int64_t k = 0; k < n; ++k) {
            result = algebra_.multiply(result, arg(value, 0));
        }
        return value.payload < 0 ? algebra_.divide(Algebra::constant({1, 1}), result) : result;
    }

    [[nodiscard]] std::optional<Series> math(const Value& value) const {
        const Series one = Algebra::constant({1, 1});
        const Series& u = arg(value, 0);
        switch (static_cast<MathOp>(value.symbol)) {
        case MathOp::Exp:
            return algebra_.exponential(u);
        case MathOp::Expm1:
            return algebra_.add(algebra_.exponential(u), algebra_.negate(one));
        case MathOp::Exprel:
            return algebra_.exprel(u);
        case MathOp::InvExprel: {
            const std::optional<Series> e = algebra_.exprel(u);
            return e ? algebra_.divide(one, *e) : std::nullopt;
        }
        case MathOp::Sigmoid:
            return algebra_.divide(one,
                                   algebra_.add(one, algebra_.exponential(algebra_.negate(u))));
        case MathOp::Tanh: { // 1 - 2/(e^(2u) + 1)
            const std::optional<Series> part =
                algebra_.divide(Algebra::constant({2, 2}),
                                algebra_.add(one, algebra_.exponential(algebra_.scale(2, u))));
            return part ? std::optional(algebra_.add(one, algebra_.negate(*part))) : std::nullopt;
        }
        default:
            return of_numbers(value);
        }
    }

    /// Other functions of what is known before the entity.
    [[nodiscard]] std::optional<Series> of_numbers(const Value& value) const {
        std::array<double, 3> numbers{};
        for (std::size_t n = 0; n < value.args.size(); ++n) {
            const Series& s = arg(value, n);
            // of a constant only what widening left there
            const bool varies = std::any_of(s.begin() + 1, s.end(),
                                            [](Interval c) { return c.magnitude() > 1e-290; });
            if (varies || f_.evaluate == nullptr) {
                return std::nullopt;
            }
            numbers[n] = s[0].middle();
        }
        const double x = f_.evaluate(static_cast<MathOp>(value.symbol), numbers.data());
        return Algebra::constant(widened(x, x, 16));
    }

    const FunctionOfOne& f_;
    Interval at_;
    Algebra algebra_;
    int order_;
    std::vector<Series> series_;
};

} // namespace

bool has_taylor_series(const Value& value) {
    switch (value.op) {
    case Op::Add:
    case Op::Sub:
    case Op::Mul:
    case Op::Neg:
    case Op::Fma:
    case Op::Div:
    case Op::PowInt:
        return value.type == Type::Real;
    case Op::Math:
        switch (static_cast<MathOp>(value.symbol)) {
        case MathOp::Exp:
        case MathOp::Expm1:
        case MathOp::Exprel:
        case MathOp::InvExprel:
        case MathOp::Sigmoid:
        case MathOp::Tanh:
            return true;
        default:
            return false;
        }
    default:
        return false;
    }
}

Series polynomial_series(std::span<const double> coefficients, double middle, double half,
                         Interval at, int order) {
    const Algebra algebra(order);
    const Interval inverse = reciprocal({half, half});
    Series x = algebra.variable((at + Interval{-middle, -middle}) * inverse);
    if (order > 0) {
        x[1] = inverse;
    }
    Series sum{};
    for (std::size_t k = coefficients.size(); k-- > 0;) {
        sum = algebra.add(algebra.multiply(sum, x),
                          Algebra::constant({coefficients[k], coefficients[k]}));
    }
    return sum;
}

Series minus(const Series& a, const Series& b, int order) {
    const Algebra algebra(order);
    return algebra.add(a, algebra.negate(b));
}

std::optional<Series> taylor_series(const FunctionOfOne& function, Interval at, int order) {
    return Evaluation(function, at, order).run();
}

} // namespace hhc::ir
