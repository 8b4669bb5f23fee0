// SPDX-License-Identifier: MIT
// Libraries are loaded only if they are whole, for this machine, and of this ABI.
#include "../expect_error.h"
#include "abi/kernel_abi.h"
#include "abi/library_seal.h"
#include "archive/checksum.h"

#include "hodg/model.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

namespace fs = std::filesystem;

class SharedLibrary : public testing::Test {
protected:
    void SetUp() override {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::temp_directory_path() / ("hodg_library_" + std::string(test->name()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    /// Compiles a library with one model; `extra` are more compiler arguments.
    std::string build(const std::string& extra, const std::string& name = "model.so") {
        const std::string source = (folder_ / "model.c").string();
        std::ofstream(source) << R"(
#include "abi/kernel_abi.h"
#include "abi/library_seal.h"
#ifndef VERSION
#define VERSION 1
#endif
#ifndef FEATURES
#define FEATURES ""
#endif
#ifndef NAME
#define NAME "Tiny"
#endif
#ifndef SEALED
#define SEALED 0
#endif
#ifndef ADVANCE
#define ADVANCE advance
#endif
static int32_t advance(const hhk_context* c, hhk_block* b) { (void)c; (void)b; return 0; }
static const hhk_field fields[] = {{.name = NAME, .unit = "1", .unit_scale = 1,
                                    .init_flag = -1, .stagger_flag = -1}};
static const hhk_model model = {.size = sizeof(hhk_model), .abi_version = 1, .name = "Tiny",
    .required_features = FEATURES, .vector_width = 1, .real_size = 8, .field_count = 1,
    .fields = fields, .advance = ADVANCE};
static const hhk_model* const models[] = {&model};
#ifndef NO_SYMBOL
__attribute__((visibility("default"))) const hhk_library hhk_library_v1 =
    {sizeof(hhk_library), VERSION, 1, SEALED, models};
#endif
)";
        const std::string out = (folder_ / name).string();
        const std::string command = "cc -shared -fPIC -w -I" HODGPY_SOURCE_DIR "/runtime " + extra +
                                    " " + source + " -o " + out;
        EXPECT_EQ(std::system(command.c_str()), 0) << command;
        return out;
    }

    static std::string read(const std::string& path) {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    /// As a new file: the loader may still hold the old one.
    static void write(const std::string& path, const std::string& bytes) {
        fs::remove(path);
        std::ofstream(path, std::ios::binary) << bytes;
    }

    fs::path folder_;
};

void load(const std::string& path) {
    hodg::load_library(path);
}

TEST_F(SharedLibrary, ModelsAreLoadedAndKeepTheirCode) {
    const std::string path = build("");
    const auto models = hodg::load_library(path);
    fs::remove(path);
    ASSERT_EQ(models.size(), 1U);
    EXPECT_EQ(models[0].name(), "Tiny");
    EXPECT_EQ(models[0].table().advance(nullptr, nullptr), 0);
}

TEST_F(SharedLibrary, AReplacedFileGivesTheNewModel) {
    const auto old = hodg::load_library(build("-DNAME='\"first\"'"));
    fs::remove(folder_ / "model.so");
    const auto now = hodg::load_library(build("-DNAME='\"second\"'"));
    EXPECT_EQ(old[0].variables()[0].name, "first");
    EXPECT_EQ(now[0].variables()[0].name, "second");
}

TEST_F(SharedLibrary, ASealHasToFit) {
    const std::string path = build("-DSEALED=1");
    EXPECT_REFUSED(load(path), "HH8506", "lost its seal");
    std::string bytes = read(path);
    const std::uint64_t sum = hodg::archive::checksum_of({bytes.data(), bytes.size()});
    bytes.append(HHK_SEAL, sizeof(HHK_SEAL));
    bytes.append(reinterpret_cast<const char*>(&sum), sizeof(sum));
    write(path, bytes);
    EXPECT_EQ(hodg::load_library(path).size(), 1U);
    bytes[bytes.find("Tiny")] = 'S';
    write(path, bytes);
    EXPECT_REFUSED(load(path), "HH8506", "changed after it was written");
}

TEST_F(SharedLibrary, AnotherAbiIsRefused) {
    EXPECT_REFUSED(load(build("-DVERSION=7")), "HH8504", "version 7");
}

TEST_F(SharedLibrary, AnotherCpuIsRefused) {
    EXPECT_REFUSED(load(build("-DFEATURES='\"quantum\"'")), "HH8505", "`quantum`");
}

TEST_F(SharedLibrary, PointersOutsideOfTheLibraryAreRefused) {
    EXPECT_REFUSED(load(build("-DADVANCE='(hhk_block_fn)fields'")), "HH8506",
                   "advance is not code");
    EXPECT_REFUSED(load(build("-DNAME='(const char*)4096'")), "HH8506", "name of a variable");
}

TEST_F(SharedLibrary, WhatIsNoLibraryIsRefused) {
    EXPECT_REFUSED(load((folder_ / "absent.so").string()), "HH8501", "No such file");
    EXPECT_REFUSED(load(folder_.string()), "HH8501", "not a file");
    const std::string text = (folder_ / "text.so").string();
    std::ofstream(text) << "neuron HH { dv/dt = 0*volt/second : volt }";
    EXPECT_REFUSED(load(text), "HH8502", "not a shared library");
    std::ofstream(text, std::ios::trunc);
    EXPECT_REFUSED(load(text), "HH8502", "not a shared library");
    EXPECT_REFUSED(load(build("-DNO_SYMBOL")), "HH8502", "contains no models");
}

TEST_F(SharedLibrary, AProgramIsNoLibrary) {
    EXPECT_REFUSED(load("/proc/self/exe"), "HH8501", "`/proc/self/exe`: cannot dynamically load");
}

TEST_F(SharedLibrary, ACutOrForeignFileIsRefused) {
    const std::string path = build("");
    std::ifstream in(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), {});
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes.substr(0, bytes.size() / 4);
    EXPECT_REFUSED(load(path), "HH8502", "cut short");
    bytes[18] = static_cast<char>(243); // RISC-V
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    EXPECT_REFUSED(load(path), "HH8503", "another machine");
    bytes[5] = 2; // the most significant byte first
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    EXPECT_REFUSED(load(path), "HH8503", "another byte order");
    bytes[5] = 1;
    bytes[4] = 1; // 32 bits
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    EXPECT_REFUSED(load(path), "HH8503", "another width");
}

} // namespace
