// What the engine decides: answers to send, changes to keep before that, alarms to raise, addresses to probe.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/model/lease.hpp"
#include "common/wire/dhcp.hpp"

namespace vivi::dhcpd {

/// Both clocks at one moment: the steady one decides, the wall is only written down.
struct Now {
    Instant steady{};
    WallTime wall{};
};

/// An answer and where it goes (RFC 2131 section 4.1): the frame is addressed to exactly these, ARP is not asked.
struct Reply {
    wire::dhcp::Message message{};
    std::vector<std::uint8_t> order{};  ///< The client's option 55.
    std::size_t most_bytes = 576 - 28;  ///< What the client takes (option 57), as UDP payload.
    Mac to_mac{};
    Ipv4 to_address{};
};

/// What became of a lease; `topic` is one of model::topic::lease_*. Kept before the answer that promises it is sent.
struct LeaseChange {
    std::string_view topic{};
    model::Lease lease{};
};

/// Something a person should know; `topic` is one of model::topic::dhcp_*.
struct Alarm {
    std::string_view topic{};
    Ipv4 address{};                  ///< dhcp.conflict: what is used twice. dhcp.rogue: the other server.
    Mac device{};                    ///< dhcp.conflict: who was told or answered. dhcp.rogue: who sent it.
    std::size_t used = 0, size = 0;  ///< dhcp.pool.
};

/// Ask with ARP whether somebody uses `address` (RFC 5227 section 2.1.1); say Engine::in_use when somebody does. Silence needs
/// no telling.
struct Probe {
    Ipv4 address{};
};

struct Outcome {
    std::vector<LeaseChange> changes{};
    std::vector<Reply> replies{};
    std::vector<Alarm> alarms{};
    std::vector<Probe> probes{};

    /// Adds what `other` says behind what is here.
    void append(Outcome&& other) {
        const auto move_to = [](auto& from, auto& to) {
            to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
        };
        move_to(other.changes, changes);
        move_to(other.replies, replies);
        move_to(other.alarms, alarms);
        move_to(other.probes, probes);
    }
};

/// Since the engine was made. `ignored` counts messages left without an answer on purpose.
struct Counters {
    std::uint64_t discovers = 0, offers = 0, requests = 0, acks = 0, naks = 0, declines = 0, releases = 0, informs = 0;
    std::uint64_t banned = 0, ignored = 0, exhausted = 0, probes = 0, conflicts = 0, rogues = 0, expired = 0;
};

}  // namespace vivi::dhcpd
