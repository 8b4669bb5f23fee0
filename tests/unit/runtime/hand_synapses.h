// SPDX-License-Identifier: MIT
// Compiled synapse models written by hand, as the emitter would write them, onto the neurons of
// hand_kernels.h: `delta` jumps v, `stdp` is plastic, `graded` reads v of the source with or
// without delay, `lumped` keeps its conductance per target and a trace per source.
#pragma once

#include "hand_kernels.h"

#include <cmath>
#include <cstdint>

namespace hand {

template <class T> T* foreign(const hhk_context* context, int index) {
    return reinterpret_cast<T*>(context->foreign[index]);
}

/// visit(place) for every synapse that a block delivers.
template <class Visit> void for_each_arrival(const hhk_block* block, const Visit& visit) {
    for (std::int64_t r = 0; r < block->range_count; ++r) {
        for (std::int64_t k = block->ranges[r].begin; k < block->ranges[r].end; ++k) {
            visit(block->items == nullptr ? k : std::int64_t{block->items[k]});
        }
    }
}

inline hhk_foreign make_foreign(const char* name, hhk_space space, int access,
                                hhk_type type = HHK_REAL, bool uniform = false) {
    hhk_foreign row{};
    row.name = name;
    for (auto& denominator : row.dimension.denominator) {
        denominator = 1;
    }
    row.space = static_cast<std::uint8_t>(space);
    row.type = static_cast<std::uint8_t>(type);
    row.access = static_cast<std::uint8_t>(access);
    row.uniform = uniform ? 1 : 0;
    row.into = -1;
    return row;
}

inline hhk_pathway make_pathway(const char* name, hhk_space space, hhk_block_fn deliver) {
    hhk_pathway row{};
    row.name = name;
    row.event = "spike";
    row.space = space;
    row.order = space == HHK_PRE ? -1 : 1;
    row.delay = NAN;
    row.indexed = space == HHK_POST ? 1 : 0;
    row.deliver = deliver;
    return row;
}

inline hhk_field in_space(hhk_field row, hhk_space space) {
    row.space = static_cast<std::uint8_t>(space);
    return row;
}

template <std::size_t Fields, std::size_t Uniforms>
hhk_model make_synapse_model(const char* name, const hhk_field (&fields)[Fields],
                             const hhk_uniform (&uniforms)[Uniforms], const hhk_synapse* synapse) {
    hhk_model model = make_model(name);
    model.field_count = Fields;
    model.fields = fields;
    model.uniform_count = Uniforms;
    model.uniforms = uniforms;
    model.synapse = synapse;
    return model;
}

/// on pre: v_post += w, dropped while the target is refractory.
namespace delta {
enum Field { w };
enum Foreign { v_post, last_post, refractory_post };

inline bool refractory(const hhk_context* c, std::int64_t target) {
    const double steps = std::floor(*foreign<double>(c, refractory_post) / c->dt + 0.001);
    return static_cast<double>(c->step - foreign<std::int64_t>(c, last_post)[target]) < steps;
}

inline std::int32_t deliver(const hhk_context* c, hhk_block* b) {
    for_each_arrival(b, [&](std::int64_t s) {
        const std::int32_t target = c->post[s];
        if (!refractory(c, target)) {
            foreign<double>(c, v_post)[target] += field<double>(c, w)[s];
        }
    });
    return 0;
}

inline hodg::Model model() {
    static const hhk_field fields[] = {make_field("w", HHK_REAL, HHK_PARAMETER)};
    static const hhk_uniform uniforms[] = {make_uniform("unused", HHK_PARAMETER, 0)};
    static const hhk_foreign foreigns[] = {
        make_foreign("v", HHK_POST, HHK_READ | HHK_ADD | HHK_GUARDED),
        make_foreign("lastspike", HHK_POST, HHK_READ, HHK_STEP),
        make_foreign("refractory", HHK_POST, HHK_READ, HHK_REAL, true)};
    static const hhk_pathway pathways[] = {make_pathway("pre", HHK_PRE, deliver)};
    static const hhk_synapse synapse = [] {
        hhk_synapse row{};
        row.size = sizeof(hhk_synapse);
        row.foreign_count = 3;
        row.foreign = foreigns;
        row.pathway_count = 1;
        row.pathways = pathways;
        return row;
    }();
    static const hhk_model table = make_synapse_model("Delta", fields, uniforms, &synapse);
    return hodg::Model(&table);
}
} // namespace delta

/// Pair STDP with event-driven traces: on pre: v_post += w; x += 0.01; w += y (between 0 and 1);
/// on post: y -= 0.01; w += x.
namespace stdp {
enum Field { w, x, y, last };
enum Uniform { tau };
enum Foreign { v_post };

inline void update(const hhk_context* c, std::int64_t s) {
    std::int64_t& known = field<std::int64_t>(c, last)[s];
    const double factor =
        std::exp(-static_cast<double>(c->step - known) * c->dt / c->uniforms[tau]);
    field<double>(c, x)[s] *= factor;
    field<double>(c, y)[s] *= factor;
    known = c->step;
}

inline std::int32_t on_pre(const hhk_context* c, hhk_block* b) {
    for_each_arrival(b, [&](std::int64_t s) {
        update(c, s);
        double& weight = field<double>(c, w)[s];
        foreign<double>(c, v_post)[c->post[s]] += weight;
        field<double>(c, x)[s] += 0.01;
        weight = std::clamp(weight + field<double>(c, y)[s], 0.0, 1.0);
    });
    return 0;
}

inline std::int32_t on_post(const hhk_context* c, hhk_block* b) {
    for_each_arrival(b, [&](std::int64_t s) {
        update(c, s);
        double& weight = field<double>(c, w)[s];
        field<double>(c, y)[s] -= 0.01;
        weight = std::clamp(weight + field<double>(c, x)[s], 0.0, 1.0);
    });
    return 0;
}

inline hodg::Model model() {
    static const hhk_field fields[] = {
        make_field("w", HHK_REAL, HHK_STATE), make_field("x", HHK_REAL, HHK_STATE),
        make_field("y", HHK_REAL, HHK_STATE), make_field("lastupdate", HHK_STEP, HHK_LAST_UPDATE)};
    static const hhk_uniform uniforms[] = {make_uniform("tau", HHK_PARAMETER, 20e-3)};
    static const hhk_foreign foreigns[] = {make_foreign("v", HHK_POST, HHK_ADD)};
    static const hhk_pathway pathways[] = {make_pathway("pre", HHK_PRE, on_pre),
                                           make_pathway("post", HHK_POST, on_post)};
    static const hhk_synapse synapse = [] {
        hhk_synapse row{};
        row.size = sizeof(hhk_synapse);
        row.foreign_count = 1;
        row.foreign = foreigns;
        row.pathway_count = 2;
        row.pathways = pathways;
        return row;
    }();
    static const hhk_model table = make_synapse_model("STDP", fields, uniforms, &synapse);
    return hodg::Model(&table);
}
} // namespace stdp

/// I_syn_post = w * (v of the source, a delay ago) (summed).
namespace graded {
enum Field { w, past };
enum Foreign { v_pre, input };

inline std::int32_t sum(const hhk_context* c, hhk_block* b) {
    for (std::int64_t s = b->begin; s < b->end; ++s) {
        foreign<double>(c, input)[c->post[s]] += field<double>(c, w)[s] * field<double>(c, past)[s];
    }
    return 0;
}

inline hodg::Model model() {
    static const hhk_field fields[] = {make_field("w", HHK_REAL, HHK_PARAMETER),
                                       make_field("past", HHK_REAL, HHK_HIDDEN)};
    static const hhk_uniform uniforms[] = {make_uniform("unused", HHK_PARAMETER, 0)};
    static const hhk_foreign foreigns[] = {[] {
                                               hhk_foreign row = make_foreign(
                                                   "v", HHK_PRE, HHK_READ | HHK_DELAYED);
                                               row.into = past;
                                               return row;
                                           }(),
                                           make_foreign("I_syn", HHK_POST, HHK_ADD | HHK_SUMMED)};
    static const hhk_synapse synapse = [] {
        hhk_synapse row{};
        row.size = sizeof(hhk_synapse);
        row.foreign_count = 2;
        row.foreign = foreigns;
        row.sum[HHK_EACH] = sum;
        return row;
    }();
    static const hhk_model table = make_synapse_model("Graded", fields, uniforms, &synapse);
    return hodg::Model(&table);
}
} // namespace graded

/// dg/dt = -g/tau per target, on pre: g += w (1 + trace), then trace += 0.1 per source (never
/// decays); I_syn_post = g.
namespace lumped {
enum Field { w, g, trace };
enum Uniform { tau, decay };
enum Foreign { input };

inline std::int32_t prepare(const hhk_context* c) {
    c->uniforms[decay] = std::exp(-c->dt / c->uniforms[tau]);
    return 0;
}

inline std::int32_t deliver(const hhk_context* c, hhk_block* b) {
    for_each_arrival(b, [&](std::int64_t s) {
        field<double>(c, g)[c->post[s]] +=
            field<double>(c, w)[s] * (1 + field<double>(c, trace)[c->pre[s]]);
    });
    return 0;
}

inline std::int32_t deliver_sources(const hhk_context* c, hhk_block* b) {
    for_each_arrival(b, [&](std::int64_t source) { field<double>(c, trace)[source] += 0.1; });
    return 0;
}

inline std::int32_t advance(const hhk_context* c, hhk_block* b) {
    for (std::int64_t i = b->begin; i < b->end; ++i) {
        field<double>(c, g)[i] *= c->uniforms[decay];
    }
    return 0;
}

inline std::int32_t sum(const hhk_context* c, hhk_block* b) {
    for (std::int64_t i = b->begin; i < b->end; ++i) {
        foreign<double>(c, input)[i] += field<double>(c, g)[i];
    }
    return 0;
}

inline hodg::Model model() {
    static const hhk_field fields[] = {
        make_field("w", HHK_REAL, HHK_PARAMETER),
        in_space(make_field("g", HHK_REAL, HHK_STATE), HHK_PER_POST),
        in_space(make_field("trace", HHK_REAL, HHK_STATE), HHK_PER_PRE),
        in_space(make_field("N_incoming", HHK_INTEGER, HHK_GIVEN), HHK_PER_POST),
        in_space(make_field("N_outgoing", HHK_INTEGER, HHK_GIVEN), HHK_PER_PRE),
        make_field("delay", HHK_REAL, HHK_GIVEN)};
    static const hhk_uniform uniforms[] = {make_uniform("tau", HHK_PARAMETER, 5e-3),
                                           make_uniform("decay", HHK_HIDDEN, 0)};
    static const hhk_foreign foreigns[] = {make_foreign("I_syn", HHK_POST, HHK_ADD | HHK_SUMMED)};
    static const hhk_pathway pathways[] = {[] {
        hhk_pathway row = make_pathway("pre", HHK_PRE, deliver);
        row.deliver_entities = deliver_sources;
        row.one_delay = 1;
        return row;
    }()};
    static const hhk_synapse synapse = [] {
        hhk_synapse row{};
        row.size = sizeof(hhk_synapse);
        row.foreign_count = 1;
        row.foreign = foreigns;
        row.pathway_count = 1;
        row.pathways = pathways;
        row.advance[HHK_PER_POST] = advance;
        row.sum[HHK_PER_POST] = sum;
        return row;
    }();
    static const hhk_model table = [] {
        hhk_model row = make_synapse_model("Lumped", fields, uniforms, &synapse);
        row.prepare = prepare;
        return row;
    }();
    return hodg::Model(&table);
}
} // namespace lumped

} // namespace hand
