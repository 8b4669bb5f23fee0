// SPDX-License-Identifier: MIT
// Time of a step of shipped neurons, by number of cells and real type: Google Benchmark.
//
//   kernel_bench --benchmark_filter=hodgkin --benchmark_repetitions=5
//
// A benchmark runs 100 steps of one population in a network without recorders; `cell_and_step` is
// processor time for one cell and step.
#include "hhc/compile.h"
#include "hodg/network.h"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

namespace {

constexpr double dt = 1e-5;
constexpr int steps = 100;

std::shared_ptr<hhc::Model> compiled(const std::string& name, std::uint32_t real_size) {
    hhc::Options options;
    options.library_folder = HODGPY_LIBRARY;
    options.real_size = real_size;
    const hhc::Compilation compilation =
        hhc::compile_file(options.library_folder + "/neurons/" + name + ".hhm", options);
    if (!compilation.ok()) {
        std::fputs(compilation.texts->render(compilation.diagnostics, false).c_str(), stderr);
        return nullptr;
    }
    return compilation.models.front();
}

void step(benchmark::State& state, const std::shared_ptr<hhc::Model>& model) {
    const hhc::Code code = model->code();
    const hodg::Population population(hodg::Model(code.table, code.owner), state.range(0));
    hodg::Network network({.dt = dt});
    network.add(population);
    network.run(steps * dt);
    for ([[maybe_unused]] auto pass : state) {
        network.run(steps * dt);
    }
    const auto cells = static_cast<double>(state.range(0)) * steps;
    state.counters["cell_and_step"] = benchmark::Counter(
        cells, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

} // namespace

int main(int argc, char** argv) {
    for (const char* name :
         {"hodgkin_huxley_1952", "traub_miles_1991", "wang_buzsaki_1996", "izhikevich_2003",
          "adaptive_exponential_2005", "leaky_integrate_and_fire"}) {
        for (const std::uint32_t real_size : {8U, 4U}) {
            if (std::shared_ptr<hhc::Model> model = compiled(name, real_size)) {
                const std::string label = std::string(name) + (real_size == 8 ? "/f64" : "/f32");
                benchmark::RegisterBenchmark(label.c_str(), step, std::move(model))
                    ->RangeMultiplier(10)
                    ->Range(10, 100'000);
            }
        }
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 1;
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
