// SPDX-License-Identifier: MIT
// Our own loader of objects: every kind of reference, and bytes that are not what they should be.
#include "jit/object_symbols.h"
#include "jit/place_objects.h"
#include "jit/toolchain_library.h"
#include "text.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <elf.h>

namespace hhc::jit {
namespace {

std::string object_of(const std::string& text) {
    diag::Sink sink;
    const auto object = compile_to_object(text, {.target = target("native")}, sink);
    EXPECT_TRUE(object) << text_of(sink);
    return object.value_or("");
}

/// Of the objects, placed together.
std::optional<std::string> place(const std::vector<std::string>& bytes, LoadedObject& loaded) {
    std::vector<ElfObject> objects;
    for (const std::string& one : bytes) {
        std::string why;
        const auto read = read_elf(one, why);
        if (!read) {
            return why;
        }
        objects.push_back(*read);
    }
    return place_objects(objects, loaded);
}

template <class Function> Function* function(const LoadedObject& loaded, const char* name) {
    const auto found = loaded.symbols.find(name);
    return found == loaded.symbols.end() ? nullptr : reinterpret_cast<Function*>(found->second);
}

constexpr const char* all_kinds = R"(
extern "C" void* memcpy(void*, const void*, unsigned long);
extern "C" double fma(double, double, double);
static int counted;
static const double table[] = {0.5, 1.5, 2.5};
extern "C" const double* const where = &table[1];
static int one() { return 1; }
static int two() { return 2; }
extern "C" int (*const functions[])() = {one, two};
extern "C" int count() { return ++counted; }
extern "C" double read(int k) { return table[k]; }
extern "C" void copy(char* to, const char* from, long n) { memcpy(to, from, n); }
extern "C" const void* address() { return (const void*)&fma; }
)";

class Place : public ::testing::Test {
protected:
    void SetUp() override {
        if (!can_place()) {
            GTEST_SKIP() << "LLVM loads objects here";
        }
    }
};

TEST_F(Place, code_constants_variables_and_functions_of_the_process) {
    LoadedObject loaded;
    ASSERT_EQ(place({object_of(all_kinds)}, loaded), std::nullopt);
    EXPECT_EQ(function<int()>(loaded, "count")(), 1);
    EXPECT_EQ(function<int()>(loaded, "count")(), 2);
    EXPECT_EQ(function<double(int)>(loaded, "read")(2), 2.5);
    EXPECT_EQ(**static_cast<double**>(loaded.symbols.at("where")), 1.5);
    EXPECT_EQ(static_cast<int (**)()>(loaded.symbols.at("functions"))[1](), 2);
    std::array<char, 1000> to{};
    const std::string from(to.size(), 'x');
    function<void(char*, const char*, long)>(loaded, "copy")(to.data(), from.data(), 1000);
    EXPECT_EQ(std::string(to.data(), to.size()), from);
    EXPECT_EQ(
        function<const void*()>(loaded, "address")(),
        reinterpret_cast<const void*>(static_cast<double (*)(double, double, double)>(&::fma)));
}

TEST_F(Place, it_gives_what_llvm_gives) {
    const std::string object = object_of(all_kinds);
    diag::Sink sink;
    const auto symbols = check_object(object, "test", sink);
    LoadedObject mine;
    LoadedObject llvms;
    ASSERT_TRUE(symbols) << text_of(sink);
    ASSERT_EQ(place({object}, mine), std::nullopt);
    ASSERT_EQ(toolchain(sink)->load(object, "test", symbols->defined, llvms), std::nullopt);
    ASSERT_EQ(mine.symbols.size(), llvms.symbols.size());
    for (const auto& [name, address] : llvms.symbols) {
        EXPECT_TRUE(mine.symbols.contains(name)) << name;
    }
    for (int k = 0; k < 3; ++k) {
        EXPECT_EQ(function<double(int)>(mine, "read")(k), function<double(int)>(llvms, "read")(k));
    }
}

TEST_F(Place, what_is_weak_gives_way_and_what_is_not_stands_once) {
    const std::string weak = object_of("extern \"C\" __attribute__((weak)) int f() { return 1; }\n"
                                       "extern \"C\" int g() { return f(); }");
    const std::string strong = object_of("extern \"C\" int f() { return 2; }");
    for (const auto& order : {std::vector{weak, strong}, std::vector{strong, weak}}) {
        LoadedObject loaded;
        ASSERT_EQ(place(order, loaded), std::nullopt);
        EXPECT_EQ(function<int()>(loaded, "g")(), 2);
    }
    LoadedObject loaded;
    EXPECT_EQ(place({weak}, loaded), std::nullopt);
    EXPECT_EQ(function<int()>(loaded, "g")(), 1);
    LoadedObject refused;
    EXPECT_EQ(place({strong, strong}, refused).value_or(""), "symbol `f` is there twice");
}

TEST_F(Place, bad_kinds_of_relocation_are_refused) {
    std::string object = object_of(all_kinds);
    Elf64_Ehdr head;
    std::memcpy(&head, object.data(), sizeof head);
    int changed = 0;
    for (unsigned s = 0; s < head.e_shnum; ++s) {
        Elf64_Shdr section;
        std::memcpy(&section, object.data() + head.e_shoff + s * sizeof section, sizeof section);
        if (section.sh_type == SHT_RELA) {
            Elf64_Rela first;
            std::memcpy(&first, object.data() + section.sh_offset, sizeof first);
            first.r_info = ELF64_R_INFO(ELF64_R_SYM(first.r_info), R_X86_64_TPOFF32);
            std::memcpy(object.data() + section.sh_offset, &first, sizeof first);
            ++changed;
        }
    }
    ASSERT_GT(changed, 0);
    LoadedObject loaded;
    EXPECT_EQ(place({object}, loaded).value_or(""), "it has a relocation of kind 23");
}

TEST_F(Place, no_single_wrong_byte_brings_the_process_down) {
    const std::string object = object_of(all_kinds);
    std::size_t refused = 0;
    for (std::size_t at = 0; at < object.size(); ++at) {
        for (const unsigned char wrong : {0x00, 0x01, 0x7f, 0xff}) {
            std::string damaged = object;
            damaged[at] = static_cast<char>(damaged[at] ^ wrong);
            LoadedObject loaded;
            refused += place({damaged}, loaded) ? 1 : 0;
        }
        LoadedObject loaded;
        EXPECT_TRUE(place({object.substr(0, at)}, loaded)) << at; // the table is at the end
    }
    EXPECT_GT(refused, 100U);
}

TEST(Toolchain, one_that_is_not_there_is_told) {
    const Toolchain* found = nullptr;
    const auto error = open_toolchain("libhodgpy_nowhere.so", found);
    ASSERT_TRUE(error);
    EXPECT_NE(error->find("libhodgpy_nowhere.so"), std::string::npos);
    EXPECT_TRUE(open_toolchain("libc.so.6", found)); // no library of ours
    EXPECT_EQ(found, nullptr);
}

TEST(Toolchain, its_build_is_known_before_it_is_loaded) {
    EXPECT_EQ(toolchain_build().size(), 40U);
    load_toolchain_ahead();
    finish_loading_toolchain();
    EXPECT_NE(toolchain_version().find("clang version 19"), std::string::npos);
}

} // namespace
} // namespace hhc::jit
