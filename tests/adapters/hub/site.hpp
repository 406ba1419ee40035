// A hub, a router's tunnel and a bridge as one test needs them: real programs, real PostgreSQL, RabbitMQ and Redis.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <boost/asio/read.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/bus/rabbitmq.hpp"
#include "common/ssh/keys.hpp"
#include "server/db/administration.hpp"
#include "server/db/pool.hpp"
#include "server/live/messages.hpp"
#include "tests/adapters/hub/bridge.hpp"
#include "tests/adapters/loop.hpp"
#include "tests/adapters/services.hpp"

namespace vivi::test {

/// Started once: together they take some seconds.
struct Services {
    PrivatePostgres postgres{};
    PrivateRabbitmq rabbitmq{};
    PrivateRedis redis{};
    Services() {
        if (const auto migrated = db::migrate(postgres.owner_url()); !migrated) throw std::runtime_error{migrated.error().detail};
    }
};

class HubSite : public testing::Test {
public:
    static void SetUpTestSuite() { services = std::make_unique<Services>(); }
    static void TearDownTestSuite() { services.reset(); }

    HubSite() {
        EXPECT_TRUE(identity.save(folder / "identity"));
        EXPECT_TRUE(hub_key.save(folder / "hub_key"));
        EXPECT_TRUE(ssh::write_line(folder / "hub_keys", ssh::to_line(hub_key.public_key())));
        std::ofstream{folder / "hub.toml"} << "health.socket = \"" << (folder / "hub.health") << "\"\nhost_key.file = \""
                                           << (folder / "hub_key") << "\"\nhub.name = \"" << name
                                           << "\"\nlisten.address = \"127.0.0.1\"\nlisten.port = " << port
                                           << "\ndatabase.url = \"" << services->postgres.url("vivi_hub") << "\"\nbus.url = \""
                                           << services->rabbitmq.url() << "\"\nredis.url = \"" << services->redis.url()
                                           << "\"\nlog.level = \"debug\"\n";
        std::ofstream{folder / "tunnel.toml"}
            << "health.socket = \"" << (folder / "tunnel.health") << "\"\nhub.addresses = [\"127.0.0.1:" << port
            << "\"]\nhub.host_keys.file = \"" << (folder / "hub_keys") << "\"\nidentity.file = \"" << (folder / "identity")
            << "\"\ndial.socket = \"" << (folder / "dial.sock") << "\"\nsync.socket = \"" << (folder / "sync.sock")
            << "\"\napi.socket = \"" << (folder / "api.sock") << "\"\nclaim_code.file = \"" << (folder / "claim-code.json")
            << "\"\nreturn.file = \"" << (folder / "return.json") << "\"\nreceipt.file = \"" << (folder / "receipt.json")
            << "\"\npage.address = \"\"\ntunnel.backoff_first_ms = 100\ntunnel.backoff_most_ms = 500\nlog.level = \"debug\"\n";
    }
    ~HubSite() override {
        if (!HasFailure()) return;
        for (const auto* log : {"hub.log", "tunnel.log"})
            std::cerr << "--- " << log << "\n" << std::ifstream{folder / log}.rdbuf();
    }

    void accept_router() {
        const auto& owner = services->postgres.owner_url();
        organisation = *db::create_organisation(owner, "Organisation " + name);
        const auto accepted = db::accept_router(owner, {.fingerprint = ssh::fingerprint(identity.public_key()),
                                                        .organisation = organisation,
                                                        .name = name,
                                                        .configuration = configuration});
        if (!accepted) throw std::runtime_error{accepted.error().detail};
        router = *accepted;
    }
    void start_hub() {
        hub.emplace(Launch{.command = {hub_program(), "--config", folder / "hub.toml"}, .output = folder / "hub.log"});
    }
    /// VIVI_HUB_PROGRAM: another build of the hub, with a sanitizer.
    static std::string hub_program() {
        const auto* given = std::getenv("VIVI_HUB_PROGRAM");
        return given != nullptr ? given : VIVI_BIN "/vivi-openvivi";
    }
    void start_tunnel() {
        tunnel.emplace(Launch{.command = {VIVI_BIN "/vivi-openvivi-embedded", "--config", folder / "tunnel.toml"},
                              .output = folder / "tunnel.log"});
    }
    /// From now on somebody is behind sync.socket, whenever the loop runs.
    void start_bridge() {
        bridge = std::make_unique<Bridge>(loop.executor(), folder / "sync.sock");
        net::co_spawn(loop.context(), bridge->run(), [](std::exception_ptr) {});
    }
    /// Runs the loop until `is_true`; looked at every 10 ms.
    void until(const std::string& what, const std::function<bool()>& is_true, Milliseconds most = 20s) {
        const auto waiting = [](const std::function<bool()>& condition) -> Task<> {
            while (!condition()) co_await after(10ms);
        };
        try {
            loop.run(waiting(is_true), most);
        } catch (const std::exception& failure) {
            throw std::runtime_error{what + ": " + failure.what()};
        }
    }
    nlohmann::json health_of(const std::string& socket) const {
        net::io_context context;  // Not the test's loop, which is running while a condition is looked at.
        UnixSocket connection{context};
        std::string text;
        boost::system::error_code error;
        connection.connect(UnixSocket::endpoint_type{folder / socket}, error);
        if (!error) net::read(connection, net::dynamic_buffer(text), error);
        const auto document = nlohmann::json::parse(text, nullptr, false);
        return document.is_object() ? document : nlohmann::json::object();
    }
    std::string sql(const std::string& statement) const {
        auto text = services->postgres.sql(statement);
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }
    std::string of_router(const std::string& column) const {
        return sql("select " + column + " from routers where id = '" + router + "'");
    }
    void publish(bus::Message message) {
        if (!publisher) publisher.emplace(loop.executor(), bus::Broker{.url = services->rabbitmq.url(), .exchange = "vivi.live"});
        until("RabbitMQ", [&] { return publisher->connected(); });
        const auto sent = loop.run(publisher->publish({std::move(message)}));
        EXPECT_TRUE(sent) << sent.error().detail;
    }
    /// Again and again: the hub may not have bound its queue for the router yet.
    void publish_until(const std::string& what, const bus::Message& message, const std::function<bool()>& is_true) {
        for (const auto end = now() + 60s; !is_true();) {
            if (now() >= end) throw std::runtime_error{what + ": not within a minute"};
            publish(message);
            loop.run(after(100ms));
        }
    }
    void decide(int revision) {
        sql("insert into configurations (organisation_id, router_id, revision, document) select organisation_id, router_id, " +
            std::to_string(revision) + ", document || '{\"revision\":" + std::to_string(revision) +
            "}' from configurations where router_id = '" + router + "' and revision = 1; update routers set desired_revision = " +
            std::to_string(revision) + " where id = '" + router + "'");
    }
    std::string log(const std::string& file) const {
        std::ostringstream text;
        text << std::ifstream{folder / file}.rdbuf();
        return text.str();
    }

    static inline std::unique_ptr<Services> services;
    static constexpr const char* configuration = R"({"networks":[{"name":"lan","interface":"br-lan","address":"10.66.0.1/22"}],
        "uplink":{"interface":"uplink0","mode":"dhcp"},"policy":{"mode":"block-listed"}})";

    TempFolder folder{};
    Loop loop{};
    std::string name = "site-" + crypto::random_id(4);
    std::uint16_t port = free_port();
    ssh::PrivateKey identity = *ssh::PrivateKey::generate();
    ssh::PrivateKey hub_key = *ssh::PrivateKey::generate();
    std::string organisation{}, router{};
    std::unique_ptr<Bridge> bridge{};
    std::optional<bus::RabbitmqPublisher> publisher{};
    std::optional<Child> hub{}, tunnel{};
};

}  // namespace vivi::test
