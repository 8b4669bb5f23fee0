// SPDX-License-Identifier: MIT
#include "lower/time_constants.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace hhc::lower {

using model::Role;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
/// Of a difference quotient: the square root of the rounding unit, in halves of the digits.
constexpr double relative_step = 1.5e-8;

/// Values of all variables at the start, by variable; NaN where nothing is known.
class StartingValues {
public:
    explicit StartingValues(const Scope& scope) : model_(scope.model()) {
        for (std::size_t i = 0; i < model_.variables.size(); ++i) {
            const model::VariableId id(i);
            const model::Variable& variable = model_.variables[id];
            const bool stored = variable.role == Role::Parameter || variable.role == Role::Input;
            values_.push_back(variable.role == Role::Time              ? 0.0
                              : std::isnan(scope.number(id)) && stored ? 0.0
                                                                       : scope.number(id));
        }
        for (const model::VariableId id : model_.init_order) {
            evaluate_definitions();
            values_[id.index] = constant_value(model_, model_.variables[id].initial, values_);
        }
    }

    /// x' where x has this value and everything else starts.
    double rate(model::VariableId state, double value) {
        values_[state.index] = value;
        evaluate_definitions();
        return constant_value(model_, model_.variables[state].definition, values_);
    }

    [[nodiscard]] double value(model::VariableId id) const { return values_[id.index]; }

private:
    void evaluate_definitions() {
        for (const model::VariableId id : model_.evaluation_order) {
            values_[id.index] = constant_value(model_, model_.variables[id].definition, values_);
        }
    }

    const model::CheckedModel& model_;
    std::vector<double> values_;
};

double time_constant(StartingValues& values, model::VariableId state) {
    const double start = values.value(state);
    // a state without a start stays linear in itself, or its rate is not known: any value will do
    const double x = std::isnan(start) ? 0.0 : start;
    const double step = relative_step * std::max(std::abs(x), 1.0);
    const double slope = (values.rate(state, x + step) - values.rate(state, x - step)) / (2 * step);
    (void)values.rate(state, start);
    return slope < 0.0 ? -1.0 / slope : unknown;
}

} // namespace

std::optional<TimeConstant> fastest_time_constant(const Scope& scope, const MethodReport& methods) {
    StartingValues values(scope);
    std::optional<TimeConstant> fastest;
    for (const StateMethod& method : methods.states) {
        const auto id = scope.model().find(method.state);
        const bool any_step = method.order == "exact" || method.method == "cvode";
        if (!id || any_step || !scope.variable(*id).definition.valid()) {
            continue;
        }
        const double seconds = time_constant(values, *id);
        if (seconds > 0.0 && (!fastest || seconds < fastest->seconds)) {
            fastest = TimeConstant{method.state, seconds};
        }
    }
    return fastest;
}

} // namespace hhc::lower
