// rtnetlink: a dump of RTM_GETNEIGH.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/neighbours.hpp"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <optional>

#include "router/firewall/netlink.hpp"

namespace vivi::firewall {
namespace {

constexpr std::uint16_t usable_states = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT;

std::optional<Place> place_of(const nlmsghdr& message) {
    const auto* entry = static_cast<const ndmsg*>(::mnl_nlmsg_get_payload(&message));
    if (message.nlmsg_type != RTM_NEWNEIGH || (entry->ndm_family != AF_INET && entry->ndm_family != AF_INET6) ||
        (entry->ndm_state & usable_states) == 0)
        return std::nullopt;
    std::optional<Ipv6> address;
    std::optional<Mac> device;
    each_attribute(message, sizeof(ndmsg), [&](const nlattr* attribute) {
        const auto type = ::mnl_attr_get_type(attribute);
        const auto size = ::mnl_attr_get_payload_len(attribute);
        if (type == NDA_DST && size == sizeof(std::uint32_t)) address = to_mapped(Ipv4{ntohl(::mnl_attr_get_u32(attribute))});
        if (type == NDA_DST && size == Ipv6{}.octets.size()) {
            address.emplace();
            std::copy_n(static_cast<const std::uint8_t*>(::mnl_attr_get_payload(attribute)), size, address->octets.begin());
        }
        if (type == NDA_LLADDR && size == Mac{}.octets.size()) {
            const auto* octets = static_cast<const std::uint8_t*>(::mnl_attr_get_payload(attribute));
            device.emplace();
            std::copy_n(octets, device->octets.size(), device->octets.begin());
        }
    });
    if (!address || !device) return std::nullopt;
    return Place{.address = *address, .device = *device};
}

}  // namespace

Result<std::vector<Place>> read_neighbours() {
    auto netlink = Netlink::open(NETLINK_ROUTE);
    if (!netlink) return std::unexpected{std::move(netlink).error()};
    Bytes message(256);
    auto* header = ::mnl_nlmsg_put_header(message.data());
    const auto sequence = netlink->next_sequence();
    header->nlmsg_type = RTM_GETNEIGH;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    header->nlmsg_seq = sequence;
    auto* filter = static_cast<ndmsg*>(::mnl_nlmsg_put_extra_header(header, sizeof(ndmsg)));
    filter->ndm_family = AF_UNSPEC;  // AF_BRIDGE, the forwarding table, is not part of it.
    if (auto sent = netlink->send(BytesView{message}.first(header->nlmsg_len)); !sent)
        return std::unexpected{std::move(sent).error()};
    std::vector<Place> places;
    auto dumped = netlink->receive(sequence, [&](const nlmsghdr& one) {
        if (const auto place = place_of(one)) places.push_back(*place);
    });
    if (!dumped) return std::unexpected{std::move(dumped).error().in("listing neighbours")};
    return places;
}

}  // namespace vivi::firewall
