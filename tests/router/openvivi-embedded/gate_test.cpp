// Nonces and tokens: one request each, for this router, now.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/gate.hpp"

#include <gmock/gmock.h>

namespace vivi::openvivi_embedded {
namespace {

constexpr Instant start{};
constexpr const char* command = "6f1c1d1e-0000-4000-8000-000000000001";

class EmbeddedGate : public testing::Test {
public:
    std::string nonce(std::uint8_t number, Instant at = start) { return gate.issue(Bytes(16, std::byte{number}), at); }
    std::string token(std::uint8_t nonce, const crypto::SigningKey& key, Seconds lifetime = 60s) const {
        model::TokenGrant grant{.command = command, .lifetime = lifetime};
        grant.nonce.fill(std::byte{nonce});
        return model::sign_token(scope, grant, key);
    }

    crypto::SigningKey current = crypto::SigningKey::generate(), next = crypto::SigningKey::generate();
    Gate gate{{current.public_key(), next.public_key()}};
    model::TokenScope scope{
        .custody = "c", .fingerprint = "SHA256:f", .boot_id = "b", .method = "POST", .target = "/v1/system/reboot"};
};

TEST_F(EmbeddedGate, AdmitsATokenOnce) {
    EXPECT_EQ(nonce(1), "01010101010101010101010101010101");
    const auto granted = gate.admit(token(1, current), scope, start + 59s);
    ASSERT_TRUE(granted) << granted.error().detail;
    EXPECT_EQ(granted->command, command);
    const auto replayed = gate.admit(token(1, current), scope, start + 59s);
    ASSERT_FALSE(replayed);
    EXPECT_EQ(replayed.error().code, Code::Denied);
}

TEST_F(EmbeddedGate, TakesTheNextKeyTooAndNoOther) {
    nonce(1);
    EXPECT_FALSE(gate.admit(token(1, crypto::SigningKey::generate()), scope, start));
    EXPECT_TRUE(gate.admit(token(1, next), scope, start)) << "the refused token used nothing up";
}

TEST_F(EmbeddedGate, RefusesAnythingElseThanTheSignedRequest) {
    nonce(1);
    const auto good = token(1, current);
    for (const auto member : {&model::TokenScope::custody, &model::TokenScope::fingerprint, &model::TokenScope::boot_id,
                              &model::TokenScope::method, &model::TokenScope::target}) {
        auto other = scope;
        other.*member += "x";
        EXPECT_FALSE(gate.admit(good, other, start));
    }
    auto other = scope;
    other.body[0] = std::byte{1};
    EXPECT_FALSE(gate.admit(good, other, start));
    for (const std::string& text : {std::string{}, std::string{"Vivi "}, std::string{"Bearer x"}, good + "A", good.substr(0, 40)})
        EXPECT_FALSE(gate.admit(text, scope, start)) << text;
    EXPECT_TRUE(gate.admit(good, scope, start));
}

TEST_F(EmbeddedGate, ANonceEndsAfterAMinuteOrWithItsToken) {
    nonce(1);
    EXPECT_FALSE(gate.admit(token(1, current, 600s), scope, start + 60s)) << "the router's bound counts";
    nonce(2);
    EXPECT_FALSE(gate.admit(token(2, current, 5s), scope, start + 5s));
    EXPECT_TRUE(gate.admit(token(2, current, 6s), scope, start + 5s));
}

TEST_F(EmbeddedGate, KeepsTheNewestNonces) {
    for (std::uint8_t i = 0; i <= Gate::most_nonces; ++i) nonce(i);
    EXPECT_FALSE(gate.admit(token(0, current), scope, start));
    EXPECT_TRUE(gate.admit(token(1, current), scope, start));
}

TEST_F(EmbeddedGate, WithoutKeysNobodyIsLetIn) {
    Gate closed{{}};
    closed.issue(Bytes(16, std::byte{1}), start);
    const auto refused = closed.admit(token(1, current), scope, start);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, testing::HasSubstr("commands.keys"));
}

}  // namespace
}  // namespace vivi::openvivi_embedded
