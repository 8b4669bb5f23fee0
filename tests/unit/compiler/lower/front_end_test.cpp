// SPDX-License-Identifier: MIT
// From text: the models that earn diagnostics of this room, and the shipped models.
#include "ir/verify.h"
#include "lower/lower.h"
#include "parse/parse.h"
#include "sema/check.h"
#include "tools/diagnostics_folder.h"

#include <map>

namespace hhc::lower {
namespace {

void lower_source(const source::SourceFile& source, diag::Sink& sink) {
    const ast::File file = parse::parse_file(source, sink);
    const sema::CheckedFile checked = sema::check_file(file, {}, sink);
    for (const model::CheckedModel& model : checked.models) {
        if (!sink.has_errors()) {
            (void)lower(model, {}, sink);
        }
    }
}

HHC_DIAGNOSTICS_STAGE(LowerDiagnostics, "lower", lower_source);

class Shipped : public testing::TestWithParam<std::filesystem::path> {};

/// Neurons that stand alone: nothing is imported here.
std::vector<std::filesystem::path> shipped() {
    std::vector<std::filesystem::path> files;
    const std::filesystem::path folder =
        std::filesystem::path(HODGPY_SOURCE_DIR) / "stdlib_models" / "neurons";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (test::read_text(entry.path()).find("\nimport ") == std::string::npos) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

TEST_P(Shipped, gives_a_module_that_passes_the_verifier) {
    source::SourceManager sources;
    const source::SourceFile& source =
        sources.add(GetParam().filename().string(), test::read_text(GetParam()));
    diag::Sink sink;
    const ast::File file = parse::parse_file(source, sink);
    const sema::CheckedFile checked = sema::check_file(file, {}, sink);
    ASSERT_FALSE(sink.has_errors()) << diag::render_all(sink.take(), sources);
    const std::map<std::string, std::string> expected = {
        {"adaptive_exponential_2005", "euler"},
        {"connor_stevens_1971", "staggered"},
        {"fitzhugh_nagumo_1961", "rk4"},
        {"hodgkin_huxley_1952", "staggered"},
        {"izhikevich_2003", "euler"},
        {"izhikevich_2007", "euler"},
        {"leaky_integrate_and_fire", "exact"},
        {"morris_lecar_1981", "staggered"},
        {"pallidal_rubin_terman_2004", "staggered"},
        {"traub_miles_1991", "staggered"},
        {"wang_buzsaki_1996", "staggered"}};
    for (const model::CheckedModel& model : checked.models) {
        const Lowered lowered = lower(model, {}, sink);
        EXPECT_FALSE(sink.has_errors()) << diag::render_all(sink.take(), sources);
        for (const std::string& problem : ir::verify(lowered.module)) {
            ADD_FAILURE() << problem;
        }
        if (model.updates.empty()) {
            ASSERT_FALSE(lowered.methods.states.empty());
        }
        const auto method = expected.find(GetParam().stem().string());
        if (method != expected.end()) {
            EXPECT_EQ(lowered.methods.states[0].method, method->second);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(files, Shipped, testing::ValuesIn(shipped()),
                         [](const auto& file) { return file.param.stem().string(); });

} // namespace
} // namespace hhc::lower
