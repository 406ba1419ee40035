// A real vivi-bridged between a real RabbitMQ, two real Redis and a tiny hub.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "common/bus/rabbitmq.hpp"
#include "common/core/crypto.hpp"
#include "common/model/event.hpp"
#include "common/runtime/clock.hpp"
#include "common/store/redis.hpp"
#include "tests/adapters/bridged/tiny_hub.hpp"
#include "tests/adapters/loop.hpp"
#include "tests/adapters/services.hpp"

namespace vivi::test {

class Bridge : public testing::Test {
protected:
    static void SetUpTestSuite() { broker = std::make_unique<PrivateRabbitmq>(); }
    static void TearDownTestSuite() { broker.reset(); }

    ~Bridge() override {
        if (!HasFailure()) return;
        std::ifstream log{folder / "log"};
        std::cerr << "--- vivi-bridged's log\n" << log.rdbuf();
    }

    void start() {
        start({}, {.bus = broker->url(), .state = state.url(), .stream = stream.url()},
              "firewall.enable = false\nforwarding.enable = false\n");
    }
    struct Services {
        std::string bus, state, stream;
    };
    /// `prefix` stands before the program: {"/usr/sbin/ip", "netns", "exec", …}.
    void start(std::vector<std::string> prefix, const Services& at, const std::string& more) {
        std::ofstream settings{folder / "bridged.toml"};
        settings << "bus.url = \"" << at.bus << "\"\nstate.url = \"" << at.state << "\"\nstream.url = \"" << at.stream
                 << "\"\nlast_good.file = \"" << folder / "last-good.json" << "\"\nsync.socket = \"" << folder / "sync.sock"
                 << "\"\nhealth.socket = \"" << folder / "health" << "\"\npolicy.folder = \"" << folder / "policy"
                 << "\"\nruleset.file = \"" << folder / "last-good.nft" << "\"\ntrial.file = \"" << folder / "trial.json"
                 << "\"\ndial.socket = \"" << folder / "dial" << "\"\n";
        // A later line would be a second value: what `more` sets is not set here.
        const auto unless_set = [&](const std::string& key, const std::string& value) {
            if (more.find(key) == std::string::npos) settings << key << " = " << value << "\n";
        };
        unless_set("config.reporters", R"(["dhcpd", "pcapd"])");
        unless_set("network.manage", "false");
        unless_set("policy.lists", "\"\"");
        settings << more;
        settings.close();
        prefix.insert(prefix.end(), {VIVI_BRIDGED, "--config", folder / "bridged.toml"});
        const Launch launch{.command = std::move(prefix), .output = folder / "log"};
        daemon = std::make_unique<Child>(launch);
    }
    void kill_bridged() {
        daemon->signal(SIGKILL);
        daemon->wait();
        daemon.reset();
    }

    /// What the script does while the hub serves.
    void run(Task<> script, Milliseconds most = 60s) { loop.run(together(hub.serve(), std::move(script)), most); }

    Task<> until(std::string what, std::function<bool()> is_true, Milliseconds most = 20s) {
        const auto deadline = now() + most;
        while (!is_true()) {
            if (now() > deadline) throw std::runtime_error{"not in time: " + what};
            co_await after(20ms);
        }
    }

    /// A queue nobody declared yet swallows what is published: wait for the bridge's.
    Task<> until_bridged_hears() {
        co_await until("bridged's health", [this] { return health().contains("connections"); });
        co_await until("bridged consumes", [this] { return health()["connections"]["bus_in"] == true; });
    }

    nlohmann::json health() {
        net::io_context io;
        net::local::stream_protocol::socket socket{io};
        boost::system::error_code error;
        socket.connect(folder / "health", error);
        if (error) return nlohmann::json::object();
        std::string text;
        std::array<char, 4096> buffer{};
        while (const auto count = socket.read_some(net::buffer(buffer), error)) text.append(buffer.data(), count);
        return nlohmann::json::parse(text, nullptr, false);
    }

    /// The next event of our own producer.
    bus::Message event(const std::string& topic, nlohmann::json members = nlohmann::json::object()) {
        auto body = model::to_json(model::Envelope{.at = wall_now(), .from = {.instance = instance, .number = ++number}});
        body.update(members);
        return {.topic = topic, .body = body.dump()};
    }
    /// As a producer does: kept and tried until it is confirmed.
    Task<> publish(std::vector<bus::Message> batch) {
        for (;;) {
            const auto done = co_await publisher.publish(batch);
            if (done) co_return;
            co_await after(100ms);
        }
    }
    /// The producer numbers that the hub committed, in the order it did.
    std::vector<std::uint64_t> numbers(const std::string& of) const {
        std::vector<std::uint64_t> found;
        for (const auto& entry : hub.committed()) {
            const auto from = model::parse_envelope(*model::parse_json(entry.body))->from;
            if (from.instance == of) found.push_back(from.number);
        }
        return found;
    }
    std::vector<std::uint64_t> one_to(std::uint64_t last) const {
        std::vector<std::uint64_t> all;
        for (std::uint64_t i = 1; i <= last; ++i) all.push_back(i);
        return all;
    }

    static inline std::unique_ptr<PrivateRabbitmq> broker;
    TempFolder folder{};
    PrivateRedis state{};
    PrivateRedis stream{};
    Loop loop{};
    std::string instance = crypto::random_id();
    std::uint64_t number = 0;
    bus::RabbitmqPublisher publisher{loop.executor(), {.url = broker->url(), .exchange = "vivi.events"}};
    TinyHub hub{folder / "sync.sock"};
    std::unique_ptr<Child> daemon{};
};

}  // namespace vivi::test
