// SPDX-License-Identifier: MIT
#include "sema/dimension_terms.h"

namespace hhc::sema {

Term Term::pow(Rational power) const {
    Term result(known.pow(power));
    if (power.is_zero()) {
        return result;
    }
    for (const auto& [unknown, exponent] : unknowns) {
        result.unknowns[unknown] = exponent * power;
    }
    return result;
}

Term operator*(const Term& a, const Term& b) {
    Term result = a;
    result.known = a.known * b.known;
    for (const auto& [unknown, exponent] : b.unknowns) {
        const Rational sum = result.unknowns[unknown] + exponent;
        if (sum.is_zero()) {
            result.unknowns.erase(unknown);
        } else {
            result.unknowns[unknown] = sum;
        }
    }
    return result;
}

Term operator/(const Term& a, const Term& b) {
    return a * b.pow(-1);
}

Term DimensionSolver::fresh() {
    Term result;
    result.unknowns[static_cast<std::uint32_t>(solutions_.size())] = 1;
    solutions_.emplace_back();
    return result;
}

Term DimensionSolver::resolve(const Term& term) const {
    if (term.is_known()) {
        return term;
    }
    Term result(term.known);
    for (const auto& [unknown, exponent] : term.unknowns) {
        Term factor;
        if (solutions_[unknown]) {
            factor = resolve(*solutions_[unknown]);
        } else {
            factor.unknowns[unknown] = 1;
        }
        result = result * factor.pow(exponent);
    }
    return result;
}

bool DimensionSolver::unify(const Term& a, const Term& b) {
    const Term ratio = resolve(a / b);
    if (ratio.is_known()) {
        return ratio.known.is_dimensionless();
    }
    const auto [unknown, exponent] = *ratio.unknowns.begin();
    Term rest = ratio;
    rest.unknowns.erase(unknown);
    solutions_[unknown] = rest.pow(Rational(-1) / exponent);
    return true;
}

std::string describe(const Term& term) {
    return term.is_known() ? units::describe_short(term.known) : "any unit";
}

} // namespace hhc::sema
