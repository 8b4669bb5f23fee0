// SPDX-License-Identifier: MIT
// What a step costs beside the arithmetic: ten populations of ten cells whose kernel does next to
// nothing, free and in lockstep, with and without recorders. And one large population of LIF
// neurons, whose step is compared with a copy of the same bytes. Prints ns; no figure is judged.
#include "abi/kernel_abi.h"
#include "sim/network_state.h"

#include "hodg/network.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

std::int32_t decay(const hhk_context* context, hhk_block* block) {
    auto* v = reinterpret_cast<double*>(context->slab + context->offsets[0]);
    for (std::int64_t i = block->begin; i < block->end; ++i) {
        v[i] *= 0.999;
    }
    return HHK_OK;
}

std::int32_t lif(const hhk_context* context, hhk_block* block) {
    auto* v = reinterpret_cast<double*>(context->slab + context->offsets[0]);
    const auto* current = reinterpret_cast<const double*>(context->slab + context->offsets[1]);
    for (std::int64_t word = block->begin; word < block->end; word += HHK_BLOCK) {
        std::int64_t above = 0;
        const std::int64_t end = std::min<std::int64_t>(word + HHK_BLOCK, block->end);
        for (std::int64_t i = word; i < end; ++i) {
            v[i] = current[i] + (v[i] - current[i]) * 0.99;
            above += v[i] > 1 ? 1 : 0;
        }
        for (std::int64_t i = word; above != 0 && i < std::min(end, context->count); ++i) {
            if (v[i] > 1) {
                context->event_bits[0][i / 64] |= std::uint64_t{1} << (i % 64);
                block->any_event = 1;
            }
        }
    }
    return HHK_OK;
}

std::int32_t reset(const hhk_context* context, hhk_block* block) {
    auto* v = reinterpret_cast<double*>(context->slab + context->offsets[0]);
    for (std::int64_t i = block->begin; i < block->end; ++i) {
        if ((context->event_bits[0][i / 64] >> (i % 64) & 1U) != 0) {
            v[i] = 0;
        }
    }
    return HHK_OK;
}

hhk_field field(const char* name, hhk_role role) {
    hhk_field row{};
    row.name = name;
    row.unit = "1";
    row.unit_scale = 1;
    row.type = HHK_REAL;
    row.role = static_cast<std::uint8_t>(role);
    row.init_flag = -1;
    row.stagger_flag = -1;
    return row;
}

const hhk_model& table(bool spiking) {
    static const hhk_field fields[] = {field("v", HHK_STATE), field("I", HHK_PARAMETER)};
    static const hhk_event events[] = {{"spike", 0, 1}};
    static const hhk_block_fn on_event[] = {reset};
    static const auto make = [](bool with_spikes) {
        hhk_model model{};
        model.size = sizeof(hhk_model);
        model.abi_version = HHK_ABI_VERSION;
        model.name = "cell";
        model.required_features = "";
        model.vector_width = 1;
        model.real_size = 8;
        model.field_count = 2;
        model.fields = fields;
        model.advance = with_spikes ? lif : decay;
        model.event_count = with_spikes ? 1 : 0;
        model.events = events;
        model.on_event = on_event;
        return model;
    };
    static const hhk_model models[] = {make(false), make(true)};
    return models[spiking ? 1 : 0];
}

/// Median of several runs, ns a step.
double time_steps(hodg::Network& net, std::int64_t steps) {
    std::vector<double> times;
    net.run(static_cast<double>(steps) * net.dt());
    for (int repeat = 0; repeat < 7; ++repeat) {
        const auto start = Clock::now();
        net.run(static_cast<double>(steps) * net.dt());
        const std::chrono::duration<double, std::nano> wall = Clock::now() - start;
        times.push_back(wall.count() / static_cast<double>(steps));
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

void small_networks(bool lockstep, bool recorders) {
    constexpr int objects = 10;
    hodg::Network net;
    std::vector<hodg::SpikeRecorder> kept;
    for (int n = 0; n < objects; ++n) {
        const hodg::Population population(hodg::Model(&table(recorders)), 10);
        net.add(population);
        if (recorders) {
            kept.emplace_back(population);
            net.add(kept.back());
        }
    }
    if (lockstep) {
        const hodg::Stimulus none(net.populations().front(), "I");
        net.add(none);
    }
    std::printf("10 populations of 10 cells, %s%s: %.2f ns per object and step\n",
                lockstep ? "lockstep" : "free", recorders ? ", spike recorders" : "",
                time_steps(net, 100'000) / objects);
}

/// A closed loop: runs of ten steps.
void short_runs() {
    hodg::Network net;
    for (int n = 0; n < 10; ++n) {
        net.add(hodg::Population(hodg::Model(&table(false)), 10));
    }
    constexpr int runs = 20'000;
    const auto start = Clock::now();
    for (int run = 0; run < runs; ++run) {
        net.run(10 * net.dt());
    }
    const std::chrono::duration<double, std::nano> wall = Clock::now() - start;
    std::printf("the same in runs of 10 steps: %.2f ns per object and step\n",
                wall.count() / runs / 100);
}

void direct_calls() {
    const hodg::Population population(hodg::Model(&table(false)), 10);
    hhk_context context = population.state()->context();
    hhk_block block{};
    block.end = 16;
    constexpr int steps = 1'000'000;
    const auto start = Clock::now();
    for (int step = 0; step < steps; ++step) {
        context.step = step;
        table(false).advance(&context, &block);
    }
    const std::chrono::duration<double, std::nano> wall = Clock::now() - start;
    std::printf("the same kernel called in a bare loop: %.2f ns\n", wall.count() / steps);
}

void large_population(int threads) {
    constexpr std::int64_t count = 1'000'000;
    hodg::Population population(hodg::Model(&table(true)), count);
    population.set("I", 1.5);
    hodg::Network net({.threads = threads});
    net.add(population);
    const double step = time_steps(net, 100);
    std::vector<char> from(count * 24, 1);
    std::vector<char> to(count * 24);
    double copy = 1e30;
    for (int repeat = 0; repeat < 7; ++repeat) {
        const auto start = Clock::now();
        std::memcpy(to.data(), from.data(), count * 12); // reads and writes 24 bytes an entity
        const std::chrono::duration<double, std::nano> wall = Clock::now() - start;
        copy = std::min(copy, wall.count());
    }
    std::printf(
        "10^6 LIF, %d threads: %.3f ns per neuron and step; copy of the same bytes %.3f ns\n",
        threads, step / count, copy / count);
}

} // namespace

int main() {
    direct_calls();
    for (const bool recorders : {false, true}) {
        small_networks(false, recorders);
        small_networks(true, recorders);
    }
    short_runs();
    large_population(1);
    large_population(2);
    return 0;
}
