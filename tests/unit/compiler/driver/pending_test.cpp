// SPDX-License-Identifier: MIT
// Tables that are given out before there is machine code for them.
#include "abi/kernel_abi.h"

#include "hhc/compile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace hhc {
namespace {

Options uncached() {
    Options options;
    options.use_cache = false;
    return options;
}

std::shared_ptr<Model> compiled(const std::string& equations, const Options& options) {
    EquationSource source;
    source.equations.text = equations;
    const Compilation compilation = compile_equations(source, options);
    return compilation.ok() ? compilation.models.front() : nullptr;
}

std::size_t count(const Model& model, const std::string& stage) {
    const std::vector<StageTime> times = model.times();
    return static_cast<std::size_t>(std::ranges::count(times, stage, &StageTime::stage));
}

double seconds(const Model& model, const std::string& stage) {
    const std::vector<StageTime> times = model.times();
    return std::ranges::find(times, stage, &StageTime::stage)->seconds;
}

/// One step of `dv/dt` for 16 entities from v = 1.
std::vector<double> step(const hhk_model& table) {
    constexpr std::int64_t entities = HHK_PADDING;
    constexpr std::size_t line = 8; // doubles
    const std::size_t rows = table.field_count;
    std::vector<double> memory(rows * entities + line);
    const auto start = reinterpret_cast<std::uintptr_t>(memory.data());
    char* slab = reinterpret_cast<char*>((start + 63) / 64 * 64);
    std::vector<std::int64_t> offsets(rows);
    for (std::size_t f = 0; f < rows; ++f) {
        offsets[f] = static_cast<std::int64_t>(f * entities * sizeof(double));
        std::fill_n(reinterpret_cast<double*>(slab + offsets[f]), entities, 1.0);
    }
    std::vector<double> uniforms(table.uniform_count + 1);
    for (std::uint32_t u = 0; u < table.uniform_count; ++u) {
        uniforms[u] = table.uniforms[u].default_value;
    }
    hhk_context context{};
    context.model = &table;
    context.slab = slab;
    context.offsets = offsets.data();
    context.uniforms = uniforms.data();
    context.count = entities;
    context.dt = 1e-4;
    if (table.prepare != nullptr) {
        table.prepare(&context);
    }
    hhk_block block{};
    block.end = entities;
    EXPECT_EQ(table.advance(&context, &block), HHK_OK);
    const auto* v = reinterpret_cast<const double*>(slab + offsets[0]);
    return {v, v + entities};
}

TEST(Pending, ATableComesBeforeItsCode) {
    const auto model = compiled("dv/dt = -v**3/(7*ms) - v/(3*ms) : 1", uncached());
    const Code code = model->deferred();
    EXPECT_EQ(count(*model, "clang"), 0U);
    const hhk_block_fn interpreted = code.table->advance;
    const std::vector<double> before = step(*code.table);
    build({&code.table, 1});
    EXPECT_EQ(count(*model, "clang"), 1U);
    EXPECT_NE(code.table->advance, interpreted);
    EXPECT_EQ(step(*code.table), before); // bit by bit
    EXPECT_EQ(model->code().table, code.table);
    EXPECT_EQ(count(*model, "clang"), 1U);
}

TEST(Pending, ModelsOfOneNetworkAreCompiledTogether) {
    std::vector<std::shared_ptr<Model>> models;
    std::vector<const hhk_model*> tables;
    for (int i = 1; i <= 6; ++i) {
        models.push_back(compiled("dv/dt = -v/(" + std::to_string(i) + "*ms) : 1", uncached()));
        tables.push_back(models.back()->deferred().table);
    }
    tables.push_back(tables.front()); // asked for twice
    build(tables);
    std::set<double> calls;
    for (const auto& model : models) {
        ASSERT_EQ(count(*model, "clang"), 1U);
        calls.insert(seconds(*model, "clang"));
    }
    EXPECT_LE(calls.size(), 2U); // at most one call a processor
}

TEST(Pending, OtherProcessorsAreRefusedAtOnce) {
    Options foreign = uncached();
    foreign.target = "aarch64";
    const auto model = compiled("dv/dt = -v/(2*ms) : 1", foreign);
    EXPECT_THROW(static_cast<void>(model->deferred()), CompileError);

    Options level = uncached();
    level.target = "x86-64-v3";
    const auto here = compiled("dv/dt = -v/(2*ms) : 1", level);
    EXPECT_STREQ(here->deferred().table->required_features, "x86-64-v3");
}

TEST(Pending, OthersKeepTheirPlace) {
    const auto wanted = compiled("dv/dt = -v/(2*ms) : 1", uncached());
    const auto other = compiled("dv/dt = -v/(4*ms) : 1", uncached());
    const hhk_model* table = wanted->deferred().table;
    static_cast<void>(other->deferred());
    build({&table, 1});
    EXPECT_EQ(count(*wanted, "clang"), 1U);
    EXPECT_EQ(count(*other, "clang"), 0U);
}

TEST(Pending, TwoThreadsMakeTheSameCodeOnce) {
    const auto model = compiled("dv/dt = -v/(6*ms) : 1", uncached());
    const hhk_model* table = model->deferred().table;
    const auto work = [&] { build({&table, 1}); };
    std::thread beside(work);
    work();
    const hhk_block_fn made = table->advance;
    beside.join();
    EXPECT_EQ(table->advance, made);
    EXPECT_EQ(count(*model, "clang"), 1U);
}

TEST(Pending, CodeIsFoundOneByOneThatWasMadeTogether) {
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("pending_test_" + std::to_string(::getpid()));
    ::setenv("HHC_CACHE_DIR", folder.c_str(), 1);
    const Options options;
    const std::vector<std::string> texts{"dv/dt = -v/tau : 1\ntau = 3*ms : second",
                                         "dv/dt = -v**2/(9*ms) : 1"};
    {
        const std::vector<std::shared_ptr<Model>> models{compiled(texts[0], options),
                                                         compiled(texts[1], options)};
        build(models);
        EXPECT_EQ(count(*models[1], "clang"), 1U);
    }
    // The same kernel from another text: neither its source nor its object is known by itself.
    const auto again = compiled("# the same\n" + texts[1], options);
    static_cast<void>(again->code());
    EXPECT_EQ(count(*again, "clang"), 0U);
    EXPECT_EQ(count(*again, "cache"), 1U);
    ::unsetenv("HHC_CACHE_DIR");
    std::filesystem::remove_all(folder);
}

TEST(Pending, ManyEntitiesAreNotInterpreted) {
    const auto model = compiled("dv/dt = -v/(8*ms) : 1", uncached());
    const Expressions sum = compile_expressions(*model, {{"v + v**2"}}, false, "test", {});
    const hhk_block_fn observe = sum.code.table->observe;
    constexpr std::int64_t entities = 1 << 20;
    std::vector<double> v(entities + 8, 2.0);
    std::vector<double> result(entities + 8);
    const auto aligned = [](std::vector<double>& values) {
        return reinterpret_cast<double*>((reinterpret_cast<std::uintptr_t>(values.data()) + 63) /
                                         64 * 64);
    };
    double* output = aligned(result);
    const std::int64_t offset = 0;
    hhk_context context{};
    context.model = sum.code.table;
    context.slab = reinterpret_cast<char*>(aligned(v));
    context.offsets = &offset;
    context.count = entities;
    context.outputs = &output;
    hhk_block block{};
    block.end = HHK_PADDING;
    EXPECT_EQ(observe(&context, &block), HHK_OK);
    EXPECT_EQ(sum.code.table->vector_width, 1U) << "a few entities are interpreted";
    block.end = entities;
    EXPECT_EQ(observe(&context, &block), HHK_OK);
    EXPECT_EQ(output[entities - 1], 6.0);
    EXPECT_EQ(observe, sum.code.table->observe) << "recorders hold its address";
    EXPECT_GT(sum.code.table->vector_width, 1U);
}

} // namespace
} // namespace hhc
