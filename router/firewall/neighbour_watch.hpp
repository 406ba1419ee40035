// The kernel's neighbour table of both families, followed: which device answers for which address, as it becomes known.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/result.hpp"

struct mnl_socket;

namespace vivi::firewall {

/// What the kernel says of one address. No device: it forgot the address, or the device stopped answering for it.
struct NeighbourChange {
    Ipv6 address{};  ///< IPv4 mapped.
    std::optional<Mac> device{};
    bool operator==(const NeighbourChange&) const = default;
};

/// One netlink socket that hears the group of neighbours (rtnetlink(7), RTNLGRP_NEIGH) and asks for the whole table. Needs no
/// capability. Nothing here waits.
class NeighbourWatch {
public:
    /// Subscribed, and the table asked for: it comes as the first changes.
    static Result<NeighbourWatch> open();

    /// For an event loop: readable when take() has something.
    int descriptor() const noexcept;
    /// What is there now, oldest first; at most some hundreds of kilobytes a call. Overflow: changes were lost; ask for the whole
    /// table again.
    Result<std::vector<NeighbourChange>> take();
    /// Asks for the whole table; it arrives as changes.
    Status read_again();

private:
    struct Close {
        void operator()(mnl_socket* socket) const noexcept;
    };
    explicit NeighbourWatch(mnl_socket* socket) : socket_{socket} {}

    std::unique_ptr<mnl_socket, Close> socket_;
};

}  // namespace vivi::firewall
