// What dhcpd hears and says on one interface: packet sockets, because its clients have no address to talk to yet.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/core/result.hpp"
#include "common/runtime/descriptor.hpp"

namespace vivi::dhcpd {

/// Frames in, frames out. Nothing here waits: readiness comes from a Poller.
class Port {
public:
    /// Denied: CAP_NET_RAW or CAP_NET_BIND_SERVICE is missing. Conflict: another DHCP server of this machine has UDP port 67.
    /// NotFound: no such interface (yet). Invalid: not an Ethernet.
    static Result<Port> open(const std::string& interface);

    /// Denied when this process may not have packet sockets at all: better said at the start than with the first network.
    static Status check_permission();

    const std::string& interface() const noexcept { return interface_; }
    Mac mac() const noexcept { return mac_; }
    /// False once the interface was removed or made anew under its name.
    bool is_alive() const;

    /// DHCP frames that are there, at most `most_frames`. Valid until the next call of either.
    std::vector<BytesView> receive_dhcp() { return receive(dhcp_.number()); }
    /// ARP replies, the same way.
    std::vector<BytesView> receive_arp() { return receive(arp_.number()); }
    Status send(BytesView frame);

    static constexpr std::size_t most_frames = 64;

private:
    friend class Poller;
    std::vector<BytesView> receive(int descriptor);

    std::string interface_;
    unsigned index_ = 0;
    Mac mac_{};
    Descriptor dhcp_, arp_;
    Descriptor
        claim_;  ///< UDP port 67, never read: others see it taken, and the kernel sends no "port unreachable" to our clients.
    std::vector<std::byte> buffer_;
};

/// Says when any of its ports has something to receive: one descriptor for the event loop to wait on.
class Poller {
public:
    Poller();
    Status watch(const Port& port);  ///< Until the port is closed.
    /// For who wants to own one: it says the same.
    int duplicate() const;

private:
    Descriptor epoll_;
};

}  // namespace vivi::dhcpd
