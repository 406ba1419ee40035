// The packet filter in a real kernel: a ban stops what runs and what begins, for that guest alone, and an unban gives it back.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/kernel.hpp"

#include <gmock/gmock.h>

#include <linux/netlink.h>

#include <algorithm>
#include <fstream>

#include "router/firewall/dump.hpp"
#include "router/firewall/ruleset.hpp"
#include "router/firewall/runner.hpp"
#include "tests/adapters/firewall/venue_fixture.hpp"

namespace vivi::firewall {
namespace {

using test::Download;
using test::Socket;

constexpr std::uint16_t web = 80, stream = 5000;

model::Configuration venue() {
    model::Configuration configuration{.revision = 1};
    configuration.networks.push_back({.name = "lan", .interface = "br-lan", .address = *parse_ipv4_prefix("10.66.0.1/22")});
    configuration.uplink.interface = "uplink0";
    return configuration;
}
const Mac guest1_mac = *parse_mac("02:00:00:00:00:01");
const Bans guest1_banned{.devices = {guest1_mac}, .addresses = {*parse_address("10.66.0.11")}};

/// The venue's plan with these bans in it.
Plan banning(const Bans& bans) {
    auto made = plan(venue(), {.leased = {{*parse_address("10.66.0.11"), guest1_mac}}}, {});
    made.bans = bans;
    return made;
}

class FirewallKernel : public testing::Test {
protected:
    void SetUp() override {
        if (::geteuid() != 0) FAIL() << "network namespaces need root; run the adapters tests as root";
        place = std::make_unique<test::SmallVenue>();
        server = place->listen("internet", SOCK_STREAM, web);
    }
    /// What the router does, in its namespace.
    template <class Call>
    auto router(Call call) {
        return place->inside("router", std::move(call));
    }
    Status load(const Bans& bans) {
        return router([&] {
            auto loaded = kernel.load(banning(bans));
            return loaded ? kernel.enable_forwarding() : loaded;
        });
    }
    Status move(const Bans& from, const Bans& to) {
        const auto changes = difference(banning(from), banning(to));
        if (!changes) return failed(Code::Internal, "that is no matter of elements");
        return router([&] {
            auto changed = kernel.change(*changes);
            return changed ? kernel.forget(to_forget(banning(from), banning(to))) : changed;
        });
    }
    std::optional<Download> download(const std::string& guest) {
        auto client = place->connect(guest, "192.0.2.1", web);
        if (!client) return std::nullopt;
        if (!server.is_ready(POLLIN, 1s)) return std::nullopt;
        return Download{*std::move(client), Socket{::accept4(server.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)}};
    }

    std::unique_ptr<test::SmallVenue> place{};
    Kernel kernel{};
    Socket server{};
};

TEST_F(FirewallKernel, NothingIsRoutedBeforeARulesetIsLoaded) {
    EXPECT_FALSE(place->connect("guest1", "192.0.2.1", web, 300ms));
    ASSERT_TRUE(load({}));
    EXPECT_TRUE(place->connect("guest1", "192.0.2.1", web)) << "and then with masquerading: the internet knows no way back";
}

TEST_F(FirewallKernel, ABanStopsWhatRunsAndWhatBeginsForThatGuestAlone) {
    ASSERT_TRUE(load({}));
    auto first = download("guest1");
    auto second = download("guest2");
    ASSERT_TRUE(first && second);
    ASSERT_GT(first->received_in(200ms), 0U);

    ASSERT_TRUE(move({}, guest1_banned));
    first->received_in(100ms);  // What was under way already.
    EXPECT_EQ(first->received_in(500ms), 0U);
    EXPECT_FALSE(place->connect("guest1", "192.0.2.1", web, 500ms));
    EXPECT_FALSE(place->connect("guest1", "10.66.0.1", web, 300ms)) << "nor the router itself";
    EXPECT_GT(second->received_in(200ms), 0U) << "the other guest notices nothing";

    ASSERT_TRUE(move(guest1_banned, {}));
    EXPECT_TRUE(download("guest1"));
}

TEST_F(FirewallKernel, ABanStopsARunningUdpStreamDownward) {
    ASSERT_TRUE(load({}));
    const auto listener = place->listen("internet", SOCK_DGRAM, stream);
    Datagrams running{*place, "guest1", "192.0.2.1", listener, stream};
    ASSERT_TRUE(running.goes_up() && running.comes_down());
    ASSERT_TRUE(move({}, guest1_banned));
    EXPECT_FALSE(running.comes_down()) << "without a packet from the guest";
}

TEST_F(FirewallKernel, AnotherAddressDoesNotHelpABannedDevice) {
    ASSERT_TRUE(load(guest1_banned));
    place->readdress("guest1", "10.66.0.99/22");
    EXPECT_FALSE(place->connect("guest1", "192.0.2.1", web, 500ms));
    ASSERT_TRUE(move(guest1_banned, {}));
    EXPECT_TRUE(place->connect("guest1", "192.0.2.1", web)) << "it was the ban";
}

TEST_F(FirewallKernel, LoadingAgainIsReadBackAndLeavesForeignSetsAlone) {
    ASSERT_TRUE(load(guest1_banned));
    ASSERT_TRUE(router([&] {
        return run_script(
            "add element inet vivi allowed4 { 0x00000007 . 192.0.2.9 timeout 1h }\n"
            "add set inet vivi foreign { type ipv4_addr; }\nadd element inet vivi foreign { 192.0.2.9 }\n"
            "add table inet others\nadd chain inet others mine { type filter hook input priority 10; policy accept; }\n");
    }));
    ASSERT_TRUE(load(guest1_banned));
    EXPECT_TRUE(router([&] { return kernel.check(banning(guest1_banned)); })->empty());
    EXPECT_TRUE(router([&] { return run_script("delete element inet vivi allowed4 { 0x00000007 . 192.0.2.9 }\n"); }))
        << "dnsd's set is intact";
    EXPECT_TRUE(router([&] { return run_script("delete element inet vivi foreign { 192.0.2.9 }\n"); }));
    EXPECT_TRUE(router([&] { return run_script("delete chain inet others mine\n"); })) << "others' tables are untouched";
}

TEST_F(FirewallKernel, ARefusedScriptChangesNothing) {
    ASSERT_TRUE(load(guest1_banned));
    const auto refused =
        router([&] { return run_script("flush set inet vivi banned_devices\nadd rule inet vivi nowhere drop\n"); });
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, testing::StartsWith("nftables: "));
    EXPECT_TRUE(router([&] { return kernel.check(banning(guest1_banned)); })->empty());
    EXPECT_FALSE(place->connect("guest1", "192.0.2.1", web, 300ms)) << "still banned";
}

TEST_F(FirewallKernel, ChangesAreAllOrNothing) {
    const auto ban = *difference(banning({}), banning(guest1_banned));
    const auto early = router([&] { return kernel.change(ban); });
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().code, Code::NotFound) << "no table yet";
    ASSERT_TRUE(load({}));
    auto half = ban;
    half.sets.push_back(difference(banning({.addresses = {*parse_address("10.66.0.77")}}), banning({}))->sets.front());
    const auto refused = router([&] { return kernel.change(half); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::NotFound);
    EXPECT_TRUE(router([&] { return kernel.check(banning({})); })->empty());
}

TEST_F(FirewallKernel, TheNeighbourTableSaysWhoIsWhere) {
    ASSERT_TRUE(load({}));
    ASSERT_TRUE(place->connect("guest2", "192.0.2.1", web));
    const auto seen = router([&] { return kernel.neighbours(); });
    ASSERT_TRUE(seen);
    EXPECT_THAT(*seen,
                testing::Contains(Place{.address = *parse_address("10.66.0.12"), .device = *parse_mac("02:00:00:00:00:02")}));
}

TEST_F(FirewallKernel, TheRouterServesItsGuestsAndNobodyElse) {
    ASSERT_TRUE(load({}));
    const auto page = place->listen("router", SOCK_STREAM, web);
    const auto secret = place->listen("router", SOCK_STREAM, 6379);
    EXPECT_TRUE(place->connect("guest1", "10.66.0.1", web));
    EXPECT_FALSE(place->connect("guest1", "10.66.0.1", 6379, 300ms));
    EXPECT_FALSE(place->connect("internet", "192.0.2.2", web, 300ms));
    EXPECT_TRUE(place->connect("router", "192.0.2.1", web)) << "the tunnel is outgoing";
}

TEST_F(FirewallKernel, FiveThousandBansLoadAndOneMoreIsQuick) {
    Bans many;
    for (std::uint32_t i = 0; i < 5000; ++i) {
        many.devices.insert(Mac{{0x06, 0, 0, 0, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}});
        many.addresses.insert(to_mapped(Ipv4{0x0a420000 + 1000 + i % 2000}));
    }
    ASSERT_TRUE(load(many));
    auto quickest = std::chrono::nanoseconds::max();  // A busy machine makes some wait; a reload of the set would make all.
    for (std::uint8_t i = 1; i <= 9; ++i) {
        auto one_more = many;
        one_more.devices.insert(Mac{{0x0a, 0, 0, 0, 0, i}});
        const auto changes = *difference(banning(many), banning(one_more));
        const auto start = std::chrono::steady_clock::now();
        ASSERT_TRUE(router([&] { return kernel.change(changes); }));
        quickest = std::min(quickest, std::chrono::steady_clock::now() - start);
        many = one_more;
    }
    EXPECT_LT(quickest, 20ms);
}

class FirewallDrift : public Venue {
protected:
    void SetUp() override {
        Venue::SetUp();
        policy().devices = {{.device = guest1}};
        for (int i = 0; i < 100; ++i) deny("203.0.113." + std::to_string(i) + "/32");
        apply();
    }
    void others_run(const std::string& script) {
        const auto done = router([&] { return run_script(script); });
        ASSERT_TRUE(done) << done.error().detail;
    }
    std::vector<std::string> drift() {
        const auto found = router([&] { return kernel.check(in_force); });
        return found ? found->what : std::vector{found.error().detail};
    }
    static Objects objects() {
        auto netlink = Netlink::open(NETLINK_NETFILTER);
        return *read_objects(*netlink);
    }
    void SetUpAgain() {
        ASSERT_TRUE(router([&] { return kernel.load(in_force); }));
    }
};

TEST_F(FirewallDrift, IsSeenWhateverOthersTouch) {
    EXPECT_THAT(drift(), testing::IsEmpty());
    using testing::ElementsAre;
    for (const auto& [script, what] : std::vector<std::pair<std::string, std::string>>{
             {"flush chain inet vivi up\n", "chain up has other rules"},
             {"insert rule inet vivi forward accept\n", "chain forward has other rules"},
             {"chain inet vivi forward { policy accept; }\n", "chain forward has other rules"},
             {"delete element inet vivi banned_devices { 02:00:00:00:00:01 }\n", "set banned_devices holds other elements"},
             {"add element inet vivi protected_devices { 02:00:00:00:00:01 }\n", "set protected_devices holds other elements"}}) {
        others_run(script);
        EXPECT_THAT(drift(), ElementsAre(what)) << script;
        EXPECT_THAT(drift(), ElementsAre(what)) << "still, until it is repaired";
        SetUpAgain();
        EXPECT_THAT(drift(), testing::IsEmpty()) << "repaired";
    }
    others_run("delete table inet vivi\n");
    EXPECT_THAT(drift(), testing::Contains("chain forward is gone"));
    SetUpAgain();
    EXPECT_THAT(drift(), testing::IsEmpty());
}

TEST_F(FirewallDrift, OfPrefixesIsSeen) {
    const auto ruleset = *compose(in_force);
    const auto set = std::ranges::find_if(ruleset.objects.sets, [](const auto& name) { return name.starts_with("prefixes4_"); });
    ASSERT_NE(set, ruleset.objects.sets.end());
    SetUpAgain();
    others_run("add element inet vivi " + *set + " { 198.51.100.0/24 }\n");
    EXPECT_THAT(drift(), testing::ElementsAre("set " + *set + " holds other prefixes"));
}

TEST_F(FirewallDrift, WhatDnsdAndPacketsAddIsNone) {
    allow(guest2, "198.51.100.7");
    EXPECT_THAT(drift(), testing::IsEmpty());
}

TEST_F(FirewallDrift, OnlyACounterTellsHowOftenAndARefillKeepsIt) {
    EXPECT_EQ(connect("guest1", "192.0.2.1", web, 200ms), ETIMEDOUT);
    const auto before = hits("banned");
    EXPECT_GT(before, 0U);
    SetUpAgain();
    EXPECT_GE(hits("banned"), before);
}

TEST_F(FirewallDrift, WhatAPlanNoLongerNeedsIsDeleted) {
    policy().limits = {{.up_kbit = 1000}, {.each_device = false, .down_kbit = 1000}};
    configuration.dns.strict = true;
    put_in_group(guest2);
    deny("192.0.2.0/24", {.group = "guests"});
    apply();
    configuration.dns.strict = false;
    policy() = {};
    apply();
    const auto found = router([] { return objects(); });
    EXPECT_EQ(found, compose(in_force)->objects) << "chains with their rules, sets, counters and limits";
}

TEST_F(FirewallDrift, TheTextLoadsWithPlainNftOnAnEmptyKernel) {
    const test::TempFolder folder;
    policy().limits = {{.up_kbit = 1000}, {.each_device = false, .down_kbit = 1000}};
    policy().groups = {{.name = "guests", .devices = {guest2}, .mode = model::Mode::AllowListed}};
    configuration.dns.strict = true;
    configuration.firewall.ipv6 = model::Ipv6Mode::Filter;
    const auto ruleset = *compose(plan(configuration, facts, {}));
    std::ofstream{folder / "last-good.nft"} << ruleset.text;
    const test::SmallVenue fresh{"fresh"};
    test::run_to_end(
        {.command = {"/usr/sbin/ip", "netns", "exec", fresh.full("router"), "/usr/sbin/nft", "-f", folder / "last-good.nft"}});
    EXPECT_EQ(fresh.inside("router", [] { return objects(); }), ruleset.objects);
}

}  // namespace
}  // namespace vivi::firewall
