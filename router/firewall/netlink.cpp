// Netlink sockets on libmnl.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/netlink.hpp"

#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace vivi::firewall {
namespace {

constexpr std::size_t receive_bytes = 256 << 10;
/// Large enough that a dump or a batch's answers are not lost while we read; the kernel's own limit may be lower.
constexpr int socket_buffer_bytes = 4 << 20;

/// libmnl's own loops are C macros; its callbacks are C++ too.
int call_each(const nlattr* attribute, void* each) {
    (*static_cast<const std::function<void(const nlattr*)>*>(each))(attribute);
    return MNL_CB_OK;
}
void* as_data(const std::function<void(const nlattr*)>& each) {
    return const_cast<void*>(static_cast<const void*>(&each));  // Given back to call_each, which takes it as const.
}

}  // namespace

Error netlink_error(std::string_view what, int number) {
    const auto code = number == EPERM || number == EACCES ? Code::Denied
                      : number == ENOENT                  ? Code::NotFound
                      : number == EEXIST                  ? Code::Conflict
                      : number == EAGAIN                  ? Code::Timeout
                      : number == ENFILE ? Code::Overflow  // nf_tables: the set has as many elements as its size.

                                         : Code::Internal;
    std::string detail{what};
    detail.append(": ").append(std::strerror(number));
    if (code == Code::Denied) detail += " (needs CAP_NET_ADMIN)";
    return Error{code, std::move(detail)};
}

void each_attribute(const nlmsghdr& message, std::size_t header_bytes, const std::function<void(const nlattr*)>& each) {
    ::mnl_attr_parse(&message, static_cast<unsigned int>(header_bytes), call_each, as_data(each));
}

void each_nested(const nlattr* outer, const std::function<void(const nlattr*)>& each) {
    ::mnl_attr_parse_nested(outer, call_each, as_data(each));
}

void Netlink::Close::operator()(mnl_socket* socket) const noexcept { ::mnl_socket_close(socket); }

Result<Netlink> Netlink::open(int bus) {
    auto* socket = ::mnl_socket_open2(bus, SOCK_CLOEXEC);
    if (socket == nullptr) return std::unexpected{netlink_error("netlink", errno)};
    Netlink netlink{socket};
    if (::mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) return std::unexpected{netlink_error("netlink", errno)};
    const int descriptor = ::mnl_socket_get_fd(socket);
    const timeval timeout{.tv_sec = 2, .tv_usec = 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &socket_buffer_bytes, sizeof socket_buffer_bytes);
    ::setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &socket_buffer_bytes, sizeof socket_buffer_bytes);
    return netlink;
}

Status Netlink::send(BytesView messages) {
    if (::mnl_socket_sendto(socket_.get(), messages.data(), messages.size()) < 0)
        return std::unexpected{netlink_error("netlink", errno)};
    return {};
}

Status Netlink::receive(std::uint32_t last, const std::function<void(const nlmsghdr&)>& each) {
    buffer_.resize(receive_bytes);
    for (;;) {
        const auto count = ::mnl_socket_recvfrom(socket_.get(), buffer_.data(), buffer_.size());
        if (count < 0) return std::unexpected{netlink_error("netlink", errno)};
        int rest = static_cast<int>(count);
        const auto* message = static_cast<const nlmsghdr*>(static_cast<const void*>(buffer_.data()));
        for (; ::mnl_nlmsg_ok(message, rest); message = ::mnl_nlmsg_next(message, &rest)) {
            if (message->nlmsg_type == NLMSG_DONE) {
                if (message->nlmsg_seq == last) return {};
            } else if (message->nlmsg_type == NLMSG_ERROR) {
                const auto* answer = static_cast<const nlmsgerr*>(::mnl_nlmsg_get_payload(message));
                if (answer->error != 0) return std::unexpected{netlink_error("netlink", -answer->error)};
                if (message->nlmsg_seq == last) return {};
            } else if (each) {
                each(*message);
            }
        }
    }
}

}  // namespace vivi::firewall
