// What the hub never does, and never takes for true: words before authentication, shells, other forwards, a link that is dead.
// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/ip/tcp.hpp>

#include "tests/adapters/hub/raw_client.hpp"
#include "tests/adapters/hub/site.hpp"
#include "tests/adapters/relay.hpp"

namespace vivi::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::uint8_t disconnect = 1, service_accept = 6, failure = 51, success = 52, request_success = 81, open_confirmed = 91;

/// Each is said before anything was proven. A client that says the first is a router for a server with CVE-2018-10933.
const std::map<std::string, Packet>& early_words() {
    static const std::map<std::string, Packet> words{
        {"USERAUTH_SUCCESS", Packet{success}},
        {"GLOBAL_REQUEST", Packet{80}.string("tcpip-forward").u8(1).string("sync").u32(1)},
        {"CHANNEL_OPEN session", Packet{90}.string("session").u32(0).u32(1 << 20).u32(1 << 14)},
        {"CHANNEL_OPEN direct-tcpip",
         Packet{90}.string("direct-tcpip").u32(0).u32(1 << 20).u32(1 << 14).string("127.0.0.1").u32(22).string("a").u32(1)},
        {"CHANNEL_OPEN_CONFIRMATION", Packet{open_confirmed}.u32(0).u32(0).u32(1 << 20).u32(1 << 14)},
        {"CHANNEL_DATA", Packet{94}.u32(0).string("{}")},
        {"CHANNEL_REQUEST", Packet{98}.u32(0).string("shell").u8(1)},
        {"REQUEST_SUCCESS", Packet{request_success}},
        {"USERAUTH_PK_OK", Packet{60}.string("ssh-ed25519").string("")},
        {"SERVICE_ACCEPT", Packet{service_accept}.string("ssh-connection")},
    };
    return words;
}

class Refusals : public HubSite {
public:
    void start_listening() {
        accept_router();
        start_hub();
        until("listening", [&] { return log("hub.log").contains("hub.listening"); });
    }
    /// Says the word, then what only a router may ask for; true when the hub granted any of it.
    static bool is_taken_in(RawClient& client, const Packet& word) {
        client.send(word);
        client.send(early_words().at("GLOBAL_REQUEST"));
        client.send(early_words().at("CHANNEL_OPEN session"));
        client.send(Packet{50}.string("router").string("ssh-connection").string("none"));
        while (const auto answer = client.receive()) {
            const auto type = std::to_integer<std::uint8_t>(answer->at(0));
            if (type == request_success || type == open_confirmed || type == success) return true;
            if (type == disconnect || type == failure) return false;
        }
        return false;
    }
    /// Nobody became a router, and a real one still does.
    void expect_only_the_router_comes_in() {
        EXPECT_THAT(log("hub.log"), Not(HasSubstr("router.")));
        start_bridge();
        start_tunnel();
        until("welcome", [&] { return bridge->welcome.has_value(); });
    }
};

TEST_F(Refusals, NoWordBeforeTheKeyExchangeIsBelieved) {
    start_listening();
    for (const auto& [name, word] : early_words()) {
        RawClient client{port};
        EXPECT_FALSE(is_taken_in(client, word)) << name;
    }
    expect_only_the_router_comes_in();
}

TEST_F(Refusals, NoWordAfterTheKeyExchangeIsBelievedWithoutAuthentication) {
    start_listening();
    for (const auto& [name, word] : early_words()) {
        RawClient client{port};
        client.exchange_keys();
        EXPECT_FALSE(is_taken_in(client, word)) << name;
    }
    expect_only_the_router_comes_in();
}

TEST_F(Refusals, NoWordAfterTheServiceRequestIsBelievedWithoutAuthentication) {
    start_listening();
    for (const auto& [name, word] : early_words()) {
        RawClient client{port};
        client.exchange_keys();
        client.send(Packet{5}.string("ssh-userauth"));
        client.receive(service_accept);
        EXPECT_FALSE(is_taken_in(client, word)) << name;
    }
    expect_only_the_router_comes_in();
}

TEST_F(Refusals, TheRawClientReachesAuthenticationWhenItSaysWhatItShould) {
    start_listening();
    RawClient client{port};
    client.exchange_keys();
    client.send(Packet{5}.string("ssh-userauth"));
    EXPECT_TRUE(client.receive(service_accept).size() > 1);
    client.send(Packet{50}.string("router").string("ssh-connection").string("none"));
    EXPECT_THAT(as_text(client.receive(failure)), HasSubstr("publickey")) << "the other tests were refused for what they said";
}

/// The stock OpenSSH client with the router's key.
class StockClient : public Refusals {
public:
    Launch command(std::vector<std::string> arguments, std::vector<std::string> after_host = {}) {
        EXPECT_TRUE(
            ssh::write_line(folder / "known", "[127.0.0.1]:" + std::to_string(port) + " " + ssh::to_line(hub_key.public_key())));
        std::vector<std::string> words{"/usr/bin/ssh", "-F", "none", "-i", folder / "identity", "-p", std::to_string(port)};
        for (const auto* option : {"IdentitiesOnly=yes", "BatchMode=yes", "StrictHostKeyChecking=yes", "ConnectTimeout=10"})
            words.insert(words.end(), {"-o", option});
        words.insert(words.end(), {"-o", "UserKnownHostsFile=" + (folder / "known")});
        words.insert(words.end(), arguments.begin(), arguments.end());
        words.emplace_back("router@127.0.0.1");
        words.insert(words.end(), after_host.begin(), after_host.end());
        return {.command = words, .output = folder / "ssh.log"};
    }
    int exit_code(const Launch& launch) {
        Child client{launch};
        until("the client's end", [&] { return client.has_ended(); });
        return client.wait();
    }
};

TEST_F(StockClient, IsARouterLikeOurs) {
    start_listening();
    start_bridge();
    const Child client{command({"-N", "-o", "ExitOnForwardFailure=yes", "-R", "sync:1:" + (folder / "sync.sock"), "-R",
                                "api:2:" + (folder / "api.sock")})};
    until("welcome", [&] { return bridge->welcome.has_value(); });
    for (int i = 1; i <= 100; ++i) bridge->add_traffic(i);
    until("every event", [&] { return bridge->waiting() == 0; });
    EXPECT_EQ(sql("select sum(bytes_down) from traffic where router_id = '" + router + "'"), "5050");
    until("its configuration", [&] { return !bridge->configurations.empty(); });
}

TEST_F(StockClient, GetsNothingElse) {
    start_listening();
    EXPECT_EQ(exit_code(command({"-T"})), 255) << "shell";
    EXPECT_EQ(exit_code(command({}, {"true"})), 255) << "command";
    EXPECT_EQ(exit_code(command({"-s"}, {"sftp"})), 255) << "subsystem";
    EXPECT_EQ(exit_code(command({"-W", "127.0.0.1:" + std::to_string(port)})), 255) << "a connection from the hub";
    const std::string socket = folder / "sync.sock";
    const auto other = free_port();
    for (const auto& forward :
         {"sync:2:" + socket, std::to_string(other) + ":" + socket, (folder / "remote.sock") + ":" + socket})
        EXPECT_EQ(exit_code(command({"-N", "-o", "ExitOnForwardFailure=yes", "-R", forward})), 255) << forward;
    EXPECT_THAT(log("hub.log"), HasSubstr("ssh.refused"));
    EXPECT_FALSE(accepts(other));
}

/// Hub and router over a wire that can go dead.
class DeadLink : public HubSite {
public:
    DeadLink() {
        std::ofstream{folder / "hub.toml", std::ios::app} << "tunnel.keepalive_seconds = 1\ntunnel.dead_seconds = 2\n";
        net::co_spawn(loop.context(), relay.run(), [](std::exception_ptr) {});
    }
    void start(const std::string& dead_seconds_of_router) {
        accept_router();
        start_bridge();
        start_hub();
        tunnel.emplace(Launch{.command = {VIVI_BIN "/vivi-openvivi-embedded", "--config", folder / "tunnel.toml"},
                              .environment = {{"VIVI_HUB_ADDRESSES", "127.0.0.1:" + std::to_string(relay.port())},
                                              {"VIVI_TUNNEL_KEEPALIVE_SECONDS", "1"},
                                              {"VIVI_TUNNEL_DEAD_SECONDS", dead_seconds_of_router}},
                              .output = folder / "tunnel.log"});
        until("welcome", [&] { return bridge->welcome.has_value(); });
    }

    Relay relay{loop.executor(), port};
};

TEST_F(DeadLink, IsFoundByBothEndsAndReplacedWithNothingLost) {
    start("2");
    for (int i = 0; i < 20; ++i) bridge->add_traffic(10);
    until("the first", [&] { return bridge->waiting() == 0; });
    const auto session = of_router("session");
    relay.kill_those_there_are();
    for (int i = 0; i < 20; ++i) bridge->add_traffic(10);
    until("the hub's finding", [&] { return log("hub.log").contains("the peer was silent for"); });
    until("the router's finding", [&] { return log("tunnel.log").contains("the peer was silent for"); });
    until("every event", [&] { return bridge->waiting() == 0; });
    EXPECT_GT(std::stoi(of_router("session")), std::stoi(session));
    EXPECT_EQ(sql("select sum(bytes_down) from traffic where router_id = '" + router + "'"), "400");
}

TEST_F(DeadLink, OfARouterThatDoesNotNoticeIsGivenUpByTheHub) {
    start("600");
    relay.kill_those_there_are();
    until("the hub's finding", [&] { return log("hub.log").contains("the peer was silent for"); });
    until("nobody's", [&] { return of_router("hub").empty(); });
    EXPECT_THAT(log("tunnel.log"), Not(HasSubstr("tunnel.lost")));
}

}  // namespace
}  // namespace vivi::test
