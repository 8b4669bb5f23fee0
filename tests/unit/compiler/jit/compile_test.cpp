// SPDX-License-Identifier: MIT
// C++ text to object: targets, vector registers, and what happens when Clang or LLVM refuses.
#include "jit/jit.h"
#include "text.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace hhc::jit {
namespace {

std::ptrdiff_t count(const std::string& text, const std::string& pattern) {
    const std::regex regex(pattern);
    return std::distance(std::sregex_iterator(text.begin(), text.end(), regex),
                         std::sregex_iterator());
}

TEST(Target, names_are_resolved) {
    for (const std::string& name : target_names()) {
        diag::Sink sink;
        const auto spec = resolve_target(name, sink);
        ASSERT_TRUE(spec) << name;
        EXPECT_EQ(spec->name, name);
    }
    EXPECT_EQ(target("x86-64-v2").vector_bytes, 16);
    EXPECT_EQ(target("x86-64-v4").vector_bytes, 64);
    EXPECT_FALSE(target("x86-64-v2").has_fma);
    EXPECT_TRUE(runs_here(target("native")));
}

TEST(Target, bad_name_is_refused_with_those_known) {
    diag::Sink sink;
    EXPECT_FALSE(resolve_target("pentium", sink));
    EXPECT_EQ(code_of(sink), "HH8001");
    EXPECT_NE(text_of(sink).find("`x86-64-v3`"), std::string::npos);
}

TEST(Target, native_takes_times_but_no_instruction_from_the_name_of_the_processor) {
    const TargetSpec native = target("native");
    if (native.triple.starts_with("x86_64")) {
        EXPECT_EQ(native.cpu, "x86-64");
        EXPECT_FALSE(native.tune.empty());
        EXPECT_LT(native.features.size(), 60U) << "Clang copies them at every call";
    }
    EXPECT_TRUE(std::any_of(native.features.begin(), native.features.end(),
                            [](const std::string& feature) { return feature[0] == '+'; }));
}

TEST(Target, required_features_can_be_looked_up) {
    EXPECT_EQ(target("x86-64-v3").required_features(), "x86-64-v3");
    EXPECT_EQ(target("aarch64").required_features(), "neon");
    const std::string native = target("native").required_features();
    EXPECT_EQ(native.find("sahf"), std::string::npos) << "the runtime cannot ask for it";
    if (runs_here(target("x86-64-v3"))) {
        EXPECT_NE(("," + native + ",").find(",avx2,"), std::string::npos) << native;
    }
}

TEST(Target, gathers_are_fast_where_vectors_have_512_bits_if_anywhere) {
    const TargetSpec native = target("native");
    EXPECT_TRUE(!native.fast_gather || native.vector_bytes == 64);
    EXPECT_FALSE(target("x86-64-v4").fast_gather) << "AMD's are not";
}

TEST(Compile, a_text_hears_of_fast_gathers) {
    const std::string text = "extern \"C\" int f() {\n#ifdef HHK_FAST_GATHER\nreturn 4711;\n"
                             "#else\nreturn 0;\n#endif\n}";
    TargetSpec spec = target("x86-64-v4");
    for (const bool fast : {false, true}) {
        spec.fast_gather = fast;
        diag::Sink sink;
        const auto listing = emit_text(text, {.target = spec}, TextStage::Asm, sink);
        ASSERT_TRUE(listing) << text_of(sink);
        EXPECT_EQ(count(*listing, "4711"), fast ? 1 : 0);
    }
}

TEST(Compile, full_vectors_on_every_processor_with_512_bits) {
    for (const char* cpu : {"x86-64-v4", "skylake-avx512", "sapphirerapids", "znver4"}) {
        TargetSpec spec = target("x86-64-v4");
        spec.cpu = cpu;
        diag::Sink sink;
        const auto text = emit_text(vector_kernel(spec), {.target = spec}, TextStage::Asm, sink);
        ASSERT_TRUE(text) << text_of(sink);
        EXPECT_GT(count(*text, "vfmadd[0-9a-z]*\\s.*%zmm"), 0) << cpu;
        EXPECT_EQ(count(*text, "%ymm"), 0) << cpu;
    }
}

TEST(Compile, sums_and_products_are_not_contracted) {
    const std::string text =
        "extern \"C\" double f(double a, double b, double c) { return a * b + c; }";
    diag::Sink sink;
    const auto listing =
        emit_text(text, {.target = target("x86-64-v3"), .opt_level = 3}, TextStage::Asm, sink);
    ASSERT_TRUE(listing) << text_of(sink);
    EXPECT_EQ(count(*listing, "vfmadd"), 0);
    EXPECT_EQ(count(*listing, "vmulsd"), 1);
}

TEST(Compile, the_ir_can_be_read) {
    diag::Sink sink;
    const TargetSpec spec = target("x86-64-v3");
    const auto text = emit_text(vector_kernel(spec), {.target = spec}, TextStage::Llvm, sink);
    ASSERT_TRUE(text) << text_of(sink);
    EXPECT_NE(text->find("@llvm.fma.v4f64"), std::string::npos);
}

TEST(Compile, the_same_text_gives_the_same_bytes) {
    diag::Sink sink;
    const CompileOptions options{.target = target("native")};
    const std::string text = vector_kernel(options.target);
    EXPECT_EQ(compile_to_object(text, options, sink), compile_to_object(text, options, sink));
}

TEST(Compile, aarch64_object_has_the_right_machine) {
    diag::Sink sink;
    const TargetSpec spec = target("aarch64");
    const auto object = compile_to_object(vector_kernel(spec), {.target = spec}, sink);
    ASSERT_TRUE(object) << text_of(sink);
    constexpr std::size_t machine_at = 18; // e_machine of an ELF header
    constexpr int aarch64_machine = 183;   // EM_AARCH64
    EXPECT_EQ((*object)[machine_at], static_cast<char>(aarch64_machine));
    EXPECT_FALSE(load_object(*object, "arm", sink));
    EXPECT_EQ(code_of(sink), "HH8003");
}

class CompileError : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "hodgpy-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
        ::setenv("HHC_DUMP_DIR", folder_.c_str(), 1);
    }
    void TearDown() override {
        ::unsetenv("HHC_DUMP_DIR");
        std::filesystem::remove_all(folder_);
    }
    [[nodiscard]] std::string kept_text() const {
        std::stringstream text;
        for (const auto& item : std::filesystem::directory_iterator(folder_)) {
            text << std::ifstream(item.path()).rdbuf();
        }
        return text.str();
    }
    std::filesystem::path folder_;
};

TEST_F(CompileError, bad_text_is_our_bug_with_line_place_and_kept_file) {
    diag::Sink sink;
    const std::string text =
        "int f() { return 1; }\n#line 14 \"squid.hhm\"\nint g() { return y; }\n";
    EXPECT_FALSE(compile_to_object(text, {.target = target("native"), .name = "squid"}, sink));
    EXPECT_EQ(code_of(sink), "HH9002");
    const std::string message = text_of(sink);
    EXPECT_NE(message.find("undeclared identifier 'y'"), std::string::npos) << message;
    EXPECT_NE(message.find("line 3 of the generated text: int g()"), std::string::npos) << message;
    EXPECT_NE(message.find("squid.hhm:14"), std::string::npos) << message;
    EXPECT_NE(message.find(folder_.string() + "/hhc-squid-"), std::string::npos) << message;
    EXPECT_EQ(kept_text(), text);
}

TEST_F(CompileError, bad_text_with_many_errors_gives_a_few) {
    std::string text;
    for (int i = 0; i < 50; ++i) {
        text += "int f" + std::to_string(i) + "() { return y; }\n";
    }
    diag::Sink sink;
    EXPECT_FALSE(compile_to_object(text, {.target = target("native")}, sink));
    EXPECT_EQ(sink.error_count(), 3U);
}

TEST_F(CompileError, bad_include_finds_nothing_on_this_machine) {
    diag::Sink sink;
    EXPECT_FALSE(compile_to_object("#include \"/usr/include/stdint.h\"\n",
                                   {.target = target("native")}, sink));
    EXPECT_EQ(code_of(sink), "HH9002");
}

TEST_F(CompileError, bad_a_fatal_error_of_llvm_does_not_end_the_process) {
    const CompileOptions options{.target = target("native")};
    diag::Sink sink;
    EXPECT_FALSE(compile_to_object("#pragma clang __debug llvm_fatal_error\n", options, sink));
    EXPECT_EQ(code_of(sink), "HH9002");
    EXPECT_NE(text_of(sink).find("LLVM gave up: #pragma"), std::string::npos) << text_of(sink);
    diag::Sink again;
    EXPECT_TRUE(compile_to_object("int f() { return 1; }", options, again)) << text_of(again);
}

TEST_F(CompileError, bad_a_crash_of_clang_is_an_error_from_then_on) {
    const int result = in_child([] {
        const CompileOptions options{.target = target("native")};
        diag::Sink sink;
        (void)compile_to_object("#pragma clang __debug crash\n", options, sink);
        (void)compile_to_object("int f() { return 1; }", options, sink);
        return sink.seen().size() == 2 &&
                       sink.seen()[0].message.find("crashed with signal") != std::string::npos &&
                       sink.seen()[1].message.find("crashed before") != std::string::npos
                   ? 0
                   : 1;
    });
    EXPECT_EQ(result, 0);
}

TEST_F(CompileError, texts_are_kept_when_asked_for) {
    ::setenv("HHC_KEEP_CPP", "1", 1);
    diag::Sink sink;
    EXPECT_TRUE(compile_to_object("int f() { return 1; }", {.target = target("native")}, sink));
    ::unsetenv("HHC_KEEP_CPP");
    EXPECT_EQ(kept_text(), "int f() { return 1; }");
}

} // namespace
} // namespace hhc::jit
