// The embedded API of a simulated router: as strict with tokens as the real one, and as forgetful of nonces.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/fleet/embedded_api.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/model/command_token.hpp"

namespace vivi::sim {
namespace {

constexpr const char* first_id = "6f1c1d1e-0000-4000-8000-000000000001";
constexpr const char* second_id = "6f1c1d1e-0000-4000-8000-000000000002";

class SimulatedApi : public testing::Test {
protected:
    static model::Json json_of(const http::Response& response) { return model::Json::parse(response.body); }

    http::Response get(const std::string& target) { return api.answer({.method = "GET", .target = target}, scope); }
    /// A command as vivi-server signs it; its request, so that it can be shown again.
    http::Request order(const std::string& target, const std::string& id) {
        const auto issued = json_of(get("/v1/nonce"));
        const model::TokenScope wanted{.custody = issued.at("custody"),
                                       .fingerprint = scope.fingerprint,
                                       .boot_id = issued.at("boot_id"),
                                       .method = "POST",
                                       .target = target,
                                       .body = crypto::sha256(as_bytes("{}"))};
        model::TokenGrant grant{.command = id, .lifetime = Seconds{60}};
        std::ranges::copy(*crypto::from_hex(issued.at("nonce").get<std::string>()), grant.nonce.begin());
        return {.method = "POST",
                .target = target,
                .headers = {{"authorization", model::sign_token(wanted, grant, key)}},
                .body = "{}"};
    }

    crypto::SigningKey key = crypto::SigningKey::generate();
    std::vector<crypto::PublicKey> keys{key.public_key()};
    EmbeddedApi::Scope scope{.fingerprint = "SHA256:x", .custody = "c", .boot_id = "boot-1", .keys = keys};
    EmbeddedApi api{};
};

TEST_F(SimulatedApi, DoesACommandOnceAndAnswersItsOutcomeForEver) {
    const auto done = api.answer(order("/v1/diagnostics/ping", first_id), scope);
    EXPECT_EQ(done.status, 200);
    EXPECT_EQ(json_of(done).at("state"), "succeeded");
    EXPECT_EQ(json_of(done).at("result").at("received"), 4);
    EXPECT_EQ(get(std::string{"/v1/commands/"} + first_id).body, done.body);
    EXPECT_EQ(api.answer(order("/v1/diagnostics/ping", first_id), scope).body, done.body);
    EXPECT_EQ(api.done(), 1U);
    EXPECT_EQ(get(std::string{"/v1/commands/"} + second_id).status, 404);
}

TEST_F(SimulatedApi, RefusesATokenThatWasShownOrIsOfAnotherKey) {
    const auto request = order("/v1/services/vivi-dnsd/restart", first_id);
    EXPECT_EQ(api.answer(request, scope).status, 200);
    EXPECT_EQ(api.answer(request, scope).status, 401) << "its nonce is used";
    const std::vector<crypto::PublicKey> others{crypto::SigningKey::generate().public_key()};
    const EmbeddedApi::Scope foreign{.fingerprint = "SHA256:x", .custody = "c", .boot_id = "boot-1", .keys = others};
    EXPECT_EQ(api.answer(order("/v1/services/vivi-dnsd/restart", second_id), foreign).status, 401);
    EXPECT_EQ(api.done(), 1U);
}

TEST_F(SimulatedApi, SaysThatItRebootsAndWhatItCannotDo) {
    EXPECT_EQ(api.answer(order("/v1/system/reboot", first_id), scope).status, 200);
    EXPECT_TRUE(api.take_reboot());
    EXPECT_FALSE(api.take_reboot()) << "once";
    EXPECT_EQ(json_of(api.answer(order("/v1/system/poweroff", second_id), scope)).at("state"), "failed");
}

}  // namespace
}  // namespace vivi::sim
