// One netlink conversation: a socket with a timeout, requests, their answers and errors.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/core/result.hpp"

struct mnl_socket;
struct nlattr;
struct nlmsghdr;

namespace vivi::firewall {

/// Blocks at most 2 s for an answer. Not shared between threads.
class Netlink {
public:
    /// `bus`: NETLINK_NETFILTER, NETLINK_ROUTE.
    static Result<Netlink> open(int bus);

    /// Rises with each call: the sequence number of the next message.
    std::uint32_t next_sequence() noexcept { return ++sequence_; }

    Status send(BytesView messages);

    /// Reads until the answer to `last` has come: its acknowledgement, an error of any message, or the end of a dump. Each
    /// message with content goes to `each`.
    Status receive(std::uint32_t last, const std::function<void(const nlmsghdr&)>& each = {});

private:
    struct Close {
        void operator()(mnl_socket* socket) const noexcept;
    };
    explicit Netlink(mnl_socket* socket) : socket_{socket} {}

    std::unique_ptr<mnl_socket, Close> socket_;
    std::uint32_t sequence_ = 0;
    Bytes buffer_{};  ///< For what is received; made at the first call.
};

/// Calls `each` for every attribute behind the message's own header of `header_bytes` (nfgenmsg, ndmsg).
void each_attribute(const nlmsghdr& message, std::size_t header_bytes, const std::function<void(const nlattr*)>& each);
/// The same for the attributes nested in one.
void each_nested(const nlattr* outer, const std::function<void(const nlattr*)>& each);

/// "adding an element: Operation not permitted (needs CAP_NET_ADMIN)" with the code that fits errno.
Error netlink_error(std::string_view what, int number);

}  // namespace vivi::firewall
