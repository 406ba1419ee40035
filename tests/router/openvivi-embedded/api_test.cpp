// Routes of the embedded API.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/api.hpp"

#include <gmock/gmock.h>

#include "tests/adapters/loop.hpp"

namespace vivi::openvivi_embedded {
namespace {

http::Response ask(const std::string& method, const std::string& target) {
    const Api api{[] { return nlohmann::json{{"status", "ok"}}; }, [] { return nlohmann::json{{"kernel", "6.1\xff"}}; }};
    test::Loop loop;
    http::Request request{.method = method, .target = target};
    return loop.run(api.handle(std::move(request)));
}

TEST(EmbeddedApi, AnswersItsTwoPathsWithJson) {
    const auto health = ask("GET", "/v1/health");
    EXPECT_EQ(health.status, 200);
    EXPECT_EQ(health.body, R"({"status":"ok"})");
    EXPECT_EQ(http::find(health.headers, "content-type"), "application/json");
    EXPECT_EQ(ask("GET", "/v1/system?verbose").status, 200) << "bytes that are not UTF-8 do not break it";
}

TEST(EmbeddedApi, RefusesOtherPathsAndMethods) {
    EXPECT_EQ(ask("GET", "/").status, 404);
    EXPECT_EQ(ask("GET", "/v1/health/").status, 404);
    const auto refused = ask("POST", "/v1/health");
    EXPECT_EQ(refused.status, 405);
    EXPECT_EQ(http::find(refused.headers, "allow"), "GET");
}

TEST(EmbeddedApi, HealthSaysWhyTheRouterIsOffline) {
    const auto document = health_document({.why_offline = "hub.vivi.lan:2222: Connection refused"});
    EXPECT_EQ(document["status"], "ok");
    EXPECT_EQ(document["tunnel"]["connected"], false);
    EXPECT_EQ(document["tunnel"]["why_offline"], "hub.vivi.lan:2222: Connection refused");
}

}  // namespace
}  // namespace vivi::openvivi_embedded
