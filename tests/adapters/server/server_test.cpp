// vivi-server and vivi-admin as processes, with real PostgreSQL, RabbitMQ and Redis, spoken to over HTTP and WebSocket.
// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <fstream>

#include "common/bus/rabbitmq.hpp"
#include "server/live/messages.hpp"
#include "tests/adapters/server/server_process.hpp"

namespace vivi::test {
namespace {

TEST_F(ServerTest, TheWholeWayFromSignInToALiveBan) {
    const Server server;
    await_ready(server);
    const auto site = make_site("live");
    const auto cookie = sign_in(server, make_user(site.organisation));
    const auto routers = post(server, {{"query", "{ me { email } routers { id name } }"}}, {{"cookie", cookie}}).json();
    ASSERT_EQ(routers["data"]["routers"].size(), 1u) << routers;
    const auto router_id = routers["data"]["routers"][0]["id"];
    const auto now = wall_now();
    must(db::ingest(hub, batch(site, {traffic(1, now, phone, "a.example", 100, 200)}), now));

    bus::RabbitmqPublisher publisher{loop.executor(), {.url = rabbitmq().url(), .exchange = "vivi.live"}};
    bus::Queue queue;
    queue.bindings = {live::desired_pattern, live::watch_pattern};
    bus::RabbitmqSubscriber hub_ear{loop.executor(), {.url = rabbitmq().url(), .exchange = "vivi.live"}, queue};
    await("the broker", [&] {
        return run(publisher.publish({{"router.none.changed", R"({"v":1,"router":"none","revision":0})"}})).has_value() &&
               hub_ear.connected();
    });

    LiveSocket socket;
    ASSERT_EQ(run(socket.open(server.port, {{"cookie", cookie}, {"origin", "http://127.0.0.1:" + std::to_string(server.port)}})),
              101);
    run(socket.send({{"type", "connection_init"}}));
    EXPECT_EQ(run(socket.receive())["type"], "connection_ack");
    const std::string subscription =
        "subscription($r: ID!) { deviceChanged(routerId: $r) { revision isSnapshot devices { id mac banState bytesDown } } }";
    run(socket.send(
        {{"id", "1"}, {"type", "subscribe"}, {"payload", {{"query", subscription}, {"variables", {{"r", router_id}}}}}}));
    const auto snapshot = run(socket.receive())["payload"]["data"]["deviceChanged"];
    EXPECT_EQ(snapshot["isSnapshot"], true) << snapshot;
    ASSERT_EQ(snapshot["devices"].size(), 1u);

    // Somebody looks: the router is told, on the bus and in Redis.
    const auto watched = live::parse_watched(run(hub_ear.next(1)).at(0).message);
    ASSERT_TRUE(watched);
    EXPECT_EQ(watched->router, site.router);

    // The hub commits and announces: the viewer has it well within a second.
    const auto ingested = must(db::ingest(hub, batch(site, {traffic(2, now, phone, "a.example", 1, 11)}), now));
    const auto committed = vivi::now();
    std::vector<bus::Message> changed{live::to_message(live::Changed{
        .router = site.router, .organisation = site.organisation, .revision = ingested.revision, .kinds = ingested.kinds})};
    ASSERT_TRUE(run(publisher.publish(changed)));
    const auto delta = run(socket.receive())["payload"]["data"]["deviceChanged"];
    EXPECT_EQ(delta["devices"][0]["bytesDown"], 211) << delta;
    EXPECT_LT(vivi::now() - committed, Seconds{1});

    // The click: the hub hears of the revision, the viewer of the state.
    const auto device = snapshot["devices"][0]["id"];
    const Json ban{{"query",
                    "mutation($d: ID!) { setDeviceBanned(input: {deviceId: $d, banned: true, reason: \"noise\"}) { device { "
                    "banState } errors { code } } }"},
                   {"variables", {{"d", device}}}};
    EXPECT_EQ(post(server, ban, {{"cookie", cookie}}).json()["data"]["setDeviceBanned"]["device"]["banState"], "SENT");
    const auto desired = live::parse_desired(run(hub_ear.next(1)).at(0).message);
    ASSERT_TRUE(desired);
    EXPECT_EQ(desired->revision, 2);
    EXPECT_EQ(run(socket.receive())["payload"]["data"]["deviceChanged"]["devices"][0]["banState"], "SENT");
}

TEST_F(ServerTest, APageElsewhereCanNeitherActNorListen) {
    const Server server;
    await_ready(server);
    const auto site = make_site("origins");
    const auto cookie = sign_in(server, make_user(site.organisation));
    const Json query{{"query", "{ me { email } }"}};
    EXPECT_EQ(post(server, query, {{"cookie", cookie}, {"origin", "https://evil.example"}}).status, 403);
    EXPECT_EQ(post(server, query, {{"cookie", cookie}, {"sec-fetch-site", "cross-site"}}).status, 403);
    EXPECT_EQ(post(server, query, {{"cookie", cookie}, {"origin", "http://127.0.0.1:" + std::to_string(server.port)}}).status,
              200);
    EXPECT_NE(
        run(request(server.port, "POST", "/graphql", {{"cookie", cookie}, {"content-type", "text/plain"}}, query.dump())).status,
        200);
    LiveSocket socket;
    EXPECT_EQ(run(socket.open(server.port, {{"cookie", cookie}, {"origin", "https://evil.example"}})), 403);
}

TEST_F(ServerTest, ServesTheWebSiteWithItsHeaders) {
    const Server server;
    await("vivi-server", [&] { return get(server, "/healthz").status == 200; });
    const auto page = get(server, "/devices");
    EXPECT_EQ(page.status, 200);
    EXPECT_NE(page.body.find("<title>Vivi</title>"), std::string::npos);
    EXPECT_NE(page.header("content-security-policy").find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(page.header("x-content-type-options"), "nosniff");
    EXPECT_EQ(page.header("referrer-policy"), "no-referrer");
}

TEST_F(ServerTest, WaitsForADatabaseThatComesLater) {
    PrivatePostgres late;
    late.stop();
    const Server server{std::to_string(late.port())};
    await("the port", [&] { return get(server, "/healthz").status == 200; });
    EXPECT_EQ(get(server, "/readyz").status, 503);
    await("the log line", [&] { return server.log().find("database.waiting") != std::string::npos; });
    const auto answer = post(server, {{"query", "{ me { id } }"}}, {{"cookie", "__Host-vivi=" + std::string(43, 'A')}}).json();
    EXPECT_EQ(answer["errors"][0]["extensions"]["code"], "UNAVAILABLE") << "not known is not signed out: " << answer;
    late.start();
    await_ready(server);
    EXPECT_TRUE(post(server, {{"query", "{ me { id } }"}}, {{"cookie", "__Host-vivi=" + std::string(43, 'A')}})
                    .json()["data"]["me"]
                    .is_null());
}

TEST_F(ServerTest, ATakenPortEndsItWithOneSentence) {
    const Server first;
    await("the port", [&] { return get(first, "/healthz").status == 200; });
    TempFolder folder;
    Child second{{.command = {std::string{VIVI_BIN} + "/vivi-server"},
                  .environment = {{"VIVI_LISTEN_PORT", std::to_string(first.port)},
                                  {"VIVI_HEALTH_SOCKET", ""},
                                  {"VIVI_LOG_LEVEL", "error"}},
                  .output = folder / "log",
                  .user = {}}};
    EXPECT_EQ(second.wait(), 1);
    std::ifstream file{folder / "log"};
    std::string line;
    std::getline(file, line);
    EXPECT_NE(line.find(std::to_string(first.port)), std::string::npos) << line;
}

TEST_F(ServerTest, EndsAtOnceWhenAskedWithASocketOpen) {
    Server server;
    await_ready(server);
    const auto site = make_site("ending");
    const auto cookie = sign_in(server, make_user(site.organisation));
    const auto router = post(server, {{"query", "{ routers { id } }"}}, {{"cookie", cookie}}).json()["data"]["routers"][0]["id"];
    LiveSocket socket;
    ASSERT_EQ(run(socket.open(server.port, {{"cookie", cookie}})), 101);
    run(socket.send({{"type", "connection_init"}}));
    run(socket.receive());
    run(socket.send(
        {{"id", "1"},
         {"type", "subscribe"},
         {"payload",
          {{"query", "subscription($r: ID!) { trafficChanged(routerId: $r) { rateUp } }"}, {"variables", {{"r", router}}}}}}));
    EXPECT_EQ(run(socket.receive())["type"], "next");
    const auto asked = vivi::now();
    server.child().signal(SIGTERM);
    EXPECT_EQ(server.child().wait(), 0) << server.log();
    EXPECT_LT(vivi::now() - asked, Seconds{5});
}

TEST_F(ServerTest, AdminPrintsIdsAndSaysWhatIsWrong) {
    const auto organisation = admin({"create-organisation", "Spring Fair"});
    EXPECT_EQ(exit_code, 0);
    ASSERT_EQ(organisation.size(), 36u) << organisation;
    EXPECT_EQ(admin({"migrate"}), "");
    EXPECT_EQ(exit_code, 0);

    TempFolder folder;
    std::ofstream{folder / "good.json"} << minimal_configuration;
    std::ofstream{folder / "bad.json"} << R"({"networks":[{"name":"lan"}]})";
    const auto accept = [&](const std::string& file, const std::string& fingerprint) {
        return admin({"accept-router", "--fingerprint", fingerprint, "--organisation", organisation, "--name", "Hall",
                      "--configuration", folder / file});
    };
    EXPECT_EQ(accept("good.json", "SHA256:admin").size(), 36u);
    EXPECT_EQ(exit_code, 0);
    EXPECT_NE(accept("good.json", "SHA256:admin").find("already"), std::string::npos);
    EXPECT_EQ(exit_code, 1);
    EXPECT_NE(accept("bad.json", "SHA256:admin2").find("/networks/0"), std::string::npos);
    EXPECT_NE(accept("none.json", "SHA256:admin2").find("none.json: cannot be read"), std::string::npos);
    accept("good.json", "MD5:nope");
    EXPECT_EQ(exit_code, 64);

    std::ofstream{folder / "policy.json"} << R"({"mode":"allow-listed"})";
    std::ofstream{folder / "bad-policy.json"} << R"({"mode":"strict"})";
    const auto router = accept("good.json", "SHA256:policy");
    EXPECT_EQ(admin({"set-policy", "--router", router, "--file", folder / "policy.json", "--never-blocked",
                     "dash.example,hub.example"}),
              "2");
    EXPECT_EQ(exit_code, 0);
    const auto policy = Json::parse(admin({"get-policy", "--router", router}));
    EXPECT_EQ(policy["mode"], "allow-listed");
    EXPECT_EQ(policy["never_blocked"], Json({"dash.example", "hub.example"}));
    EXPECT_NE(admin({"set-policy", "--router", router, "--file", folder / "bad-policy.json"}).find("/mode"), std::string::npos);
    EXPECT_EQ(exit_code, 1);
    std::ofstream{folder / "ads.txt"} << "0.0.0.0 ads.example\n0.0.0.0 more.example\nnonsense here\n";
    const auto imported = admin({"import-list", "--organisation", organisation, "--name", "ads", "--file", folder / "ads.txt"});
    EXPECT_NE(imported.find(R"("accepted":2)"), std::string::npos) << imported;
    EXPECT_EQ(exit_code, 0);
    admin({"import-list", "--organisation", organisation, "--name", "ads", "--file", folder / "policy.json"});
    EXPECT_EQ(exit_code, 1);

    const auto user = [&](const std::string& id, const std::string& secret) {
        return admin({"create-user", "--email", "bob@example.org", "--name", "Bob", "--organisation", id, "--role", "viewer"},
                     secret);
    };
    EXPECT_NE(user(organisation, "short").find("at least 8"), std::string::npos);
    EXPECT_EQ(exit_code, 1);
    EXPECT_NE(user("00000000-0000-4000-8000-000000000000", password).find("no organisation"), std::string::npos);
    EXPECT_EQ(user(organisation, password).size(), 36u);
    EXPECT_NE(user(organisation, password).find("exists already"), std::string::npos);
    admin({"create-user", "--email", "bob@example.org"});
    EXPECT_EQ(exit_code, 64);
}

}  // namespace
}  // namespace vivi::test
