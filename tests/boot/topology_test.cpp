// Which socket is what, set at a booted router's own page: the LAN moves, DHCP and capture with it; kept by somebody, or taken
// back. SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <sched.h>

#include <iostream>

#include "router/openvivi-embedded/install_health.hpp"
#include "tests/boot/machine.hpp"

namespace vivi::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

/// A router with three sockets, and nothing behind any of them but cables; no server, no broker.
class BootTopology : public testing::Test {
public:
    static void SetUpTestSuite() {
        run_to_end({.command = {"/bin/sh", "-c", VIVI_ROOT "/tests/boot/tree"}});  // While there is a mirror in reach.
        if (::unshare(CLONE_NEWNET) != 0) throw std::runtime_error{"needs root to make a network namespace"};
        folder = std::make_unique<TempFolder>();
        shell(
            "ip link set lo up; for name in lan1 lan2 uplink0; do ip link add $name type veth peer name end-$name; "
            "ip link set $name up; ip link set end-$name up; done");
        machine = std::make_unique<Machine>(
            Machine::Files{.openvivi_embedded = "hub.addresses = [\"127.0.0.1:1\"]\npage.address = \"127.0.0.1\"\npage.port = " +
                                                std::to_string(port) + "\nlocal.confirm_seconds = 15\n",
                           .shares_network = true,
                           .bus = "amqp://guest:guest@127.0.0.1:1/"});
        fs::create_directories(machine->root() + "/var/lib/vivi");
        std::ofstream{machine->root() + "/var/lib/vivi/last-good.json"}
            << R"({"v":1,"revision":1,"custody":"","networks":[{"name":"lan","interface":"lan1","address":"10.66.0.1/22",
                   "dhcp":{"from":"10.66.0.50","to":"10.66.3.250"}}],"uplink":{"interface":"uplink0"},"policy":{"mode":"block-listed"}})";
        pin = shell(VIVI_ROOT "/deploy/router/lib/set-pin " + machine->root() + "/etc/vivi/pin | tr -d ' '");
        fs::permissions(machine->root() + "/etc/vivi/pin", fs::perms{0644});
        machine->boot();
    }
    static void TearDownTestSuite() {
        machine.reset();
        folder.reset();
    }
    ~BootTopology() override {
        if (HasFailure()) std::cerr << machine->run_as("root", "journalctl --no-pager | tail -n 300");
    }

    static std::string shell(const std::string& command) {
        run_to_end(
            {.command = {"/bin/sh", "-c", "{ " + command + "; } > " + (*folder / "output")}, .output = *folder / "errors"});
        auto text = text_of_file(*folder / "output");
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }
    /// The page after a form was sent to `path`, as a browser shows it.
    static std::string send(const std::string& path, const std::string& fields) {
        const auto at = "http://127.0.0.1:" + std::to_string(port);
        const auto curl = "curl -s -m 20 -b " + (*folder / "jar") + " -c " + (*folder / "jar") + " -H 'origin: " + at + "' ";
        shell(curl + "--data '" + fields + "' " + at + path);
        return shell(curl + at + "/");
    }
    static json local() { return json::parse(text_of_file(machine->root() + "/var/lib/vivi/local.json"), nullptr, false); }
    static json health(const std::string& daemon) {
        auto document = openvivi_embedded::read_health(fs::path{machine->socket}.parent_path() / (daemon + ".health"));
        return document.is_object() ? document : json::object();
    }
    /// The LAN's device as dhcpd serves it and as pcapd sees its own frame on it.
    static void await_lan(const std::string& device) {
        await(
            "the LAN on " + device,
            [&] {
                const auto served = health("dhcpd"), seen = health("pcapd");
                const auto networks = served.value("networks", json::array()), watched = seen.value("interfaces", json::array());
                return networks.size() == 1 && networks[0].value("interface", "") == device &&
                       networks[0].value("problem", "?").empty() && watched.size() == 1 &&
                       watched[0].value("name", "") == device && watched[0].value("self_test", "") == "passed";
            },
            Milliseconds{60'000});
    }
    /// Names of the devices below a bridge, in one line.
    static std::string ports_of(const std::string& bridge) {
        return shell("ip -brief link show master " + bridge + " 2>/dev/null | cut -d@ -f1 | sort | xargs echo || true");
    }
    static void await_address(const std::string& device) {
        await("the router's address on " + device, [&] { return addresses_of(device).contains("10.66.0.1/22"); });
    }
    static std::string addresses_of(const std::string& device) { return shell("ip -4 -brief address show dev " + device); }

    static inline std::unique_ptr<TempFolder> folder;
    static inline std::unique_ptr<Machine> machine;
    static inline std::string pin{};
    static inline const std::uint16_t port = free_port();
};

TEST_F(BootTopology, TwoSocketsBecomeOneLanAndAreTakenBackWhenNobodyKeepsThem) {
    await_lan("lan1");
    send("/pin", "pin=" + pin);
    EXPECT_THAT(send("/topology", "uplink=uplink0&lan-lan1=on&lan-uplink0=on"), HasSubstr("way to the Internet"));
    EXPECT_THAT(send("/topology", "uplink=uplink0&lan-lan1=on&lan-lan2=on"), HasSubstr("On trial"));
    await_lan("vivi-lan");
    EXPECT_EQ(ports_of("vivi-lan"), "lan1 lan2");
    await_address("vivi-lan");
    await("the LAN of before", [] { return !local().contains("lan"); }, Milliseconds{60'000});
    await_lan("lan1");
    await_address("lan1");
    EXPECT_EQ(ports_of("vivi-lan"), "");
    EXPECT_THAT(send("/nothing", "x=1"), HasSubstr("LAN lan1 + lan2"));
}

TEST_F(BootTopology, UplinkAndLanChangePlacesAndAreKept) {
    send("/pin", "pin=" + pin);
    EXPECT_THAT(send("/topology", "uplink=lan1&lan-uplink0=on"), HasSubstr("On trial"));
    EXPECT_THAT(send("/keep", "x=1"), HasSubstr("in five seconds")) << "it was not in force yet";
    await_lan("uplink0");
    await("somebody keeps it", [] {
        send("/keep", "x=1");
        return !local().contains("trial");
    });
    EXPECT_EQ(local().at("lan"), json{"uplink0"});
    EXPECT_EQ(local().at("uplink").at("interface"), "lan1");
    await_address("uplink0");
    EXPECT_THAT(addresses_of("lan1"), Not(HasSubstr("10.66.0.1")));
    machine->cut_power();
    machine->boot();
    await_lan("uplink0");
    send("/pin", "pin=" + pin);
    send("/reset", "x=1");
    await_lan("lan1");
}

}  // namespace
}  // namespace vivi::test
