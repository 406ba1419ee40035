// rtnetlink: RTM_NEWNEIGH and RTM_DELNEIGH, dumped and notified.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/neighbour_watch.hpp"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "router/firewall/netlink.hpp"

namespace vivi::firewall {
namespace {

constexpr std::uint16_t usable_states = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT;
constexpr int socket_buffer_bytes = 4 << 20;     ///< 2,000 devices that join at once are 2,000 messages of about 1 KiB each.
constexpr std::size_t receive_bytes = 32 << 10;  ///< What the kernel puts into one read of a dump at most.
constexpr int most_reads = 16;                   ///< A call; the rest stays readable.

std::optional<NeighbourChange> change_of(const nlmsghdr& message) {
    if (message.nlmsg_type != RTM_NEWNEIGH && message.nlmsg_type != RTM_DELNEIGH) return std::nullopt;
    const auto* entry = static_cast<const ndmsg*>(::mnl_nlmsg_get_payload(&message));
    std::optional<Ipv6> address;
    std::optional<Mac> device;
    each_attribute(message, sizeof(ndmsg), [&](const nlattr* attribute) {
        const auto type = ::mnl_attr_get_type(attribute);
        const auto size = ::mnl_attr_get_payload_len(attribute);
        const auto* bytes = static_cast<const std::uint8_t*>(::mnl_attr_get_payload(attribute));
        if (type == NDA_DST && size == sizeof(std::uint32_t) && entry->ndm_family == AF_INET) {
            address = to_mapped(Ipv4{ntohl(::mnl_attr_get_u32(attribute))});
        } else if (type == NDA_DST && size == Ipv6{}.octets.size() && entry->ndm_family == AF_INET6) {
            std::copy_n(bytes, size, address.emplace().octets.begin());
        } else if (type == NDA_LLADDR && size == Mac{}.octets.size()) {
            std::copy_n(bytes, size, device.emplace().octets.begin());
        }
    });
    if (!address) return std::nullopt;
    if (message.nlmsg_type == RTM_DELNEIGH || (entry->ndm_state & usable_states) == 0) device.reset();
    // Loopback and interfaces without link layer have entries with an address of zeros.
    if (device == Mac{}) return std::nullopt;
    return NeighbourChange{.address = *address, .device = device};
}

void append(std::vector<NeighbourChange>& changes, BytesView bytes) {
    int rest = static_cast<int>(bytes.size());
    const auto* message = static_cast<const nlmsghdr*>(static_cast<const void*>(bytes.data()));
    for (; ::mnl_nlmsg_ok(message, rest); message = ::mnl_nlmsg_next(message, &rest)) {
        if (const auto change = change_of(*message)) changes.push_back(*change);
    }
}

}  // namespace

void NeighbourWatch::Close::operator()(mnl_socket* socket) const noexcept { ::mnl_socket_close(socket); }

Result<NeighbourWatch> NeighbourWatch::open() {
    auto* socket = ::mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket == nullptr) return std::unexpected{netlink_error("watching neighbours", errno)};
    NeighbourWatch watch{socket};
    if (::mnl_socket_bind(socket, 1U << (RTNLGRP_NEIGH - 1), MNL_SOCKET_AUTOPID) < 0)
        return std::unexpected{netlink_error("watching neighbours", errno)};
    // More than rmem_max only with CAP_NET_ADMIN; without it the kernel gives what it allows.
    if (::setsockopt(watch.descriptor(), SOL_SOCKET, SO_RCVBUFFORCE, &socket_buffer_bytes, sizeof socket_buffer_bytes) != 0)
        ::setsockopt(watch.descriptor(), SOL_SOCKET, SO_RCVBUF, &socket_buffer_bytes, sizeof socket_buffer_bytes);
    if (auto asked = watch.read_again(); !asked) return std::unexpected{std::move(asked).error()};
    return watch;
}

int NeighbourWatch::descriptor() const noexcept { return ::mnl_socket_get_fd(socket_.get()); }

Status NeighbourWatch::read_again() {
    Bytes message(256);
    auto* header = ::mnl_nlmsg_put_header(message.data());
    header->nlmsg_type = RTM_GETNEIGH;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    auto* filter = static_cast<ndmsg*>(::mnl_nlmsg_put_extra_header(header, sizeof(ndmsg)));
    filter->ndm_family = AF_UNSPEC;
    if (::mnl_socket_sendto(socket_.get(), message.data(), header->nlmsg_len) < 0)
        return std::unexpected{netlink_error("listing neighbours", errno)};
    return {};
}

Result<std::vector<NeighbourChange>> NeighbourWatch::take() {
    std::vector<NeighbourChange> changes;
    alignas(nlmsghdr) std::array<std::byte, receive_bytes> buffer;
    for (int reads = 0; reads < most_reads; ++reads) {
        const auto count = ::mnl_socket_recvfrom(socket_.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) break;
        if (count < 0 && errno == ENOBUFS) return failed(Code::Overflow, "watching neighbours: changes were lost");
        if (count < 0) return std::unexpected{netlink_error("watching neighbours", errno)};
        append(changes, BytesView{buffer}.first(static_cast<std::size_t>(count)));
    }
    return changes;
}

}  // namespace vivi::firewall
