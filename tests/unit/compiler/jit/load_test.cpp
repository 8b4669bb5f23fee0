// SPDX-License-Identifier: MIT
// Objects in memory: they run, have their own symbols, go away, and see little of the process.
#include "jit/jit.h"
#include "text.h"

#include <cmath>
#include <cstddef>
#include <fstream>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace hhc::jit {
namespace {

std::shared_ptr<LoadedCode> load(const std::string& text, const TargetSpec& spec, diag::Sink& sink,
                                 int opt_level = 3) {
    const auto object = compile_to_object(text, {.target = spec, .opt_level = opt_level}, sink);
    return object ? load_object(*object, "test", sink) : nullptr;
}

template <class Function> Function* function(const LoadedCode& code, const char* name) {
    return reinterpret_cast<Function*>(code.symbol(name));
}

TEST(Load, a_kernel_gives_the_same_bits_for_every_target_and_level) {
    for (const std::string& name : target_names()) {
        if (!runs_here(target(name))) {
            continue;
        }
        for (const int level : {0, 1, 3}) {
            diag::Sink sink;
            const auto code = load(vector_kernel(target(name)), target(name), sink, level);
            ASSERT_TRUE(code) << name << text_of(sink);
            alignas(64) std::array<double, 16> v{};
            std::array<double, 16> expected{};
            for (std::size_t i = 0; i < v.size(); ++i) {
                v[i] = 0.7 * static_cast<double>(i);
                expected[i] = std::fma(v[i], 0.1, 0.2);
            }
            EXPECT_EQ(function<int(double*, long, long)>(*code, "hhk_advance")(v.data(), 0, 16), 0);
            EXPECT_EQ(v, expected) << name << " -O" << level;
        }
    }
}

TEST(Load, symbol_spaces_are_separate) {
    diag::Sink sink;
    const TargetSpec spec = target("native");
    const auto one =
        load("extern \"C\" int f() { return 1; } extern \"C\" int g() { return 9; }", spec, sink);
    const auto two = load("extern \"C\" int f() { return 2; }", spec, sink);
    ASSERT_TRUE(one && two) << text_of(sink);
    EXPECT_EQ(function<int()>(*one, "f")(), 1);
    EXPECT_EQ(function<int()>(*two, "f")(), 2);
    EXPECT_EQ(two->symbol("g"), nullptr);
    EXPECT_EQ(one->symbols(), (std::vector<std::string>{"f", "g"}));
}

TEST(Load, data_can_be_found_too) {
    diag::Sink sink;
    const auto code = load("extern \"C\" const int hhk_number = 42; "
                           "extern \"C\" const int* const hhk_pointer = &hhk_number;",
                           target("native"), sink);
    ASSERT_TRUE(code) << text_of(sink);
    EXPECT_EQ(**static_cast<int**>(code->symbol("hhk_pointer")), 42);
}

/// A function of each part calls the other's.
constexpr const char* in_parts = R"(
extern "C" int first(int x);
extern "C" int second(int x);
#if !defined(HHK_PART) || HHK_PART == 1
extern "C" int first(int x) { return x == 0 ? 40 : second(x); }
#endif
#if !defined(HHK_PART) || HHK_PART == 2
extern "C" int second(int x) { return first(0) + x; }
#endif
)";

TEST(Load, two_parts_belong_together) {
    diag::Sink sink;
    CompileTimes times;
    const auto object = compile_parts(in_parts, {.target = target("native")}, sink, &times);
    ASSERT_TRUE(object) << text_of(sink);
    const auto code = load_object(*object, "test", sink);
    ASSERT_TRUE(code) << text_of(sink);
    EXPECT_EQ(function<int(int)>(*code, "first")(2), 42);
    EXPECT_EQ(function<int(int)>(*code, "second")(3), 43);
    EXPECT_EQ(code->symbols(), (std::vector<std::string>{"first", "second"}));
    EXPECT_GT(times.front_end, 0.0);
    EXPECT_GT(times.machine_code, 0.0);
}

TEST(Load, the_second_part_may_need_no_more_than_the_first) {
    diag::Sink sink;
    const std::string text = std::string(in_parts) +
                             "extern \"C\" int puts(const char*);\n"
                             "#if HHK_PART != 1\n"
                             "extern \"C\" int third() { return puts(\"\"); }\n"
                             "#endif\n";
    const auto object = compile_parts(text, {.target = target("native")}, sink);
    ASSERT_TRUE(object) << text_of(sink);
    EXPECT_EQ(load_object(*object, "test", sink), nullptr);
    EXPECT_EQ(code_of(sink), "HH9003") << text_of(sink);
}

TEST(Load, a_part_that_clang_rejects_is_reported_once) {
    diag::Sink sink;
    const std::string text = std::string(in_parts) + "#if HHK_PART == 2 || !defined(HHK_PART)\n"
                                                     "int broken() { return nothing; }\n#endif\n";
    EXPECT_FALSE(compile_parts(text, {.target = target("native")}, sink));
    EXPECT_EQ(sink.seen().size(), 1U) << text_of(sink);
    EXPECT_EQ(code_of(sink), "HH9002");
}

TEST(Load, a_pair_that_was_cut_off_is_no_object) {
    diag::Sink sink;
    auto object = compile_parts(in_parts, {.target = target("native")}, sink);
    ASSERT_TRUE(object) << text_of(sink);
    for (const std::size_t size : {std::size_t{4}, std::size_t{20}, object->size() / 4}) {
        diag::Sink refused;
        EXPECT_EQ(load_object(object->substr(0, size), "test", refused), nullptr) << size;
        EXPECT_EQ(code_of(refused), "HH9005") << text_of(refused);
    }
}

/// Resident memory, bytes.
std::size_t resident() {
    std::size_t pages = 0;
    std::size_t resident_pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident_pages;
    return resident_pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST(Load, memory_goes_with_the_code) {
    const TargetSpec spec = target("native");
    const std::string text = vector_kernel(spec);
    const auto compile_some = [&](int times) {
        for (int i = 0; i < times; ++i) {
            diag::Sink sink;
            const auto code = load(text + "// " + std::to_string(i), spec, sink);
            ASSERT_TRUE(code && code->symbol("hhk_advance"));
        }
    };
    compile_some(20); // allocators warm up
    const std::size_t before = resident();
    compile_some(60);
    // A leak of one compilation is 0.6 MB (measured with -disable-free): 36 MB for sixty.
    EXPECT_LT(resident(), before + (8U << 20U));
}

TEST(Load, threads_compile_at_once) {
    const TargetSpec spec = target("native");
    std::vector<std::thread> threads;
    std::atomic<int> good = 0;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            diag::Sink sink;
            const auto code =
                load("extern \"C\" int f() { return " + std::to_string(i) + "; }", spec, sink);
            good += code && function<int()>(*code, "f")() == i ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(good, 4);
}

TEST(Load, bad_unknown_functions_are_named) {
    diag::Sink sink;
    EXPECT_FALSE(load("extern \"C\" double exp(double); extern \"C\" int getpid();"
                      "extern \"C\" double f(double x) { return exp(x) + getpid(); }",
                      target("native"), sink));
    EXPECT_EQ(code_of(sink), "HH9003");
    EXPECT_NE(text_of(sink).find("`exp`"), std::string::npos) << text_of(sink);
    EXPECT_NE(text_of(sink).find("`getpid`"), std::string::npos) << text_of(sink);
}

TEST(Load, the_few_allowed_functions_are_found) {
    diag::Sink sink;
    const auto code = load(R"(
extern "C" void* memset(void*, int, unsigned long);
extern "C" double fma(double, double, double);
extern "C" double f(char* bytes, long n) { memset(bytes, 7, n); return fma(2, 3, bytes[0]); })",
                           target("x86-64-v2"), sink);
    ASSERT_TRUE(code) << text_of(sink);
    std::array<char, 100> bytes{};
    EXPECT_EQ((function<double(char*, long)>(*code, "f")(bytes.data(), 100)), 13.0);
    EXPECT_EQ(bytes[99], 7);
}

TEST(Load, equal_objects_share_their_code_while_it_lives) {
    diag::Sink sink;
    const auto object = [&](const char* text) {
        return compile_to_object(text, {.target = target("native")}, sink).value();
    };
    const std::string one = object("extern \"C\" int f() { return 1; }");
    const std::string two = object("extern \"C\" int f() { return 2; }");
    const auto first = load_object(one, "first", sink);
    const auto again = load_object(one, "again", sink);
    const auto other = load_object(two, "other", sink);
    EXPECT_EQ(first, again);
    EXPECT_NE(first, other);
    EXPECT_EQ(function<int()>(*again, "f")(), 1);
    EXPECT_EQ(function<int()>(*other, "f")(), 2);
}

TEST(Load, shared_code_is_unloaded_with_its_last_user_and_loaded_again) {
    diag::Sink sink;
    const auto object =
        compile_to_object("extern \"C\" int g() { return 3; }", {.target = target("native")}, sink);
    ASSERT_TRUE(object);
    std::weak_ptr<LoadedCode> watched = load_object(*object, "gone", sink);
    EXPECT_TRUE(watched.expired());
    const auto again = load_object(*object, "again", sink);
    ASSERT_TRUE(again);
    EXPECT_EQ(function<int()>(*again, "g")(), 3);
}

TEST(Load, bad_bytes_are_refused) {
    diag::Sink sink;
    EXPECT_FALSE(load_object("no object at all", "junk", sink));
    EXPECT_EQ(code_of(sink), "HH9005");
    const auto object =
        compile_to_object("extern \"C\" int f() { return 1; }", {.target = target("native")}, sink);
    ASSERT_TRUE(object);
    diag::Sink truncated;
    EXPECT_FALSE(load_object(object->substr(0, object->size() / 2), "half", truncated));
    EXPECT_EQ(code_of(truncated), "HH9005");
}

/// From here on this thread may not make memory executable, as under a strict seccomp filter.
bool forbid_executable_memory() {
    constexpr std::uint32_t number_at = offsetof(seccomp_data, nr);
    constexpr std::uint32_t protection_at =
        offsetof(seccomp_data, args) + 2 * sizeof(std::uint64_t);
    std::array<sock_filter, 6> filter = {{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number_at),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, protection_at),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    }};
    sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST(Load, bad_executable_memory_may_be_forbidden) {
    constexpr int no_seccomp = 77;
    const int result = in_child([] {
        diag::Sink sink;
        if (!forbid_executable_memory()) {
            return no_seccomp;
        }
        const auto code = load("extern \"C\" int f() { return 1; }", target("native"), sink);
        return !code && code_of(sink) == "HH8002" ? 0 : 1;
    });
    if (result == no_seccomp) {
        GTEST_SKIP() << "no seccomp filters here";
    }
    EXPECT_EQ(result, 0);
}

TEST(Load, a_forked_child_compiles_and_runs) {
    diag::Sink sink;
    const auto before = load("extern \"C\" int f() { return 3; }", target("native"), sink);
    ASSERT_TRUE(before);
    std::atomic<bool> stop = false;
    std::thread busy([&] { // holds the locks at the moment of fork
        while (!stop) {
            diag::Sink mine;
            (void)load("extern \"C\" int f() { return 5; }", target("native"), mine);
        }
    });
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(in_child([&] {
                      ::alarm(20);
                      diag::Sink mine;
                      const auto code =
                          load("extern \"C\" int f() { return 4; }", target("native"), mine);
                      return code && function<int()>(*code, "f")() == 4 &&
                                     function<int()>(*before, "f")() == 3
                                 ? 0
                                 : 1;
                  }),
                  0);
    }
    stop = true;
    busy.join();
}

} // namespace
} // namespace hhc::jit
