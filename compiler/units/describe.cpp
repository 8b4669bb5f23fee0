// SPDX-License-Identifier: MIT
// Dimensions in words: the shortest product of at most two well-known units, as a person writes it.
#include "units/dimension.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace hhc::units {
namespace {

/// A unit as a factor; the costs order what is equally short: `volt/second`, not `amp/farad`.
struct Factor {
    std::string_view name;
    Dimension dimension;
    int cost_above;
    int cost_below;
};

const std::vector<Factor>& factors() {
    static const std::vector<Factor> table = {
        {"volt", volt(), 0, 2},
        {"amp", ampere(), 0, 3},
        {"siemens", siemens(), 1, 6},
        {"ohm", ohm(), 1, 8},
        {"farad", farad(), 2, 6},
        {"second", second(), 0, 0},
        {"meter", metre(), 0, 0},
        {"mmolar", molar(), 1, 1},
        {"kelvin", kelvin(), 1, 1},
        {"coulomb", coulomb(), 3, 5},
        {"mole", Dimension::of(Base::Mole), 3, 3},
        {"joule", volt() * coulomb(), 4, 6},
        {"watt", volt() * ampere(), 4, 6},
        {"kilogram", Dimension::of(Base::Kilogram), 5, 5},
        {"candela", Dimension::of(Base::Candela), 5, 5},
    };
    return table;
}

const std::vector<Rational>& powers() {
    static const std::vector<Rational> table = {
        1, -1, 2, -2, 3, -3, 4, -4, Rational(1, 2), Rational(-1, 2)};
    return table;
}

struct Term {
    std::string_view name;
    Rational power;
};

std::string raised(std::string_view name, Rational power) {
    return std::string(name) + (power == Rational(1) ? "" : "**" + power.text());
}

/// "a*b/c", "1/(a*b)"; a lone negative power that is no whole number stays one: "second**-0.5".
std::string product(const std::vector<Term>& terms) {
    if (terms.size() == 1 && !terms[0].power.is_integer()) {
        return raised(terms[0].name, terms[0].power);
    }
    std::string above;
    std::string below;
    int count_below = 0;
    for (const Term& term : terms) {
        if (term.power > Rational(0)) {
            above += (above.empty() ? "" : "*") + raised(term.name, term.power);
        } else {
            below += (below.empty() ? "" : "*") + raised(term.name, -term.power);
            ++count_below;
        }
    }
    if (below.empty()) {
        return above.empty() ? "1" : above;
    }
    return (above.empty() ? "1" : above) + "/" + (count_below > 1 ? "(" + below + ")" : below);
}

int cost(const Factor& factor, Rational power) {
    const int size = 20 * std::abs(power.numerator()) / power.denominator();
    const int odd = power.is_integer() ? 0 : 8; // meter/second, not (joule/kilogram)**0.5
    return size + odd + (power > Rational(0) ? factor.cost_above : factor.cost_below);
}

/// Exponents in halves: whole numbers for everything that `powers` can reach.
using Halves = std::array<std::int64_t, base_count>;

std::optional<Halves> halves(const Dimension& dimension) {
    Halves result{};
    for (std::size_t i = 0; i < base_count; ++i) {
        const Rational twice = dimension.exponents()[i] * Rational(2);
        if (!twice.is_integer()) {
            return std::nullopt;
        }
        result[i] = twice.numerator();
    }
    return result;
}

/// One factor raised to one power.
struct Candidate {
    Term term;
    std::size_t factor;
    int cost;
    Halves halves;
};

const std::vector<Candidate>& candidates() {
    static const std::vector<Candidate> table = [] {
        std::vector<Candidate> list;
        for (std::size_t i = 0; i < factors().size(); ++i) {
            const Factor& factor = factors()[i];
            for (const Rational power : powers()) {
                const auto exponents = halves(factor.dimension.pow(power));
                list.push_back({{factor.name, power}, i, cost(factor, power), *exponents});
            }
        }
        return list;
    }();
    return table;
}

std::vector<Term> shortest_product(const Dimension& dimension) {
    const auto wanted = halves(dimension);
    if (!wanted) {
        return {};
    }
    std::vector<Term> best;
    int best_cost = std::numeric_limits<int>::max();
    for (const Candidate& a : candidates()) {
        if (a.cost >= best_cost) {
            continue;
        }
        if (a.halves == *wanted) {
            best_cost = a.cost;
            best = {a.term};
        }
        Halves rest;
        for (std::size_t i = 0; i < base_count; ++i) {
            rest[i] = (*wanted)[i] - a.halves[i];
        }
        for (const Candidate& b : candidates()) {
            const int both = a.cost + b.cost + 5;
            if (b.factor > a.factor && b.halves == rest && both < best_cost) {
                best_cost = both;
                best = {a.term, b.term};
            }
        }
    }
    return best;
}

struct Known {
    Dimension dimension;
    std::string_view short_name;
    std::string_view quantity;
};

const std::vector<Known>& known() {
    const Dimension area = metre().pow(2);
    static const std::vector<Known> table = {
        {Dimension(), "1", "dimensionless"},
        {volt(), "mV", "a voltage"},
        {ampere(), "nA", "a current"},
        {siemens(), "nS", "a conductance"},
        {farad(), "pF", "a capacitance"},
        {ohm(), "Mohm", "a resistance"},
        {second(), "ms", "a time"},
        {hertz(), "1/ms", "a rate"},
        {metre(), "um", "a length"},
        {area, "um**2", "an area"},
        {metre().pow(3), "um**3", "a volume"},
        {ampere() / area, "uA/cm**2", "a current density"},
        {siemens() / area, "mS/cm**2", "a conductance per area"},
        {farad() / area, "uF/cm**2", "a capacitance per area"},
        {ohm() * metre(), "ohm*cm", "a resistivity"},
        {molar(), "mM", "a concentration"},
        {molar() / second(), "mM/ms", "a rate of concentration"},
        {kelvin(), "kelvin", "a temperature"},
        {coulomb(), "pcoulomb", "a charge"},
        {volt() / second(), "mV/ms", "a rate of voltage"},
        {ampere() / second(), "pA/ms", "a rate of current"},
        {siemens() / volt(), "nS/mV", {}},
        {hertz() / volt(), "1/(mV*ms)", {}},
        {volt().pow(-1), "1/mV", {}},
        {second().pow(Rational(-1, 2)), "ms**-0.5", "a noise"},
    };
    return table;
}

const Known* find_known(const Dimension& dimension) {
    for (const Known& row : known()) {
        if (row.dimension == dimension) {
            return &row;
        }
    }
    return nullptr;
}

std::string find_description(const Dimension& dimension) {
    std::vector<Term> terms = shortest_product(dimension);
    if (terms.empty()) {
        static constexpr std::array<std::string_view, base_count> names = {
            "meter", "kilogram", "second", "amp", "kelvin", "mole", "candela"};
        for (std::size_t i = 0; i < base_count; ++i) {
            if (!dimension.exponents()[i].is_zero()) {
                terms.push_back({names[i], dimension.exponents()[i]});
            }
        }
    }
    return product(terms);
}

} // namespace

std::string describe(const Dimension& dimension) {
    if (dimension.is_dimensionless()) {
        return "1";
    }
    // A model names the same few dimensions hundreds of times.
    static std::mutex mutex;
    static std::map<Dimension, std::string> found;
    const std::lock_guard lock(mutex);
    const auto [place, is_new] = found.try_emplace(dimension);
    if (is_new) {
        place->second = find_description(dimension);
    }
    return place->second;
}

std::string describe_short(const Dimension& dimension) {
    const Known* row = find_known(dimension);
    return row != nullptr ? std::string(row->short_name) : describe(dimension);
}

std::string describe_long(const Dimension& dimension) {
    if (dimension.is_dimensionless()) {
        return "dimensionless";
    }
    const Known* row = find_known(dimension);
    if (row == nullptr || row->quantity.empty()) {
        return describe(dimension);
    }
    return describe(dimension) + " (" + std::string(row->quantity) + ")";
}

} // namespace hhc::units
