// SPDX-License-Identifier: MIT
// Compiled models written by hand, as the emitter would write them, for tests of the runtime:
// `lif`, an integrate-and-fire neuron with exact decay, refractoriness, random and failing
// currents.
#pragma once

#include "abi/kernel_abi.h"

#include "hodg/model.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace hand {

template <class T> T* field(const hhk_context* context, int index) {
    return reinterpret_cast<T*>(context->slab + context->offsets[index]);
}

inline hhk_field make_field(const char* name, hhk_type type, hhk_role role, int flags = 0,
                            double first = 0) {
    hhk_field row{};
    row.name = name;
    row.unit = "1";
    row.unit_scale = 1;
    row.default_value = first;
    for (auto& denominator : row.dimension.denominator) {
        denominator = 1;
    }
    row.type = static_cast<std::uint8_t>(type);
    row.role = static_cast<std::uint8_t>(role);
    row.flags = static_cast<std::uint8_t>(flags);
    row.init_flag = -1;
    row.stagger_flag = -1;
    return row;
}

inline hhk_uniform make_uniform(const char* name, hhk_role role, double value) {
    hhk_uniform row{};
    row.name = name;
    row.unit = "1";
    row.unit_scale = 1;
    row.default_value = value;
    for (auto& denominator : row.dimension.denominator) {
        denominator = 1;
    }
    row.type = HHK_REAL;
    row.role = static_cast<std::uint8_t>(role);
    return row;
}

inline hhk_model make_model(const char* name) {
    hhk_model model{};
    model.size = sizeof(hhk_model);
    model.abi_version = 1; // a literal: the macro must not vouch for itself
    model.name = name;
    model.required_features = "";
    model.vector_width = 1;
    model.real_size = 8;
    return model;
}

/// A number in [0, 1) that depends on what identifies a draw, and on nothing else.
inline double draw(const hhk_context* c, std::int64_t entity) {
    std::uint64_t x = c->seed ^ (std::uint64_t{c->random_object} << 32U);
    for (const std::uint64_t part :
         {static_cast<std::uint64_t>(c->step), static_cast<std::uint64_t>(entity)}) {
        x = (x ^ part) * 0x9e3779b97f4a7c15U; // splitmix64
        x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
        x ^= x >> 27U;
    }
    return static_cast<double>(x >> 11U) * 0x1p-53;
}

/// Leaky integrate-and-fire: dv/dt = (I + I_syn - v)/tau (unless refractory), spike at v > 1, v =
/// 0.
namespace lif {
enum Field { v, I, I_syn, last };
enum Uniform { tau, refractory, noise, decay, refractory_steps };

inline std::int32_t prepare(const hhk_context* c) {
    c->uniforms[decay] = std::exp(-c->dt / c->uniforms[tau]);
    c->uniforms[refractory_steps] = std::floor(c->uniforms[refractory] / c->dt + 0.001);
    return 0;
}

inline std::int32_t advance(const hhk_context* c, hhk_block* b) {
    double* const v_ = field<double>(c, v);
    const double* const i_ = field<double>(c, I);
    const double* const syn = field<double>(c, I_syn);
    const std::int64_t* const last_ = field<std::int64_t>(c, last);
    for (std::int64_t i = b->begin; i < b->end; ++i) {
        const bool free = static_cast<double>(c->step - last_[i]) >= c->uniforms[refractory_steps];
        const double goal = i_[i] + syn[i];
        v_[i] = free ? goal + (v_[i] - goal) * c->uniforms[decay] : v_[i];
        if (c->uniforms[noise] != 0) {
            v_[i] += c->uniforms[noise] * (draw(c, i) - 0.5);
        }
        if (i < c->count && std::isnan(v_[i])) {
            b->fault = 1;
        }
        if (i < c->count && free && v_[i] > 1) {
            c->event_bits[0][i / 64] |= std::uint64_t{1} << (i % 64);
            b->any_event |= 1;
        }
    }
    return 0;
}

inline std::int32_t on_spike(const hhk_context* c, hhk_block* b) {
    for (std::int64_t i = b->begin; i < b->end; ++i) {
        if ((c->event_bits[0][i / 64] >> (i % 64) & 1U) != 0) {
            field<std::int64_t>(c, last)[i] = c->step;
            field<double>(c, v)[i] = 0;
        }
    }
    return 0;
}

inline hodg::Model model() {
    static const hhk_field fields[] = {make_field("v", HHK_REAL, HHK_STATE, HHK_UNLESS_REFRACTORY),
                                       make_field("I", HHK_REAL, HHK_PARAMETER),
                                       make_field("I_syn", HHK_REAL, HHK_INPUT),
                                       make_field("lastspike", HHK_STEP, HHK_LAST_SPIKE)};
    static const hhk_uniform uniforms[] = {
        make_uniform("tau", HHK_PARAMETER, 10e-3), make_uniform("refractory", HHK_PARAMETER, 3e-3),
        make_uniform("noise", HHK_PARAMETER, 0), make_uniform("decay", HHK_HIDDEN, 0),
        make_uniform("refractory_steps", HHK_HIDDEN, 0)};
    static const hhk_event events[] = {{"spike", 1, 1}};
    static const hhk_block_fn on_event[] = {on_spike};
    static const hhk_model table = [] {
        hhk_model m = make_model("LIF");
        m.field_count = 4;
        m.fields = fields;
        m.uniform_count = 5;
        m.uniforms = uniforms;
        m.event_count = 1;
        m.events = events;
        m.prepare = prepare;
        m.advance = advance;
        m.on_event = on_event;
        return m;
    }();
    return hodg::Model(&table);
}
} // namespace lif

/// dv/dt = 100 m + stimulus(t, i) + source - 50 v; m follows 1/(1 + exp(-v)), a tenth of the way
/// each step, half of that in half a step. init v = v0, and m at its steady state. `g` must be
/// assigned.
namespace gated {
enum Field { v, m, source, g };
enum Uniform { v0, set_v, set_m, shift_m };

inline double steady(double voltage) {
    return 1 / (1 + std::exp(-voltage));
}

inline std::int32_t init(const hhk_context* c, hhk_block* b) {
    for (std::int64_t i = b->begin; i < b->end; ++i) {
        if (c->uniforms[set_v] != 0) {
            field<double>(c, v)[i] = c->uniforms[v0];
        }
        if (c->uniforms[set_m] != 0) {
            field<double>(c, m)[i] = steady(field<double>(c, v)[i]);
        }
    }
    return 0;
}

inline std::int32_t half_step(const hhk_context* c, hhk_block* b) {
    for (std::int64_t i = b->begin; i < b->end && c->uniforms[shift_m] != 0; ++i) {
        double& gate = field<double>(c, m)[i];
        gate += 0.05 * (steady(field<double>(c, v)[i]) - gate);
    }
    return 0;
}

inline std::int32_t advance(const hhk_context* c, hhk_block* b) {
    const hhk_table_data& table = c->tables[0];
    const auto row = std::min(static_cast<std::int64_t>(c->t / table.dt + 1e-3), table.rows - 1);
    for (std::int64_t i = b->begin; i < b->end; ++i) {
        const double stimulus = table.values[row * table.columns + i];
        double& voltage = field<double>(c, v)[i];
        double& gate = field<double>(c, m)[i];
        voltage += c->dt * (100 * gate + stimulus + field<double>(c, source)[i] - 50 * voltage);
        gate += 0.1 * (steady(voltage) - gate);
    }
    return 0;
}

/// Two expressions for a recorder: v*m, and t.
inline std::int32_t observe(const hhk_context* c, hhk_block* b) {
    for (std::int64_t i = b->begin; i < b->end; ++i) {
        c->outputs[0][i] = field<double>(c, v)[i] * field<double>(c, m)[i];
        c->outputs[1][i] = c->t;
    }
    return 0;
}

inline hodg::Model model() {
    static const hhk_field fields[] = {
        [] {
            hhk_field row = make_field("v", HHK_REAL, HHK_STATE, HHK_HAS_INIT);
            row.init_flag = set_v;
            return row;
        }(),
        [] {
            hhk_field row = make_field("k.m", HHK_REAL, HHK_STATE, HHK_HAS_INIT | HHK_STAGGERED);
            row.init_flag = set_m;
            row.stagger_flag = shift_m;
            return row;
        }(),
        make_field("source", HHK_REAL, HHK_LINKED),
        make_field("g", HHK_REAL, HHK_PARAMETER, 0, NAN)};
    static const hhk_uniform uniforms[] = {
        make_uniform("v0", HHK_PARAMETER, -1), make_uniform("set_v", HHK_HIDDEN, 0),
        make_uniform("set_m", HHK_HIDDEN, 0), make_uniform("shift_m", HHK_HIDDEN, 0)};
    static const hhk_table tables[] = {{"stimulus", {}, 1, 0}};
    static const hhk_model table = [] {
        hhk_model t = make_model("Gated");
        t.field_count = 4;
        t.fields = fields;
        t.uniform_count = 4;
        t.uniforms = uniforms;
        t.table_count = 1;
        t.tables = tables;
        t.init = init;
        t.half_step = half_step;
        t.advance = advance;
        t.observe = observe;
        return t;
    }();
    return hodg::Model(&table);
}
} // namespace gated

} // namespace hand
