// The daemon under test between a wire of its own and a real broker, and what it said.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/bus/rabbitmq.hpp"
#include "common/model/policy_event.hpp"
#include "common/model/traffic.hpp"
#include "common/policy/rules.hpp"
#include "router/state/policy_files.hpp"
#include "tests/adapters/loop.hpp"
#include "tests/adapters/pcapd/wire.hpp"
#include "tests/adapters/services.hpp"

namespace vivi::pcapd {

inline constexpr std::string_view configuration = R"({"v":1,"revision":7,"custody":"c",
 "networks":[{"name":"lan","interface":"lan0","address":"10.66.0.1/24"}],
 "uplink":{"interface":"up0","mode":"static","address":"192.0.2.2/24","gateway":"192.0.2.1","masquerade":true},
 "dns":{},"policy":{"mode":"block-listed","new_devices":"allow"},"monitoring":{"tick_ms":1000,"watched_tick_ms":100}})";

inline std::string text_of(const std::string& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// Fixture: each suite has its own wire, broker and Redis; each test its own files and subscription.
class DaemonOnAWire : public testing::Test {
protected:
    static void SetUpTestSuite() {
        if (!test::PrivateWire::is_allowed()) return;
        wire = std::make_unique<test::PrivateWire>();
        broker = std::make_unique<test::PrivateRabbitmq>();
        redis = std::make_unique<test::PrivateRedis>();
    }
    static void TearDownTestSuite() {
        redis.reset();
        broker.reset();
        wire.reset();
    }
    void SetUp() override {
        ASSERT_TRUE(wire) << "needs root to make network namespaces";
        std::ofstream{folder / "last-good.json"} << configuration;
        write_rules({}, 7);
        heard.emplace(
            loop.executor(), bus::Broker{broker->url(), "vivi.events"},
            bus::Queue{.name = "", .bindings = {"traffic.batch", "config.#", "flow.denied", "policy.hit", "network.#"}});
        test::await("the subscriber", [&] { return heard->connected(); });
    }

    /// What bridged does when it has compiled a policy.
    void write_rules(const model::Policy& policy, std::int64_t revision) const {
        ASSERT_TRUE(state::replace_file(state::PolicyFolder{folder.path()}.rules(), policy::compile(policy, revision)));
    }
    std::map<std::string, std::string> environment() const {
        return {{"VIVI_BUS_URL", broker->url()},
                {"VIVI_STATE_URL", redis->url()},
                {"VIVI_LAST_GOOD_FILE", folder / "last-good.json"},
                {"VIVI_POLICY_FOLDER", folder.path()},
                {"VIVI_HEALTH_SOCKET", folder / "health"},
                {"VIVI_LOG_LEVEL", "debug"}};
    }
    test::Child start() const {
        return test::Child{{.command = {VIVI_PCAPD}, .environment = environment(), .output = folder / "log"}};
    }
    model::Json health() const {
        test::run_to_end(
            {.command = {"/bin/sh", "-c", "socat -u UNIX:" + (folder / "health") + " CREATE:" + (folder / "health.json")}});
        return *model::parse_json(text_of(folder / "health.json"));
    }
    void await_log(const std::string& what) const {
        test::await(what + " in the log", [&] { return text_of(folder / "log").contains(what); });
    }
    /// Hears batches until `bytes` have come up.
    void hear_bytes_up(std::uint64_t bytes) {
        while (bytes_up < bytes) hear_some();
    }
    void hear_some() {
        for (const auto& delivery : loop.run(heard->next(100))) {
            heard->acknowledge(delivery.tag);
            const auto body = *model::parse_json(delivery.message.body);
            const auto& topic = delivery.message.topic;
            if (topic == model::topic::flow_denied) {  // Numbered by another instance.
                denied.push_back(*model::parse_flow_denied(body));
                continue;
            }
            if (!numbers.insert(model::parse_envelope(body)->from.number).second) continue;  // A retry.
            topics.push_back(topic);
            if (topic == model::topic::policy_hit) hits.push_back(*model::parse_policy_hits(body));
            if (topic == model::topic::network_foreign_ra) announcements.push_back(*model::parse_foreign_ra(body));
            if (topic != model::topic::traffic_batch) continue;
            for (const auto& row : model::parse_traffic_batch(body)->rows) {
                bytes_up += row.bytes_up;
                names.insert(std::string{model::to_string(row.source)} + " " + row.name);
            }
        }
    }

    static inline std::unique_ptr<test::PrivateWire> wire;
    static inline std::unique_ptr<test::PrivateRabbitmq> broker;
    static inline std::unique_ptr<test::PrivateRedis> redis;
    test::TempFolder folder{};
    test::Loop loop{};
    std::optional<bus::RabbitmqSubscriber> heard{};
    std::uint64_t bytes_up = 0;
    std::set<std::uint64_t> numbers{};
    std::vector<std::string> topics{};
    std::set<std::string> names{};  ///< "sni www.example.org"
    std::vector<model::FlowDenied> denied{};
    std::vector<model::PolicyHits> hits{};
    std::vector<model::ForeignRa> announcements{};
};

}  // namespace vivi::pcapd
