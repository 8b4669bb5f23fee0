// SPDX-License-Identifier: MIT
// BLAKE2b with 16 bytes. Expected values: Python's hashlib.blake2b(data, digest_size=16).
#include "support/hash.h"

#include <gtest/gtest.h>

namespace hhc {
namespace {

TEST(Hash, equals_the_published_algorithm) {
    EXPECT_EQ(hash_bytes("").hex(), "cae66941d9efbd404e4d88758ea67670");
    EXPECT_EQ(hash_bytes("abc").hex(), "cf4ab791c62b8d2b2109c90275287816");
    EXPECT_EQ(hash_bytes(std::string(128, 'a')).hex(), "1271d28e731afb57bdfba6bdaf3501be");
    EXPECT_EQ(hash_bytes(std::string(1000, 'a')).hex(), "a0e5a332e985551c28a377c40f4139c3");
}

TEST(Hash, does_not_depend_on_the_pieces) {
    const std::string text(300, 'x');
    Hasher pieces;
    for (std::size_t i = 0; i < text.size(); i += 7) {
        pieces.bytes(std::string_view(text).substr(i, 7));
    }
    EXPECT_EQ(pieces.finish(), hash_bytes(text));
}

TEST(Hash, fields_have_borders) {
    EXPECT_NE(Hasher().field("ab").field("c").finish(), Hasher().field("a").field("bc").finish());
}

} // namespace
} // namespace hhc
