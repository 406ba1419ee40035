// ctnetlink: one dump, and a delete for each entry that matches.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/conntrack.hpp"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <optional>
#include <vector>

#include "router/firewall/netlink.hpp"

namespace vivi::firewall {
namespace {

constexpr std::size_t message_bytes = 512;

nlmsghdr* begin(Bytes& message, std::uint16_t verb, std::uint16_t flags, std::uint32_t sequence) {
    auto* header = ::mnl_nlmsg_put_header(message.data());
    header->nlmsg_type = static_cast<std::uint16_t>(NFNL_SUBSYS_CTNETLINK << 8 | verb);
    header->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    header->nlmsg_seq = sequence;
    auto* family = static_cast<nfgenmsg*>(::mnl_nlmsg_put_extra_header(header, sizeof(nfgenmsg)));
    family->nfgen_family = AF_INET;
    family->version = NFNETLINK_V0;
    family->res_id = 0;
    return header;
}

/// CTA_TUPLE_ORIG or _REPLY: { CTA_TUPLE_IP: { CTA_IP_V4_SRC, CTA_IP_V4_DST }, … }
bool names_one_of(const nlattr* tuple, const std::set<Ipv4>& addresses) {
    bool found = false;
    each_nested(tuple, [&](const nlattr* part) {
        if (::mnl_attr_get_type(part) != CTA_TUPLE_IP) return;
        each_nested(part, [&](const nlattr* address) {
            const auto type = ::mnl_attr_get_type(address);
            if (type != CTA_IP_V4_SRC && type != CTA_IP_V4_DST) return;
            if (::mnl_attr_get_payload_len(address) != sizeof(std::uint32_t)) return;
            found = found || addresses.contains(Ipv4{ntohl(::mnl_attr_get_u32(address))});
        });
    });
    return found;
}

/// What a delete needs of an entry: its original tuple, and its id so that a successor with the same tuple is left alone.
struct Entry {
    Bytes tuple{};
    std::uint32_t id = 0;
};

Bytes payload_of(const nlattr* attribute) {
    const auto* first = static_cast<const std::byte*>(::mnl_attr_get_payload(attribute));
    return {first, first + ::mnl_attr_get_payload_len(attribute)};
}

std::optional<Entry> matching(const nlmsghdr& message, const std::set<Ipv4>& addresses) {
    Entry entry;
    bool matches = false;
    each_attribute(message, sizeof(nfgenmsg), [&](const nlattr* attribute) {
        const auto type = ::mnl_attr_get_type(attribute);
        if (type == CTA_TUPLE_ORIG) entry.tuple = payload_of(attribute);
        if (type == CTA_TUPLE_ORIG || type == CTA_TUPLE_REPLY) matches = matches || names_one_of(attribute, addresses);
        if (type == CTA_ID) entry.id = ::mnl_attr_get_u32(attribute);
    });
    if (!matches || entry.tuple.empty()) return std::nullopt;
    return entry;
}

Status remove(Netlink& netlink, const Entry& entry) {
    Bytes message(message_bytes);
    const auto sequence = netlink.next_sequence();
    auto* header = begin(message, IPCTNL_MSG_CT_DELETE, NLM_F_ACK, sequence);
    ::mnl_attr_put(header, CTA_TUPLE_ORIG | NLA_F_NESTED, entry.tuple.size(), entry.tuple.data());
    ::mnl_attr_put_u32(header, CTA_ID, entry.id);
    if (auto sent = netlink.send(BytesView{message}.first(header->nlmsg_len)); !sent) return sent;
    auto removed = netlink.receive(sequence);
    if (!removed && removed.error().code == Code::NotFound) return {};  // It ended by itself in between.
    return removed;
}

}  // namespace

Status forget_connections(const std::set<Ipv4>& addresses) {
    if (addresses.empty()) return {};
    auto netlink = Netlink::open(NETLINK_NETFILTER);
    if (!netlink) return std::unexpected{std::move(netlink).error()};

    Bytes message(message_bytes);
    const auto sequence = netlink->next_sequence();
    const auto* header = begin(message, IPCTNL_MSG_CT_GET, NLM_F_DUMP, sequence);
    if (auto sent = netlink->send(BytesView{message}.first(header->nlmsg_len)); !sent) return sent;
    std::vector<Entry> found;
    auto dumped = netlink->receive(sequence, [&](const nlmsghdr& one) {
        if (auto entry = matching(one, addresses)) found.push_back(*std::move(entry));
    });
    if (!dumped) return std::unexpected{std::move(dumped).error().in("listing connections")};
    for (const auto& entry : found) {
        if (auto removed = remove(*netlink, entry); !removed)
            return std::unexpected{std::move(removed).error().in("forgetting a connection")};
    }
    return {};
}

}  // namespace vivi::firewall
