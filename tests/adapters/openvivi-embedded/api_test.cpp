// The embedded API as a program answers it: who may ask, what is done once, and what a kill leaves.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/routes.hpp"
#include "tests/adapters/openvivi-embedded/router.hpp"

namespace vivi::test {
namespace {

using openvivi_embedded::Access;
using testing::HasSubstr;

constexpr const char* first_id = "6f1c1d1e-0000-4000-8000-000000000001";
constexpr const char* second_id = "6f1c1d1e-0000-4000-8000-000000000002";
constexpr const char* one_name = R"({"name":"localhost"})";
constexpr const char* one_ping = R"({"count":1,"host":"127.0.0.1"})";

std::string with_argument(std::string path) {
    if (const auto brace = path.find('{'); brace != std::string::npos)
        path.replace(brace, path.find('}') - brace + 1, "vivi-dhcpd");
    return path;
}

TEST_F(EmbeddedRouter, NothingButWhatIsOpenIsAnsweredWithoutAToken) {
    start();
    for (const auto& route : openvivi_embedded::routes()) {
        if (route.access == Access::Open) continue;
        const std::string method{route.method};
        const auto path = with_argument(std::string{route.path});
        EXPECT_EQ(ask(method, path).status, 401) << path;
        EXPECT_EQ(ask(method, path, "", "Vivi AAAA").status, 401) << path;
    }
    EXPECT_EQ(ask("GET", "/v1/system").status, 200);
}

TEST_F(EmbeddedRouter, DoesACommandOnceAndAnswersItsFirstOutcomeForEver) {
    start();
    const auto accepted = command("/v1/diagnostics/dns", one_name, first_id);
    EXPECT_THAT(accepted.status, testing::AnyOf(200, 202)) << accepted.text;
    const auto done = outcome(first_id);
    EXPECT_EQ(done.at("state"), "succeeded") << done;
    EXPECT_TRUE(done.at("result").contains("milliseconds")) << done;
    EXPECT_EQ(command("/v1/diagnostics/dns", one_name, first_id).json(), done) << "the same times: it was not done again";
    kill();
    start();
    EXPECT_EQ(command("/v1/diagnostics/dns", one_name, first_id).json(), done);
    EXPECT_EQ(ask("GET", std::string{"/v1/commands/"} + first_id).json(), done);
    EXPECT_EQ(command("/v1/diagnostics/throughput", R"({"seconds":1})", first_id).status, 409)
        << "its id stands for another request";
}

TEST_F(EmbeddedRouter, SaysThatARestartInterruptedACommand) {
    start();
    EXPECT_EQ(command("/v1/diagnostics/throughput", R"({"seconds":20})", first_id).status, 202);
    kill();
    start();
    const auto document = outcome(first_id);
    EXPECT_EQ(document.at("state"), "failed");
    EXPECT_THAT(document.at("detail").get<std::string>(), HasSubstr("restarted in the middle"));
}

TEST_F(EmbeddedRouter, ATokenIsGoodForOneRequest) {
    start();
    const auto token = token_for("GET", "/v1/services/unbound/logs", "", "");
    EXPECT_EQ(ask("GET", "/v1/services/unbound/logs?lines=5", "", token).status, 401) << "another target";
    EXPECT_EQ(ask("GET", "/v1/services/unbound/logs", "", token).status, 200);
    EXPECT_EQ(ask("GET", "/v1/services/unbound/logs", "", token).status, 401) << "replayed";
    const auto reboot = token_for("POST", "/v1/system/reboot", "{}", "");
    EXPECT_EQ(ask("POST", "/v1/system/reboot", "{}", reboot).status, 401) << "it names no command";
}

TEST_F(EmbeddedRouter, ATokenOfAnotherCustodyIsWorthNothing) {
    start();
    const auto token = token_for("POST", "/v1/diagnostics/ping", one_ping, first_id);
    std::ofstream{folder / "last-good.json"} << R"({"v":1,"custody":"22222222-2222-4222-8222-222222222222"})";
    EXPECT_EQ(ask("POST", "/v1/diagnostics/ping", one_ping, token).status, 401);
    EXPECT_EQ(ask("GET", "/v1/nonce").json()["custody"], "22222222-2222-4222-8222-222222222222");
}

TEST_F(EmbeddedRouter, RefusesOtherServicesAndWhatWouldCutItOff) {
    start();
    EXPECT_EQ(command("/v1/services/ssh/restart", "{}", first_id).status, 404);
    EXPECT_EQ(ask("POST", "/v1/services/../../etc/restart", "{}").status, 404);
    EXPECT_EQ(ask("GET", "/v1/commands/..%2f..%2fidentity").status, 404);
    EXPECT_EQ(command("/v1/services/vivi-openvivi-embedded/stop", "{}", first_id).status, 409);
    EXPECT_EQ(command("/v1/diagnostics/ping", R"({"count":1,"host":"a;reboot"})", first_id).status, 400);
    EXPECT_EQ(command("/v1/diagnostics/ping", R"({"count":1})", first_id).status, 400);
    EXPECT_EQ(ask("GET", std::string{"/v1/commands/"} + first_id).status, 404) << "none of these was accepted";
}

TEST_F(EmbeddedRouter, SaysWhenThereIsNoSystemd) {
    start();
    EXPECT_EQ(question("/v1/services").status, 503);
    command("/v1/services/vivi-dhcpd/restart", "{}", second_id);
    const auto document = outcome(second_id);
    EXPECT_EQ(document.at("state"), "failed");
    EXPECT_THAT(document.at("detail").get<std::string>(), HasSubstr("D-Bus"));
}

TEST_F(EmbeddedRouter, StreamsALogWithoutAKnownEnd) {
    start();
    const auto answer = question("/v1/services/vivi-dhcpd/logs/stream", "-N -m 1");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.text, "\n") << "the first line comes at once, empty";
    EXPECT_EQ(question("/v1/services/vivi-dhcpd/logs?lines=0").status, 400);
    EXPECT_EQ(question("/v1/services/vivi-dhcpd/logs/stream", "-0").status, 505) << "HTTP/1.0 could not see its end";
}

TEST_F(EmbeddedRouter, ResolvesANameAndMeasuresItsInterfaces) {
    start();
    command("/v1/diagnostics/dns", R"({"name":"localhost"})", first_id);
    EXPECT_THAT(outcome(first_id).at("result").at("addresses").dump(), testing::AnyOf(HasSubstr("127.0.0.1"), HasSubstr("::1")));
    command("/v1/diagnostics/throughput", R"({"seconds":1})", second_id);
    EXPECT_TRUE(outcome(second_id).at("result").at("interfaces").is_object());
}

}  // namespace
}  // namespace vivi::test
