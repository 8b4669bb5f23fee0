// SPDX-License-Identifier: MIT
// Archives: what is put comes back; a file that is not as it was written is refused.
#include "archive/archive.h"
#include "archive/checksum.h"
#include "archive/format.h"
#include "unit/runtime/expect_error.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>

using namespace hodg;

static std::string path_of(const char* name) {
    return (std::filesystem::path(testing::TempDir()) / name).string();
}

static std::string read_all(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

static void write_all(const std::string& path, const std::string& content) {
    std::ofstream(path, std::ios::binary)
        .write(content.data(), static_cast<std::streamsize>(content.size()));
}

static archive::Out example() {
    const archive::Out out(false);
    out.put("values", std::vector<double>{1.5, -0.0, 3});
    out.put("count", std::int64_t{7});
    out.in("part").put_text("name", "cells");
    out.in("part").put("empty", std::vector<std::int32_t>{});
    return out;
}

// The published test vectors of XXH64 with seed 0.
TEST(Checksum, IsXxh64) {
    EXPECT_EQ(archive::checksum_of({}), 0xef46db3751d8e999U);
    EXPECT_EQ(archive::checksum_of(std::string("abc")), 0x44bc2cf5ad770999U);
}

TEST(Checksum, DoesNotDependOnThePieces) {
    std::string text(1000, ' ');
    for (std::size_t i = 0; i < text.size(); ++i) {
        text[i] = static_cast<char>(i * i);
    }
    const std::span<const char> bytes(text);
    for (const std::size_t cut : {1, 31, 32, 33, 500, 999}) {
        archive::Checksum checksum;
        checksum.add(bytes.first(cut));
        checksum.add(bytes.subspan(cut));
        EXPECT_EQ(checksum.value(), archive::checksum_of(bytes));
    }
}

static void expect_example(const archive::In& in) {
    EXPECT_EQ(in.get<double>("values"), (std::vector<double>{1.5, -0.0, 3}));
    EXPECT_EQ(in.one<std::int64_t>("count"), 7);
    EXPECT_EQ(in.in("part").text("name"), "cells");
    EXPECT_TRUE(in.in("part").get<std::int32_t>("empty").empty());
    EXPECT_EQ(in.parts(), (std::vector<std::string>{"count", "part", "values"}));
    EXPECT_FALSE(in.has("part"));
    EXPECT_TRUE(in.has("part/name"));
}

TEST(Archive, GivesBackWhatWasPut) {
    const std::string path = path_of("example.hodg");
    example().write(path);
    expect_example(archive::In(path));
    expect_example(archive::In(example()));
}

/// Of more than one chunk; one that packs well, one of zeros, one of noise.
static archive::Out large_example() {
    const archive::Out out(false);
    std::vector<std::int32_t> rising(700'001);
    std::iota(rising.begin(), rising.end(), -3);
    std::vector<double> noise(300'000);
    std::uint64_t state = 1;
    for (double& value : noise) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        value = std::bit_cast<double>(state);
    }
    out.put("noise", noise);
    out.put("rising", rising);
    out.put("zeros", std::vector<double>(1'000'000));
    return out;
}

static void expect_large_example(const archive::In& in) {
    const archive::In memory(large_example());
    for (const char* name : {"noise", "zeros"}) { // bit by bit: some of the noise is NaN
        const auto found = in.get<double>(name);
        const auto expected = memory.get<double>(name);
        ASSERT_EQ(found.size(), expected.size());
        EXPECT_EQ(std::memcmp(found.data(), expected.data(), 8 * found.size()), 0) << name;
    }
    EXPECT_EQ(in.get<std::int32_t>("rising"), memory.get<std::int32_t>("rising"));
}

TEST(Archive, PacksWhatIsLarge) {
    const std::string path = path_of("large.hodg");
    large_example().write(path);
    expect_large_example(archive::In(path));
    const std::size_t noise = 300'000 * sizeof(double);
    EXPECT_LT(read_all(path).size(), noise + 100'000); // 2.8 MB and 8 MB beside it
}

TEST(Archive, SeesEveryChangeOfPackedArrays) {
    const std::string path = path_of("packed.hodg");
    large_example().write(path);
    const std::string good = read_all(path);
    for (std::size_t at = 64; at < good.size(); at += good.size() / 23) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 1);
        write_all(path, bad);
        EXPECT_REFUSED(archive::In{path}, "HH6063", "no saved network");
    }
}

/// The bytes of the first packed row say that it unpacks to a thousand times as much.
TEST(Archive, RefusesWhatWouldGrowBeyondMeasure) {
    const std::string path = path_of("growing.hodg");
    const archive::Out out(false);
    out.put("zeros", std::vector<double>(1000));
    out.write(path);
    std::string bytes = read_all(path);
    archive::Head head;
    std::memcpy(static_cast<void*>(&head), bytes.data(), sizeof(head));
    archive::IndexRow row;
    std::memcpy(&row, bytes.data() + head.index_offset, sizeof(row));
    EXPECT_EQ(row.packed, 1);
    row.bytes = std::uint64_t{1} << 40U;
    std::memcpy(bytes.data() + head.index_offset, &row, sizeof(row));
    head.index_checksum =
        archive::checksum_of({bytes.data() + head.index_offset, head.index_bytes});
    head.checksum = archive::checksum_of_head(head);
    std::memcpy(bytes.data(), &head, sizeof(head));
    write_all(path, bytes);
    EXPECT_REFUSED(archive::In{path}, "HH6063", "list of contents");
}

TEST(Archive, RefusesWhatIsNotThere) {
    const archive::In in(example());
    EXPECT_REFUSED(static_cast<void>(in.get<double>("other")), "HH6063", "no saved network");
    EXPECT_REFUSED(static_cast<void>(in.get<double>("count")), "HH6063", "no saved network");
    EXPECT_REFUSED(static_cast<void>(in.get<double>("values", 4)), "HH6063", "no saved network");
    EXPECT_REFUSED(static_cast<void>(in.one<double>("values")), "HH6063", "no saved network");
}

TEST(Archive, RefusesPrefixesAndChangedBytesThatMatter) {
    const std::string path = path_of("damaged.hodg");
    example().write(path);
    const std::string good = read_all(path);
    for (std::size_t length = 0; length < good.size(); length += 7) {
        write_all(path, good.substr(0, length));
        EXPECT_REFUSED(archive::In{path}, "HH6063", "no saved network");
    }
    std::size_t unnoticed = 0;
    for (std::size_t at = 0; at < good.size(); at += 3) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 4);
        write_all(path, bad);
        try {
            expect_example(archive::In(path)); // between arrays: nothing is stored there
            ++unnoticed;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "HH6063");
        }
    }
    EXPECT_LT(unnoticed, std::size_t{2} * 64);
}

TEST(Archive, RefusesWhatCannotBeReadOrWritten) {
    EXPECT_REFUSED(archive::In{path_of("is_not_there.hodg")}, "HH6062", "cannot be read");
    EXPECT_REFUSED(archive::In{testing::TempDir()}, "HH6062", "cannot be read");
    EXPECT_REFUSED(example().write("/is/not/there.hodg"), "HH6061", "cannot be");
}

TEST(Archive, BorrowsOnlyIfAsked) {
    std::array<double, 2> values{1, 2};
    const std::span<const char> bytes(reinterpret_cast<const char*>(values.data()), sizeof(values));
    const archive::Out borrowing(true);
    const archive::Out copying(false);
    for (const archive::Out& out : {borrowing, copying}) {
        out.refer("values", archive::Type::Real64, bytes);
    }
    values[0] = 9;
    EXPECT_EQ(archive::In(borrowing).get<double>("values")[0], 9);
    EXPECT_EQ(archive::In(copying).get<double>("values")[0], 1);
}
