// recvmmsg and sendmmsg with IP_PKTINFO (ip(7)) and IPV6_PKTINFO (ipv6(7), RFC 3542 section 6).
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/udp_listener.hpp"

#include <arpa/inet.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace vivi::dnsd {
namespace {

constexpr int buffer_bytes = 4 << 20;  ///< 2,000 guests that ask at once wait here, not in the air.

/// Room for either family's packet information.
constexpr std::size_t control_bytes = CMSG_SPACE(sizeof(in6_pktinfo));
struct alignas(cmsghdr) Control {
    std::array<std::byte, control_bytes> bytes{};
};

bool set_option(int socket, int level, int name, int value) {
    return ::setsockopt(socket, level, name, &value, sizeof value) == 0;
}

/// More than the system's limit needs CAP_NET_ADMIN; without it the kernel gives what it allows.
void set_buffer(int socket, int force, int fallback) {
    if (!set_option(socket, SOL_SOCKET, force, buffer_bytes)) set_option(socket, SOL_SOCKET, fallback, buffer_bytes);
}

/// Where it came in, and to which address of ours.
std::uint32_t read_control(const msghdr& header, Ipv6& local) {
    std::uint32_t interface = 0;
    for (auto* control = CMSG_FIRSTHDR(&header); control != nullptr;
         control = CMSG_NXTHDR(const_cast<msghdr*>(&header), control)) {
        if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
            in_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(control), sizeof info);
            local = to_mapped(Ipv4{ntohl(info.ipi_addr.s_addr)});
            interface = static_cast<std::uint32_t>(info.ipi_ifindex);
        } else if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
            in6_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(control), sizeof info);
            std::memcpy(local.octets.data(), &info.ipi6_addr, local.octets.size());
            interface = info.ipi6_ifindex;
        }
    }
    return interface;
}

std::uint32_t interface_of(const Client& client) { return static_cast<std::uint32_t>(client.route); }

/// The source address of an answer. The interface stays open, as the way back may be another one; link-local ones need it.
std::size_t write_control(Control& room, const Client& client) {
    auto* header = static_cast<cmsghdr*>(static_cast<void*>(room.bytes.data()));
    if (const auto ipv4 = from_mapped(client.local)) {
        in_pktinfo info{};
        info.ipi_spec_dst.s_addr = htonl(ipv4->value);
        header->cmsg_level = IPPROTO_IP;
        header->cmsg_type = IP_PKTINFO;
        header->cmsg_len = CMSG_LEN(sizeof info);
        std::memcpy(CMSG_DATA(header), &info, sizeof info);
        return CMSG_SPACE(sizeof info);
    }
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, client.local.octets.data(), client.local.octets.size());
    if (is_link_local(client.local)) info.ipi6_ifindex = interface_of(client);
    header->cmsg_level = IPPROTO_IPV6;
    header->cmsg_type = IPV6_PKTINFO;
    header->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(header), &info, sizeof info);
    return CMSG_SPACE(sizeof info);
}

}  // namespace

struct UdpListener::Batches {
    struct In {
        std::array<mmsghdr, most_a_batch> headers{};
        std::array<iovec, most_a_batch> slices{};
        std::array<sockaddr_storage, most_a_batch> remotes{};
        std::array<Control, most_a_batch> controls{};
        std::array<std::array<std::byte, most_query_bytes>, most_a_batch> buffers{};
        std::array<Datagram, most_a_batch> datagrams{};
    } in;
    struct Out {
        std::array<mmsghdr, most_a_batch> headers{};
        std::array<iovec, most_a_batch> slices{};
        std::array<KernelAddress, most_a_batch> remotes{};
        std::array<Control, most_a_batch> controls{};
        std::size_t count = 0;
    } out;
    std::uint64_t number = 0;

    Batches() {
        for (std::size_t i = 0; i < most_a_batch; ++i) {
            in.slices[i] = {.iov_base = in.buffers[i].data(), .iov_len = most_query_bytes};
            in.headers[i].msg_hdr.msg_iov = &in.slices[i];
            in.headers[i].msg_hdr.msg_iovlen = 1;
            in.headers[i].msg_hdr.msg_name = &in.remotes[i];
            in.headers[i].msg_hdr.msg_control = in.controls[i].bytes.data();
            out.headers[i].msg_hdr.msg_iov = &out.slices[i];
            out.headers[i].msg_hdr.msg_iovlen = 1;
            out.headers[i].msg_hdr.msg_name = &out.remotes[i].storage;
            out.headers[i].msg_hdr.msg_control = out.controls[i].bytes.data();
        }
    }
};

UdpListener::UdpListener() : batches_{std::make_unique<Batches>()} {}
UdpListener::~UdpListener() = default;
UdpListener::UdpListener(UdpListener&&) noexcept = default;
UdpListener& UdpListener::operator=(UdpListener&&) noexcept = default;

Result<UdpListener> UdpListener::open(const Endpoint& where, std::uint8_t number) {
    const auto what = "UDP " + to_string(where);
    const bool is_ipv6 = !from_mapped(where.address);
    UdpListener listener;
    listener.batches_->number = number;
    listener.socket_ = Descriptor{::socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    const int socket = listener.descriptor();
    if (socket < 0) return std::unexpected{socket_error(what, errno)};
    const bool is_informed =
        is_ipv6 ? set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1) && set_option(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
                : set_option(socket, IPPROTO_IP, IP_PKTINFO, 1);
    if (!is_informed) return std::unexpected{socket_error(what, errno)};
    // No fragments out, and no path MTU that a forged ICMP could shrink: RFC 9715 section 3.1.
    if (is_ipv6)
        set_option(socket, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT);
    else
        set_option(socket, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
    set_buffer(socket, SO_RCVBUFFORCE, SO_RCVBUF);
    set_buffer(socket, SO_SNDBUFFORCE, SO_SNDBUF);
    const auto kernel = to_kernel(where);
    if (::bind(socket, kernel.pointer(), kernel.size) != 0) return std::unexpected{socket_error(what, errno)};
    return listener;
}

int UdpListener::descriptor() const noexcept { return socket_.number(); }

std::span<const Datagram> UdpListener::receive() {
    auto& in = batches_->in;
    for (auto& header : in.headers) {
        header.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
        header.msg_hdr.msg_controllen = control_bytes;
    }
    const int count = ::recvmmsg(descriptor(), in.headers.data(), most_a_batch, MSG_DONTWAIT, nullptr);
    if (count <= 0) return {};  // An error is that of an answer sent before (ICMP); there is nobody left to tell.
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        auto& datagram = in.datagrams[i];
        datagram.client.from = from_kernel(in.remotes[i]);
        datagram.client.route = batches_->number << 32 | read_control(in.headers[i].msg_hdr, datagram.client.local);
        datagram.bytes = BytesView{in.buffers[i]}.first(in.headers[i].msg_len);
    }
    return std::span{in.datagrams}.first(static_cast<std::size_t>(count));
}

bool UdpListener::is_full() const noexcept { return batches_->out.count == most_a_batch; }

void UdpListener::queue(const Client& to, BytesView bytes) noexcept {
    auto& out = batches_->out;
    const auto i = out.count++;
    out.remotes[i] = to_kernel(to.from, interface_of(to));
    out.headers[i].msg_hdr.msg_namelen = out.remotes[i].size;
    out.headers[i].msg_hdr.msg_controllen = write_control(out.controls[i], to);
    out.slices[i] = {.iov_base = const_cast<std::byte*>(bytes.data()), .iov_len = bytes.size()};  // Only read.
}

std::size_t UdpListener::flush() noexcept {
    auto& out = batches_->out;
    std::size_t lost = 0;
    for (std::size_t done = 0; done < out.count;) {
        const int sent =
            ::sendmmsg(descriptor(), out.headers.data() + done, static_cast<unsigned>(out.count - done), MSG_DONTWAIT);
        if (sent > 0) {
            done += static_cast<std::size_t>(sent);
        } else if (errno != EINTR) {  // Of the first one only: the others may still go.
            ++lost;
            ++done;
        }
    }
    out.count = 0;
    return lost;
}

}  // namespace vivi::dnsd
