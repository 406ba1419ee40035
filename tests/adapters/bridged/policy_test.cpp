// The whole policy through a real bridge: in the kernel of a namespace and in the files the other daemons decide by.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include "common/model/policy_event.hpp"
#include "router/firewall/allowed.hpp"
#include "router/state/policy_files.hpp"
#include "tests/adapters/bridged/router_fixture.hpp"

namespace vivi::test {
namespace {

using testing::HasSubstr;

using PolicyInForce = OnRouter;

json document(std::int64_t revision, json policy = json::object()) { return router_document(revision, std::move(policy)); }

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool is_instrumented = true;  ///< Several times slower: the target is the product's, not this build's.
#else
constexpr bool is_instrumented = false;
#endif

/// One rule of each kind, with schedules that hold and that do not.
json every_kind(const std::string& list_sha256) {
    return {
        {"groups", {{{"name", "crew"}, {"devices", {laptop}}, {"mode", "allow-listed"}}}},
        {"phases", {{{"name", "over"}, {"from", 1000}, {"to", 2000}}}},
        {"schedules",
         {{{"name", "always"}, {"windows", {{{"from", "00:00"}, {"to", "00:00"}}}}}, {{"name", "past"}, {"phases", {"over"}}}}},
        {"devices",
         {{{"device", "02:00:00:00:00:09"}, {"decision", "deny"}},
          {{"device", "02:00:00:00:00:08"}, {"decision", "deny"}, {"schedule", "past"}}}},
        {"domains",
         {{{"domain", "ads.example.org"}, {"decision", "deny"}, {"schedule", "always"}},
          {{"domain", "shop.example.org"}, {"decision", "allow"}, {"group", "crew"}},
          {{"domain", "gone.example.org"}, {"decision", "deny"}, {"schedule", "past"}}}},
        {"addresses", {{{"prefix", "198.51.100.0/24"}, {"transport", "tcp"}, {"port", 443}, {"decision", "deny"}}}},
        {"categories", {{{"category", "social_network"}, {"decision", "deny"}}}},
        {"services", {{{"service", "youtube"}, {"decision", "deny"}}}},
        {"lists",
         {{{"list", "mine"}, {"sha256", list_sha256}, {"format", "domains"}, {"decision", "deny"}},
          {{"list", "yours"}, {"sha256", std::string(64, '0')}, {"format", "domains"}, {"decision", "deny"}}}},
        {"limits", {{{"device", phone}, {"up_kbit", 1000}, {"down_kbit", 4000}}}},
        {"protected_devices", {"02:00:00:00:00:07"}}};
}

TEST_F(PolicyInForce, EveryKindOfRuleIsInTheKernelAndInTheFiles) {
    const std::string list = "listed.example.net\n";
    const auto sha256 = crypto::to_hex(crypto::sha256(as_bytes(list)));
    std::filesystem::create_directories(folder / "policy/lists");
    std::ofstream{folder / "policy/lists/" + sha256} << list;
    const auto script = [&]() -> Task<> {
        start_on_router("policy.lists = \"" VIVI_LISTS "\"\n");
        hub.decide(1, document(1, every_kind(sha256)).dump());
        co_await until_enforced(1);
        const auto table = in_router("nft list table inet vivi");
        for (const auto* there : {"02:00:00:00:00:09", "02:00:00:00:00:07", "198.51.100.0/24", laptop, phone})
            EXPECT_THAT(table, HasSubstr(there));
        EXPECT_THAT(table, testing::Not(HasSubstr("02:00:00:00:00:08"))) << "its phase is over";

        const auto policy = state::MappedPolicy::open({folder / "policy"});
        if (!policy) throw std::runtime_error{policy.error().detail};
        const auto& engine = (*policy)->engine();
        EXPECT_EQ(engine.revision(), 1);
        const auto layer = [&](const char* device, std::string_view name) {
            return std::string{policy::to_string(engine.decide_name(engine.subject(parse_mac(device)), name).layer)};
        };
        EXPECT_EQ(layer(phone, "www.ads.example.org"), "event_deny");
        EXPECT_EQ(layer(phone, "gone.example.org"), "default") << "its phase is over";
        EXPECT_EQ(layer(laptop, "shop.example.org"), "group_allow");
        EXPECT_EQ(layer(phone, "www.facebook.com"), "category");
        EXPECT_EQ(layer(phone, "www.youtube.com"), "event_deny");
        EXPECT_EQ(layer(phone, "www.listed.example.net"), "list");
        EXPECT_EQ(layer("02:00:00:00:00:09", "example.com"), "banned");
        EXPECT_TRUE(engine
                        .decide_address(engine.subject(parse_mac(phone)), to_mapped(*parse_ipv4("198.51.100.9")),
                                        model::Transport::Tcp, 443)
                        .is_denied());
        EXPECT_EQ(health()["unenforced"], json::array({"/policy/lists/1: its text is not here yet"}));
        co_await until("the boot unit's file",
                       [&] { return text_of("last-good.nft").find("198.51.100.0/24") != std::string::npos; });
        EXPECT_EQ(in_router("nft -c -f " + (folder / "last-good.nft")), "") << "and it can be loaded as it is";
    };
    run(script());
}

TEST_F(PolicyInForce, AHundredBansAreEachInForceSoonAfterTheClick) {
    const auto script = [&]() -> Task<> {
        start_on_router("policy.lists = \"" VIVI_LISTS "\"\n");
        json devices = json::array();
        for (int number = 0; number < 1000; ++number) {
            devices.push_back({{"device", to_string(Mac{{0x02, 1, 0, 0, static_cast<std::uint8_t>(number >> 8),
                                                         static_cast<std::uint8_t>(number)}})},
                               {"decision", "deny"}});
        }
        const json rules{{"categories", {{{"category", "social_network"}}}}, {"addresses", {{{"prefix", "198.51.100.0/24"}}}}};
        auto policy = rules;
        policy["devices"] = devices;
        hub.decide(1, document(1, policy).dump());
        co_await until_enforced(1);
        std::vector<Milliseconds> taken;
        for (int revision = 2; revision <= 101; ++revision) {
            policy["devices"].push_back({{"device", to_string(Mac{{0x02, 2, 0, 0, 0, static_cast<std::uint8_t>(revision)}})}});
            const auto text = document(revision, policy).dump();
            const auto clicked = now();
            hub.decide(revision, text);
            co_await until("in force", [&] { return health()["revision"] == revision; });
            taken.push_back(std::chrono::duration_cast<Milliseconds>(now() - clicked));
        }
        std::ranges::sort(taken);
        RecordProperty("click_to_kernel_p50_ms", std::to_string(taken[50].count()));
        RecordProperty("click_to_kernel_p99_ms", std::to_string(taken[98].count()));
        // The target is p99 (docs/measurements.md), on a machine that does nothing else; the median holds on a busy one too.
        EXPECT_LE(taken[50], is_instrumented ? 5s : 500ms);
        EXPECT_EQ(health()["bans"]["devices"], 1100);
    };
    run(script());
}

TEST_F(PolicyInForce, ARefusedDocumentLeavesEverythingAsItWas) {
    const auto script = [&]() -> Task<> {
        start_on_router();
        hub.decide(1, document(1, {{"devices", {{{"device", phone}, {"decision", "deny"}}}}}).dump());
        co_await until_enforced(1);
        const auto table = in_router("nft -s list table inet vivi");
        const auto rules = text_of("policy/rules.bin");
        hub.decide(2, document(2, {{"time_zone", "Mars/Olympus"}}).dump());
        co_await until("refused", [&] { return hub.of("config.failed").size() == 1; });
        EXPECT_THAT(json::parse(hub.of("config.failed").at(0).body)["detail"].get<std::string>(), HasSubstr("/policy/time_zone"));
        co_await until("an alarm", [&] { return count_state("health.firewall", "refused") == 1; });
        hub.decide(3,
                   document(3, {{"domains", {{{"domain", "no name"}}, {{"domain", "x.example"}, {"group", "nobody"}}}}}).dump());
        co_await until("refused again", [&] { return hub.of("config.failed").size() == 2; });
        const auto detail = json::parse(hub.of("config.failed").at(1).body)["detail"].get<std::string>();
        EXPECT_THAT(detail, HasSubstr("/policy/domains/0/domain"));
        EXPECT_THAT(detail, HasSubstr("/policy/domains/1/group"));
        EXPECT_EQ(health()["revision"], 1);
        EXPECT_EQ(text_of("policy/rules.bin"), rules);
        EXPECT_EQ(in_router("nft -s list table inet vivi"), table);
        hub.decide(4, document(4).dump());
        co_await until_enforced(4);
        co_await until("the alarm is over", [&] { return json::parse(hub.of("health.firewall").back().body)["state"] == "ok"; });
    };
    run(script());
}

TEST_F(PolicyInForce, ATemporaryBanEndsByItselfAndTheDaemonsAreTold) {
    bus::RabbitmqSubscriber others{
        loop.executor(), {.url = broker->url(), .exchange = "vivi.events"}, {.name = "", .bindings = {"policy.changed"}}};
    const auto script = [&]() -> Task<> {
        start_on_router();
        co_await until_bridged_hears();
        co_await until("others consume", [&] { return others.connected(); });
        const auto until_then = to_unix_ms(wall_now() + 3s);
        hub.decide(1, document(1, {{"devices", {{{"device", phone}, {"decision", "deny"}, {"until", until_then}}}}}).dump());
        co_await until_enforced(1);
        EXPECT_EQ(health()["bans"]["devices"], 1);
        EXPECT_FALSE(place->connect("guest1", "192.0.2.1", web, 200ms));
        const auto heard = co_await others.next(1);
        EXPECT_GE(to_unix_ms(wall_now()), until_then);
        EXPECT_EQ(json::parse(heard.at(0).message.body)["revision"], 1);
        EXPECT_EQ(health()["bans"]["devices"], 0);
        EXPECT_TRUE(place->connect("guest1", "192.0.2.1", web));
        const auto policy = state::MappedPolicy::open({folder / "policy"});
        EXPECT_EQ((*policy)->engine().subject(parse_mac(phone)).standing, policy::Standing::New);
    };
    run(script());
}

TEST_F(PolicyInForce, ADeniedFlowIsCutAndTheOthersGoOn) {
    const auto script = [&]() -> Task<> {
        start_on_router();
        co_await until_bridged_hears();
        co_await until("it hears flows", [this] { return health()["connections"]["flows_in"] == true; });
        hub.decide(1, document(1).dump());
        co_await until_enforced(1);
        auto client = place->connect("guest1", "192.0.2.1", web);
        if (!client || !server.is_ready(POLLIN, 1s)) throw std::runtime_error{"no network"};
        Socket theirs{::accept4(server.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
        auto other = download("guest2");
        if (!other) throw std::runtime_error{"no network"};
        sockaddr_in local{};
        socklen_t size = sizeof local;
        ::getsockname(client->number(), static_cast<sockaddr*>(static_cast<void*>(&local)), &size);
        Download flow{*std::move(client), std::move(theirs)};
        EXPECT_GT(flow.received_in(100ms), 0U);

        model::FlowDenied denied{.device = *parse_mac(phone),
                                 .protocol = 6,
                                 .local = to_mapped(*parse_ipv4("10.66.0.11")),
                                 .remote = to_mapped(*parse_ipv4("192.0.2.1")),
                                 .local_port = ntohs(local.sin_port),
                                 .remote_port = web,
                                 .name = "ads.example.org",
                                 .rule = "domain ads.example.org (deny, everybody)"};
        const auto said = now();
        co_await publish({event("flow.denied", model::to_json(denied))});
        co_await until("cut", [this] { return health()["firewall"]["cuts"]["cut"] == 1; });
        RecordProperty("event_to_cut_ms", std::to_string(std::chrono::duration_cast<Milliseconds>(now() - said).count()));
        flow.received_in(50ms);  // What was under way already.
        EXPECT_EQ(flow.received_in(300ms), 0U);
        EXPECT_GT(other->received_in(200ms), 0U) << "the other guest, the same address";
        EXPECT_TRUE(place->connect("guest1", "192.0.2.1", web)) << "another connection of the same guest";
        co_await publish({event("flow.denied", {{"protocol", 6}})});
        co_await until("counted", [this] { return health()["firewall"]["cuts"]["malformed"] == 1; });
        EXPECT_EQ(hub.of("flow.denied").size(), 0U) << "it stays on the router";
    };
    run(script());
}

TEST_F(PolicyInForce, WhatSomebodyElseChangesInTheTableIsPutRightAndReported) {
    const auto script = [&]() -> Task<> {
        start_on_router();
        hub.decide(1, document(1, {{"devices", {{{"device", phone}, {"decision", "deny"}}}}}).dump());
        co_await until_enforced(1);
        in_router("nft flush chain inet vivi prerouting");
        in_router("nft flush set inet vivi banned_devices");
        co_await until("repaired", [this] { return health()["firewall"]["repairs"] == 1; });
        EXPECT_THAT(in_router("nft list set inet vivi banned_devices"), HasSubstr(phone));
        EXPECT_FALSE(place->connect("guest1", "192.0.2.1", web, 200ms));
        co_await until("told", [&] { return count_state("health.firewall", "repaired") == 1; });
        in_router("nft delete table inet vivi");
        co_await until("repaired again", [this] { return health()["firewall"]["repairs"] == 2; });
        EXPECT_THAT(in_router("nft list set inet vivi banned_devices"), HasSubstr(phone));
    };
    run(script());
}

TEST_F(PolicyInForce, ARestartKeepsTheTableWhatDnsdPutInItAndWhatRuns) {
    const auto script = [&]() -> Task<> {
        start_on_router();
        hub.decide(1, document(1).dump());
        co_await until_enforced(1);
        place->inside("router", [] {
            firewall::AllowedSets allowed;
            const firewall::Allowed one{.view = 7, .address = to_mapped(*parse_ipv4("198.51.100.7"))};
            EXPECT_TRUE(allowed.allow(std::span{&one, 1}, 600s));
        });
        auto running = download("guest2");
        if (!running) throw std::runtime_error{"no network"};
        kill_bridged();
        EXPECT_GT(running->received_in(200ms), 0U) << "while it is away";
        start_on_router();
        co_await until_enforced(1);
        EXPECT_GT(running->received_in(200ms), 0U) << "after it loaded its rules again";
        EXPECT_THAT(in_router("nft list set inet vivi allowed4"), HasSubstr("198.51.100.7"));
    };
    run(script());
}

TEST_F(PolicyInForce, RulesThatHitAreCountedAndReported) {
    const auto script = [&]() -> Task<> {
        start_on_router();
        co_await until("a session", [this] { return hub.is_running(); });
        hub.watch(60s);
        hub.decide(1, document(1, {{"addresses", {{{"prefix", "192.0.2.1/32"}, {"decision", "deny"}}}}}).dump());
        co_await until_enforced(1);
        co_await until("a hit", [&] {
            place->connect("guest1", "192.0.2.1", web, 50ms);
            for (const auto& entry : hub.of("policy.hit")) {
                const auto hits = model::parse_policy_hits(json::parse(entry.body));
                if (hits && hits->by == "firewall" && !hits->rows.empty() && hits->rows[0].address == "192.0.2.1/32" &&
                    hits->rows[0].layer == "event_deny" && hits->revision == 1)
                    return true;
            }
            return false;
        });
    };
    run(script());
}

}  // namespace
}  // namespace vivi::test
