// The hub end to end: what a router says ends in PostgreSQL exactly once, what is decided reaches it, and who may not is cut off.
// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "server/db/lists.hpp"
#include "tests/adapters/hub/site.hpp"

namespace vivi::test {
namespace {

using testing::HasSubstr;

class Hub : public HubSite {
public:
    /// Hub, tunnel and bridge, up to the first welcome.
    void start() {
        accept_router();
        start_bridge();
        start_hub();
        start_tunnel();
        until("welcome", [&] { return bridge->welcome.has_value(); });
    }
    std::string total() const {
        return sql("select coalesce(sum(bytes_down), 0) from traffic where router_id = '" + router + "'");
    }
};

TEST_F(Hub, StoresEveryEventOnceOverAKillOfTheHub) {
    start();
    std::int64_t expected = 0;
    const auto add = [&](int count) {
        for (int i = 1; i <= count; ++i) {
            bridge->add_traffic(i);
            expected += i;
        }
    };
    add(6000);
    until("the first thousand", [&] { return bridge->waiting() <= 5000; });
    hub->signal(SIGKILL);
    hub->wait();
    const auto streams = bridge->streams;
    add(500);
    start_hub();
    until("every event", [&] { return bridge->waiting() == 0; }, 30s);

    EXPECT_GT(bridge->streams, streams) << "a new stream took over";
    EXPECT_EQ(total(), std::to_string(expected));
    EXPECT_EQ(sql("select max(sequence) from sync_cursors where router_id = '" + router + "'"), "6500");
    EXPECT_EQ(sql("select count(*) from dead_letters where router_id = '" + router + "'"), "0");
}

TEST_F(Hub, KeepsSessionsAndLosesNothingWhilePostgresqlIsAway) {
    start();
    const auto session = of_router("session");
    services->postgres.stop();
    for (int i = 0; i < 300; ++i) bridge->add_traffic(7);
    until("a failed try", [&] { return log("hub.log").find("ingest.waiting") != std::string::npos; });
    EXPECT_EQ(bridge->waiting(), 300u) << "nothing is acknowledged before it is committed";
    services->postgres.start();
    until("every event", [&] { return bridge->waiting() == 0; }, 30s);
    EXPECT_EQ(total(), "2100");
    EXPECT_EQ(of_router("session"), session);
}

TEST_F(Hub, GivesTheRouterItsConfigurationAndEachNewOneAtOnce) {
    start();
    until("the first", [&] { return !bridge->configurations.empty(); });
    EXPECT_EQ(bridge->configurations[0].revision, 1);

    decide(2);
    const auto decided = now();
    publish_until("the second", live::to_message(live::Desired{.router = router, .revision = 2}),
                  [&] { return bridge->configurations.size() == 2; });
    EXPECT_LT(now() - decided, 4s) << "by the wake-up, not by the look every 5 s";
    EXPECT_EQ(bridge->configurations[1].revision, 2);

    decide(3);  // The wake-up was lost.
    until("the third", [&] { return bridge->configurations.size() == 3; }, 8s);
    EXPECT_EQ(bridge->configurations[2].revision, 3);
}

TEST_F(Hub, DoesNotRepeatTheConfigurationThatIsInForce) {
    accept_router();
    start_bridge();
    bridge->applied_revision = 1;
    start_hub();
    start_tunnel();
    until("welcome", [&] { return bridge->welcome.has_value(); });
    bridge->add_traffic(1);
    until("the event", [&] { return bridge->waiting() == 0 && of_router("applied_revision") == "1"; });
    decide(2);
    until("the next one", [&] { return !bridge->configurations.empty(); }, 8s);
    EXPECT_EQ(bridge->configurations[0].revision, 2);
}

TEST_F(Hub, GivesTheRouterTheTextsOfItsOrganisationsListsInChunks) {
    start();
    std::string text = "# \xc3\xa9t\xc3\xa9\n";
    while (text.size() < 600'000) text += "name-" + std::to_string(text.size()) + ".example\n";
    const auto sha256 = crypto::to_hex(crypto::sha256(as_bytes(text)));
    const auto keep = [&](const std::string& whose) {
        const db::NewList list{.name = "ads", .sha256 = sha256, .format = "domains", .text = text, .report = "{}"};
        db::Pool pool{services->postgres.url("vivi_api"), 1};
        const auto kept = loop.run(db::import_list(pool, {whose}, list));
        ASSERT_TRUE(kept) << kept.error().detail;
    };
    const auto answer = [&](std::uint64_t offset) {
        const auto before = bridge->blobs.size();
        bridge->ask({.sha256 = sha256, .offset = offset});
        until("the answer", [&] { return bridge->blobs.size() > before; });
        return bridge->blobs.back();
    };
    keep(*db::create_organisation(services->postgres.owner_url(), "somebody else"));
    EXPECT_EQ(answer(0).size, 0u) << "what another organisation imported is not there";

    keep(organisation);
    std::string whole;
    do {
        const auto part = answer(whole.size());
        ASSERT_EQ(part.offset, whole.size());
        ASSERT_EQ(part.size, text.size());
        ASSERT_FALSE(part.chunk.empty());
        whole += part.chunk;
    } while (whole.size() < text.size());
    EXPECT_EQ(whole, text);
    EXPECT_EQ(bridge->blobs.size(), 4u) << "three chunks of at most 256 KiB";
    EXPECT_TRUE(answer(text.size() + 7).chunk.empty());
}

TEST_F(Hub, TellsTheRouterThatSomebodyLooks) {
    start();
    publish_until("the watch", live::to_message(live::Watched{.router = router, .duration = 25s}),
                  [&] { return !bridge->watches.empty(); });
    EXPECT_GE(bridge->watches[0].duration, 20s);
    publish(live::to_message(live::Watched{.router = router, .duration = 0s}));
    until("the end of it", [&] { return bridge->watches.back().duration == 0s; });
}

TEST_F(Hub, HearsForItsRoutersAgainWhenTheBrokerComesBack) {
    start();
    publish_until("the watch", live::to_message(live::Watched{.router = router, .duration = 25s}),
                  [&] { return !bridge->watches.empty(); });
    const auto streams = bridge->streams;
    publisher.reset();
    services->rabbitmq.kill();
    services->rabbitmq.start();
    // The router was bound for when it came, and it does not come again. What is said before that is told again is lost.
    publish_until("the end of it", live::to_message(live::Watched{.router = router, .duration = 0s}),
                  [&] { return bridge->watches.back().duration == 0s; });
    EXPECT_EQ(bridge->streams, streams) << "nobody came again";
}

TEST_F(Hub, CutsARevokedRouterOff) {
    start();
    sql("update routers set state = 'revoked' where id = '" + router + "'");
    until("bye", [&] { return !bridge->byes.empty(); }, 8s);
    EXPECT_EQ(bridge->byes[0].code, "revoked");
    until("the refusal", [&] { return log("tunnel.log").find("tunnel.refused") != std::string::npos; });
}

TEST_F(Hub, LetsTheNewerSessionOfARouterReplaceTheOlder) {
    start();
    const auto first = of_router("session");
    EXPECT_TRUE(
        ssh::write_line(folder / "known", "[127.0.0.1]:" + std::to_string(port) + " " + ssh::to_line(hub_key.public_key())));
    const Child second{{.command = {"/usr/bin/ssh", "-F", "none", "-N", "-i", folder / "identity", "-o", "IdentitiesOnly=yes",
                                    "-o", "UserKnownHostsFile=" + (folder / "known"), "-o", "BatchMode=yes", "-R",
                                    "sync:1:" + (folder / "none.sock"), "-p", std::to_string(port), "router@127.0.0.1"},
                        .output = folder / "ssh.log"}};
    until("bye", [&] { return !bridge->byes.empty(); });
    EXPECT_EQ(bridge->byes[0].code, "replaced");
    EXPECT_GT(std::stoi(of_router("session")), std::stoi(first));
}

TEST_F(Hub, SaysGoodbyeAndEndsWithinFiveSecondsWhenItIsStopped) {
    start();
    const auto asked = now();
    hub->signal(SIGTERM);
    until("its end", [&] { return hub->has_ended(); }, 5s);
    EXPECT_EQ(hub->wait(), 0);
    EXPECT_LT(now() - asked, 5s);
    until("bye", [&] { return !bridge->byes.empty(); });
    EXPECT_EQ(bridge->byes[0].code, "draining");
    EXPECT_EQ(of_router("hub"), "");
}

TEST_F(Hub, KnowsARouterWhoseBridgeIsDown) {
    accept_router();
    start_hub();
    start_tunnel();
    until("its software", [&] { return of_router("software").starts_with("vivi-openvivi-embedded"); });
    start_bridge();
    until("welcome", [&] { return bridge->welcome.has_value(); });
    EXPECT_EQ(of_router("software"), "vivi-bridged test");
}

/// What the hub's log says of addresses after `first` was sent on a new connection, followed by an SSH client's greeting.
class ProxiedHub : public Hub {
public:
    void start_behind(const std::string& proxies) {
        std::ofstream{folder / "hub.toml", std::ios::app} << "proxies.trusted = [" << proxies << "]\n";
        start_hub();
        until("listening", [&] { return log("hub.log").find("hub.listening") != std::string::npos; });
    }
    /// Sends it, and ends as a client that gives up.
    void send(std::string_view first) {
        net::io_context context;
        net::ip::tcp::socket socket{context};
        socket.connect({net::ip::make_address("127.0.0.1"), port});
        net::write(socket, net::buffer(std::string{first} + "SSH-2.0-test\r\n"));
    }
    void until_logged(const std::string& text) {
        until(text, [&] { return log("hub.log").find(text) != std::string::npos; });
    }
    static constexpr std::string_view from_198_51_100_7{
        "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc6\x33\x64\x07\xcb\0\x71\x01\xd4\x31\x08\xae", 28};
};

TEST_F(ProxiedHub, LearnsTheRoutersAddressFromItsProxy) {
    start_behind("\"127.0.0.0/8\"");
    send(from_198_51_100_7);
    until_logged("hub.handshake_failed address=198.51.100.7");
}

TEST_F(ProxiedHub, TakesNobodyElsesWord) {
    start_behind("\"192.0.2.1\"");
    send(from_198_51_100_7);
    until_logged("hub.handshake_failed address=127.0.0.1");
    EXPECT_EQ(log("hub.log").find("198.51.100.7"), std::string::npos);
}

TEST_F(ProxiedHub, WantsTheHeaderOfAProxy) {
    start_behind("\"127.0.0.1\"");
    send("");
    until_logged("reason=\"the proxy sent no header of the PROXY protocol\"");
}

TEST_F(Hub, SaysWhatIsWrongWhenItCannotStart) {
    start_hub();
    until("the first", [&] { return log("hub.log").find("hub.listening") != std::string::npos; });
    const std::string second = VIVI_BIN "/vivi-openvivi";
    std::ofstream{folder / "second.toml"} << "health.socket = \"\"\nhost_key.file = \"" << (folder / "hub_key")
                                          << "\"\nlisten.address = \"127.0.0.1\"\nlisten.port = " << port << "\n";
    Child taken{{.command = {second, "--config", folder / "second.toml"}, .output = folder / "second.log"}};
    EXPECT_EQ(taken.wait(), 1);
    EXPECT_THAT(log("second.log"), HasSubstr("cannot listen"));

    std::ofstream{folder / "third.toml"} << "listen.prot = 1\n";
    Child wrong{{.command = {second, "--config", folder / "third.toml"}, .output = folder / "third.log"}};
    EXPECT_EQ(wrong.wait(), 78);
    EXPECT_THAT(log("third.log"), HasSubstr("listen.prot: unknown key"));
}

}  // namespace
}  // namespace vivi::test
