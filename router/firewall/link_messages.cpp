// Requests about links.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/link_messages.hpp"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include "router/firewall/links.hpp"

namespace vivi::firewall {
namespace {

/// A header, its own structure and a handful of attributes: far below this.
constexpr std::size_t message_bytes = 512;
/// Linux 5.18 (include/uapi/linux/if_addr.h); older headers do not name it.
constexpr std::uint16_t ifa_proto = 11;

/// One request under construction in a buffer that is cut to its length at the end.
class Request {
public:
    Request(std::uint16_t type, std::uint16_t flags, std::uint32_t sequence)
        : bytes_(message_bytes), header_{::mnl_nlmsg_put_header(bytes_.data())} {
        header_->nlmsg_type = type;
        header_->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
        header_->nlmsg_seq = sequence;
    }
    template <class Extra>
    Extra& extra() {
        return *static_cast<Extra*>(::mnl_nlmsg_put_extra_header(header_, sizeof(Extra)));
    }
    nlmsghdr* header() noexcept { return header_; }
    Bytes take() {
        bytes_.resize(header_->nlmsg_len);
        return std::move(bytes_);
    }

private:
    Bytes bytes_;
    nlmsghdr* header_;
};

}  // namespace

Bytes vlan_message(std::uint32_t sequence, int parent, const std::string& name, std::uint16_t id) {
    Request request{RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sequence};
    request.extra<ifinfomsg>().ifi_family = AF_UNSPEC;
    ::mnl_attr_put_u32(request.header(), IFLA_LINK, static_cast<std::uint32_t>(parent));
    ::mnl_attr_put_strz(request.header(), IFLA_IFNAME, name.c_str());
    auto* info = ::mnl_attr_nest_start(request.header(), IFLA_LINKINFO);
    ::mnl_attr_put_str(request.header(), IFLA_INFO_KIND, "vlan");
    auto* data = ::mnl_attr_nest_start(request.header(), IFLA_INFO_DATA);
    ::mnl_attr_put_u16(request.header(), IFLA_VLAN_ID, id);
    ::mnl_attr_nest_end(request.header(), data);
    ::mnl_attr_nest_end(request.header(), info);
    return request.take();
}

Bytes bridge_message(std::uint32_t sequence, const std::string& name) {
    Request request{RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sequence};
    request.extra<ifinfomsg>().ifi_family = AF_UNSPEC;
    ::mnl_attr_put_strz(request.header(), IFLA_IFNAME, name.c_str());
    ::mnl_attr_put_u32(request.header(), IFLA_GROUP, our_protocol);
    auto* info = ::mnl_attr_nest_start(request.header(), IFLA_LINKINFO);
    ::mnl_attr_put_str(request.header(), IFLA_INFO_KIND, "bridge");
    ::mnl_attr_nest_end(request.header(), info);
    return request.take();
}

Bytes master_message(std::uint32_t sequence, int index, int bridge) {
    Request request{RTM_NEWLINK, 0, sequence};
    auto& link = request.extra<ifinfomsg>();
    link.ifi_family = AF_UNSPEC;
    link.ifi_index = index;
    ::mnl_attr_put_u32(request.header(), IFLA_MASTER, static_cast<std::uint32_t>(bridge));
    return request.take();
}

Bytes remove_message(std::uint32_t sequence, int index) {
    Request request{RTM_DELLINK, 0, sequence};
    auto& link = request.extra<ifinfomsg>();
    link.ifi_family = AF_UNSPEC;
    link.ifi_index = index;
    return request.take();
}

Bytes up_message(std::uint32_t sequence, int index) {
    Request request{RTM_NEWLINK, 0, sequence};
    auto& link = request.extra<ifinfomsg>();
    link.ifi_family = AF_UNSPEC;
    link.ifi_index = index;
    link.ifi_flags = IFF_UP;
    link.ifi_change = IFF_UP;
    return request.take();
}

Bytes address_message(std::uint32_t sequence, Verb verb, int index, Ipv4Prefix address) {
    const bool adds = verb == Verb::Add;
    Request request{static_cast<std::uint16_t>(adds ? RTM_NEWADDR : RTM_DELADDR),
                    static_cast<std::uint16_t>(adds ? NLM_F_CREATE | NLM_F_EXCL : 0), sequence};
    auto& message = request.extra<ifaddrmsg>();
    message.ifa_family = AF_INET;
    message.ifa_prefixlen = address.length;
    message.ifa_scope = RT_SCOPE_UNIVERSE;
    message.ifa_index = static_cast<std::uint32_t>(index);
    ::mnl_attr_put_u32(request.header(), IFA_LOCAL, htonl(address.address.value));
    ::mnl_attr_put_u32(request.header(), IFA_ADDRESS, htonl(address.address.value));
    if (adds && address.length <= 30) ::mnl_attr_put_u32(request.header(), IFA_BROADCAST, htonl(address.broadcast().value));
    if (adds) ::mnl_attr_put_u8(request.header(), ifa_proto, our_protocol);
    return request.take();
}

Bytes default_route_message(std::uint32_t sequence, Verb verb, int index, Ipv4 gateway) {
    const bool adds = verb == Verb::Add;
    Request request{static_cast<std::uint16_t>(adds ? RTM_NEWROUTE : RTM_DELROUTE),
                    static_cast<std::uint16_t>(adds ? NLM_F_CREATE | NLM_F_REPLACE : 0), sequence};
    auto& route = request.extra<rtmsg>();
    route.rtm_family = AF_INET;
    route.rtm_table = RT_TABLE_MAIN;
    route.rtm_protocol = our_protocol;
    route.rtm_scope = adds ? RT_SCOPE_UNIVERSE : RT_SCOPE_NOWHERE;
    route.rtm_type = adds ? RTN_UNICAST : RTN_UNSPEC;
    ::mnl_attr_put_u32(request.header(), RTA_GATEWAY, htonl(gateway.value));
    ::mnl_attr_put_u32(request.header(), RTA_OIF, static_cast<std::uint32_t>(index));
    return request.take();
}

}  // namespace vivi::firewall
