// Who else announces IPv6 routers on the LAN: said once a minute for each interface and device.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "common/model/policy_event.hpp"
#include "router/pcapd/bounded_table.hpp"
#include "router/pcapd/packet.hpp"

namespace vivi::pcapd {

/// An engine: no clock, no I/O. At its bound of 64 (interface, device) in a minute the others are not said.
class RouterWatch {
public:
    static constexpr Seconds said_again{60};
    static constexpr std::size_t most_a_minute = 64;

    explicit RouterWatch(HashKey key) : announcers_{most_a_minute, key} {}

    /// `packet` announces a router and does not come from one of ours. `interface` is a number that stays `interface_name`'s.
    std::optional<model::ForeignRa> see(std::uint16_t interface, const std::string& interface_name, const Packet& packet,
                                        Instant now);

private:
    struct Key {
        std::uint16_t interface;
        std::array<std::uint8_t, 6> device;
        bool operator==(const Key&) const = default;
    };
    BoundedTable<Key, Instant> announcers_;  ///< When it was last said; the oldest first.
};

}  // namespace vivi::pcapd
