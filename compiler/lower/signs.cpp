// SPDX-License-Identifier: MIT
#include "lower/signs.h"

#include "ir/derivative.h"
#include "ir/linear_atoms.h"
#include "lower/equations.h"

#include <cmath>

namespace hhc::lower {

using ir::Op;
using ir::ValueId;

namespace {

constexpr std::uint8_t not_negative = Positive | Zero;

std::uint8_t sign_of_number(double number) {
    if (std::isnan(number)) {
        return AnySign;
    }
    return number > 0 ? Positive : (number < 0 ? Negative : Zero);
}

/// Values of a compartment that are positive by their nature.
bool is_material(const std::string& name) {
    return name == "Cm" || name == "Ri" || name == "area" || name == "length" ||
           name == "diameter" || name == "volume";
}

std::uint8_t negated(std::uint8_t sign) {
    return static_cast<std::uint8_t>(((sign & Negative) != 0 ? Positive : 0) | (sign & Zero) |
                                     ((sign & Positive) != 0 ? Negative : 0));
}

std::uint8_t sum(std::uint8_t a, std::uint8_t b) {
    std::uint8_t result = 0;
    if (a == Zero || b == Zero) {
        return a == Zero ? b : a;
    }
    const std::uint8_t both = a | b;
    if ((both & Positive) != 0) {
        result |= Positive;
    }
    if ((both & Negative) != 0) {
        result |= Negative;
    }
    const bool may_cancel = (both & Positive) != 0 && (both & Negative) != 0;
    if (may_cancel || ((a & Zero) != 0 && (b & Zero) != 0)) {
        result |= Zero;
    }
    return result;
}

std::uint8_t product(std::uint8_t a, std::uint8_t b) {
    std::uint8_t result = (a | b) & Zero;
    if (((a & Positive) != 0 && (b & Positive) != 0) ||
        ((a & Negative) != 0 && (b & Negative) != 0)) {
        result |= Positive;
    }
    if (((a & Positive) != 0 && (b & Negative) != 0) ||
        ((a & Negative) != 0 && (b & Positive) != 0)) {
        result |= Negative;
    }
    return result;
}

std::uint8_t power(std::uint8_t base, std::int64_t exponent) {
    if (exponent % 2 == 0) {
        const bool never_zero = (base & Zero) == 0;
        return never_zero ? std::uint8_t{Positive} : not_negative;
    }
    return base;
}

std::uint8_t sign_of_function(const ir::Value& value, const std::vector<std::uint8_t>& known) {
    const std::uint8_t a = known[value.args[0].index];
    switch (static_cast<ir::MathOp>(value.symbol)) {
    case ir::MathOp::Exp:
    case ir::MathOp::Exp2:
    case ir::MathOp::Exprel:
    case ir::MathOp::InvExprel:
    case ir::MathOp::Sigmoid:
    case ir::MathOp::Cosh:
        return Positive;
    case ir::MathOp::Pow:
        return a == Positive ? a : std::uint8_t{AnySign};
    case ir::MathOp::Sqrt:
        return a == Positive ? std::uint8_t{Positive} : not_negative;
    case ir::MathOp::Abs:
        return (a & Zero) == 0 ? std::uint8_t{Positive} : not_negative;
    case ir::MathOp::Expm1:
    case ir::MathOp::Log1p:
    case ir::MathOp::Sinh:
    case ir::MathOp::Tanh:
    case ir::MathOp::Arctan:
    case ir::MathOp::Erf:
    case ir::MathOp::Sign:
        return a;
    case ir::MathOp::Min:
    case ir::MathOp::Max:
        return a | known[value.args[1].index];
    default:
        return AnySign;
    }
}

/// w and the sign of exp(w) - 1 or 1 - exp(w).
std::optional<std::pair<ValueId, std::uint8_t>> vanishing(const ir::Builder& graph, ValueId id) {
    const ir::Value& value = graph[id];
    if (value.op != Op::Sub) {
        return std::nullopt;
    }
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
        const ir::Value& power = graph[value.args[side]];
        if (graph.is_real(value.args[1 - side], 1.0) && power.op == Op::Math &&
            static_cast<ir::MathOp>(power.symbol) == ir::MathOp::Exp) {
            return std::pair(power.args[0], side == 0 ? Positive : Negative);
        }
    }
    return std::nullopt;
}

/// q w/(exp(w) - 1) has the sign of q, as papers write rates: (v + 40)/(1 - exp(-(v + 40)/10)).
std::optional<std::uint8_t> sign_of_rate(const ir::Builder& graph, const ir::Value& quotient,
                                         const std::vector<std::uint8_t>& known) {
    const auto below = vanishing(graph, quotient.args[1]);
    if (!below) {
        return std::nullopt;
    }
    const ir::ScaledForm above = ir::scaled_form(graph, quotient.args[0]);
    const ir::ScaledForm exponent = ir::scaled_form(graph, below->first);
    const std::optional<double> ratio = ir::ratio(above.form, exponent.form);
    if (!ratio) {
        return std::nullopt;
    }
    std::uint8_t sign = product(sign_of_number(*ratio), below->second);
    for (const auto* values :
         {&above.factors, &above.divisors, &exponent.factors, &exponent.divisors}) {
        for (const ValueId value : *values) {
            sign = product(sign, known[value.index]);
        }
    }
    return sign;
}

std::uint8_t sign_of_operation(const ir::Builder& graph, const ir::Value& value,
                               const std::vector<std::uint8_t>& known) {
    const auto of = [&](std::size_t i) { return known[value.args[i].index]; };
    switch (value.op) {
    case Op::ConstReal:
        return sign_of_number(value.number);
    case Op::ConstInt:
        return sign_of_number(static_cast<double>(value.payload));
    case Op::TimeStep:
        return Positive;
    case Op::Time:
    case Op::EntityIndex:
    case Op::EntityCount:
    case Op::StepCount:
    case Op::BoolToReal:
    case Op::BoolToInt:
        return not_negative;
    case Op::Add:
        return sum(of(0), of(1));
    case Op::Sub:
        return sum(of(0), negated(of(1)));
    case Op::Mul:
        return product(of(0), of(1));
    case Op::Div:
        return sign_of_rate(graph, value, known)
            .value_or(product(of(0), of(1) & (Positive | Negative)));
    case Op::Neg:
        return negated(of(0));
    case Op::Fma:
        return sum(product(of(0), of(1)), of(2));
    case Op::PowInt:
        return power(of(0), value.payload);
    case Op::Select:
        return of(1) | of(2);
    case Op::IntToReal:
        return of(0);
    case Op::Math:
        return sign_of_function(value, known);
    default:
        return AnySign;
    }
}

bool is_current(const units::Dimension& dimension) {
    return dimension == units::ampere() ||
           dimension == units::ampere() / (units::metre() * units::metre());
}

bool is_conductance(const units::Dimension& dimension) {
    return dimension == units::siemens() ||
           dimension == units::siemens() / (units::metre() * units::metre());
}

} // namespace

std::vector<std::uint8_t> signs_of(Scope& scope, bool conductances) {
    const auto& values = scope.graph_kernel().values;
    std::vector<std::uint8_t> known(values.size(), AnySign);
    std::vector<std::uint8_t> of_leaf(values.size(), 0);
    const auto& variables = scope.model().variables;
    for (std::size_t i = 0; i < variables.size(); ++i) {
        const model::VariableId id(i);
        const ValueId leaf = scope.leaf(id);
        if (leaf.valid() && leaf.index < values.size()) {
            const bool shared = scope.uniform(id).valid();
            const double number = scope.number(id);
            of_leaf[leaf.index] = AnySign;
            const bool likely =
                conductances && !shared && is_conductance(variables[id].type.dimension);
            if (variables[id].gate || !variables[id].scheme.empty() || likely) {
                of_leaf[leaf.index] = not_negative;
            } else if (scope.model().cell && is_material(variables[id].name)) {
                of_leaf[leaf.index] = Positive;
            } else if (shared && number != 0.0) {
                of_leaf[leaf.index] = sign_of_number(number);
            }
        }
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        known[i] = of_leaf[i] != 0 ? of_leaf[i]
                                   : sign_of_operation(scope.graph(), values[ValueId(i)], known);
    }
    return known;
}

bool is_positive(Scope& scope, ValueId value) {
    return signs_of(scope)[value.index] == Positive;
}

void check_current_signs(Equations& equations) {
    Scope& scope = equations.scope();
    const auto potential = scope.model().membrane_potential();
    const auto state = potential ? equations.find(*potential) : std::nullopt;
    if (!state) {
        return;
    }
    const auto& variables = scope.model().variables;
    for (std::size_t i = 0; i < variables.size(); ++i) {
        const model::Variable& variable = variables[model::VariableId(i)];
        if (variable.role != model::Role::Subexpression || !is_current(variable.type.dimension)) {
            continue;
        }
        const ValueId current = scope.value(model::VariableId(i));
        const Term effect = ir::Derivative(scope.graph(), current).of(equations[*state].drift);
        const Term slope = ir::Derivative(scope.graph(), equations[*state].leaf).of(current);
        if (!effect || !slope) {
            continue;
        }
        const std::vector<std::uint8_t> signs = signs_of(scope, true);
        const auto strictly = [&](ValueId id) { return signs[id.index] & ~Zero; };
        const int pushes = product(static_cast<std::uint8_t>(strictly(*effect)),
                                   static_cast<std::uint8_t>(strictly(*slope)));
        if (pushes != Positive) {
            continue;
        }
        const std::string& name = variables[*potential].name;
        auto report = scope.sink().report(
            diag::Code::CurrentSign, variable.span,
            "`" + variable.name + "` grows with `" + name +
                "` and drives it further away: " + "currents are positive inward here");
        if (variable.flags.outward) {
            report.note("it is flagged `(outward)`, so it is negated once; remove the flag or the "
                        "second negation");
        } else {
            report.note("write `E - " + name + "` in the place of `" + name +
                        " - E`, or add the flag `(outward)` to the equation");
        }
    }
}

} // namespace hhc::lower
