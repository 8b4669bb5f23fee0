// SPDX-License-Identifier: MIT
// Bit for bit: generated code at every width, optimisation level and target against the
// interpreter, on random modules and random data.
#include "codegen/emit_cpp.h"
#include "interp/interpreter.h"
#include "ir/print.h"
#include "jit/jit.h"
#include "random_module.h"
#include "world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace hhc::testing {
namespace {

constexpr std::int64_t entities = 37; // no multiple of any width, more than half a word
constexpr int steps = 3;

struct Backend {
    std::string target;
    int width;
    int level;
};

std::vector<std::string> run(const hhk_model* model, std::uint64_t seed) {
    World world(model, entities, seed);
    world.run(steps);
    return world.state();
}

/// Compiles all modules in one unit and compares each with what the interpreter gave.
void compare(const std::vector<ir::Module>& modules,
             const std::vector<std::vector<std::string>>& wanted, const Backend& backend) {
    diag::Sink sink;
    const auto target = jit::resolve_target(backend.target, sink);
    ASSERT_TRUE(target);
    if (!jit::runs_here(*target)) {
        GTEST_LOG_(INFO) << backend.target << " does not run on this CPU";
        return;
    }
    codegen::Options options;
    options.vector_width = backend.width;
    std::vector<const ir::Module*> pointers;
    for (const ir::Module& module : modules) {
        pointers.push_back(&module);
    }
    const codegen::CppUnit unit = codegen::emit_cpp(pointers, options);
    jit::CompileOptions compile;
    compile.target = *target;
    compile.opt_level = backend.level;
    const auto object = jit::compile_to_object(unit.text, compile, sink);
    ASSERT_TRUE(object) << sink.take().front().message;
    const auto code = jit::load_object(*object, "random", sink);
    ASSERT_TRUE(code) << sink.take().front().message;
    for (std::size_t k = 0; k < modules.size(); ++k) {
        const auto* model = static_cast<const hhk_model*>(code->symbol(unit.symbols[k]));
        ASSERT_NE(model, nullptr);
        const std::vector<std::string> got = run(model, k);
        ASSERT_EQ(got.size(), wanted[k].size());
        const auto differs = std::ranges::mismatch(got, wanted[k]);
        EXPECT_TRUE(differs.in1 == got.end())
            << modules[k].name << ", " << backend.target << ", width " << backend.width << ", -O"
            << backend.level << "\n  generated:   " << *differs.in1
            << "\n  interpreter: " << *differs.in2 << "\n"
            << (std::getenv("HODGPY_SHOW_IR") != nullptr ? ir::print(modules[k]) : "");
    }
}

void compare_all(const RandomOptions& random, std::uint64_t first_seed, std::size_t count,
                 const std::vector<Backend>& backends) {
    std::vector<ir::Module> modules;
    std::vector<std::vector<std::string>> wanted;
    for (std::size_t k = 0; k < count; ++k) {
        modules.push_back(random_module(first_seed + k, random));
        wanted.push_back(run(interp::Interpreter(modules.back()).model(), k));
    }
    for (const Backend& backend : backends) {
        compare(modules, wanted, backend);
    }
}

TEST(Backends, EveryWidthGivesTheInterpretersBits) {
    compare_all({}, 100, 3,
                {{"native", 1, 1}, {"native", 2, 1}, {"native", 4, 1}, {"native", 8, 1}});
}

TEST(Backends, EveryLevelGivesTheInterpretersBits) {
    compare_all({}, 200, 2, {{"native", 4, 0}, {"native", 8, 3}, {"native", 1, 3}});
}

TEST(Backends, EveryTargetGivesTheInterpretersBits) {
    compare_all({}, 300, 2, {{"x86-64-v2", 2, 1}, {"x86-64-v3", 4, 1}, {"x86-64-v4", 8, 1}});
}

TEST(Backends, SinglePrecisionGivesTheInterpretersBits) {
    RandomOptions random;
    random.real_size = 4;
    compare_all(random, 400, 2,
                {{"native", 1, 1},
                 {"native", 4, 1},
                 {"native", 16, 1},
                 {"x86-64-v3", 8, 1},
                 {"x86-64-v2", 4, 1}});
}

/// Loops cut into stages (codegen/stage_plan.h), which kernels with integer faults never are.
TEST(Backends, LongLoopsInStagesGiveTheInterpretersBits) {
    RandomOptions random;
    random.operations = 200;
    random.integer_arithmetic = false;
    compare_all(random, 500, 3, {{"native", 1, 1}, {"native", 8, 1}, {"x86-64-v3", 4, 2}});
    random.real_size = 4;
    compare_all(random, 600, 1, {{"native", 16, 1}});
}

TEST(Backends, ADifferentModuleGivesAnotherResult) { // the comparison sees differences
    const ir::Module one = random_module(1, {});
    const ir::Module two = random_module(2, {});
    EXPECT_NE(run(interp::Interpreter(one).model(), 0), run(interp::Interpreter(two).model(), 0));
}

} // namespace
} // namespace hhc::testing
