// Commands to their end: real hub, PostgreSQL, RabbitMQ and SSH, the signer of vivi-server, a small router.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/rollouts.hpp"
#include "tests/adapters/hub/command_site.hpp"

namespace vivi::test {
namespace {

using model::CommandKind;
using testing::HasSubstr;

using Commands = CommandSite;

TEST_F(Commands, AreSignedCarriedOutOnceAndTheirResultIsKept) {
    prepare();
    connect();
    const auto id = order(CommandKind::RestartService, dnsd);
    until_state(id, "succeeded");
    EXPECT_EQ(small.done, std::vector<std::string>{"POST /v1/services/vivi-dnsd/restart"});
    EXPECT_EQ(of_command(id, "result ->> 'said'"), "yes");
    EXPECT_EQ(of_command(id, "boot_id"), "boot-1");
    EXPECT_EQ(small.nonces_given, 1u) << "by wake-ups, not by trying";
}

TEST_F(Commands, WaitForARouterThatIsAway) {
    prepare();
    const auto id = order(CommandKind::RestartService, dnsd);
    connect();
    until_state(id, "succeeded");
    EXPECT_EQ(small.done.size(), 1u);
}

TEST_F(Commands, KeepTheirOrder) {
    prepare();
    const auto first = order(CommandKind::StopService, dnsd), second = order(CommandKind::StartService, dnsd);
    connect();
    until_state(second, "succeeded");
    EXPECT_EQ(of_command(first, "state"), "succeeded");
    EXPECT_THAT(small.done, testing::ElementsAre("POST /v1/services/vivi-dnsd/stop", "POST /v1/services/vivi-dnsd/start"));
}

TEST_F(Commands, AreNotDoneTwiceWhenTheAnswerWasLostWithTheHub) {
    prepare();
    connect();
    small.says_nothing = true;
    const auto id = order(CommandKind::RestartService, dnsd);
    until("it is carried out", [&] { return small.done.size() == 1; });
    EXPECT_EQ(of_command(id, "state"), "sent");
    kill_hub();
    small.says_nothing = false;
    small.restart();
    start_hub();
    connect();
    until_state(id, "succeeded");
    EXPECT_EQ(small.done.size(), 1u);
    EXPECT_THAT(small.asked, testing::Contains(id)) << "the router is asked before anything is sent again";
}

TEST_F(Commands, AreSentAgainWhenTheRouterNeverHadThem) {
    prepare();
    const auto id = order(CommandKind::RestartService, dnsd);
    sql("alter table commands disable trigger command_moves; update commands set state = 'sent', sent_at = now() where id = '" +
        id + "'; alter table commands enable trigger command_moves");  // As a hub leaves it that dies before it sends.
    connect();
    until_state(id, "succeeded");
    EXPECT_THAT(small.asked, testing::Contains(id));
    EXPECT_EQ(small.done.size(), 1u);
}

TEST_F(Commands, RunOverARestartOfTheHub) {
    prepare();
    connect();
    small.ends_as = "running";
    const auto id = order(CommandKind::Throughput, R"({"seconds":5})");
    until_state(id, "running");
    kill_hub();
    start_hub();
    connect();
    small.commands.at(id)["progress"] = 60;
    small.commands.at(id)["result"] = {{"text", "what there is so far"}};
    until("its progress", [&] { return of_command(id, "progress") == "60"; });
    EXPECT_EQ(of_command(id, "result ->> 'text'"), "what there is so far") << "before it is over";
    small.end(id, "failed");
    small.commands.at(id)["detail"] = "the line is cut";
    until_state(id, "failed");
    EXPECT_EQ(of_command(id, "detail"), "the line is cut");
    EXPECT_EQ(small.done.size(), 1u);
}

TEST_F(Commands, GetAnotherTokenWhenTheRouterForgotItsNonces) {
    prepare();
    connect();
    small.keys.clear();  // Refuses all.
    const auto id = order(CommandKind::RestartService, dnsd);
    until("a refusal", [&] { return !small.tokens.empty(); });
    small.keys = {key.public_key()};
    until_state(id, "succeeded");
    EXPECT_EQ(small.done.size(), 1u);
    EXPECT_GE(small.tokens.size(), 2u);
    EXPECT_EQ(std::set<std::string>(small.tokens.begin(), small.tokens.end()).size(), small.tokens.size()) << "none twice";
}

TEST_F(Commands, OfARouterWithoutTheKeyFailAfterSomeTries) {
    prepare();
    connect();
    small.keys = {crypto::SigningKey::generate().public_key()};
    const auto id = order(CommandKind::Reboot);
    until_state(id, "failed", 40s);
    EXPECT_THAT(of_command(id, "detail"), HasSubstr("not of a key this router knows"));
    EXPECT_TRUE(small.done.empty());
    EXPECT_EQ(small.tokens.size(), 5u);
}

TEST_F(Commands, WhoseTokenIsShownAgainAreRefused) {
    prepare();
    connect();
    const auto id = order(CommandKind::RestartService, dnsd);
    until_state(id, "succeeded");
    http::Request replayed{.method = "POST",
                           .target = "/v1/services/vivi-dnsd/restart",
                           .headers = {{"authorization", small.tokens.at(0)}},
                           .body = "{}"};
    EXPECT_EQ(small.answer(replayed).status, 401);
    replayed.target = "/v1/system/poweroff";
    EXPECT_EQ(small.answer(replayed).status, 401) << "nor for anything else";
    EXPECT_EQ(small.done.size(), 1u);
}

TEST_F(Commands, ThatExpiredWhileTheRouterWasAwayAreNotSent) {
    prepare();
    const auto id = order(CommandKind::PowerOff);
    sql("alter table commands disable trigger command_moves; update commands set expires_at = now() where id = '" + id +
        "'; alter table commands enable trigger command_moves");
    connect();
    until_state(id, "expired");
    const auto next = order(CommandKind::RestartService, dnsd);
    until_state(next, "succeeded");
    EXPECT_EQ(small.done, std::vector<std::string>{"POST /v1/services/vivi-dnsd/restart"});
}

TEST_F(Commands, ThatWereTakenBackAreNotSent) {
    prepare();
    const auto id = order(CommandKind::PowerOff);
    EXPECT_TRUE(loop.run(db::cancel_command(api_pool, {organisation}, id, {})));
    const auto next = order(CommandKind::RestartService, dnsd);
    connect();
    until_state(next, "succeeded");
    EXPECT_EQ(of_command(id, "state"), "cancelled");
    EXPECT_EQ(small.done.size(), 1u);
}

TEST_F(Commands, AreNeverOfAnotherCustody) {
    prepare();
    const auto old = order(CommandKind::PowerOff);
    sql("with another as (insert into custodies (organisation_id, router_id) values ('" + organisation + "', '" + router +
        "') returning id) update routers set custody_id = another.id from another where routers.id = '" + router + "'");
    connect();
    const auto fresh = order(CommandKind::RestartService, dnsd);
    until("the router is asked", [&] { return small.nonces_given > 0; });
    EXPECT_TRUE(small.done.empty()) << "the router does not know of the new custody yet";
    EXPECT_EQ(of_command(fresh, "nonce"), "");
    small.custody = of_router("custody_id");
    until_state(fresh, "succeeded");
    EXPECT_EQ(small.done, std::vector<std::string>{"POST /v1/services/vivi-dnsd/restart"});
    EXPECT_EQ(of_command(old, "state"), "queued") << "until return_router() cancels it, or it expires";
}

TEST_F(Commands, ARebootHasSucceededOnceTheRouterIsBackInAnotherBoot) {
    prepare();
    connect();
    const auto id = order(CommandKind::Reboot);  // The small router says at once that it has succeeded.
    until("the router is asked how it went", [&] { return !small.asked.empty(); });
    EXPECT_EQ(of_command(id, "state"), "running");
    line.reset();
    until("the end of the session", [&] { return of_router("hub").empty(); });
    EXPECT_EQ(of_command(id, "state"), "running");
    small.boot_id = "boot-2";
    small.restart();
    connect();
    until_state(id, "succeeded");
    EXPECT_EQ(small.done.size(), 1u);
}

TEST_F(Commands, WaitWhileTheRouterIsBusy) {
    prepare();
    connect();
    small.answers_busy = 2;
    const auto id = order(CommandKind::Ping, R"({"host":"192.0.2.1"})");
    until_state(id, "succeeded");
    EXPECT_EQ(small.tokens.size(), 3u);
    EXPECT_EQ(small.done.size(), 1u);
}

TEST_F(Commands, BringAnUpdateWithItsBundleWhole) {
    prepare();
    connect();
    std::string bundle;
    while (bundle.size() < 700'000) bundle += crypto::random_id(64);
    const db::Release release{.version = "9.0." + std::to_string(port), .architecture = "arm64", .signature = "signed offline"};
    const auto added = db::add_release(services->postgres.owner_url(), release, bundle);
    ASSERT_TRUE(added) << added.error().detail;
    EXPECT_EQ(db::add_release(services->postgres.owner_url(), release, bundle).error().code, Code::Conflict);
    small.ends_as = "running";
    small.bundle = bundle.substr(0, 1000);  // A cut before: it goes on from here.
    small.bundle_bytes = bundle.size();
    const Json parameters{{"version", release.version},     {"architecture", "arm64"},
                          {"size_bytes", bundle.size()},    {"sha256", crypto::to_hex(crypto::sha256(as_bytes(bundle)))},
                          {"signature", release.signature}, {"minimum_version", ""}};
    const auto id = order(CommandKind::UpdateSoftware, parameters.dump());
    until("the bundle", [&] { return small.bundle.size() == bundle.size(); });
    EXPECT_EQ(small.bundle, bundle);
    small.end(id, "succeeded");
    until_state(id, "succeeded");
}

}  // namespace
}  // namespace vivi::test
