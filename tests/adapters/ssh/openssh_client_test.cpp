// The stock OpenSSH client as a router of our hub: what it may do works, what it may not is refused.
// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include "tests/adapters/ssh/ends.hpp"

namespace vivi::test {
namespace {

using testing::Contains;
using testing::HasSubstr;

class OpensshClient : public testing::Test {
public:
    OpensshClient() {
        EXPECT_TRUE(identity.save(folder / "identity"));
        hub.accepted.insert(ssh::fingerprint(identity.public_key()));
    }
    /// ssh to our hub, which it knows by its key.
    Launch command(std::vector<std::string> arguments, std::vector<std::string> after_host = {}) {
        EXPECT_TRUE(ssh::write_line(folder / "known",
                                    "[127.0.0.1]:" + std::to_string(hub.port()) + " " + ssh::to_line(hub.key.public_key())));
        std::vector<std::string> words{"/usr/bin/ssh",
                                       "-F",
                                       "none",
                                       "-i",
                                       folder / "identity",
                                       "-o",
                                       "IdentitiesOnly=yes",
                                       "-o",
                                       "UserKnownHostsFile=" + (folder / "known"),
                                       "-o",
                                       "StrictHostKeyChecking=yes",
                                       "-o",
                                       "BatchMode=yes",
                                       "-p",
                                       std::to_string(hub.port())};
        words.insert(words.end(), arguments.begin(), arguments.end());
        words.push_back("router@127.0.0.1");
        words.insert(words.end(), after_host.begin(), after_host.end());
        return {.command = words, .output = folder / "ssh.log"};
    }
    std::vector<std::string> forwards() {
        return {"-N",
                "-R",
                "sync:1:" + (folder / "echo.sock"),
                "-R",
                "api:2:" + (folder / "echo.sock"),
                "-o",
                "ExitOnForwardFailure=yes"};
    }
    /// Runs the client to its end beside the hub; its exit code.
    int exit_code(const Launch& launch) {
        Child client{launch};
        const auto wait = [](Child& child) -> Task<> {
            while (!child.has_ended()) co_await after(10ms);
        };
        loop.run(beside(wait(client), hub));
        return client.wait();
    }

    TempFolder folder{};
    Loop loop{};
    ssh::PrivateKey identity = made_key();
    Hub hub{loop.executor()};
    Echo echo{loop.executor(), folder / "echo.sock"};
};

TEST_F(OpensshClient, CarriesChannelsToBothForwards) {
    Child client{command(forwards())};
    const auto body = [](Hub& to) -> Task<> {
        Signal done{co_await net::this_coro::executor};
        bool is_done = false;
        to.use = [&](ssh::Session& session) -> Task<> {
            auto sync = co_await opened(session, sync_forward);
            auto api = co_await opened(session, api_forward);
            co_await expect_echo(*sync, crypto::random_bytes(100'000));
            co_await expect_echo(*api, crypto::random_bytes(1));
            is_done = true;
            done.notify();
        };
        while (!is_done) co_await done.wait();
    };
    loop.run(beside(body(hub), hub, echo));
    EXPECT_THAT(hub.asked, Contains(ssh::fingerprint(identity.public_key())));
}

TEST_F(OpensshClient, CarriesFiveThousandChannelsOneAfterTheOther) {
    Child client{command(forwards())};
    const auto body = [](Hub& to) -> Task<> {
        Signal done{co_await net::this_coro::executor};
        bool is_done = false;
        to.use = [&](ssh::Session& session) -> Task<> {
            for (int i = 0; i < 5000; ++i) {
                auto channel = co_await opened(session, api_forward);
                co_await expect_echo(*channel, crypto::random_bytes(300));
                EXPECT_EQ(session.channels(), 1u);
            }
            is_done = true;
            done.notify();
        };
        while (!is_done) co_await done.wait();
    };
    loop.run(beside(body(hub), hub, echo));
}

TEST_F(OpensshClient, CarriesManyMegabytesWhileItChangesKeys) {
    auto arguments = forwards();
    arguments.insert(arguments.end(), {"-o", "RekeyLimit=4M"});
    Child client{command(arguments)};
    const auto body = [](Hub& to) -> Task<> {
        Signal done{co_await net::this_coro::executor};
        bool is_done = false;
        to.use = [&](ssh::Session& session) -> Task<> {
            auto channel = co_await opened(session, sync_forward);
            co_await expect_echo(*channel, crypto::random_bytes(48 << 20));
            is_done = true;
            done.notify();
        };
        while (!is_done) co_await done.wait();
    };
    loop.run(beside(body(hub), hub, echo), 60s);
}

TEST_F(OpensshClient, WithAnUnknownKeyIsRefused) {
    hub.accepted.clear();
    EXPECT_EQ(exit_code(command(forwards())), 255);
    ASSERT_EQ(hub.ended.size(), 1u);
    EXPECT_EQ(hub.ended[0].code, Code::Unavailable) << "it gave up after its only key: " << hub.ended[0].detail;
    EXPECT_EQ(hub.asked.size(), 1u) << "the key proved itself before it was refused";
}

TEST_F(OpensshClient, WithAnotherUserNameIsRefused) {
    auto launch = command(forwards());
    launch.command.back() = "root@127.0.0.1";
    EXPECT_EQ(exit_code(launch), 255);
    EXPECT_THAT(hub.asked, testing::IsEmpty());
}

TEST_F(OpensshClient, GetsNoShell) { EXPECT_EQ(exit_code(command({"-T"})), 255); }
TEST_F(OpensshClient, GetsNoCommand) { EXPECT_EQ(exit_code(command({}, {"true"})), 255); }
TEST_F(OpensshClient, GetsNoSubsystem) { EXPECT_EQ(exit_code(command({"-s"}, {"sftp"})), 255); }
TEST_F(OpensshClient, GetsNoConnectionFromTheHub) {
    EXPECT_EQ(exit_code(command({"-W", "127.0.0.1:" + std::to_string(hub.port())})), 255);
}
TEST_F(OpensshClient, GetsNoForwardOfAnotherName) {
    EXPECT_EQ(exit_code(command({"-N", "-o", "ExitOnForwardFailure=yes", "-R", "sync:2:" + (folder / "echo.sock")})), 255);
    EXPECT_EQ(exit_code(command({"-N", "-o", "ExitOnForwardFailure=yes", "-R", "8080:" + (folder / "echo.sock")})), 255);
    EXPECT_EQ(exit_code(command(
                  {"-N", "-o", "ExitOnForwardFailure=yes", "-R", (folder / "remote.sock") + ":" + (folder / "echo.sock")})),
              255);
}

TEST_F(OpensshClient, ThatAsksAgainAndAgainForMoreIsDisconnected) {
    hub.rules.most_refusals = 3;
    std::vector<std::string> arguments{"-N"};
    for (int port = 10; port < 20; ++port)
        arguments.insert(arguments.end(), {"-R", std::to_string(port) + ":" + (folder / "echo.sock")});
    EXPECT_EQ(exit_code(command(arguments)), 255);
    ASSERT_EQ(hub.ended.size(), 1u);
    EXPECT_EQ(hub.ended[0].code, Code::Denied);
}

TEST_F(OpensshClient, ThatStopsIsFoundDeadWhileAQuietOneLives) {
    hub.rules.liveness = {.keepalive = 100ms, .dead = 500ms};
    Child client{command(forwards())};
    const auto body = [](Hub& to, Child& child) -> Task<> {
        while (to.asked.empty()) co_await after(10ms);
        co_await after(1500ms);  // Three times the dead time, quiet: kept alive by its answers.
        EXPECT_THAT(to.ended, testing::IsEmpty());
        child.signal(SIGSTOP);
        const auto stopped = now();
        while (to.ended.empty()) co_await after(10ms);
        EXPECT_EQ(to.ended[0].code, Code::Timeout) << to.ended[0].detail;
        EXPECT_LT(now() - stopped, 10s) << "of 500 ms, and what a busy machine adds";
    };
    loop.run(beside(body(hub, client), hub, echo));
}

}  // namespace
}  // namespace vivi::test
