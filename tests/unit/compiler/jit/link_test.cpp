// SPDX-License-Identifier: MIT
// Shared libraries made by lld inside the process.
#include "jit/jit.h"
#include "text.h"

#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace hhc::jit {
namespace {

namespace fs = std::filesystem;

class Link : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "hodgpy-link-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::string compile(const std::string& text, const TargetSpec& spec) {
        return compile_to_object(text, {.target = spec}, sink_).value_or("");
    }
    [[nodiscard]] std::string path() const { return (folder_ / "model.so").string(); }
    [[nodiscard]] std::ptrdiff_t files() const {
        return std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
    }

    fs::path folder_;
    diag::Sink sink_;
};

TEST_F(Link, the_library_can_be_opened_and_called) {
    const TargetSpec spec = target("native");
    ASSERT_TRUE(link_shared(compile(vector_kernel(spec), spec), path(), spec, sink_))
        << text_of(sink_);
    void* library = ::dlopen(path().c_str(), RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr) << ::dlerror();
    auto* advance = reinterpret_cast<int (*)(double*, long, long)>(::dlsym(library, "hhk_advance"));
    ASSERT_NE(advance, nullptr);
    alignas(64) std::array<double, 8> v{};
    EXPECT_EQ(advance(v.data(), 0, 8), 0);
    EXPECT_EQ(v[7], 0.2);
    ::dlclose(library);
    EXPECT_EQ(files(), 1) << "nothing else is left in the folder";
}

TEST_F(Link, what_it_needs_of_libm_is_named_in_the_library) {
    const TargetSpec spec = target("x86-64-v2");
    const std::string text = "extern \"C\" double fma(double, double, double);"
                             "extern \"C\" double f(double x) { return fma(x, x, 1); }";
    ASSERT_TRUE(link_shared(compile(text, spec), path(), spec, sink_)) << text_of(sink_);
    void* library = ::dlopen(path().c_str(), RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr) << ::dlerror();
    EXPECT_EQ(reinterpret_cast<double (*)(double)>(::dlsym(library, "f"))(3), 10);
    ::dlclose(library);
    std::ifstream file(path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    EXPECT_NE(bytes.find("libm.so.6"), std::string::npos);
    EXPECT_EQ(bytes.find("libc.so.6"), std::string::npos);
}

TEST_F(Link, other_machines_are_served_too) {
    const TargetSpec spec = target("aarch64");
    const std::string text = vector_kernel(spec) +
                             "extern \"C\" void* memset(void*, int, unsigned long);"
                             "extern \"C\" void hhk_clear(char* p, long n) { memset(p, 0, n); }";
    ASSERT_TRUE(link_shared(compile(text, spec), path(), spec, sink_)) << text_of(sink_);
    std::ifstream file(path(), std::ios::binary);
    std::array<char, 20> header{};
    file.read(header.data(), header.size());
    EXPECT_EQ(header[16], 3);                      // e_type: shared object
    EXPECT_EQ(header[18], static_cast<char>(183)); // e_machine: EM_AARCH64
}

TEST_F(Link, an_older_library_is_replaced_whole) {
    const TargetSpec spec = target("native");
    std::ofstream(path()) << "older";
    ASSERT_TRUE(
        link_shared(compile("extern \"C\" int f() { return 1; }", spec), path(), spec, sink_));
    EXPECT_GT(fs::file_size(path()), 500U);
}

TEST_F(Link, bad_a_folder_that_is_not_there) {
    const TargetSpec spec = target("native");
    const std::string object = compile("extern \"C\" int f() { return 1; }", spec);
    EXPECT_FALSE(link_shared(object, (folder_ / "no" / "model.so").string(), spec, sink_));
    EXPECT_EQ(code_of(sink_), "HH8004");
}

TEST_F(Link, bad_a_foreign_object_is_refused_and_leaves_the_old_library) {
    std::ofstream(path()) << "older";
    const std::string object = compile("extern \"C\" int f() { return 1; }", target("native"));
    EXPECT_FALSE(link_shared(object, path(), target("aarch64"), sink_));
    EXPECT_EQ(code_of(sink_), "HH9004");
    EXPECT_EQ(fs::file_size(path()), 5U);
    EXPECT_EQ(files(), 1);
    diag::Sink again; // and the linker can be used afterwards
    EXPECT_TRUE(link_shared(object, path(), target("native"), again)) << text_of(again);
}

TEST_F(Link, bad_unknown_functions_are_refused) {
    const TargetSpec spec = target("native");
    const std::string text =
        "extern \"C\" int puts(const char*); extern \"C\" void f() { puts(\"x\"); }";
    EXPECT_FALSE(link_shared(compile(text, spec), path(), spec, sink_));
    EXPECT_EQ(code_of(sink_), "HH9003");
    EXPECT_EQ(files(), 0);
}

} // namespace
} // namespace hhc::jit
