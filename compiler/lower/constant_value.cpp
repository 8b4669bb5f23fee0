// SPDX-License-Identifier: MIT
// Defaults that are written as expressions: `param b = 2*a`. Evaluated once, when the model is
// compiled.
#include "lower/scope.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

namespace hhc::lower {

using model::ExprKind;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

double exprel(double x) {
    return x == 0.0 ? 1.0 : std::expm1(x) / x;
}

double sign(double x) {
    return x > 0 ? 1.0 : (x < 0 ? -1.0 : x);
}

double call(std::string_view name, const std::vector<double>& x) {
    struct Row {
        std::string_view name;
        double (*function)(double);
    };
    static constexpr Row rows[] = {
        {"sin", [](double a) { return std::sin(a); }},
        {"cos", [](double a) { return std::cos(a); }},
        {"tan", [](double a) { return std::tan(a); }},
        {"sinh", [](double a) { return std::sinh(a); }},
        {"cosh", [](double a) { return std::cosh(a); }},
        {"tanh", [](double a) { return std::tanh(a); }},
        {"arcsin", [](double a) { return std::asin(a); }},
        {"arccos", [](double a) { return std::acos(a); }},
        {"arctan", [](double a) { return std::atan(a); }},
        {"exp", [](double a) { return std::exp(a); }},
        {"log", [](double a) { return std::log(a); }},
        {"log10", [](double a) { return std::log10(a); }},
        {"expm1", [](double a) { return std::expm1(a); }},
        {"log1p", [](double a) { return std::log1p(a); }},
        {"exprel", exprel},
        {"inv_exprel", [](double a) { return 1.0 / exprel(a); }},
        {"sqrt", [](double a) { return std::sqrt(a); }},
        {"abs", [](double a) { return std::abs(a); }},
        {"sign", sign},
        {"ceil", [](double a) { return std::ceil(a); }},
        {"floor", [](double a) { return std::floor(a); }},
        {"sigmoid", [](double a) { return 1.0 / (1.0 + std::exp(-a)); }},
        {"erf", [](double a) { return std::erf(a); }},
    };
    for (const Row& row : rows) {
        if (row.name == name) {
            return row.function(x[0]);
        }
    }
    if (name == "min") {
        return std::min(x[0], x[1]);
    }
    if (name == "max") {
        return std::max(x[0], x[1]);
    }
    if (name == "clip") {
        return std::min(std::max(x[0], x[1]), x[2]);
    }
    return unknown;
}

} // namespace

double constant_value(const model::CheckedModel& model, model::ExprId id,
                      const std::vector<double>& known) {
    const model::Expr& expr = model.exprs[id];
    std::vector<double> x;
    for (const model::ExprId arg : expr.args) {
        x.push_back(constant_value(model, arg, known));
        if (std::isnan(x.back())) {
            return unknown;
        }
    }
    switch (expr.kind) {
    case ExprKind::Number:
        return expr.number;
    case ExprKind::Integer:
    case ExprKind::Boolean:
        return static_cast<double>(expr.integer);
    case ExprKind::Variable:
        return known[expr.symbol];
    case ExprKind::Negate:
        return -x[0];
    case ExprKind::Not:
        return x[0] == 0.0 ? 1.0 : 0.0;
    case ExprKind::Add:
        return x[0] + x[1];
    case ExprKind::Subtract:
        return x[0] - x[1];
    case ExprKind::Multiply:
        return x[0] * x[1];
    case ExprKind::Divide:
        return x[0] / x[1];
    case ExprKind::FloorDivide:
        return std::floor(x[0] / x[1]);
    case ExprKind::Modulo:
        return x[0] - x[1] * std::floor(x[0] / x[1]);
    case ExprKind::Power:
        return std::pow(x[0], x[1]);
    case ExprKind::Less:
        return x[0] < x[1] ? 1.0 : 0.0;
    case ExprKind::LessEqual:
        return x[0] <= x[1] ? 1.0 : 0.0;
    case ExprKind::Greater:
        return x[0] > x[1] ? 1.0 : 0.0;
    case ExprKind::GreaterEqual:
        return x[0] >= x[1] ? 1.0 : 0.0;
    case ExprKind::Equal:
        return x[0] == x[1] ? 1.0 : 0.0;
    case ExprKind::NotEqual:
        return x[0] != x[1] ? 1.0 : 0.0;
    case ExprKind::And:
        return x[0] != 0.0 && x[1] != 0.0 ? 1.0 : 0.0;
    case ExprKind::Or:
        return x[0] != 0.0 || x[1] != 0.0 ? 1.0 : 0.0;
    case ExprKind::Conditional:
        return x[1] != 0.0 ? x[0] : x[2];
    case ExprKind::Call:
        return call(model::builtins()[expr.symbol].name, x);
    case ExprKind::ToInteger:
        return std::trunc(x[0]);
    case ExprKind::ToReal:
        return x[0];
    case ExprKind::Local:
    case ExprKind::Crosses:
    case ExprKind::CrossesDown:
    case ExprKind::Random:
    case ExprKind::Table:
    case ExprKind::SteadyState:
        break;
    }
    return unknown;
}

} // namespace hhc::lower
