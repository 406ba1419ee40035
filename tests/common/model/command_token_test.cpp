// A token is good for one request, of one key, and for nothing next to it.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/command_token.hpp"

#include <gmock/gmock.h>

#include <functional>

namespace vivi::model {
namespace {

const auto key = *crypto::SigningKey::from_seed(Bytes(32, std::byte{7}));
const auto other = *crypto::SigningKey::from_seed(Bytes(32, std::byte{8}));
const std::vector<crypto::PublicKey> keys{other.public_key(), key.public_key()};
const TokenScope scope{.custody = "6fb5d1ce-9a0e-4f43-8c1b-6b6a3f0c5a11",
                       .fingerprint = "SHA256:1M2GgH9a3n0Lr7yq5yGxk4fYyJcO8Uo5Yp8rA0bQm3E",
                       .boot_id = "0e6c7e1a-3f3b-4c1f-8f55-0d9f4b1c2d3e",
                       .method = "POST",
                       .target = "/v1/services/vivi-dnsd/restart?now=1",
                       .body = crypto::sha256(as_bytes("{}"))};
const TokenGrant grant{.command = "9b7f0e52-6d5d-4f4e-9d3c-1a2b3c4d5e6f", .nonce = {std::byte{1}, std::byte{2}}, .lifetime = 60s};

TEST(CommandToken, IsGoodForTheRequestItWasSignedFor) {
    const auto text = sign_token(scope, grant, key);
    EXPECT_TRUE(text.starts_with("Vivi "));
    const auto token = parse_token(text);
    ASSERT_TRUE(token) << token.error().detail;
    EXPECT_EQ(token->grant.command, grant.command);
    EXPECT_EQ(token->grant.nonce, grant.nonce);
    EXPECT_EQ(token->grant.lifetime, 60s);
    EXPECT_TRUE(verify_token(*token, scope, keys));
}

TEST(CommandToken, IsRefusedWithAnyCharacterAltered) {
    const auto text = sign_token(scope, grant, key);
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const char c : std::string_view{"AQgw_-9"}) {
            auto altered = text;
            if (altered[at] == c) continue;
            altered[at] = c;
            const auto token = parse_token(altered);
            EXPECT_FALSE(token && verify_token(*token, scope, keys)) << at << c;
        }
    }
}

TEST(CommandToken, IsRefusedWithAnyBitAlteredTooManyOrMissing) {
    const auto text = sign_token(scope, grant, key);
    const auto bytes = *crypto::from_base64url(std::string_view{text}.substr(5));
    const auto is_good = [](BytesView altered) {
        const auto token = parse_token("Vivi " + crypto::to_base64url(altered));
        return token && verify_token(*token, scope, keys);
    };
    ASSERT_TRUE(is_good(bytes));
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        auto altered = bytes;
        altered[bit / 8] ^= std::byte{1} << (bit % 8);
        EXPECT_FALSE(is_good(altered)) << bit;
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(is_good(BytesView{bytes}.first(size))) << size;
    auto longer = bytes;
    longer.push_back({});
    EXPECT_FALSE(is_good(longer));
}

TEST(CommandToken, IsForNoOtherRequestRouterCustodyOrBoot) {
    const auto token = *parse_token(sign_token(scope, grant, key));
    const std::vector<std::function<void(TokenScope&)>> changes{
        [](TokenScope& s) { s.custody.back() = '2'; },
        [](TokenScope& s) { s.custody.clear(); },
        [](TokenScope& s) { s.fingerprint.back() = 'F'; },
        [](TokenScope& s) { s.boot_id.back() = 'f'; },
        [](TokenScope& s) { s.method = "PUT"; },
        [](TokenScope& s) { s.target.back() = '2'; },
        [](TokenScope& s) { s.target = "/v1/services/vivi-dnsd/restart"; },
        [](TokenScope& s) { s.target += "&"; },
        [](TokenScope& s) { s.body = crypto::sha256(as_bytes("{ }")); },
        [](TokenScope& s) { s.body = crypto::sha256({}); },
        // What moves from one part to the next is another request.
        [](TokenScope& s) { s.target.insert(0, 1, s.method.back()), s.method.pop_back(); },
        [](TokenScope& s) { s.fingerprint.insert(0, 1, s.custody.back()), s.custody.pop_back(); },
    };
    for (std::size_t i = 0; i < changes.size(); ++i) {
        auto changed = scope;
        changes[i](changed);
        const auto verdict = verify_token(token, changed, keys);
        ASSERT_FALSE(verdict) << i;
        EXPECT_EQ(verdict.error().code, Code::Denied);
    }
}

TEST(CommandToken, IsOfAKeyTheRouterKnows) {
    const auto token = *parse_token(sign_token(scope, grant, key));
    EXPECT_FALSE(verify_token(token, scope, {}));
    EXPECT_FALSE(verify_token(token, scope, std::vector{other.public_key()}));
    auto renamed = token;
    renamed.key = key_id(other.public_key());
    EXPECT_FALSE(verify_token(renamed, scope, keys));
}

TEST(CommandToken, IsReadOnlyFromWhatIsOne) {
    for (const std::string_view text : {"", "Vivi", "Vivi ", "vivi AAAA", "Bearer AAAA", "Vivi AAAA=", "Vivi A A", "Vivi AAAA"}) {
        const auto token = parse_token(text);
        ASSERT_FALSE(token) << text;
        EXPECT_EQ(token.error().code, Code::Invalid);
    }
    EXPECT_FALSE(parse_token("Vivi " + std::string(4096, 'A')));
}

TEST(CommandToken, MayBeOfAQuestionThatIsNoCommand) {
    auto question = grant;
    question.command.clear();
    const auto token = parse_token(sign_token(scope, question, key));
    ASSERT_TRUE(token);
    EXPECT_TRUE(verify_token(*token, scope, keys));
}

}  // namespace
}  // namespace vivi::model
