// SPDX-License-Identifier: MIT
#include "sema/temperature.h"

#include "sema/constants.h"
#include "support/number_text.h"

#include <cmath>
#include <utility>
#include <vector>

namespace hhc::sema {

static std::string in_celsius(double kelvin) {
    constexpr double zero_celsius = 273.15;
    constexpr double resolution = 1e6; // shown digits: the difference is not exact
    return shortest(std::round((kelvin - zero_celsius) * resolution) / resolution) + " degC";
}

static void use_references(Draft& draft, VariableId id) {
    std::vector<std::pair<double, Span>> measured;
    for (const ReferenceTemperature& reference : draft.references) {
        const auto value = evaluate(draft, reference.value);
        if (const double* number = std::get_if<double>(&value)) {
            measured.emplace_back(*number, reference.span);
        }
    }
    const bool alone = draft.model.kind == "channel"; // its user says the temperature
    if (measured.empty()) {
        const bool failed = !draft.references.empty();
        if (!alone && !failed) {
            draft.sink
                .report(diag::Code::TemperatureUnset, draft.facts(id).first_use,
                        "the temperature of this model is not known")
                .note(draft.is_equations ? "set it: `temperature = 37 degC : kelvin`, or later, as "
                                           "`temperature : kelvin`"
                                         : "set it: `temperature = 37 degC`");
        }
        return;
    }
    for (const auto& [kelvin, span] : measured) {
        if (kelvin != measured.front().first && !alone) {
            draft.sink
                .report(diag::Code::TemperatureUnset, draft.span,
                        "the channels of `" + draft.model.name +
                            "` were measured at different temperatures, and none is set")
                .note_at(measured.front().second, in_celsius(measured.front().first))
                .note_at(span, in_celsius(kelvin))
                .note("set it in the neuron: `temperature = " + in_celsius(kelvin) + "`");
            return;
        }
    }
    draft.variable(id).default_value = measured.front().first;
}

void settle_temperature(Draft& draft) {
    const auto found = draft.by_name.find("temperature");
    const bool read =
        found != draft.by_name.end() && draft.variable(found->second).role == Role::Temperature;
    if (!draft.temperature_setting.valid()) {
        if (read) {
            use_references(draft, found->second);
        }
        return;
    }
    const auto value = evaluate(draft, draft.temperature_setting);
    const Span place = draft.place(draft.temperature_setting);
    if (const double* number = std::get_if<double>(&value)) {
        if (read) {
            draft.variable(found->second).default_value = *number;
        }
        if (!(*number > 0)) {
            draft.sink.report(diag::Code::ConstantFault, place,
                              "the temperature is not above absolute zero, -273.15 degC");
        }
    } else if (!std::get<NotFixed>(value).silent) {
        draft.sink.report(diag::Code::NotConstant, place, "the temperature is one number")
            .note("it may be changed between runs, for the whole network");
    }
}

} // namespace hhc::sema
