// SPDX-License-Identifier: MIT
// The cache gives back what was stored, or nothing; what goes wrong on the disk is a miss.
#include "cache/object_cache.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace hhc::cache {
namespace {

namespace fs = std::filesystem;

class Cache : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "hodgpy-cache-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        root_ = name;
        folder_ = (root_ / "below" / "cache").string();
    }
    void TearDown() override { fs::remove_all(root_); }

    [[nodiscard]] std::string object_file(const Hash128& key) const {
        return folder_ + "/" + key.hex() + ".obj";
    }

    fs::path root_;
    std::string folder_;
    Hash128 key_ = hash_bytes("key");
};

TEST_F(Cache, gives_back_what_was_stored) {
    ObjectCache cache(folder_);
    const std::string object("code\0with\xff zero", 15);
    EXPECT_FALSE(cache.find_object(key_));
    cache.store_object(key_, object);
    cache.store_source(hash_bytes("source"), {"metadata", key_});
    ObjectCache again(folder_);
    EXPECT_EQ(again.find_object(key_), object);
    const auto entry = again.find_source(hash_bytes("source"));
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->metadata, "metadata");
    EXPECT_EQ(entry->object_key, key_);
    EXPECT_FALSE(again.find_source(key_)) << "an object is no source entry";
}

TEST_F(Cache, folder_is_private) {
    const ObjectCache cache(folder_);
    struct stat status{};
    ASSERT_EQ(::stat(folder_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
    EXPECT_EQ(cache.problem(), "");
}

TEST_F(Cache, a_changed_byte_is_a_miss) {
    ObjectCache cache(folder_);
    cache.store_object(key_, std::string(1000, 'x'));
    {
        std::fstream file(object_file(key_), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(500);
        file.put('y');
    }
    EXPECT_FALSE(cache.find_object(key_));
}

TEST_F(Cache, a_truncated_file_is_a_miss_at_every_length) {
    ObjectCache cache(folder_);
    cache.store_object(key_, "some code");
    for (std::uintmax_t size = fs::file_size(object_file(key_)); size-- > 0;) {
        fs::resize_file(object_file(key_), size);
        EXPECT_FALSE(cache.find_object(key_)) << size;
    }
}

TEST_F(Cache, a_file_under_another_key_is_a_miss) {
    ObjectCache cache(folder_);
    cache.store_object(key_, "code");
    const Hash128 other = hash_bytes("other");
    fs::rename(object_file(key_), object_file(other));
    EXPECT_FALSE(cache.find_object(other));
}

TEST_F(Cache, bad_a_folder_that_others_may_write_to_is_not_used) {
    fs::create_directories(folder_);
    ASSERT_EQ(::chmod(folder_.c_str(), 0770), 0);
    ObjectCache cache(folder_);
    cache.store_object(key_, "code");
    EXPECT_FALSE(cache.find_object(key_));
    EXPECT_TRUE(fs::is_empty(folder_));
    diag::Sink sink;
    cache.report_problem(sink);
    ASSERT_EQ(sink.seen().size(), 1U);
    EXPECT_EQ(sink.seen()[0].code, "HH8005");
    EXPECT_EQ(sink.seen()[0].severity, Severity::Warning);
    EXPECT_NE(sink.seen()[0].message.find("others may write"), std::string::npos);
}

TEST_F(Cache, bad_a_folder_of_somebody_else_is_not_used) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can give a folder away";
    }
    fs::create_directories(folder_);
    ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
    ASSERT_EQ(::chown(folder_.c_str(), 65534, 65534), 0);
    EXPECT_EQ(ObjectCache(folder_).problem(), "it belongs to another user");
}

TEST_F(Cache, bad_a_place_that_cannot_be_written_is_no_error) {
    ObjectCache cache("/proc/hodgpy");
    EXPECT_NE(cache.problem(), "");
    cache.store_object(key_, "code");
    EXPECT_FALSE(cache.find_object(key_));
    EXPECT_EQ(cache.clear(), 0U);
    EXPECT_NE(ObjectCache("").problem(), "");
}

TEST_F(Cache, a_read_only_folder_is_read) {
    ObjectCache(folder_).store_object(key_, "code");
    const bool root = ::geteuid() == 0;
    ASSERT_EQ(::chmod(root_.c_str(), 0755), 0);
    if (root) { // root may write anywhere: be somebody else for a moment
        ASSERT_EQ(::chown(folder_.c_str(), 65534, 65534), 0);
        ASSERT_EQ(::chown(object_file(key_).c_str(), 65534, 65534), 0);
        ASSERT_EQ(::seteuid(65534), 0);
    }
    ASSERT_EQ(::chmod(folder_.c_str(), 0500), 0);
    ObjectCache cache(folder_);
    const auto found = cache.find_object(key_);
    cache.store_object(hash_bytes("new"), "new");
    const auto missing = cache.find_object(hash_bytes("new"));
    ASSERT_EQ(::chmod(folder_.c_str(), 0700), 0);
    if (root) {
        ASSERT_EQ(::seteuid(0), 0);
    }
    EXPECT_EQ(cache.problem(), "");
    EXPECT_EQ(found, "code");
    EXPECT_FALSE(missing);
}

TEST_F(Cache, a_full_disk_leaves_nothing_behind) {
    ObjectCache cache(folder_);
    const pid_t child = ::fork();
    if (child == 0) { // a limit of the file size stands for the disk
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{100, 100};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        cache.store_object(key_, std::string(5000, 'x'));
        ::_exit(cache.find_object(key_) ? 1 : 0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(Cache, the_least_recently_used_goes_first) {
    ObjectCache cache(folder_, 3500);
    const std::array keys = {hash_bytes("0"), hash_bytes("1"), hash_bytes("2"), hash_bytes("3")};
    for (const Hash128& key : keys) {
        cache.store_object(key, std::string(1000, 'x'));
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_TRUE(cache.find_object(keys[0])); // used again: now the youngest
    cache.trim();
    EXPECT_TRUE(cache.find_object(keys[0]));
    EXPECT_FALSE(cache.find_object(keys[1]));
    EXPECT_TRUE(cache.find_object(keys[2]));
    EXPECT_TRUE(cache.find_object(keys[3]));
}

TEST_F(Cache, many_stores_keep_the_limit_by_themselves) {
    ObjectCache cache(folder_, 10'000);
    for (int i = 0; i < 1000; ++i) {
        cache.store_object(hash_bytes(std::to_string(i)), std::string(1000, 'x'));
    }
    EXPECT_LT(cache.list().size(), 500U);
    EXPECT_GT(cache.list().size(), 0U);
}

TEST_F(Cache, lists_and_clears) {
    ObjectCache cache(folder_);
    cache.store_object(key_, "code");
    cache.store_source(hash_bytes("source"), {"metadata", key_});
    const auto entries = cache.list();
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_NE(entries[0].is_object, entries[1].is_object);
    EXPECT_EQ(cache.clear(), 2U);
    EXPECT_TRUE(cache.list().empty());
}

TEST_F(Cache, writers_and_readers_at_once_see_whole_files) {
    ObjectCache(folder_).store_object(key_, std::string(20000, 'a'));
    std::vector<std::thread> threads;
    std::atomic<int> torn = 0;
    for (const char letter : {'a', 'b', 'c', 'd'}) {
        threads.emplace_back([&, letter] {
            ObjectCache cache(folder_);
            for (int i = 0; i < 50; ++i) {
                cache.store_object(key_, std::string(20000, letter));
                const auto found = cache.find_object(key_);
                torn += !found || *found != std::string(20000, (*found)[0]) ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(torn, 0);
    EXPECT_EQ(ObjectCache(folder_).list().size(), 1U);
}

TEST(BuildId, is_that_of_the_linker) {
    EXPECT_EQ(build_id().size(), 32U);
    EXPECT_EQ(build_id(), build_id());
}

} // namespace
} // namespace hhc::cache
