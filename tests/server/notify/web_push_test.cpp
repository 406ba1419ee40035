// Push messages against the RFCs' own example, and against everything that may be wrong with them.
// SPDX-License-Identifier: Apache-2.0
#include "server/notify/web_push.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace vivi::test {
namespace {

using crypto::P256Key;

template <class Array>
Array bytes_of(std::string_view base64url) {
    const auto bytes = crypto::from_base64url(base64url);
    Array array{};
    if (bytes && bytes->size() == array.size()) std::ranges::copy(*bytes, array.begin());
    return array;
}
P256Key key_of(std::string_view base64url) { return *P256Key::from_scalar(*crypto::from_base64url(base64url)); }

// RFC 8291 appendix A.
constexpr std::string_view watermelon = "When I grow up, I want to be a watermelon";
constexpr std::string_view sender_scalar = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
constexpr std::string_view sender_point =
    "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
constexpr std::string_view receiver_scalar = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
constexpr std::string_view receiver_point =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
constexpr std::string_view message =
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6"
    "cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

notify::PushReceiver receiver() {
    return {.public_key = bytes_of<crypto::P256Point>(receiver_point),
            .secret = bytes_of<std::array<std::byte, 16>>("BTBZMqHH6r4Tts7J_aSIgg")};
}
const auto salt = bytes_of<notify::PushSalt>("DGv6ra1nlYgDCS1FRnbzlw");

TEST(WebPush, EncryptsAsTheRfcsExample) {
    const auto body = notify::encrypt_push(watermelon, receiver(), key_of(sender_scalar), salt);
    ASSERT_TRUE(body) << body.error().detail;
    EXPECT_EQ(crypto::to_base64url(as_bytes(*body)), message);
}

TEST(WebPush, BothHalvesAgree) {
    const auto sender = key_of(sender_scalar), browser = key_of(receiver_scalar);
    EXPECT_EQ(crypto::to_base64url(sender.point()), sender_point);
    EXPECT_EQ(crypto::to_base64url(browser.point()), receiver_point);
    EXPECT_EQ(sender.agree(browser.point()), browser.agree(sender.point()));
    const auto once = P256Key::generate();
    EXPECT_EQ(once.agree(browser.point()), browser.agree(once.point()));
    EXPECT_NE(once.agree(browser.point()), sender.agree(browser.point()));
}

TEST(WebPush, ATextThatNoPushServiceTakesIsRefused) {
    const std::string longest(notify::most_push_text, 'x');
    const auto body = notify::encrypt_push(longest, receiver(), key_of(sender_scalar), salt);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->size(), 4096u);
    EXPECT_EQ(notify::encrypt_push(longest + "x", receiver(), key_of(sender_scalar), salt).error().code, Code::Overflow);
}

TEST(WebPush, AKeyThatIsNoPointOfTheCurveIsRefused) {
    auto bad = receiver();
    bad.public_key[40] ^= std::byte{1};
    EXPECT_EQ(notify::encrypt_push(watermelon, bad, key_of(sender_scalar), salt).error().code, Code::Invalid);
    EXPECT_FALSE(crypto::parse_p256_point(bad.public_key));
    EXPECT_FALSE(crypto::parse_p256_point(BytesView{bad.public_key}.first(33)));
    EXPECT_TRUE(crypto::parse_p256_point(receiver().public_key));
    EXPECT_FALSE(P256Key::from_scalar(Bytes(32)));
    EXPECT_FALSE(P256Key::from_scalar(Bytes(32, std::byte{0xff}))) << "not below the order of the curve";
    EXPECT_FALSE(P256Key::from_scalar(Bytes(31, std::byte{1})));
}

TEST(WebPush, TheTokenNamesServiceSenderAndEndAndIsSigned) {
    const auto key = key_of(sender_scalar);
    const auto value = notify::vapid_authorization("https://push.example.net:8443/send/abc?x=1", "mailto:a@example.org",
                                                   from_unix_ms(1'453'523'768'999), key);
    ASSERT_TRUE(value);
    ASSERT_TRUE(value->starts_with("vapid t="));
    const auto comma = value->find(", k=");
    EXPECT_EQ(value->substr(comma + 4), sender_point);
    const auto token = value->substr(8, comma - 8);
    const auto first = token.find('.'), last = token.rfind('.');
    const auto text_of = [](std::string_view part) { return std::string{as_text(*crypto::from_base64url(part))}; };
    EXPECT_EQ(nlohmann::json::parse(text_of(token.substr(0, first))), (nlohmann::json{{"typ", "JWT"}, {"alg", "ES256"}}));
    EXPECT_EQ(
        nlohmann::json::parse(text_of(token.substr(first + 1, last - first - 1))),
        (nlohmann::json{{"aud", "https://push.example.net:8443"}, {"exp", 1'453'523'768}, {"sub", "mailto:a@example.org"}}));
    auto signature = bytes_of<crypto::P256Signature>(token.substr(last + 1));
    EXPECT_TRUE(crypto::verify_p256(key.point(), as_bytes(token.substr(0, last)), signature));
    EXPECT_FALSE(crypto::verify_p256(key.point(), as_bytes(token.substr(0, last - 1)), signature));
    EXPECT_FALSE(crypto::verify_p256(key_of(receiver_scalar).point(), as_bytes(token.substr(0, last)), signature));
    signature[63] ^= std::byte{1};
    EXPECT_FALSE(crypto::verify_p256(key.point(), as_bytes(token.substr(0, last)), signature));
}

TEST(WebPush, TokensAreForHttpsOnly) {
    for (const auto* bad : {"http://push.example/x", "https://", "https:///x", "push.example"})
        EXPECT_EQ(notify::vapid_authorization(bad, "", {}, key_of(sender_scalar)).error().code, Code::Invalid) << bad;
}

TEST(WebPush, TheKeyFileIsReadAsItWasWritten) {
    const auto key = P256Key::generate();
    const auto again = notify::parse_push_key(crypto::to_base64url(key.scalar()) + "\n");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->point(), key.point());
    for (const auto* bad : {"", "AAAA", "not base64url at all"})
        EXPECT_EQ(notify::parse_push_key(bad).error().code, Code::Invalid);
}

}  // namespace
}  // namespace vivi::test
