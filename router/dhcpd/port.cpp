// AF_PACKET sockets with kernel filters, read in batches.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/port.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

#include "common/runtime/daemon.hpp"
#include "common/wire/dhcp.hpp"

namespace vivi::dhcpd {
namespace {

constexpr std::size_t most_frame_bytes = 2048;
constexpr int receive_buffer_bytes = 4 << 20;

/// What the last system call said, in the words of the one who must act.
Error system_error(std::string_view what, const std::string& interface) {
    const int reason = errno;
    const auto detail = interface + ": " + std::string{what} + ": " + std::strerror(reason);
    switch (reason) {
        case EPERM:
        case EACCES:
            return {Code::Denied,
                    detail + " (vivi-dhcpd needs CAP_NET_RAW and CAP_NET_BIND_SERVICE: run it by its systemd unit)"};
        case EADDRINUSE:
            return {Code::Conflict, detail + " (stop the other DHCP server on this machine; `ss -ulpn sport = :67` names it)"};
        case ENODEV:
        case ENXIO: return {Code::NotFound, detail};
        default: return {Code::Internal, detail};
    }
}

/// UDP to port 67 or 68, not a later fragment. Port 68 lets us notice other servers.
constexpr std::array dhcp_filter{
    sock_filter BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),                  // EtherType
    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 9),     //
    sock_filter BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 14 + 9),              // protocol
    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 7),  //
    sock_filter BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 14 + 6),              // fragment offset
    sock_filter BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 5, 0),      //
    sock_filter BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14),                 // IP header length
    sock_filter BPF_STMT(BPF_LD | BPF_H | BPF_IND, 14 + 2),              // destination port
    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, wire::dhcp::server_port, 1, 0),
    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, wire::dhcp::client_port, 0, 1),
    sock_filter BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
    sock_filter BPF_STMT(BPF_RET | BPF_K, 0),
};

/// ARP replies only: what answers a probe is one.
constexpr std::array arp_filter{
    sock_filter BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),                  // EtherType
    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_ARP, 0, 3),    //
    sock_filter BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 14 + 6),              // operation
    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARPOP_REPLY, 0, 1),  //
    sock_filter BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
    sock_filter BPF_STMT(BPF_RET | BPF_K, 0),
};

constexpr std::array nothing_filter{sock_filter BPF_STMT(BPF_RET | BPF_K, 0)};

template <class T>
bool set_option(const Descriptor& socket, int level, int name, const T& value) {
    return ::setsockopt(socket.number(), level, name, &value, sizeof value) == 0;
}

bool attach(const Descriptor& socket, std::span<const sock_filter> filter) {
    std::vector<sock_filter> code{filter.begin(), filter.end()};
    const sock_fprog program{.len = static_cast<unsigned short>(code.size()), .filter = code.data()};
    return set_option(socket, SOL_SOCKET, SO_ATTACH_FILTER, program);
}

/// Protocol 0 until bound: nothing unfiltered, and nothing of other interfaces, gets in first.
Result<Descriptor> open_packets(const std::string& interface, unsigned index, std::uint16_t ethertype,
                                std::span<const sock_filter> filter) {
    Descriptor socket{::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (socket.number() < 0) return std::unexpected{system_error("packet socket", interface)};
    if (!attach(socket, filter)) return std::unexpected{system_error("packet filter", interface)};
    set_option(socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, int{1});
    set_option(socket, SOL_SOCKET, SO_RCVBUF, receive_buffer_bytes);  // As much as the system allows; less also works.
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ethertype);
    address.sll_ifindex = static_cast<int>(index);
    if (::bind(socket.number(), std::bit_cast<const sockaddr*>(&address), sizeof address) != 0)
        return std::unexpected{system_error("packet socket", interface)};
    return socket;
}

Result<Descriptor> claim_port(const std::string& interface) {
    Descriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (socket.number() < 0) return std::unexpected{system_error("UDP socket", interface)};
    ifreq request{};
    interface.copy(request.ifr_name, IFNAMSIZ - 1);
    if (!attach(socket, nothing_filter) || !set_option(socket, SOL_SOCKET, SO_BINDTODEVICE, request))
        return std::unexpected{system_error("UDP socket", interface)};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(wire::dhcp::server_port);
    if (::bind(socket.number(), std::bit_cast<const sockaddr*>(&address), sizeof address) != 0)
        return std::unexpected{system_error("UDP port 67", interface)};
    return socket;
}

Result<Mac> read_mac(const Descriptor& socket, const std::string& interface) {
    ifreq request{};
    interface.copy(request.ifr_name, IFNAMSIZ - 1);
    if (::ioctl(socket.number(), SIOCGIFHWADDR, &request) != 0)
        return std::unexpected{system_error("hardware address", interface)};
    if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) return failed(Code::Invalid, interface + ": is not an Ethernet");
    Mac mac;
    std::ranges::transform(std::span{request.ifr_hwaddr.sa_data}.first<6>(), mac.octets.begin(),
                           [](char octet) { return static_cast<std::uint8_t>(octet); });
    return mac;
}

}  // namespace

Status Port::check_permission() {
    const Descriptor socket{::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)};
    if (socket.number() < 0) return std::unexpected{system_error("packet socket", "every interface")};
    return {};
}

Result<Port> Port::open(const std::string& interface) {
    Port port;
    port.interface_ = interface;
    port.index_ = ::if_nametoindex(interface.c_str());
    if (port.index_ == 0) return std::unexpected{system_error("no such interface", interface)};
    auto dhcp = open_packets(interface, port.index_, ETH_P_IP, dhcp_filter);
    if (!dhcp) return std::unexpected{std::move(dhcp).error()};
    auto arp = open_packets(interface, port.index_, ETH_P_ARP, arp_filter);
    if (!arp) return std::unexpected{std::move(arp).error()};
    auto claim = claim_port(interface);
    if (!claim) return std::unexpected{std::move(claim).error()};
    const auto mac = read_mac(*dhcp, interface);
    if (!mac) return std::unexpected{mac.error()};
    port.dhcp_ = *std::move(dhcp);
    port.arp_ = *std::move(arp);
    port.claim_ = *std::move(claim);
    port.mac_ = *mac;
    port.buffer_.resize(most_frames * most_frame_bytes);
    return port;
}

bool Port::is_alive() const { return ::if_nametoindex(interface_.c_str()) == index_; }

std::vector<BytesView> Port::receive(int descriptor) {
    std::array<mmsghdr, most_frames> headers{};
    std::array<iovec, most_frames> slices{};
    for (std::size_t i = 0; i < most_frames; ++i) {
        slices[i] = {.iov_base = buffer_.data() + i * most_frame_bytes, .iov_len = most_frame_bytes};
        headers[i].msg_hdr.msg_iov = &slices[i];
        headers[i].msg_hdr.msg_iovlen = 1;
    }
    // An error (the interface went down) is only the absence of frames: is_alive() tells what is for good.
    const int count = ::recvmmsg(descriptor, headers.data(), headers.size(), MSG_DONTWAIT, nullptr);
    std::vector<BytesView> frames;
    for (std::size_t i = 0; std::cmp_less(i, count); ++i)
        frames.emplace_back(buffer_.data() + i * most_frame_bytes, std::min<std::size_t>(headers[i].msg_len, most_frame_bytes));
    return frames;
}

Status Port::send(BytesView frame) {
    if (::send(dhcp_.number(), frame.data(), frame.size(), MSG_DONTWAIT) < 0)
        return std::unexpected{system_error("sending", interface_)};
    return {};
}

Poller::Poller() : epoll_{::epoll_create1(EPOLL_CLOEXEC)} {
    if (epoll_.number() < 0) throw Fatal{system_error("epoll", "dhcpd")};
}

int Poller::duplicate() const {
    const int number = ::fcntl(epoll_.number(), F_DUPFD_CLOEXEC, 0);
    if (number < 0) throw Fatal{system_error("epoll", "dhcpd")};
    return number;
}

Status Poller::watch(const Port& port) {
    for (const auto* socket : {&port.dhcp_, &port.arp_}) {
        epoll_event event{.events = EPOLLIN, .data = {.fd = socket->number()}};
        if (::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, socket->number(), &event) != 0)
            return std::unexpected{system_error("epoll", port.interface_)};
    }
    return {};
}

}  // namespace vivi::dhcpd
