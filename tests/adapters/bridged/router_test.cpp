// What makes a machine a router, through a real bridge: its links, its rights, and its dnsd watched.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "tests/adapters/bridged/router_fixture.hpp"

namespace vivi::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Router : public OnRouter {
protected:
    static json with_uplink(std::int64_t revision, const std::string& lan = "10.66.0.1/22") {
        auto configuration = router_document(revision);
        configuration["networks"][0]["address"] = lan;
        configuration["uplink"] = {
            {"interface", "uplink0"}, {"mode", "static"}, {"address", "192.0.2.2/24"}, {"gateway", "192.0.2.1"}};
        return configuration;
    }
    Task<> until_there(std::string command, std::string what) {
        co_await until(what, [this, command, what] { return in_router(command).find(what) != std::string::npos; });
    }
};

TEST_F(Router, AMachineWithoutAddressesBecomesARouterAndStaysOne) {
    in_router("ip address flush dev br-lan; ip address flush dev uplink0; ip link set uplink0 down; ip link set br-lan down");
    const auto script = [this]() -> Task<> {
        start_on_router("network.manage = true\n");
        hub.decide(1, with_uplink(1).dump());
        co_await until_enforced(1);
        co_await until_there("ip -4 address show dev br-lan", "10.66.0.1/22");
        co_await until_there("ip -4 address show dev uplink0", "192.0.2.2/24");
        co_await until_there("ip route show default", "via 192.0.2.1");
        co_await until("a guest gets through", [this] { return place->connect("guest1", "192.0.2.1", web, 500ms).has_value(); });
        EXPECT_EQ(in_router("cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/br-lan/rp_filter"), "1\n1\n");

        in_router("ip link set uplink0 down");  // The kernel takes the default route with it.
        co_await until_there("ip route show default", "via 192.0.2.1");
        in_router("ip address flush dev br-lan");
        co_await until_there("ip -4 address show dev br-lan", "10.66.0.1/22");
        in_router("ip address add 172.16.0.9/24 dev br-lan");

        hub.decide(2, with_uplink(2, "10.70.0.1/22").dump());
        co_await until_enforced(2);
        co_await until_there("ip -4 address show dev br-lan", "10.70.0.1/22");
        co_await until("ours goes",
                       [this] { return in_router("ip -4 address show dev br-lan").find("10.66.0.1") == std::string::npos; });
        EXPECT_THAT(in_router("ip -4 address show dev br-lan"), HasSubstr("172.16.0.9/24")) << "somebody else's stays";
        EXPECT_EQ(health()["unenforced"], json::array());
    };
    run(script());
}

TEST_F(Router, ADeviceThatCannotBeMadeIsSaidAndTheRulesHoldAllTheSame) {
    const auto script = [this]() -> Task<> {
        start_on_router("network.manage = true\n");
        auto configuration = with_uplink(1);
        configuration["networks"].push_back(
            {{"name", "crew"}, {"interface", "absent0"}, {"vlan", 20}, {"address", "10.80.0.1/24"}});
        hub.decide(1, configuration.dump());
        co_await until_enforced(1);
        co_await until("said",
                       [this] { return health()["unenforced"].dump().find("absent0: no such device") != std::string::npos; });
        EXPECT_TRUE(place->connect("guest1", "192.0.2.1", web));
        in_router("ip link add absent0 type bridge");
        co_await until("plugged in",
                       [this] { return health()["unenforced"].dump().find("absent0: no such device") == std::string::npos; });
        // The kernel here may have no VLAN devices: then that is what is said, else there is one with its address.
        const auto said = health()["unenforced"].dump();
        const bool is_made = in_router("ip -o link").find("absent0.20") != std::string::npos;
        EXPECT_TRUE(is_made || said.find("absent0.20 (VLAN 20 of absent0)") != std::string::npos) << said;
    };
    run(script());
}

/// As the unit runs it: no root, one capability.
TEST_F(Router, AnUnprivilegedUserWithOneCapabilityIsEnough) {
    std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
    in_router("ip address flush dev br-lan");
    const auto script = [this]() -> Task<> {
        start_on_router("network.manage = true\n",
                        {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all,+net_admin",
                         "--inh-caps=-all,+net_admin", "--ambient-caps=-all,+net_admin", "--no-new-privs"});
        auto configuration = with_uplink(1);
        configuration["policy"]["devices"] = {{{"device", laptop}, {"decision", "deny"}}};
        hub.decide(1, configuration.dump());
        co_await until_enforced(1);
        co_await until_there("ip -4 address show dev br-lan", "10.66.0.1/22");
        EXPECT_EQ(in_router("cat /proc/sys/net/ipv4/ip_forward"), "1\n");
        EXPECT_EQ(in_router("cat /proc/sys/net/ipv4/conf/br-lan/rp_filter"), "1\n");
        EXPECT_THAT(in_router("nft list set inet vivi banned_devices"), HasSubstr(laptop));
        EXPECT_EQ(health()["unenforced"], json::array());
        EXPECT_EQ(in_router("stat -c %u /proc/" + std::to_string(daemon->pid())), "65534\n");
    };
    run(script());
}

TEST_F(Router, DnsdGoneForTwoSecondsMeansUnboundAndBackMeansDnsd) {
    const Launch dnsd{
        .command = {"/usr/sbin/ip", "netns", "exec", place->full("router"), VIVI_DNSD, "--config", folder / "dnsd.toml"},
        .output = folder / "dnsd.log"};
    std::ofstream{folder / "dnsd.toml"} << "listen.addresses = [\"127.0.0.1\"]\nstate.url = \"unix://" << state.unix_socket()
                                        << "\"\nbus.url = \"" << broker->url() << "\"\nlast_good.file = \""
                                        << folder / "last-good.json" << "\"\npolicy.folder = \"" << folder / "policy"
                                        << "\"\nhealth.socket = \"" << folder / "dnsd.health" << "\"\n";
    const auto script = [&]() -> Task<> {
        std::optional<Child> resolver{dnsd};
        start_on_router("config.reporters = [\"dnsd\"]\n");
        hub.decide(1, router_document(1).dump());
        co_await until_enforced(1);
        co_await until("every daemon has it", [this] { return health()["applied_revision"] == 1; });
        EXPECT_THAT(in_router("nft list table inet vivi"), Not(HasSubstr("5335")));

        resolver->signal(SIGKILL);
        const auto killed = now();
        co_await until("fallback", [this] { return in_router("nft list table inet vivi").find("5335") != std::string::npos; });
        const auto taken = std::chrono::duration_cast<Milliseconds>(now() - killed);
        RecordProperty("killed_to_fallback_ms", std::to_string(taken.count()));
        EXPECT_LT(taken, 3s);
        co_await until("told", [this] { return count_state("health.dns", "fallback") == 1; });
        EXPECT_EQ(health()["dns"], "fallback");

        resolver.emplace(dnsd);
        co_await until("back", [this] { return in_router("nft list table inet vivi").find("5335") == std::string::npos; });
        co_await until("told", [this] { return json::parse(hub.of("health.dns").back().body)["state"] == "ok"; });
    };
    run(script());
}

TEST_F(Router, ABootLoadsTheLastGoodRulesBeforeItRoutes) {
    const auto load = "sh " VIVI_LOAD_FIREWALL " " + (folder / "last-good.nft") + " 2>&1";
    EXPECT_EQ(in_router("cat /proc/sys/net/ipv4/ip_forward"), "0\n");
    EXPECT_THAT(in_router(load), HasSubstr("nothing is forwarded"));
    EXPECT_EQ(in_router("cat /proc/sys/net/ipv4/ip_forward"), "1\n");
    EXPECT_FALSE(place->connect("guest2", "192.0.2.1", web, 300ms)) << "routes, and forwards nothing";
    const auto script = [&]() -> Task<> {
        start_on_router();
        auto configuration = router_document(1);
        configuration["policy"]["devices"] = {{{"device", phone}, {"decision", "deny"}}};
        hub.decide(1, configuration.dump());
        co_await until_enforced(1);
        EXPECT_TRUE(place->connect("guest2", "192.0.2.1", web)) << "over the closed table";
        co_await until("the file", [this] { return text_of("last-good.nft").find(phone) != std::string::npos; });
        kill_bridged();
        in_router("nft delete table inet vivi; echo 0 > /proc/sys/net/ipv4/ip_forward");  // The power goes.
        EXPECT_THAT(in_router(load), HasSubstr("in force"));
        EXPECT_TRUE(place->connect("guest2", "192.0.2.1", web));
        EXPECT_FALSE(place->connect("guest1", "192.0.2.1", web, 300ms)) << "the ban needs no daemon";
        std::ofstream{folder / "last-good.nft"} << "add rule inet nonsense\n";
        in_router("nft delete table inet vivi");
        EXPECT_THAT(in_router(load), HasSubstr("nothing is forwarded"));
        EXPECT_FALSE(place->connect("guest2", "192.0.2.1", web, 300ms)) << "a damaged file closes";
    };
    run(script());
}

}  // namespace
}  // namespace vivi::test
