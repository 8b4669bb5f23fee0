// SPDX-License-Identifier: MIT
// What a network costs beside its kernels: eight populations of ten cells and twenty synapse
// objects with kernels that do next to nothing, most of the time without events, as in a model of
// the basal ganglia. And what it costs to make 10^7 synapses. Prints ns; no figure is judged.
#include "abi/kernel_abi.h"

#include "hodg/network.h"
#include "hodg/spike_generator.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

template <class T> T* row(const hhk_context* context, int field) {
    return reinterpret_cast<T*>(context->slab + context->offsets[field]);
}

std::int32_t decay(const hhk_context* context, hhk_block* block) {
    auto* v = row<double>(context, 0);
    const auto* input = row<double>(context, 1);
    for (std::int64_t i = block->begin; i < block->end; ++i) {
        v[i] = v[i] * 0.999 + input[i];
    }
    return HHK_OK;
}

std::int32_t advance_target(const hhk_context* context, hhk_block* block) {
    auto* g = row<double>(context, 1);
    for (std::int64_t i = block->begin; i < block->end; ++i) {
        g[i] *= 0.99;
    }
    return HHK_OK;
}

std::int32_t sum_target(const hhk_context* context, hhk_block* block) {
    const auto* g = row<double>(context, 1);
    auto* input = reinterpret_cast<double*>(context->foreign[0]);
    for (std::int64_t i = block->begin; i < block->end; ++i) {
        input[i] += g[i];
    }
    return HHK_OK;
}

std::int32_t deliver(const hhk_context* context, hhk_block* block) {
    const auto* w = row<double>(context, 0);
    auto* g = row<double>(context, 1);
    for (std::int64_t r = 0; r < block->range_count; ++r) {
        for (std::int64_t s = block->ranges[r].begin; s < block->ranges[r].end; ++s) {
            g[context->post[s]] += w[s];
        }
    }
    return HHK_OK;
}

hhk_field field(const char* name, hhk_role role, hhk_space space = HHK_EACH) {
    hhk_field made{};
    made.name = name;
    made.unit = "1";
    made.unit_scale = 1;
    made.type = HHK_REAL;
    made.role = static_cast<std::uint8_t>(role);
    made.space = static_cast<std::uint8_t>(space);
    made.init_flag = -1;
    made.stagger_flag = -1;
    return made;
}

hhk_model model(const char* name, const hhk_field* fields, std::uint32_t count) {
    hhk_model made{};
    made.size = sizeof(hhk_model);
    made.abi_version = HHK_ABI_VERSION;
    made.name = name;
    made.required_features = "";
    made.vector_width = 1;
    made.real_size = 8;
    made.field_count = count;
    made.fields = fields;
    return made;
}

hodg::Model cell() {
    static const hhk_field fields[] = {field("v", HHK_STATE), field("I", HHK_INPUT)};
    static const hhk_model table = [] {
        hhk_model made = model("cell", fields, 2);
        made.advance = decay;
        return made;
    }();
    return hodg::Model(&table);
}

hodg::Model synapse() {
    static const hhk_field fields[] = {field("w", HHK_PARAMETER),
                                       field("g", HHK_STATE, HHK_PER_POST)};
    static const hhk_foreign foreign[] = {[] {
        hhk_foreign made{};
        made.name = "I";
        made.space = HHK_POST;
        made.access = HHK_ADD | HHK_SUMMED;
        made.into = -1;
        return made;
    }()};
    static const hhk_pathway pathways[] = {[] {
        hhk_pathway made{};
        made.name = "pre";
        made.event = "spike";
        made.space = HHK_PRE;
        made.order = -1;
        made.delay = 5e-4;
        made.deliver = deliver;
        return made;
    }()};
    static const hhk_synapse hooks = [] {
        hhk_synapse made{};
        made.size = sizeof(hhk_synapse);
        made.foreign_count = 1;
        made.foreign = foreign;
        made.pathway_count = 1;
        made.pathways = pathways;
        made.advance[HHK_PER_POST] = advance_target;
        made.sum[HHK_PER_POST] = sum_target;
        return made;
    }();
    static const hhk_model table = [] {
        hhk_model made = model("synapse", fields, 2);
        made.synapse = &hooks;
        return made;
    }();
    return hodg::Model(&table);
}

double best_step(hodg::Network& net, std::int64_t steps) {
    double best = 1e30;
    for (int repeat = 0; repeat < 200; ++repeat) {
        const auto start = Clock::now();
        net.run(static_cast<double>(steps) * net.dt());
        const std::chrono::duration<double, std::nano> wall = Clock::now() - start;
        best = std::min(best, wall.count() / static_cast<double>(steps));
    }
    return best;
}

/// ns a step of all kernels of the network, called in a bare loop.
double bare_calls(int cells, int synapses) {
    std::vector<double> memory(64, 0.0);
    const std::int64_t offsets[] = {0, 128};
    char* foreign[] = {reinterpret_cast<char*>(memory.data() + 32)};
    hhk_context context{};
    context.slab = reinterpret_cast<char*>(memory.data());
    context.offsets = offsets;
    context.foreign = foreign;
    hhk_block block{};
    block.end = 16;
    hhk_block_fn volatile kernels[] = {decay, sum_target, advance_target};
    double best = 1e30;
    constexpr int steps = 500;
    for (int repeat = 0; repeat < 200; ++repeat) {
        const auto start = Clock::now();
        for (int step = 0; step < steps; ++step) {
            for (int n = 0; n < synapses; ++n) {
                kernels[1](&context, &block);
            }
            for (int n = 0; n < synapses; ++n) {
                kernels[2](&context, &block);
            }
            for (int n = 0; n < cells; ++n) {
                kernels[0](&context, &block);
            }
        }
        const std::chrono::duration<double, std::nano> wall = Clock::now() - start;
        best = std::min(best, wall.count() / steps);
    }
    return best;
}

void small_network(bool spikes) {
    constexpr int cells = 8;
    constexpr int objects = 20;
    hodg::Network net({.dt = 1e-5});
    std::vector<hodg::Population> populations;
    std::vector<hodg::Synapses> kept;
    std::vector<hodg::SpikeGenerator> sources;
    for (int n = 0; n < cells; ++n) {
        populations.emplace_back(cell(), 10);
        net.add(populations.back());
    }
    hodg::SpikeGenerator generator(10);
    net.add(generator.population());
    std::vector<double> times;
    std::vector<std::int64_t> indices;
    for (int k = 0; spikes && k < 2000; ++k) { // one cell in 100 steps
        times.push_back(k * 1e-3);
        indices.push_back(k % 10);
    }
    generator.set(times, indices);
    for (int n = 0; n < objects; ++n) {
        hodg::Synapses made(generator.population(),
                            populations[static_cast<std::size_t>(n % cells)]);
        made.connect(hodg::AllToAll{});
        made.bind(synapse());
        made.set("w", 1e-9);
        net.add(made);
        kept.push_back(made);
    }
    const double whole = best_step(net, 500);
    const double bare = bare_calls(cells, objects);
    std::printf("%d populations, %d synapse objects, %s: %.0f ns a step, kernels alone %.0f ns: "
                "%.1f ns of bookkeeping per object\n",
                cells + 1, objects, spikes ? "a spike in 100 steps" : "no spikes", whole, bare,
                (whole - bare) / (cells + 1 + objects));
}

void connecting() {
    const auto time = [](const char* name, const hodg::ConnectRule& rule) {
        const hodg::Population population(cell(), 10'000);
        hodg::Synapses made(population, population);
        const auto start = Clock::now();
        made.connect(rule, {.seed = 1});
        const std::chrono::duration<double> wall = Clock::now() - start;
        std::printf("%s: %.2g synapses in %.2f s\n", name, static_cast<double>(made.size()),
                    wall.count());
    };
    time("probability 0.1", hodg::Probability{0.1});
    time("fixed in-degree 1000", hodg::FixedIndegree{1000});
    time("fixed total with repeats", hodg::FixedTotal{10'000'000});
}

} // namespace

int main() {
    small_network(false);
    small_network(true);
    connecting();
    return 0;
}
