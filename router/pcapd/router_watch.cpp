// A small table of those who announced.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/router_watch.hpp"

namespace vivi::pcapd {

std::optional<model::ForeignRa> RouterWatch::see(std::uint16_t interface, const std::string& interface_name, const Packet& packet,
                                                 Instant now) {
    using Table = decltype(announcers_);
    while (announcers_.oldest() != Table::none && now - announcers_[announcers_.oldest()] >= said_again)
        announcers_.erase(announcers_.oldest());
    const Key key{interface, packet.source_mac.octets};
    if (announcers_.find(key) != Table::none || announcers_.is_full()) return std::nullopt;
    announcers_[announcers_.insert(key)] = now;
    return model::ForeignRa{.interface = interface_name, .device = packet.source_mac, .router = packet.source};
}

}  // namespace vivi::pcapd
