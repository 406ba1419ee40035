// ctnetlink: one dump, and a delete for each entry that matches.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/conntrack.hpp"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "router/firewall/netlink.hpp"

namespace vivi::firewall {
namespace {

constexpr std::size_t message_bytes = 512;

nlmsghdr* begin(Bytes& message, std::uint16_t verb, std::uint16_t flags, std::uint32_t sequence, std::uint8_t address_family) {
    auto* header = ::mnl_nlmsg_put_header(message.data());
    header->nlmsg_type = static_cast<std::uint16_t>(NFNL_SUBSYS_CTNETLINK << 8 | verb);
    header->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    header->nlmsg_seq = sequence;
    auto* family = static_cast<nfgenmsg*>(::mnl_nlmsg_put_extra_header(header, sizeof(nfgenmsg)));
    family->nfgen_family = address_family;
    family->version = NFNETLINK_V0;
    family->res_id = 0;
    return header;
}

std::optional<Ipv6> address_in(const nlattr* attribute) {
    const auto type = ::mnl_attr_get_type(attribute);
    const auto size = ::mnl_attr_get_payload_len(attribute);
    if ((type == CTA_IP_V4_SRC || type == CTA_IP_V4_DST) && size == sizeof(std::uint32_t))
        return to_mapped(Ipv4{ntohl(::mnl_attr_get_u32(attribute))});
    if ((type != CTA_IP_V6_SRC && type != CTA_IP_V6_DST) || size != Ipv6{}.octets.size()) return std::nullopt;
    Ipv6 address;
    std::copy_n(static_cast<const std::uint8_t*>(::mnl_attr_get_payload(attribute)), size, address.octets.begin());
    return address;
}

/// CTA_TUPLE_ORIG or _REPLY: { CTA_TUPLE_IP: { CTA_IP_V4_SRC, … }, CTA_TUPLE_PROTO: { CTA_PROTO_DST_PORT, … } }
bool is_meant(const nlattr* tuple, const Forget& forget) {
    constexpr std::uint16_t dns = 53;
    bool found = false;
    each_nested(tuple, [&](const nlattr* part) {
        const auto kind = ::mnl_attr_get_type(part);
        if (kind != CTA_TUPLE_IP && kind != CTA_TUPLE_PROTO) return;
        each_nested(part, [&](const nlattr* value) {
            if (kind == CTA_TUPLE_IP) {
                const auto address = address_in(value);
                found = found || (address && forget.addresses.contains(*address));
            } else if (forget.dns && ::mnl_attr_get_type(value) == CTA_PROTO_DST_PORT) {
                found = found || ntohs(::mnl_attr_get_u16(value)) == dns;
            }
        });
    });
    return found;
}

/// What a delete needs of an entry: its original tuple, and its id so that a successor with the same tuple is left alone.
struct Entry {
    Bytes tuple{};
    std::optional<std::uint32_t> id{};
    std::uint8_t family = AF_INET;
};

Bytes payload_of(const nlattr* attribute) {
    const auto* first = static_cast<const std::byte*>(::mnl_attr_get_payload(attribute));
    return {first, first + ::mnl_attr_get_payload_len(attribute)};
}

std::optional<Entry> matching(const nlmsghdr& message, const Forget& forget) {
    Entry entry{.family = static_cast<const nfgenmsg*>(::mnl_nlmsg_get_payload(&message))->nfgen_family};
    bool matches = false;
    each_attribute(message, sizeof(nfgenmsg), [&](const nlattr* attribute) {
        const auto type = ::mnl_attr_get_type(attribute);
        if (type == CTA_TUPLE_ORIG) entry.tuple = payload_of(attribute);
        if (type == CTA_TUPLE_ORIG || type == CTA_TUPLE_REPLY) matches = matches || is_meant(attribute, forget);
        if (type == CTA_ID) entry.id = ::mnl_attr_get_u32(attribute);
    });
    if (!matches || entry.tuple.empty()) return std::nullopt;
    return entry;
}

Status remove(Netlink& netlink, const Entry& entry) {
    Bytes message(message_bytes);
    const auto sequence = netlink.next_sequence();
    auto* header = begin(message, IPCTNL_MSG_CT_DELETE, NLM_F_ACK, sequence, entry.family);
    ::mnl_attr_put(header, CTA_TUPLE_ORIG | NLA_F_NESTED, entry.tuple.size(), entry.tuple.data());
    if (entry.id) ::mnl_attr_put_u32(header, CTA_ID, *entry.id);
    if (auto sent = netlink.send(BytesView{message}.first(header->nlmsg_len)); !sent) return sent;
    auto removed = netlink.receive(sequence);
    if (!removed && removed.error().code == Code::NotFound) return {};  // It ended by itself in between.
    return removed;
}

void put_address(nlmsghdr* header, std::uint16_t type4, std::uint16_t type6, const Ipv6& address) {
    if (const auto v4 = from_mapped(address))
        ::mnl_attr_put_u32(header, type4, htonl(v4->value));
    else
        ::mnl_attr_put(header, type6, address.octets.size(), address.octets.data());
}

/// The payload of CTA_TUPLE_ORIG for a flow that the guest began.
Bytes tuple_of(const Flow& flow) {
    Bytes message(message_bytes);
    auto* header = ::mnl_nlmsg_put_header(message.data());
    auto* ip = ::mnl_attr_nest_start(header, CTA_TUPLE_IP);
    put_address(header, CTA_IP_V4_SRC, CTA_IP_V6_SRC, flow.local);
    put_address(header, CTA_IP_V4_DST, CTA_IP_V6_DST, flow.remote);
    ::mnl_attr_nest_end(header, ip);
    auto* ports = ::mnl_attr_nest_start(header, CTA_TUPLE_PROTO);
    ::mnl_attr_put_u8(header, CTA_PROTO_NUM, flow.protocol);
    ::mnl_attr_put_u16(header, CTA_PROTO_SRC_PORT, htons(flow.local_port));
    ::mnl_attr_put_u16(header, CTA_PROTO_DST_PORT, htons(flow.remote_port));
    ::mnl_attr_nest_end(header, ports);
    const auto begin = message.begin() + static_cast<std::ptrdiff_t>(MNL_NLMSG_HDRLEN);
    return {begin, message.begin() + static_cast<std::ptrdiff_t>(header->nlmsg_len)};
}

}  // namespace

Status forget_connections(const Forget& forget) {
    if (forget.empty()) return {};
    auto netlink = Netlink::open(NETLINK_NETFILTER);
    if (!netlink) return std::unexpected{std::move(netlink).error()};

    Bytes message(message_bytes);
    const auto sequence = netlink->next_sequence();
    const auto* header = begin(message, IPCTNL_MSG_CT_GET, NLM_F_DUMP, sequence, AF_UNSPEC);
    if (auto sent = netlink->send(BytesView{message}.first(header->nlmsg_len)); !sent) return sent;
    std::vector<Entry> found;
    auto dumped = netlink->receive(sequence, [&](const nlmsghdr& one) {
        if (auto entry = matching(one, forget)) found.push_back(*std::move(entry));
    });
    if (!dumped) return std::unexpected{std::move(dumped).error().in("listing connections")};
    for (const auto& entry : found) {
        if (auto removed = remove(*netlink, entry); !removed)
            return std::unexpected{std::move(removed).error().in("forgetting a connection")};
    }
    return {};
}

Status forget_flow(const Flow& flow) {
    auto netlink = Netlink::open(NETLINK_NETFILTER);
    if (!netlink) return std::unexpected{std::move(netlink).error()};
    const auto family = static_cast<std::uint8_t>(from_mapped(flow.local) ? AF_INET : AF_INET6);
    if (auto removed = remove(*netlink, {.tuple = tuple_of(flow), .family = family}); !removed)
        return std::unexpected{std::move(removed).error().in("forgetting a flow")};
    return {};
}

}  // namespace vivi::firewall
