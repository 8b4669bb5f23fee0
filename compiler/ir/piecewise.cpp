// SPDX-License-Identifier: MIT
#include "ir/piecewise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>

namespace hhc::ir {
namespace {

/// A piece is certified a little beyond its ends: the argument is rounded when its piece is found.
constexpr double margin = 1e-9;
/// Roundings of the polynomial, its coefficients and its argument: units of 2.2e-16 per unit of the
/// sum of absolute coefficients.
constexpr double rounding = 2.3e-13;
/// Order of the series of the difference on a part of a piece, and how often a piece is halved at
/// most.
constexpr int order = 6;
constexpr int deepest = 12;

using Coefficients = std::array<double, max_piece_degree + 1>;

struct Piece {
    double middle = 0;
    double half = 0;
};

/// Half an ulp of a float.
constexpr double single = 0x1p-24;

std::size_t place_of(int coefficient, int piece) {
    return static_cast<std::size_t>(coefficient) * piece_count + static_cast<std::size_t>(piece);
}

/// Where a float lies, in bytes.
std::size_t byte_of(const Approximation& a, int coefficient, int piece) {
    return place_of(a.doubles, 0) * sizeof(double) +
           place_of(coefficient - a.doubles, piece) * sizeof(float);
}

void set_coefficient(const Approximation& a, std::span<double> pieces, int k, int piece,
                     double value) {
    if (k < a.doubles) {
        pieces[place_of(k, piece)] = value;
        return;
    }
    const auto rounded = static_cast<float>(value);
    std::memcpy(reinterpret_cast<char*>(pieces.data()) + byte_of(a, k, piece), &rounded,
                sizeof rounded);
}

Piece piece_of(const Approximation& a, int number) {
    const double half = (a.high - a.low) / (2 * piece_count);
    return {a.low + half * (2 * number + 1), half};
}

std::optional<double> value_at(const FunctionOfOne& f, double t) {
    const std::optional<Series> value = taylor_series(f, {t, t}, 0);
    return value ? std::optional((*value)[0].middle()) : std::nullopt;
}

/// Coefficients of powers of x from -1 to 1 from values at Chebyshev's nodes.
Coefficients interpolate(const Coefficients& values, int degree) {
    const int n = degree + 1;
    Coefficients result{};
    Coefficients now{1}; // T_0, then T_1, ...
    Coefficients before{};
    for (int k = 0; k < n; ++k) {
        double c = 0;
        for (int i = 0; i < n; ++i) {
            c += values[static_cast<std::size_t>(i)] *
                 std::cos(std::numbers::pi * k * (i + 0.5) / n);
        }
        c *= (k == 0 ? 1.0 : 2.0) / n;
        Coefficients next{};
        for (std::size_t p = 0; p < static_cast<std::size_t>(n); ++p) {
            result[p] += c * now[p];
            const double raised = p > 0 ? now[p - 1] : 0.0;
            next[p] = k == 0 ? raised : 2.0 * raised - before[p];
        }
        before = now;
        now = next;
    }
    return result;
}

double horner(std::span<const double> coefficients, double x) {
    double sum = 0;
    for (std::size_t k = coefficients.size(); k-- > 0;) {
        sum = sum * x + coefficients[k];
    }
    return sum;
}

/// |polynomial - function| over [from, to], or nothing.
std::optional<double> bound(const FunctionOfOne& f, std::span<const double> coefficients,
                            Piece piece, double from, double to) {
    const double middle = from + (to - from) / 2;
    const double radius = std::max(to - middle, middle - from) * (1 + 1e-15);
    const auto difference = [&](Interval at, int n) -> std::optional<Series> {
        const std::optional<Series> exact = taylor_series(f, at, n);
        return exact ? std::optional(
                           minus(polynomial_series(coefficients, piece.middle, piece.half, at, n),
                                 *exact, n))
                     : std::nullopt;
    };
    const std::optional<Series> here = difference({middle, middle}, order - 1);
    const std::optional<Series> rest = difference({from, to}, order);
    if (!here || !rest) {
        return std::nullopt;
    }
    double sum = (*rest)[order].magnitude();
    for (int k = order - 1; k >= 0; --k) {
        sum = sum * radius + (*here)[static_cast<std::size_t>(k)].magnitude();
    }
    return sum * (1 + 1e-14);
}

/// The largest bound over the parts of [from, to]; nothing if some part is not below `tolerance`.
std::optional<double> bound_by_parts(const FunctionOfOne& f, std::span<const double> coefficients,
                                     Piece piece, double from, double to, double tolerance,
                                     int depth) {
    const std::optional<double> whole = bound(f, coefficients, piece, from, to);
    if (whole && *whole <= tolerance) {
        return whole;
    }
    if (depth == deepest) {
        return std::nullopt;
    }
    const double middle = from + (to - from) / 2;
    const auto left = bound_by_parts(f, coefficients, piece, from, middle, tolerance, depth + 1);
    if (!left) {
        return std::nullopt;
    }
    const auto right = bound_by_parts(f, coefficients, piece, middle, to, tolerance, depth + 1);
    return right ? std::optional(std::max(*left, *right)) : std::nullopt;
}

Coefficients gathered(const Approximation& a, std::span<const double> pieces, int piece) {
    Coefficients result{};
    for (int k = 0; k <= a.degree; ++k) {
        result[static_cast<std::size_t>(k)] = coefficient(a, pieces, k, piece);
    }
    return result;
}

/// Each float meets a product with a rounded argument and a sum a power above the first one.
double single_rounding_of(const Approximation& a, std::span<const double> coefficients) {
    double sum = 0;
    for (int k = a.doubles; k <= a.degree; ++k) {
        sum += (2 * (k - a.doubles) + 2) * std::abs(coefficients[static_cast<std::size_t>(k)]);
    }
    return single * (1 + 1e-5) * sum + (a.degree >= a.doubles ? 1e-40 : 0.0);
}

} // namespace

double coefficient(const Approximation& a, std::span<const double> pieces, int k, int piece) {
    if (k < a.doubles) {
        return pieces[place_of(k, piece)];
    }
    float value = 0;
    std::memcpy(&value, reinterpret_cast<const char*>(pieces.data()) + byte_of(a, k, piece),
                sizeof value);
    return value;
}

double single_rounding(const Approximation& approximation, std::span<const double> pieces) {
    double worst = 0;
    for (int piece = 0; piece < piece_count; ++piece) {
        const Coefficients all = gathered(approximation, pieces, piece);
        worst = std::max(worst, single_rounding_of(approximation, all));
    }
    return worst;
}

std::optional<double> fit(const Approximation& approximation, const FunctionOfOne& function,
                          std::span<double> pieces) {
    const int n = approximation.degree + 1;
    double worst = 0;
    for (int number = 0; number < piece_count; ++number) {
        const Piece piece = piece_of(approximation, number);
        Coefficients values{};
        for (int i = 0; i < n; ++i) {
            const double x = std::cos(std::numbers::pi * (i + 0.5) / n);
            const std::optional<double> value = value_at(function, piece.middle + piece.half * x);
            if (!value || !std::isfinite(*value)) {
                return std::nullopt;
            }
            values[static_cast<std::size_t>(i)] = *value;
        }
        const Coefficients found = interpolate(values, approximation.degree);
        for (int k = 0; k < n; ++k) {
            set_coefficient(approximation, pieces, k, number, found[static_cast<std::size_t>(k)]);
        }
        for (int i = 0; i <= n; ++i) { // between the nodes
            const double x = std::cos(std::numbers::pi * i / n);
            const std::optional<double> value = value_at(function, piece.middle + piece.half * x);
            if (!value) {
                return std::nullopt;
            }
            const std::span<const double> own(found.data(), static_cast<std::size_t>(n));
            worst = std::max(worst, std::abs(horner(own, x) - *value));
        }
    }
    return worst;
}

std::optional<double> prove(const Approximation& approximation, const FunctionOfOne& function,
                            std::span<const double> pieces) {
    double worst = 0;
    for (int number = 0; number < piece_count; ++number) {
        const Piece piece = piece_of(approximation, number);
        const Coefficients all = gathered(approximation, pieces, number);
        const std::span<const double> own(all.data(),
                                          static_cast<std::size_t>(approximation.degree + 1));
        double size = 0;
        for (const double c : own) {
            size += std::abs(c);
        }
        const double reach = piece.half * (1 + margin);
        const double rounded = rounding * size + single_rounding_of(approximation, all);
        const double allowed = approximation.tolerance - rounded;
        const auto found = bound_by_parts(function, own, piece, piece.middle - reach,
                                          piece.middle + reach, allowed, 0);
        if (!found || !(allowed > 0)) {
            return std::nullopt;
        }
        worst = std::max(worst, *found + rounded);
    }
    return worst;
}

Interval certified_range(const Approximation& approximation) {
    const double edge = margin * (approximation.high - approximation.low) / piece_count;
    return {approximation.low + edge, approximation.high - edge};
}

} // namespace hhc::ir
