// Bundles: signed heads, plain paths, and which a router may take.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/bundle.hpp"

#include <gmock/gmock.h>

namespace vivi::model {
namespace {

using testing::HasSubstr;

const crypto::SigningKey& release_key() {
    static const auto key = *crypto::SigningKey::from_seed(Bytes(32, std::byte{7}));
    return key;
}

Manifest manifest() {
    return {
        .version = {1, 2, 0},
        .architecture = "arm64",
        .minimum_version = {1, 0, 0},
        .expires = from_unix_ms(2'000),
        .files = {{.path = "bin/vivi-dhcpd", .is_executable = true, .size_bytes = 3, .sha256 = crypto::sha256(as_bytes("abc"))},
                  {.path = "lists/a+b_c-1.txt", .size_bytes = 0, .sha256 = crypto::sha256({})}}};
}

TEST(Bundle, VersionsAreThreeNumbers) {
    EXPECT_EQ(parse_version("1.20.3"), (Version{1, 20, 3}));
    EXPECT_EQ(to_string(Version{1, 20, 3}), "1.20.3");
    EXPECT_LT(*parse_version("1.9.0"), *parse_version("1.10.0"));
    for (const auto* text :
         {"", "1", "1.2", "1.2.", ".1.2", "1.2.3.4", "01.2.3", "1.02.3", "1.2.3-rc", "1.2.1000000", "-1.2.3", "1..3", "1.2.3 "})
        EXPECT_EQ(parse_version(text), std::nullopt) << text;
}

TEST(Bundle, AHeadIsReadAsItWasMade) {
    const auto bytes = make_head(manifest(), release_key());
    const auto head = parse_head(bytes, {&release_key().public_key(), 1});
    ASSERT_TRUE(head) << head.error().detail;
    EXPECT_EQ(serialize(head->manifest), serialize(manifest()));
    EXPECT_EQ(head->head_bytes, bytes.size());
    EXPECT_EQ(head->total_bytes, bytes.size() + 3);
}

TEST(Bundle, NoByteOfAHeadCanBeAnother) {
    const auto bytes = make_head(manifest(), release_key());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (const auto bit : {std::byte{1}, std::byte{0x80}}) {
            auto other = bytes;
            other[i] ^= bit;
            EXPECT_FALSE(parse_head(other, {&release_key().public_key(), 1})) << i;
        }
        EXPECT_FALSE(parse_head(BytesView{bytes}.first(i), {&release_key().public_key(), 1})) << "cut at " << i;
    }
}

TEST(Bundle, OnlyAKnownKeysSignatureCounts) {
    const auto other = crypto::SigningKey::generate();
    const auto bytes = make_head(manifest(), other);
    const auto refused = parse_head(bytes, {&release_key().public_key(), 1});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::Denied);
    const std::array both{release_key().public_key(), other.public_key()};
    EXPECT_TRUE(parse_head(bytes, both)) << "current and next";
    EXPECT_FALSE(parse_head(bytes, {}));
}

TEST(Bundle, PathsStayInsideTheVersion) {
    for (const auto* path :
         {"", "/etc/passwd", "../x", "a/../../x", "a/./b", "a//b", "a/", ".", "..", "a b", "a\\b", "a\nb", "\xc3\xa9"}) {
        auto bad = manifest();
        bad.files[0].path = path;
        EXPECT_FALSE(parse_manifest(serialize(bad))) << path;
    }
    auto twice = manifest();
    twice.files[1].path = twice.files[0].path;
    EXPECT_FALSE(parse_manifest(serialize(twice)));
    auto huge = manifest();
    huge.files[0].size_bytes = huge.files[1].size_bytes = std::uint64_t{300} << 20;
    EXPECT_FALSE(parse_manifest(serialize(huge))) << "together";
    auto none = manifest();
    none.files.clear();
    EXPECT_FALSE(parse_manifest(serialize(none)));
}

TEST(Bundle, OnlyANewerVersionForThisRouterIsTaken) {
    const Installed router{.version = {1, 1, 9}, .architecture = "arm64", .now = from_unix_ms(1'999)};
    EXPECT_TRUE(may_install(manifest(), router));
    const auto reason = [&](auto change) {
        auto other = router;
        change(other);
        const auto outcome = may_install(manifest(), other);
        return outcome ? std::string{"taken"} : outcome.error().detail;
    };
    EXPECT_THAT(reason([](Installed& of) { of.architecture = "amd64"; }), HasSubstr("for arm64"));
    EXPECT_THAT(reason([](Installed& of) { of.version = {1, 2, 0}; }), HasSubstr("not newer"));
    EXPECT_THAT(reason([](Installed& of) { of.version = {2, 0, 0}; }), HasSubstr("not newer"));
    EXPECT_THAT(reason([](Installed& of) { of.version = {0, 9, 9}; }), HasSubstr("1.0.0 or later"));
    EXPECT_THAT(reason([](Installed& of) { of.now = from_unix_ms(2'000); }), HasSubstr("over"));
}

}  // namespace
}  // namespace vivi::model
