// Text forms of bytes and known hashes.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/crypto.hpp"

#include <gmock/gmock.h>

namespace vivi::crypto {
namespace {

TEST(Crypto, Sha256OfTheStandardsExample) {
    EXPECT_EQ(to_hex(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4
}

TEST(Crypto, HexAndBase64UrlComeBack) {
    const auto bytes = random_bytes(33);
    EXPECT_EQ(from_hex(to_hex(bytes)), bytes);
    EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
    EXPECT_EQ(to_base64url(as_bytes("\xfb\xff")), "-_8");
    EXPECT_FALSE(from_hex("0"));
    EXPECT_FALSE(from_hex("zz"));
    EXPECT_FALSE(from_base64url("-_8="));
}

TEST(Crypto, NothingHasAllItsForms) {
    EXPECT_EQ(to_hex({}), "");
    EXPECT_EQ(from_hex(""), Bytes{});
    EXPECT_EQ(to_base64url({}), "");
    EXPECT_EQ(from_base64url(""), Bytes{});
    EXPECT_TRUE(random_bytes(0).empty());
    EXPECT_TRUE(equal({}, {}));
}

TEST(Crypto, EqualComparesSizesToo) {
    EXPECT_TRUE(equal(as_bytes("same"), as_bytes("same")));
    EXPECT_FALSE(equal(as_bytes("same"), as_bytes("sama")));
    EXPECT_FALSE(equal(as_bytes("same"), as_bytes("sam")));
}

}  // namespace
}  // namespace vivi::crypto
