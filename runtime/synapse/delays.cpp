// SPDX-License-Identifier: MIT
// Delays of pathways: set in seconds, used in steps.
#include "base/fail.h"
#include "synapse/synapse_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace hodg::synapse {

using base::Code;
using base::fail;
bool SynapseState::has_pathway(std::string_view name) const {
    bool found = name == "pre"; // delayed reads use it too
    for (std::uint32_t p = 0; bound() && p < table().pathway_count; ++p) {
        found = found || name == table().pathways[p].name;
    }
    return found;
}

void SynapseState::set_delay(const std::string& pathway, Delay delay) {
    if (bound() && !has_pathway(pathway)) {
        fail(Code::UnknownPathway, fmt::format("`{}` has no pathway `{}`", name_, pathway));
    }
    const auto check = [&](double seconds) {
        if (!(seconds >= 0) || !std::isfinite(seconds)) {
            fail(Code::BadDelay, fmt::format("a delay of `{}` is {} s, expected a number that is "
                                             "not negative",
                                             name_, seconds));
        }
    };
    check(delay.seconds);
    std::for_each(delay.each.begin(), delay.each.end(), check);
    if (!delay.each.empty() && static_cast<std::int64_t>(delay.each.size()) != size()) {
        fail(Code::WrongLength, fmt::format("`{}` was given {} delays, expected one or {}", name_,
                                            delay.each.size(), size()));
    }
    delay.given = true;
    convert(delay);
    delays_[pathway] = std::move(delay);
    delays_changed_ = true;
    changed();
}

const Delay& SynapseState::delay(std::string_view pathway) const {
    const auto found = delays_.find(pathway);
    if (found != delays_.end()) {
        return found->second;
    }
    if (!has_pathway(pathway)) {
        fail(Code::UnknownPathway, fmt::format("`{}` has no pathway `{}`", name_, pathway));
    }
    Delay& delay = delays_[std::string(pathway)];
    for (std::uint32_t p = 0; bound() && p < table().pathway_count; ++p) {
        const hhk_pathway& row = table().pathways[p];
        if (pathway == row.name && !std::isnan(row.delay)) {
            delay.seconds = row.delay;
        }
    }
    convert(delay);
    return delay;
}

std::vector<double> SynapseState::delay_seconds(std::string_view pathway) const {
    const Delay& said = delay(pathway);
    if (!said.each.empty()) {
        return said.each;
    }
    if (said.in_routes) {
        std::vector<double> seconds;
        const DelaySteps steps = delays_in_routes(pathway);
        for (std::size_t k = 0; k < steps.size(); ++k) {
            seconds.push_back(steps[k] * dt_);
        }
        return seconds;
    }
    if (said.each_steps.empty()) {
        return {said.converted ? static_cast<double>(said.steps) * dt_ : said.seconds};
    }
    std::vector<double> seconds;
    seconds.reserve(said.each_steps.size());
    for (std::size_t k = 0; k < said.each_steps.size(); ++k) {
        seconds.push_back(said.each_steps[k] * dt_);
    }
    return seconds;
}

/// Seconds as steps; further from a multiple than rounding errors only if `nearest`.
static std::int64_t delay_steps(double seconds, double dt, bool nearest, const std::string& name) {
    constexpr double most_steps = 1 << 24; // a ring with a place for each is kept
    const double steps = seconds / dt;
    const double whole = std::round(steps);
    if (steps > most_steps) {
        fail(Code::BadDelay, fmt::format("a delay of `{}` is {} s, more than {} steps of {} s",
                                         name, seconds, most_steps, dt));
    }
    if (!nearest && std::fabs(steps - whole) > 1e-9 * std::fmax(1.0, whole)) {
        fail(Code::BadDelay,
             fmt::format("a delay of `{}` is {:.9g} ms, no multiple of dt = {:.9g} ms", name,
                         1e3 * seconds, 1e3 * dt),
             "take a smaller dt, or round to the nearest step: Synapses(..., round=\"nearest\")");
    }
    return static_cast<std::int64_t>(whole);
}

void SynapseState::convert(Delay& delay) const {
    if (dt_ == 0 || delay.converted) {
        return;
    }
    if (delay.each.empty()) {
        delay.steps = delay_steps(delay.seconds, dt_, delay.round_nearest, name_);
        delay.shortest = delay.longest = delay.steps;
        delay.converted = true;
        return;
    }
    const auto [least, most] = std::minmax_element(delay.each.begin(), delay.each.end());
    const auto in_steps = [&](double seconds) {
        return delay_steps(seconds, dt_, delay.round_nearest, name_);
    };
    const std::int64_t longest = in_steps(*most);
    DelaySteps steps(delay.each.size(), longest);
    for (std::size_t k = 0; k < delay.each.size(); ++k) {
        steps.set(k, in_steps(delay.each[k]));
    }
    delay.shortest = delay.steps = in_steps(*least);
    delay.longest = longest;
    if (delay.shortest < delay.longest) {
        delay.each_steps = std::move(steps);
    }
    delay.converted = true;
    std::vector<double>().swap(delay.each);
}

/// All delays in steps; refuses those that the model cannot have.
void SynapseState::convert_delays() {
    for (auto& [name, delay] : delays_) {
        convert(delay);
    }
    for (std::uint32_t p = 0; bound() && p < table().pathway_count; ++p) {
        const hhk_pathway& row = table().pathways[p];
        const Delay& said = delay(row.name);
        const std::size_t given = said.each.empty() ? said.each_steps.size() : said.each.size();
        if (row.one_delay != 0 && given > 1) {
            fail(Code::NeedsOneDelay,
                 fmt::format("pathway `{}` of `{}` keeps values once per neuron, for which all its "
                             "synapses must have one delay",
                             row.name, name_),
                 "compile it with this pathway among the varying delays");
        }
        if (given != 0 && static_cast<std::int64_t>(given) != size()) {
            fail(Code::WrongLength,
                 fmt::format("`{}` has {} delays of pathway `{}` for {} synapses", name_, given,
                             row.name, size()));
        }
    }
}

/// The delay by which synapses are sorted.
const Delay* SynapseState::sorting_delay() const {
    for (std::uint32_t p = 0; p < table().pathway_count; ++p) {
        const Delay& said = delay(table().pathways[p].name);
        if (table().pathways[p].space == HHK_PRE && !said.each_steps.empty()) {
            return &said;
        }
    }
    return nullptr;
}

} // namespace hodg::synapse
