// One wire for everybody: a device, this process as the router with one interface, and the gateway, all at one bridge.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sched.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/adapters/child.hpp"
#include "tests/adapters/pcapd/wire.hpp"

namespace vivi::test {

/// device 10.66.0.50 — bridge — 10.66.0.1 lan0 [this process, masquerades] and, at the same bridge, the gateway 10.66.0.254 with
/// 198.51.100.1 behind it. The device's way out leads through us, ours through the gateway. IPv6 is off, neighbours are fixed.
class OneArm {
public:
    OneArm() {
        if (::unshare(CLONE_NEWNET) != 0) throw std::runtime_error{"unshare: needs root"};
        run("ip link set lo up");
        for (const auto& name : {device_, gateway_, switch_}) run("ip netns add " + name);
        auto no_ipv6 = at(switch_, "sh -c");
        no_ipv6.push_back("for i in all default; do echo 1 > /proc/sys/net/ipv6/conf/$i/disable_ipv6; done");
        run_to_end({.command = no_ipv6});
        in(switch_, "ip link add br0 type bridge mcast_snooping 0");
        in(switch_, "ip link set br0 up");
        plug("", "lan0", "02:00:00:00:00:ff", "10.66.0.1/24");
        plug(device_, "dev0", "02:00:00:00:00:01", "10.66.0.50/24");
        plug(gateway_, "gw0", "02:00:00:00:00:ee", "10.66.0.254/24");
        neighbour("", "10.66.0.50", "02:00:00:00:00:01");
        neighbour("", "10.66.0.254", "02:00:00:00:00:ee");
        neighbour(device_, "10.66.0.1", "02:00:00:00:00:ff");
        neighbour(gateway_, "10.66.0.1", "02:00:00:00:00:ff");
        in(gateway_, "ip link set lo up");
        in(gateway_, "ip address add 198.51.100.1/32 dev lo");
        in(device_, "ip route add default via 10.66.0.1");
        run("ip route add default via 10.66.0.254");
        shell(
            "echo 1 > /proc/sys/net/ipv4/ip_forward; for i in all lan0; do echo 0 > /proc/sys/net/ipv4/conf/$i/send_redirects; "
            "done");
        shell(
            "nft 'add table ip arm; add chain ip arm out { type nat hook postrouting priority 100; };"
            " add rule ip arm out ip saddr 10.66.0.50 masquerade'");
    }
    ~OneArm() {
        for (const auto& name : {device_, gateway_, switch_}) run("ip netns del " + name);
    }
    OneArm(const OneArm&) = delete;
    OneArm& operator=(const OneArm&) = delete;

    /// The device fetches `bytes` from 198.51.100.1 and has all of them when this returns.
    void device_downloads(std::size_t bytes) const {
        auto serve = at(gateway_, "sh -c");
        serve.push_back("head -c " + std::to_string(bytes) +
                        " /dev/zero | socat -u STDIN TCP-LISTEN:80,bind=198.51.100.1,reuseaddr");
        Child server{{.command = serve}};
        auto fetch = at(device_, "sh -c");
        fetch.push_back("socat -u TCP:198.51.100.1:80,retry=200,interval=0.02 STDOUT | wc -c | grep -qx " +
                        std::to_string(bytes));
        run_to_end({.command = fetch});
        server.wait();
    }
    /// Bytes without link headers that the kernel gave to the device and took from it.
    std::uint64_t device_received() const { return counted("rx"); }
    std::uint64_t device_sent() const { return counted("tx"); }

private:
    static std::vector<std::string> at(const std::string& name, const std::string& line) {
        return words(name.empty() ? line : "ip netns exec " + name + " " + line);
    }
    static void in(const std::string& name, const std::string& line) { run_to_end({.command = at(name, line)}); }
    static void shell(const std::string& script) { run_to_end({.command = {"/bin/sh", "-c", script}}); }

    /// A cable from the bridge to `interface` in namespace `name`; empty: ours.
    void plug(const std::string& name, const std::string& interface, const std::string& mac, const std::string& address) const {
        run("ip link add " + interface + " address " + mac + " type veth peer name p-" + interface + " netns " + switch_);
        if (!name.empty()) run("ip link set " + interface + " netns " + name);
        auto no_ipv6 = at(name, "sh -c");
        no_ipv6.push_back("echo 1 > /proc/sys/net/ipv6/conf/" + interface + "/disable_ipv6");
        run_to_end({.command = no_ipv6});
        in(switch_, "ip link set p-" + interface + " master br0 up");
        in(name, "ip address add " + address + " dev " + interface);
        in(name, "ip link set " + interface + " up");
    }
    static void neighbour(const std::string& name, const std::string& address, const std::string& mac) {
        const auto interface = name.empty() ? "lan0" : name.starts_with("arm-device") ? "dev0" : "gw0";
        in(name, "ip neighbour add " + address + " lladdr " + mac + " nud permanent dev " + interface);
    }
    std::uint64_t counted(const std::string& way) const {
        TempFolder folder;
        auto read = at(device_, "sh -c");
        const auto statistics = "/sys/class/net/dev0/statistics/" + way;
        // sysfs shows the namespace of whoever mounted it: `ip netns exec` mounts its own.
        read.push_back("cat " + statistics + "_bytes " + statistics + "_packets > " + (folder / "counted"));
        run_to_end({.command = read});
        std::ifstream file{folder / "counted"};
        std::uint64_t bytes = 0, packets = 0;
        file >> bytes >> packets;
        return bytes - 14 * packets;
    }

    std::string suffix_ = std::to_string(::getpid());
    std::string device_ = "arm-device-" + suffix_, gateway_ = "arm-gateway-" + suffix_, switch_ = "arm-switch-" + suffix_;
};

}  // namespace vivi::test
