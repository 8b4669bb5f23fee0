// SPDX-License-Identifier: MIT
#include "sim/fault.h"

#include "base/fail.h"

#include "hodg/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace hodg::sim {

static constexpr std::int32_t integer_fault = 2;
static constexpr std::int32_t singular_fault = 3;

/// The first entity with a state that is not finite; else the state furthest from zero, which a
/// kernel found out of its range.
static Fault find_place(const Tile& tile, double dt) {
    Fault fault;
    fault.object = tile.population->name();
    fault.step = tile.fault_step;
    fault.time = static_cast<double>(tile.fault_step + 1) * dt;
    const std::int64_t end = std::min(tile.block.end, tile.context.count);
    double largest = -1;
    for (std::int64_t i = tile.block.begin; i < end; ++i) {
        for (std::uint32_t f = 0; f < tile.model->field_count; ++f) {
            const hhk_field& row = tile.model->fields[f];
            if (row.role != HHK_STATE || row.type != HHK_REAL) {
                continue;
            }
            const double value = tile.population->field(f).read(i);
            if (!std::isfinite(value) || std::fabs(value) > largest) {
                largest = std::fabs(value);
                fault.variable = row.name;
                fault.entity = i;
                fault.value = value;
            }
            if (!std::isfinite(value)) {
                return fault;
            }
        }
    }
    return fault;
}

static std::string shown(double value) {
    return std::isnan(value) ? "NaN" : fmt::format("{:.9g}", value);
}

static std::string when(const Fault& fault, double dt, bool vague, std::int64_t looked_at) {
    if (!vague) {
        return fmt::format(" at {:.9g} ms", 1e3 * fault.time);
    }
    return fmt::format("; it became so between {:.9g} and {:.9g} ms",
                       1e3 * static_cast<double>(looked_at) * dt, 1e3 * fault.time);
}

static std::string advice(bool vague) {
    return vague ? "run(..., guard=True) names the step and the term; what was recorded stays"
                 : "a smaller dt or another method may help; what was recorded stays";
}

void throw_fault(std::span<const std::unique_ptr<Tile>> tiles, double dt, std::int64_t looked_at) {
    const auto worst =
        std::min_element(tiles.begin(), tiles.end(), [](const auto& a, const auto& b) {
            return a->fault_step < b->fault_step;
        });
    const Tile& tile = **worst;
    if (tile.fault == integer_fault) {
        Fault fault;
        fault.object = tile.population->name();
        fault.step = tile.fault_step;
        fault.time = static_cast<double>(tile.fault_step + 1) * dt;
        std::string message = fmt::format(
            "an integer of `{}` overflowed or was divided by zero in the step to {:.9g} s",
            fault.object, fault.time);
        throw SimulationError(base::code_text(base::Code::IntegerFault), std::move(message), {},
                              std::move(fault));
    }
    if (tile.fault == singular_fault) {
        Fault fault;
        fault.object = tile.population->name();
        fault.variable = "v";
        fault.entity = tile.block.begin + tile.block.event;
        fault.step = tile.fault_step;
        fault.time = static_cast<double>(tile.fault_step) * dt;
        std::string message = fmt::format(
            "the membrane of compartment {} of `{}` is not stable at {:.9g} ms: its current grows "
            "with v faster than its capacitance takes up in a step of {:.9g} ms",
            fault.entity, fault.object, 1e3 * fault.time, 1e3 * dt);
        throw SimulationError(base::code_text(base::Code::CableSingular), std::move(message),
                              "a smaller dt may help; look at the sign of the current",
                              std::move(fault));
    }
    Fault fault = find_place(tile, dt);
    if (std::isfinite(fault.value) && !tile.late_fault) {
        std::string message =
            fmt::format("a state of `{}` became NaN or infinite in the step to {:.9g} ms and was "
                        "reset at its end; furthest from zero is now `{}` of entity {}: {:.9g}",
                        fault.object, 1e3 * fault.time, fault.variable, fault.entity, fault.value);
        throw SimulationError(base::code_text(base::Code::StateNotFinite), std::move(message),
                              "a potential above the threshold, as in a refractory time without "
                              "`(unless refractory)`, may have run away",
                              std::move(fault));
    }
    const bool vague = tile.late_fault && looked_at < fault.step;
    std::string message =
        fmt::format("`{}` of entity {} of `{}` is {}{}", fault.variable, fault.entity, fault.object,
                    shown(fault.value), when(fault, dt, vague, looked_at));
    throw SimulationError(base::code_text(base::Code::StateNotFinite), std::move(message),
                          advice(vague), std::move(fault));
}

void throw_fault(const SynapseFault& found, double dt, std::int64_t looked_at) {
    const synapse::SynapseState& synapses = *found.synapses;
    Fault fault;
    fault.object = synapses.name();
    fault.step = found.step;
    fault.time = static_cast<double>(found.step + 1) * dt;
    const auto bad = synapses.find_bad_value();
    if (!bad) {
        std::string message =
            fmt::format("an integer of `{}` overflowed or was divided by zero in the step to "
                        "{:.9g} s",
                        fault.object, fault.time);
        throw SimulationError(base::code_text(base::Code::IntegerFault), std::move(message), {},
                              std::move(fault));
    }
    fault.variable = bad->variable;
    fault.entity = bad->number;
    fault.value = bad->value;
    const bool vague = found.late && looked_at < fault.step;
    std::string message =
        fmt::format("`{}` of synapse {} of `{}` is {}{}", fault.variable, fault.entity,
                    fault.object, shown(fault.value), when(fault, dt, vague, looked_at));
    throw SimulationError(base::code_text(base::Code::StateNotFinite), std::move(message),
                          advice(vague), std::move(fault));
}

} // namespace hodg::sim
