// SPDX-License-Identifier: MIT
// Every file of tests/golden/passes/<pass>/: a module, a line "; ---- after", the module after that
// pass alone. HODGPY_UPDATE_GOLDEN=1 rewrites the second half.
#include "codegen/scalar_math.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "passes/pipeline.h"
#include "unit/compiler/interp/rig.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace hhc::test {
namespace {

namespace fs = std::filesystem;

fs::path folder() {
    return fs::path(HODGPY_SOURCE_DIR) / "tests" / "golden" / "passes";
}

std::vector<std::string> golden_files() {
    std::vector<std::string> files;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder())) {
        if (entry.path().extension() == ".ir") {
            files.push_back(fs::relative(entry.path(), folder()).string());
        }
    }
    std::ranges::sort(files);
    return files;
}

double evaluate(ir::MathOp op, const double* args) {
    return codegen::math_function<double>(op)(args);
}

std::string run(const std::string& pass, const std::string& text) {
    ir::Module module = read_module(text);
    ir::check_verified(module, "reading");
    passes::PipelineOptions options;
    options.only = std::vector{pass};
    options.verify = true;
    options.evaluate = &evaluate;
    options.strict = text.starts_with("; options: strict");
    options.approximate = text.starts_with("; options: approximate 1e-9") ? 1e-9 : 0.0;
    diag::Sink sink;
    const std::string before = ir::print(module);
    const auto reports = passes::run_passes(module, options, sink);
    std::string after = ir::print(module);
    EXPECT_EQ(reports.at(0).changed, before != after) << "what the pass says of itself";
    for (const Diagnostic& diagnostic : sink.take()) {
        after += fmt::format("; {} {}-{}: {}\n", diagnostic.code, diagnostic.span.begin,
                             diagnostic.span.end, diagnostic.message);
    }
    return after;
}

class PassGolden : public testing::TestWithParam<std::string> {};

TEST_P(PassGolden, gives_the_text) {
    const fs::path path = folder() / GetParam();
    std::stringstream content;
    content << std::ifstream(path).rdbuf();
    const std::string text = content.str();
    const std::string mark = "; ---- after\n";
    const std::size_t at = std::min(text.find(mark), text.size());
    const std::string input = text.substr(0, at);
    const std::string after = run(path.parent_path().filename().string(), input);
    if (std::getenv("HODGPY_UPDATE_GOLDEN") != nullptr) {
        std::ofstream(path) << input << mark << after;
        return;
    }
    ASSERT_LT(at, text.size()) << "no second half; HODGPY_UPDATE_GOLDEN=1 writes it";
    EXPECT_EQ(after, text.substr(at + mark.size())) << "HODGPY_UPDATE_GOLDEN=1 rewrites " << path;
}

INSTANTIATE_TEST_SUITE_P(Passes, PassGolden, testing::ValuesIn(golden_files()),
                         [](const auto& info) {
                             std::string name = info.param.substr(0, info.param.size() - 3);
                             std::ranges::replace(name, '/', '_');
                             return name;
                         });

TEST(Passes, have_a_golden_each_and_a_place_in_the_order) {
    std::set<std::string> with_golden;
    for (const std::string& file : golden_files()) {
        with_golden.insert(fs::path(file).parent_path().string());
    }
    const auto& order = passes::usual_passes();
    for (const passes::Pass& pass : passes::all_passes()) {
        EXPECT_TRUE(with_golden.contains(std::string(pass.name))) << pass.name;
        EXPECT_NE(std::ranges::find(order, pass.name), order.end()) << pass.name;
        EXPECT_FALSE(pass.purpose.empty());
    }
    for (const std::string_view name : order) {
        EXPECT_NE(passes::find_pass(name), nullptr) << name;
    }
}

TEST(Passes, unknown_name_is_an_error_and_nothing_runs) {
    ir::Module module = read_module("hhir 1\nkernel advance {\n  %0 = real 1\n}\n");
    passes::PipelineOptions options;
    options.only = std::vector<std::string>{"remove_dead", "remove_daed"};
    diag::Sink sink;
    EXPECT_TRUE(passes::run_passes(module, options, sink).empty());
    const std::vector<Diagnostic> found = sink.take();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].code, "HH5802");
    EXPECT_EQ(module.kernels[0].values.size(), 1U);
}

TEST(Passes, dump_and_times_come_in_the_order_of_the_run) {
    ir::Module module = read_module("hhir 1\nkernel advance {\n  %0 = real 1\n}\n");
    passes::PipelineOptions options;
    options.only = std::vector<std::string>{"fold_constants", "remove_dead"};
    std::vector<std::string> seen;
    options.after = [&](std::size_t number, const passes::Pass& pass, const ir::Module& now) {
        seen.push_back(fmt::format("{} {} {}", number, pass.name, now.kernels[0].values.size()));
    };
    diag::Sink sink;
    const auto reports = passes::run_passes(module, options, sink);
    EXPECT_EQ(seen, (std::vector<std::string>{"1 fold_constants 1", "2 remove_dead 0"}));
    ASSERT_EQ(reports.size(), 2U);
    EXPECT_FALSE(reports[0].changed);
    EXPECT_TRUE(reports[1].changed);
}

} // namespace
} // namespace hhc::test
