// Three vivi-servers behind a proxy that knows no sessions: which of them answers makes no difference, nor that one dies.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <csignal>
#include <set>

#include "tests/adapters/server/round_robin.hpp"
#include "tests/adapters/server/server_process.hpp"

namespace vivi::test {
namespace {

constexpr const char* follow_devices =
    "subscription($r: ID!, $a: Revision) { deviceChanged(routerId: $r, after: $a) { revision isSnapshot devices { id banState } "
    "} "
    "}";
constexpr const char* set_banned =
    "mutation($d: ID!, $b: Boolean!) { setDeviceBanned(input: {deviceId: $d, banned: $b, reason: \"noise\"}) { device { banState "
    "} "
    "errors { code } } }";

class ReplicasTest : public ServerTest {
protected:
    ReplicasTest() {
        for (const auto& server : servers) await_ready(server);
        site = make_site("replicas");
        email = make_user(site.organisation);
        must(db::ingest(hub, batch(site, {traffic(1, wall_now(), phone, "a.example", 100, 200)}), wall_now()));
    }

    Json ask(const char* query, Json variables = Json::object()) {
        return post(proxy.port(), {{"query", query}, {"variables", std::move(variables)}}, {{"cookie", cookie}}).json()["data"];
    }
    std::string set_ban(bool is_banned) {
        const auto data = ask(set_banned, {{"d", device}, {"b", is_banned}});
        EXPECT_TRUE(data["setDeviceBanned"]["errors"].empty()) << data;
        return data["setDeviceBanned"]["device"]["banState"];
    }

    /// A viewer of the router's devices, at whichever replica took it.
    struct Viewer {
        LiveSocket socket{};
        std::size_t replica = 0;
        std::int64_t revision = 0;
        bool is_lost = false;
    };
    void connect(Viewer& viewer) {
        ASSERT_EQ(run(viewer.socket.open(proxy.port(), {{"cookie", cookie}})), 101);
        viewer.replica = proxy.latest();
        viewer.is_lost = false;
        run(viewer.socket.send({{"type", "connection_init"}}));
        ASSERT_EQ(run(viewer.socket.receive())["type"], "connection_ack");
        const Json variables{{"r", router}, {"a", viewer.revision}};
        run(viewer.socket.send(
            {{"id", "1"}, {"type", "subscribe"}, {"payload", {{"query", follow_devices}, {"variables", variables}}}}));
    }
    /// The next change; null when the socket is gone.
    Json next_change(Viewer& viewer) {
        const auto message = run(viewer.socket.receive());
        viewer.is_lost = message.contains("closed");
        if (viewer.is_lost) return {};
        const auto change = message["payload"]["data"]["deviceChanged"];
        viewer.revision = std::max(viewer.revision, change["revision"].get<std::int64_t>());
        return change;
    }
    /// Reads on until the device is seen in that state; the loop's limit ends what never comes.
    void await_state(Viewer& viewer, const std::string& state) {
        for (;;) {
            const auto change = next_change(viewer);
            ASSERT_FALSE(viewer.is_lost);
            for (const auto& seen : change["devices"])
                if (seen["id"] == device && seen["banState"] == state) return;
        }
    }
    void find_device() {
        router = ask("{ routers { id } }")["routers"][0]["id"];
        Viewer first;
        connect(first);
        device = next_change(first)["devices"][0]["id"];
    }

    std::array<Server, 3> servers{};
    RoundRobin proxy{{servers[0].port, servers[1].port, servers[2].port}};
    Site site{};
    std::string email{}, cookie{}, router{}, device{};
};

TEST_F(ReplicasTest, OneSignsInAnotherAnswersAThirdIsFollowed) {
    cookie = sign_in(proxy.port(), email);
    const auto signed_in_at = proxy.latest();
    router = ask("{ me { email } routers { id } }")["routers"][0]["id"];
    const auto answered_by = proxy.latest();
    Viewer viewer;
    connect(viewer);
    EXPECT_EQ(next_change(viewer)["isSnapshot"], true);
    EXPECT_EQ((std::set{signed_in_at, answered_by, viewer.replica}).size(), 3U);
    EXPECT_FALSE(ask("mutation { logout { errors { code } } }").is_null());
    for (std::size_t i = 0; i < servers.size(); ++i)
        EXPECT_TRUE(ask("{ me { email } }")["me"].is_null()) << "signed out everywhere";
}

TEST_F(ReplicasTest, WhatOneDecidesIsSeenAtAll) {
    cookie = sign_in(proxy.port(), email);
    find_device();
    std::array<Viewer, 3> viewers;
    std::set<std::size_t> replicas, deciders;
    for (auto& viewer : viewers) {
        connect(viewer);
        replicas.insert(viewer.replica);
        next_change(viewer);
    }
    EXPECT_EQ(replicas.size(), 3U);
    for (const bool is_banned : {true, false, true}) {
        const auto state = set_ban(is_banned);
        deciders.insert(proxy.latest());
        for (auto& viewer : viewers) await_state(viewer, state);
    }
    EXPECT_EQ(deciders.size(), 3U);
}

TEST_F(ReplicasTest, WhoseReplicaIsKilledGoesOnAtAnother) {
    cookie = sign_in(proxy.port(), email);
    find_device();
    std::array<Viewer, 3> viewers;
    for (auto& viewer : viewers) {
        connect(viewer);
        next_change(viewer);
    }
    auto& lost = viewers[1];
    servers[lost.replica].child().signal(SIGKILL);
    servers[lost.replica].child().wait();
    while (!lost.is_lost) next_change(lost);

    // The others know nothing of it; what happens meanwhile reaches whoever comes back, as a change and not as a new list.
    const auto state = set_ban(true);
    await_state(viewers[0], state);
    await_state(viewers[2], state);
    const auto dead = lost.replica;
    connect(lost);
    EXPECT_NE(lost.replica, dead);
    const auto change = next_change(lost);
    EXPECT_EQ(change["isSnapshot"], false) << change;
    ASSERT_EQ(change["devices"].size(), 1U) << change;
    EXPECT_EQ(change["devices"][0]["banState"], state);

    servers[dead].start();
    await_ready(servers[dead]);
    const auto again = post(servers[dead], {{"query", "{ me { email } }"}}, {{"cookie", cookie}}).json();
    EXPECT_EQ(again["data"]["me"]["email"], email) << "the session outlived the process";
}

TEST_F(ReplicasTest, CountWrongPasswordsTogether) {
    const Json attempt{{"query", "mutation($i: LoginInput!) { login(input: $i) { user { id } errors { code } } }"},
                       {"variables", {{"i", {{"email", email}, {"password", "wrong"}}}}}};
    std::vector<std::string> codes;
    for (int i = 0; i < 6; ++i) codes.push_back(post(proxy.port(), attempt).json()["data"]["login"]["errors"][0]["code"]);
    EXPECT_EQ(codes.front(), "WRONG_CREDENTIALS");
    EXPECT_EQ(codes.back(), "TOO_MANY_ATTEMPTS") << "five at one account in a minute, whichever replica was asked";
}

}  // namespace
}  // namespace vivi::test
