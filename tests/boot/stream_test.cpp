// A service's journal followed through the tunnel: the booted router's own stream over the hub's api channel, live, bounded, and
// over when the reader goes. SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <sched.h>

#include <iostream>

#include "tests/adapters/ssh/ends.hpp"
#include "tests/boot/machine.hpp"

namespace vivi::test {
namespace {

using testing::HasSubstr;

constexpr auto target = "/v1/services/vivi-openvivi-embedded/logs/stream";
constexpr std::size_t most_streams = 4;

class BootStream : public testing::Test {
public:
    static void SetUpTestSuite() {
        run_to_end({.command = {"/bin/sh", "-c", VIVI_ROOT "/tests/boot/tree"}});  // While there is a mirror in reach.
        if (::unshare(CLONE_NEWNET) != 0) throw std::runtime_error{"needs root to make a network namespace"};
        run_to_end({.command = {"/usr/bin/env", "ip", "link", "set", "lo", "up"}});
    }
    BootStream() {
        machine.emplace(Machine::Files{
            .hub_host_keys = ssh::to_line(hub.key.public_key()) + '\n',
            .openvivi_embedded = "hub.addresses = [\"127.0.0.1:" + std::to_string(hub.port()) +
                                 "\"]\npage.address = \"\"\ntunnel.backoff_first_ms = 100\ntunnel.backoff_most_ms = 500\n",
            .shares_network = true});
        machine->boot();
        hub.accepted.insert(machine->fingerprint);
    }
    ~BootStream() override {
        if (HasFailure()) std::cerr << machine->run_as("root", "journalctl --no-pager -u vivi-openvivi-embedded | tail -n 50");
    }

    std::string request() const {
        return std::string{"GET "} + target +
               " HTTP/1.1\r\nhost: router\r\nauthorization: " + machine->token_for("GET", target, "", "") + "\r\n\r\n";
    }
    /// What comes until `text` is among it; all of it, or what came before the stream ended.
    static Task<std::string> read_until(ssh::Channel& channel, std::string text) {
        std::string all;
        while (!all.contains(text)) {
            const auto bytes = co_await channel.read();
            if (!bytes || bytes->empty()) break;
            all += as_text(*bytes);
        }
        co_return all;
    }
    static Task<std::unique_ptr<ssh::Channel>> asked(ssh::Session& session, std::string bytes) {
        auto channel = co_await opened(session, api_forward);
        co_await write_all(*channel, as_bytes(bytes));
        co_return channel;
    }
    /// Runs `script` with the session of the router, to its end.
    void through_the_tunnel(std::function<Task<>(ssh::Session&)> script) {
        bool is_done = false;
        hub.use = [&](ssh::Session& session) -> Task<> {
            co_await script(session);
            is_done = true;
            for (;;) co_await after(1h);
        };
        const auto until_done = [](const bool& done) -> Task<> {
            while (!done) co_await after(5ms);
        };
        loop.run(beside(until_done(is_done), hub), 90s);
    }

    Loop loop{};
    Hub hub{loop.executor()};
    std::optional<Machine> machine{};
};

TEST_F(BootStream, CarriesWhatIsWrittenAfterItBegan) {
    const std::string command = "6f1c1d1e-0000-4000-8000-000000000021";
    through_the_tunnel([&](ssh::Session& session) -> Task<> {
        const auto channel = co_await asked(session, request());
        const auto head = co_await read_until(*channel, "\r\n\r\n");
        EXPECT_THAT(head, testing::AllOf(HasSubstr("HTTP/1.1 200"), HasSubstr("chunked"), HasSubstr("application/x-ndjson")));
        EXPECT_THAT(head, testing::Not(HasSubstr(command)));
        machine->command("/v1/diagnostics/dns", R"({"name":"localhost"})", command);
        const auto line = co_await read_until(*channel, command);
        EXPECT_THAT(line, HasSubstr("command.accepted"));
    });
}

TEST_F(BootStream, IsOneOfFourAndOverWhenItsReaderGoes) {
    through_the_tunnel([&](ssh::Session& session) -> Task<> {
        std::vector<std::unique_ptr<ssh::Channel>> readers;
        for (std::size_t i = 0; i < most_streams; ++i) {
            readers.push_back(co_await asked(session, request()));
            const auto head = co_await read_until(*readers.back(), "\r\n\r\n");
            EXPECT_THAT(head, HasSubstr("HTTP/1.1 200"));
        }
        const auto fifth = co_await asked(session, request());
        const auto refused = co_await read_until(*fifth, "followed");
        EXPECT_THAT(refused, HasSubstr("HTTP/1.1 503"));
        readers.clear();
        for (std::string answer; !answer.contains("HTTP/1.1 200");) {  // A reader that went is noticed with the next line.
            const auto again = co_await asked(session, request());
            answer = co_await read_until(*again, "\r\n\r\n");
            co_await after(250ms);
        }
    });
}

}  // namespace
}  // namespace vivi::test
