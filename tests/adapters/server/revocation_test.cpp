// Whose access ends at one vivi-server is gone from the others within a second: two processes, one database.
// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "tests/adapters/server/server_process.hpp"

namespace vivi::test {
namespace {

class RevocationTest : public ServerTest {
protected:
    RevocationTest() {
        for (const auto& server : servers) await_ready(server);
        site = make_site("revocation");
        const auto owner = make_user(site.organisation);
        cookie = sign_in(servers[0], owner);
        const auto data = post(servers[0], {{"query", "{ routers { id } }"}}, {{"cookie", cookie}}).json()["data"];
        router = data["routers"][0]["id"];
    }
    /// A viewer with a socket at the second server that follows the router.
    std::string connect(LiveSocket& socket) {
        email = "guest@" + site.organisation + ".example";
        admin({"create-user", "--email", email, "--name", "Bob", "--organisation", site.organisation, "--role", "viewer"},
              password);
        const auto theirs = sign_in(servers[1], email);
        EXPECT_EQ(run(socket.open(servers[1].port, {{"cookie", theirs}})), 101);
        run(socket.send({{"type", "connection_init"}}));
        EXPECT_EQ(run(socket.receive())["type"], "connection_ack");
        run(socket.send({{"id", "1"},
                         {"type", "subscribe"},
                         {"payload",
                          {{"query", "subscription($r: ID!) { deviceChanged(routerId: $r) { revision devices { id } } }"},
                           {"variables", {{"r", router}}}}}}));
        EXPECT_EQ(run(socket.receive())["type"], "next");
        return theirs;
    }
    /// Everything until the server closes; the code.
    int read_to_the_end(LiveSocket& socket) {
        for (;;) {
            const auto message = run(socket.receive());
            if (message.contains("closed")) return message["closed"];
        }
    }

    std::array<Server, 2> servers{};
    Site site{};
    std::string cookie{}, router{}, email{};
};

TEST_F(RevocationTest, ARemovedMembersSocketIsClosedAtTheOtherServer) {
    LiveSocket socket;
    const auto theirs = connect(socket);
    postgres().sql("delete from memberships where user_id = (select id from users where email = '" + email + "')");
    const auto removed = vivi::now();
    EXPECT_EQ(read_to_the_end(socket), 4403);
    EXPECT_LT(vivi::now() - removed, Seconds{3}) << "promised within one; a busy machine is given three";
    const auto data = post(servers[1], {{"query", "{ routers { id } }"}}, {{"cookie", theirs}}).json()["data"];
    EXPECT_TRUE(data["routers"].empty()) << "signed in still, a member no more";
}

TEST_F(RevocationTest, SigningOutAtOneEndsTheSocketAtTheOther) {
    LiveSocket socket;
    const auto theirs = connect(socket);
    const auto answer = post(servers[0], {{"query", "mutation { logout { errors { code } } }"}}, {{"cookie", theirs}});
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(read_to_the_end(socket), 4403);
}

TEST_F(RevocationTest, ADemotedMembersSocketGoesOnWithWhatIsLeft) {
    LiveSocket socket;
    connect(socket);
    postgres().sql("update memberships set role = 'operator' where user_id = (select id from users where email = '" + email +
                   "')");
    run(socket.send({{"id", "2"}, {"type", "subscribe"}, {"payload", {{"query", "{ me { memberships { role } } }"}}}}));
    std::string role;
    await("the new role", [&] {
        for (auto message = run(socket.receive()); !message.contains("closed"); message = run(socket.receive())) {
            if (message["id"] == "2" && message["type"] == "next")
                role = message["payload"]["data"]["me"]["memberships"][0]["role"];
            if (message["id"] == "2" && message["type"] == "complete") break;
        }
        if (role == "OPERATOR") return true;
        run(socket.send({{"id", "2"}, {"type", "subscribe"}, {"payload", {{"query", "{ me { memberships { role } } }"}}}}));
        return false;
    });
    EXPECT_EQ(role, "OPERATOR");
}

}  // namespace
}  // namespace vivi::test
