// SPDX-License-Identifier: MIT
// The shipped neurons mean the same after the passes: bit for bit after the exact ones, to a few
// roundings a step after all.
#include "codegen/scalar_math.h"
#include "lower/lower.h"
#include "passes/pipeline.h"
#include "tools/checked.h"
#include "unit/compiler/interp/rig.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

namespace hhc::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> shipped_neurons() {
    std::vector<std::string> names;
    for (const auto& entry :
         fs::directory_iterator(fs::path(HODGPY_SOURCE_DIR) / "stdlib_models" / "neurons")) {
        if (entry.path().extension() == ".hhm") {
            names.push_back(entry.path().stem().string());
        }
    }
    std::ranges::sort(names);
    return names;
}

std::vector<ir::Module> lowered(const std::string& name, std::uint32_t real_size) {
    const fs::path path =
        fs::path(HODGPY_SOURCE_DIR) / "stdlib_models" / "neurons" / (name + ".hhm");
    Checked checked;
    checked.read_file(path);
    lower::Options options;
    options.real_size = real_size;
    std::vector<ir::Module> modules;
    for (const model::CheckedModel& model : checked.result.models) {
        modules.push_back(lower::lower(model, options, checked.sink).module);
    }
    EXPECT_FALSE(checked.sink.has_errors()) << name;
    EXPECT_FALSE(modules.empty()) << name;
    return modules;
}

double evaluate(ir::MathOp op, const double* args) {
    return codegen::math_function<double>(op)(args);
}

ir::Module after(ir::Module module, std::optional<std::vector<std::string>> only) {
    passes::PipelineOptions options;
    options.only = std::move(only);
    options.evaluate = &evaluate;
    options.verify = true;
    diag::Sink sink;
    passes::run_passes(module, options, sink);
    return module;
}

/// Initial values, half a step, 300 steps of 0.01 ms with a current; then all variables.
std::vector<double> run(const ir::Module& module) {
    constexpr std::int64_t entities = 3;
    Rig rig(module, entities);
    rig.context().dt = 1e-5;
    for (const ir::Field& field : module.fields) {
        for (const ir::UniformId flag : {field.init_flag, field.stagger_flag}) {
            if (flag.valid()) {
                rig.context().uniforms[flag.index] = 1;
            }
        }
        if (field.name == "I") {
            // a density in A/m2, or a current, for which 0.1 A would be too much; in its shown unit
            const double nano = field.unit_scale == 1e-9 ? 1e-9 : 1;
            rig.set("I", {0, 0.1 * nano, 0.3 * nano});
        }
    }
    rig.prepare();
    rig.call(rig.model().init);
    rig.prepare();
    rig.call(rig.model().half_step);
    for (int step = 0; step < 300; ++step) {
        rig.step();
    }
    std::vector<double> values;
    for (const ir::Field& field : module.fields) {
        for (std::int64_t i = 0; i < entities && field.role != ir::role::hidden; ++i) {
            values.push_back(rig.get(field.name, i));
        }
    }
    return values;
}

/// Whether a run of it counts particles at random: then a last bit decides now and then about one.
bool is_random(const ir::Module& module) {
    return std::ranges::any_of(module.kernels, [](const ir::Kernel& kernel) {
        return std::ranges::any_of(
            kernel.values, [](const ir::Value& value) { return value.op == ir::Op::Random; });
    });
}

class ShippedNeuron : public testing::TestWithParam<std::string> {};

TEST_P(ShippedNeuron, means_the_same_after_the_passes) {
    for (const std::uint32_t real_size : {8U, 4U}) {
        for (const ir::Module& module : lowered(GetParam(), real_size)) {
            const std::vector<double> plain = run(module);
            const std::vector<double> exact =
                run(after(module, std::vector<std::string>{"fold_constants", "simplify_algebra",
                                                           "eliminate_common", "hoist_invariants",
                                                           "remove_dead"}));
            EXPECT_EQ(exact, plain);
            if (is_random(module) && real_size == 4) {
                continue;
            }
            const std::vector<double> all = run(after(module, std::nullopt));
            ASSERT_EQ(all.size(), plain.size());
            // measured: 4e-13 and 2e-4 (the steepest upstroke); an order of magnitude for room, and
            // of 5 mV where a voltage passes through 0
            const double bound = real_size == 8 ? 1e-11 : 3e-3;
            for (std::size_t i = 0; i < all.size(); ++i) {
                EXPECT_NEAR(all[i], plain[i], bound * (std::abs(plain[i]) + 5e-3)) << i;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Passes, ShippedNeuron, testing::ValuesIn(shipped_neurons()),
                         [](const auto& info) { return info.param; });

} // namespace
} // namespace hhc::test
