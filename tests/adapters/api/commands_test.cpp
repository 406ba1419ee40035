// Commands through the API: who may, what is refused, idempotency keys, live states; and those of the staff.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/commands.hpp"

#include "server/api/ids.hpp"
#include "server/db/command_jobs.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class CommandApi : public Api {
protected:
    Site site = make_site("command-api");
    std::unique_ptr<api::Call> organiser = sign_in(make_user(site, "organiser"));

    Json order(api::Call& call, const Json& command, const std::string& key = "k",
               const std::string& mutation = "commandRouter") {
        return payload_of(ask(call,
                              "mutation ($i: CommandRouterInput!) { " + mutation +
                                  "(input: $i) { command { id kind state parameters isByStaff author } errors { code field } } }",
                              {{"i", {{"routerId", api::to_id("Router", site.router)}, {"key", key}, {"command", command}}}}),
                          mutation);
    }
    Json cancel(api::Call& call, const std::string& id, const std::string& mutation = "cancelCommand") {
        return payload_of(
            ask(call, "mutation ($c: ID!) { " + mutation + "(input: {commandId: $c}) { command { state } errors { code } } }",
                {{"c", id}}),
            mutation);
    }
    std::unique_ptr<api::Call> staff(const std::string& role) {
        static int count = 0;
        const auto email = role + std::to_string(++count) + "@jobs.example";
        static const auto hash = auth::hash_password(password);
        postgres().sql("insert into users (email, name, password_hash, staff_role) values ('" + email + "', 'x', '" + *hash +
                       "', '" + role + "')");
        return sign_in(email);
    }
    void forget_step_up() {
        postgres().sql("update sessions set stepped_up_at = now() - interval '1 hour', created_at = now() - interval '1 hour'");
    }
    static std::string error_of(const Json& payload) { return payload["errors"][0]["code"]; }
};

TEST_F(CommandApi, OrganisersCommandTheirRoutersAndTheHubIsWoken) {
    const auto made = order(*organiser, {{"restartService", "vivi-dnsd"}});
    ASSERT_TRUE(made["errors"].empty()) << made;
    EXPECT_EQ(made["command"]["kind"], "RESTART_SERVICE");
    EXPECT_EQ(made["command"]["state"], "QUEUED");
    EXPECT_EQ(made["command"]["parameters"], (Json{{"service", "vivi-dnsd"}}));
    EXPECT_EQ(made["command"]["author"], "organiser");
    EXPECT_EQ(order(*organiser, {{"restartService", "vivi-dnsd"}})["command"]["id"], made["command"]["id"]) << "the same key";
    EXPECT_EQ(error_of(order(*organiser, {{"ping", {{"host", "a.example"}}}})), "KEY_USED");
    EXPECT_EQ(number("select count(*) from audit_log where action = 'command.made' and target = '" + site.router + "'"), "1");

    const auto page = ask(*organiser, "query ($r: ID!) { router(id: $r) { commands { edges { node { id state } } } } }",
                          {{"r", api::to_id("Router", site.router)}})["data"]["router"]["commands"]["edges"];
    ASSERT_EQ(page.size(), 1u);
    EXPECT_EQ(page[0]["node"]["id"], made["command"]["id"]);
    EXPECT_EQ(cancel(*organiser, made["command"]["id"])["command"]["state"], "CANCELLED");
    EXPECT_EQ(error_of(cancel(*organiser, made["command"]["id"])), "COMMAND_OVER");
    EXPECT_EQ(number("select count(*) from audit_log where action = 'command.cancelled' and target = '" + site.router + "'"),
              "1");
}

TEST_F(CommandApi, EveryKindHasItsInput) {
    const std::vector<std::pair<Json, std::string>> inputs{
        {{{"reboot", true}}, "REBOOT"},
        {{{"powerOff", true}}, "POWER_OFF"},
        {{{"startService", "vivi-pcapd"}}, "START_SERVICE"},
        {{{"stopService", "vivi-pcapd"}}, "STOP_SERVICE"},
        {{{"collectLogs", {{"service", "vivi-dhcpd"}, {"lines", 10}}}}, "COLLECT_LOGS"},
        {{{"ping", {{"host", "192.0.2.1"}}}}, "PING"},
        {{{"dns", "www.example.org"}}, "DNS"},
        {{{"throughput", 3}}, "THROUGHPUT"},
    };
    for (const auto& [input, kind] : inputs) {
        const auto made = order(*organiser, input, kind);
        ASSERT_TRUE(made["errors"].empty()) << made;
        EXPECT_EQ(made["command"]["kind"], kind);
    }
}

TEST_F(CommandApi, WhatIsWrongIsSaid) {
    for (const Json& command : {Json{{"reboot", false}}, Json{{"stopService", "../x"}}, Json{{"ping", {{"host", "a b"}}}},
                                Json{{"throughput", 99}}, Json{{"collectLogs", {{"service", "x"}, {"lines", 0}}}}})
        EXPECT_EQ(error_of(order(*organiser, command)), "INVALID") << command;
    EXPECT_EQ(error_of(order(*organiser, {{"updateSoftware", "nonsense"}})), "NOT_FOUND");
    EXPECT_EQ(error_of(order(*organiser, {{"reboot", true}}, "")), "INVALID");
    EXPECT_EQ(error_of(order(*organiser, {{"reboot", true}}, std::string(101, 'x'))), "INVALID");
    EXPECT_EQ(number("select count(*) from commands where router_id = '" + site.router + "'"), "0");
}

TEST_F(CommandApi, DangerousOnesAskWhoIsAtTheKeyboard) {
    forget_step_up();
    for (const Json& command : {Json{{"reboot", true}}, Json{{"powerOff", true}}, Json{{"stopService", "vivi-dnsd"}}})
        EXPECT_EQ(error_of(order(*organiser, command)), "STEP_UP_REQUIRED") << command;
    EXPECT_TRUE(order(*organiser, {{"restartService", "vivi-dnsd"}})["errors"].empty());
}

TEST_F(CommandApi, OthersMayNot) {
    const auto id = order(*organiser, {{"restartService", "vivi-dnsd"}})["command"]["id"].get<std::string>();
    auto operator_ = sign_in(make_user(site, "operator"));
    EXPECT_EQ(error_of(order(*operator_, {{"reboot", true}})), "FORBIDDEN") << "operators ban and allow only";
    EXPECT_EQ(error_of(cancel(*operator_, id)), "FORBIDDEN");
    auto viewer = sign_in(make_user(site, "viewer"));
    const auto seen = ask(*viewer, "query ($c: ID!) { command(id: $c) { state result } }", {{"c", id}});
    EXPECT_EQ(seen["data"]["command"]["state"], "QUEUED");
    EXPECT_TRUE(seen["data"]["command"]["result"].is_null()) << "logs name devices";
    auto elsewhere = sign_in(make_user(make_site("command-elsewhere"), "owner"));
    EXPECT_EQ(error_of(order(*elsewhere, {{"reboot", true}})), "NOT_FOUND");
    EXPECT_EQ(error_of(cancel(*elsewhere, id)), "NOT_FOUND");
    EXPECT_TRUE(ask(*elsewhere, "query ($c: ID!) { command(id: $c) { state } }", {{"c", id}})["data"]["command"].is_null());
}

TEST_F(CommandApi, StaffCommandAnyRouterAndItsOrganisationSeesIt) {
    auto fleet = staff("operator"), support = staff("support");
    EXPECT_EQ(error_of(order(*support, {{"reboot", true}}, "s", "staffCommandRouter")), "FORBIDDEN");
    const auto made = order(*fleet, {{"restartService", "vivi-dnsd"}}, "s", "staffCommandRouter");
    ASSERT_TRUE(made["errors"].empty()) << made;
    EXPECT_EQ(made["command"]["isByStaff"], true);
    const auto list = ask(*support, "query ($r: ID!) { staff { commands(routerId: $r) { edges { node { id isByStaff } } } } }",
                          {{"r", api::to_id("Router", site.router)}})["data"]["staff"]["commands"]["edges"];
    ASSERT_EQ(list.size(), 1u) << list;
    EXPECT_EQ(list[0]["node"]["id"], made["command"]["id"]);
    auto owner = sign_in(make_user(site, "owner"));
    const auto log =
        ask(*owner, "query ($o: ID!) { auditLog(organisationId: $o, action: \"command.\") { edges { node { action detail } } } }",
            {{"o", api::to_id("Organisation", site.organisation)}})["data"]["auditLog"]["edges"];
    ASSERT_EQ(log.size(), 1u) << log;
    EXPECT_EQ(log[0]["node"]["detail"]["staff"], true);
    EXPECT_EQ(cancel(*fleet, made["command"]["id"], "staffCancelCommand")["command"]["state"], "CANCELLED");
    forget_step_up();
    EXPECT_EQ(error_of(order(*fleet, {{"restartService", "vivi-dnsd"}}, "t", "staffCommandRouter")), "STEP_UP_REQUIRED");
}

TEST_F(CommandApi, ASubscriberSeesEveryStateToTheEnd) {
    const auto id = order(*organiser, {{"restartService", "vivi-dnsd"}})["command"]["id"].get<std::string>();
    const auto uuid = *api::parse_id("Command", id);
    auto context = graphql::Context::of(*organiser);
    auto opened = loop.run(
        engine->subscribe(prepare("subscription ($c: ID!) { commandChanged(commandId: $c) { state } }", {{"c", id}}), context));
    ASSERT_TRUE(opened) << opened.error().body;
    const auto next = [&] {
        wakeups.wake(site.router);
        return loop.run((*opened)->next());
    };
    const auto state_of = [](const auto& event) { return Json::parse(event->body)["data"]["commandChanged"]["state"]; };
    EXPECT_EQ(state_of(next()), "QUEUED");
    const std::string nonce(32, 'a');
    ASSERT_TRUE(run(db::keep_nonce(hub, site.link, uuid, nonce, "boot")));
    ASSERT_TRUE(must(db::keep_token(api, uuid, nonce, "Vivi x")));
    ASSERT_TRUE(run(db::mark_sent(hub, site.link, uuid)));
    EXPECT_EQ(state_of(next()), "SENT");
    ASSERT_TRUE(run(db::note_report(hub, site.link, uuid, {.state = model::CommandState::Succeeded})));
    EXPECT_EQ(state_of(next()), "SUCCEEDED");
    EXPECT_FALSE(next()) << "the stream ends with the command";
}

}  // namespace
}  // namespace vivi::test
