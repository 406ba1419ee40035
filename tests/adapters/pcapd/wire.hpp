// A network of its own for the tests of capturing: this process at one end of a veth pair, a device's namespace at the other.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ifaddrs.h>
#include <linux/if_link.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/adapters/child.hpp"

namespace vivi::test {

/// "ip link add" with its words as a command, found along PATH.
inline std::vector<std::string> words(const std::string& line) {
    std::istringstream in{line};
    std::vector<std::string> found{"/usr/bin/env"};
    for (std::string word; in >> word;) found.push_back(word);
    return found;
}
inline void run(const std::string& line) { run_to_end({.command = words(line)}); }

/// The process moves into a new network namespace (threads and children started later are in it too), so nothing here can touch
/// the machine's own network. IPv6 is off and neighbours are fixed: only what a test sends is on the wire.
class PrivateWire {
public:
    static bool is_allowed() { return ::geteuid() == 0; }

    PrivateWire() {
        if (::unshare(CLONE_NEWNET) != 0) throw std::runtime_error{"unshare: needs root"};
        run("ip link set lo up");
        run("ip netns add " + device_);
        connect();
    }
    ~PrivateWire() { run("ip netns del " + device_); }
    PrivateWire(const PrivateWire&) = delete;
    PrivateWire& operator=(const PrivateWire&) = delete;

    void connect() {
        run("ip link add lan0 address 02:00:00:00:00:ff type veth peer name dev0 address 02:00:00:00:00:01 netns " + device_);
        run_to_end({.command = {"/bin/sh", "-c",
                                "echo 1 > /proc/sys/net/ipv6/conf/lan0/disable_ipv6; ip netns exec " + device_ +
                                    " sh -c 'echo 1 > /proc/sys/net/ipv6/conf/dev0/disable_ipv6'"}});
        run("ip address add 10.66.0.1/24 dev lan0");
        run("ip netns exec " + device_ + " ip address add 10.66.0.50/24 dev dev0");
        run("ip link set lan0 up");
        run("ip netns exec " + device_ + " ip link set dev0 up");
        run("ip neighbour add 10.66.0.50 lladdr 02:00:00:00:00:01 nud permanent dev lan0");
        run("ip netns exec " + device_ + " ip neighbour add 10.66.0.1 lladdr 02:00:00:00:00:ff nud permanent dev dev0");
    }
    void disconnect() { run("ip link del lan0"); }

    /// The device's way out leads through us, and 198.51.100.1 is somebody far away: us too.
    void reach_outside() const {
        run("ip address replace 198.51.100.1/32 dev lo");
        run_to_end({.command = on_device("ip route replace default via 10.66.0.1 dev dev0")});
    }
    /// Listens there on port 443 and throws away what comes.
    class Outside {
    public:
        Outside() {
            await("the listener", [] { return is_listening("443"); });
        }

    private:
        Child listener_{{.command = words("socat -u TCP-LISTEN:443,bind=198.51.100.1,reuseaddr,fork OPEN:/dev/null,append")}};
    };

    /// A command line that runs on the device.
    std::vector<std::string> on_device(const std::string& line) const { return words("ip netns exec " + device_ + " " + line); }

    struct Counters {
        std::uint64_t bytes_up = 0, bytes_down = 0, packets_up = 0, packets_down = 0;
    };
    /// What the kernel says passed lan0, without link headers.
    static Counters kernel() {
        ifaddrs* list = nullptr;
        if (::getifaddrs(&list) != 0) throw std::runtime_error{"getifaddrs"};
        Counters found;
        for (const auto* entry = list; entry != nullptr; entry = entry->ifa_next) {
            if (std::string_view{entry->ifa_name} != "lan0" || entry->ifa_addr == nullptr ||
                entry->ifa_addr->sa_family != AF_PACKET)
                continue;
            const auto& statistics = *static_cast<const rtnl_link_stats*>(entry->ifa_data);
            found = {.bytes_up = statistics.rx_bytes - 14ULL * statistics.rx_packets,
                     .bytes_down = statistics.tx_bytes - 14ULL * statistics.tx_packets,
                     .packets_up = statistics.rx_packets,
                     .packets_down = statistics.tx_packets};
        }
        ::freeifaddrs(list);
        return found;
    }

    /// The device sends `bytes` through a TCP connection to us; returns when all of it has arrived.
    void device_sends(std::size_t bytes) const {
        const auto port = std::to_string(free_port());
        Child listener{{.command = words("socat -u TCP-LISTEN:" + port + ",bind=10.66.0.1,reuseaddr OPEN:/dev/null")}};
        // Not a probe that connects: that would be traffic too.
        await("the listener", [&] { return is_listening(port); });
        auto command = on_device("sh -c");
        command.push_back("head -c " + std::to_string(bytes) + " /dev/zero | socat -u STDIN TCP:10.66.0.1:" + port);
        run_to_end({.command = command});
        listener.wait();
    }

private:
    static bool is_listening(const std::string& port) {
        TempFolder folder;
        run_to_end({.command = {"/bin/sh", "-c", "ss -Hltn sport = :" + port + " | wc -l > " + (folder / "count")}});
        Child check{{.command = {"/bin/grep", "-q", "1", folder / "count"}}};
        return check.wait() == 0;
    }

    std::string device_ = "pcapd-test-" + std::to_string(::getpid());
};

}  // namespace vivi::test
