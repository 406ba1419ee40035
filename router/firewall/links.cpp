// rtnetlink about links, addresses and routes; sysctls by their files.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/links.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "router/firewall/link_messages.hpp"
#include "router/firewall/netlink.hpp"

namespace vivi::firewall {
namespace {

constexpr std::uint16_t ifa_proto = 11;  // As in link_messages.cpp.

Status ask(const std::string& what, const std::function<Bytes(std::uint32_t sequence)>& request) {
    auto netlink = Netlink::open(NETLINK_ROUTE);
    if (!netlink) return std::unexpected{std::move(netlink).error()};
    const auto sequence = netlink->next_sequence();
    if (auto sent = netlink->send(request(sequence)); !sent) return sent;
    if (auto done = netlink->receive(sequence); !done) return std::unexpected{std::move(done).error().in(what)};
    return {};
}

template <class Extra>
Status dump(Netlink& netlink, std::uint16_t type, unsigned char family, const std::function<void(const nlmsghdr&)>& each) {
    Bytes message(256);
    auto* header = ::mnl_nlmsg_put_header(message.data());
    const auto sequence = netlink.next_sequence();
    header->nlmsg_type = type;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    header->nlmsg_seq = sequence;
    *static_cast<unsigned char*>(::mnl_nlmsg_put_extra_header(header, sizeof(Extra))) = family;  // The first octet of each.
    if (auto sent = netlink.send(BytesView{message}.first(header->nlmsg_len)); !sent) return sent;
    return netlink.receive(sequence, each);
}

Link link_of(const nlmsghdr& message) {
    const auto* info = static_cast<const ifinfomsg*>(::mnl_nlmsg_get_payload(&message));
    Link link{.index = info->ifi_index, .is_up = (info->ifi_flags & IFF_UP) != 0};
    each_attribute(message, sizeof(ifinfomsg), [&](const nlattr* attribute) {
        const auto type = ::mnl_attr_get_type(attribute);
        if (type == IFLA_IFNAME) link.name = ::mnl_attr_get_str(attribute);
        if (type == IFLA_MASTER) link.master = static_cast<int>(::mnl_attr_get_u32(attribute));
        if (type == IFLA_GROUP) link.is_ours = ::mnl_attr_get_u32(attribute) == our_protocol;
    });
    return link;
}

LinkAddress address_of(const nlmsghdr& message) {
    const auto* info = static_cast<const ifaddrmsg*>(::mnl_nlmsg_get_payload(&message));
    LinkAddress address{.index = static_cast<int>(info->ifa_index), .address = {.length = info->ifa_prefixlen}};
    each_attribute(message, sizeof(ifaddrmsg), [&](const nlattr* attribute) {
        const auto type = ::mnl_attr_get_type(attribute);
        if (type == IFA_LOCAL) address.address.address = {ntohl(::mnl_attr_get_u32(attribute))};
        if (type == ifa_proto) address.is_ours = ::mnl_attr_get_u8(attribute) == our_protocol;
    });
    return address;
}

std::optional<DefaultRoute> default_route_of(const nlmsghdr& message) {
    const auto* info = static_cast<const rtmsg*>(::mnl_nlmsg_get_payload(&message));
    if (info->rtm_dst_len != 0 || info->rtm_table != RT_TABLE_MAIN || info->rtm_type != RTN_UNICAST) return std::nullopt;
    DefaultRoute route{.is_ours = info->rtm_protocol == our_protocol};
    each_attribute(message, sizeof(rtmsg), [&](const nlattr* attribute) {
        const auto type = ::mnl_attr_get_type(attribute);
        if (type == RTA_GATEWAY) route.gateway = {ntohl(::mnl_attr_get_u32(attribute))};
        if (type == RTA_OIF) route.index = static_cast<int>(::mnl_attr_get_u32(attribute));
    });
    return route;
}

}  // namespace

const Link* Links::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find(links, name, &Link::name);
    return found == links.end() ? nullptr : &*found;
}

Result<Links> KernelLinks::look() {
    auto netlink = Netlink::open(NETLINK_ROUTE);
    if (!netlink) return std::unexpected{std::move(netlink).error()};
    Links links;
    const auto each_link = [&](const nlmsghdr& one) {
        if (one.nlmsg_type == RTM_NEWLINK) links.links.push_back(link_of(one));
    };
    const auto each_address = [&](const nlmsghdr& one) {
        if (one.nlmsg_type == RTM_NEWADDR) links.addresses.push_back(address_of(one));
    };
    const auto each_route = [&](const nlmsghdr& one) {
        const auto route = one.nlmsg_type == RTM_NEWROUTE ? default_route_of(one) : std::nullopt;
        if (route) links.routes.push_back(*route);
    };
    auto done = dump<ifinfomsg>(*netlink, RTM_GETLINK, AF_UNSPEC, each_link);
    if (done) done = dump<ifaddrmsg>(*netlink, RTM_GETADDR, AF_INET, each_address);
    if (done) done = dump<rtmsg>(*netlink, RTM_GETROUTE, AF_INET, each_route);
    if (!done) return std::unexpected{std::move(done).error().in("listing links")};
    return links;
}

Status KernelLinks::add_vlan(int parent, const std::string& name, std::uint16_t id) {
    return ask(name, [&](std::uint32_t sequence) { return vlan_message(sequence, parent, name, id); });
}

Status KernelLinks::add_bridge(const std::string& name) {
    return ask(name, [&](std::uint32_t sequence) { return bridge_message(sequence, name); });
}

Status KernelLinks::set_master(int index, int bridge) {
    return ask("a bridge's port", [&](std::uint32_t sequence) { return master_message(sequence, index, bridge); });
}

Status KernelLinks::remove_link(int index) {
    return ask("removing a device", [&](std::uint32_t sequence) { return remove_message(sequence, index); });
}

Status KernelLinks::set_up(int index) {
    return ask("setting a device up", [&](std::uint32_t sequence) { return up_message(sequence, index); });
}

Status KernelLinks::add_address(int index, Ipv4Prefix address) {
    return ask("adding " + to_string(address),
               [&](std::uint32_t sequence) { return address_message(sequence, Verb::Add, index, address); });
}

Status KernelLinks::remove_address(int index, Ipv4Prefix address) {
    return ask("removing " + to_string(address),
               [&](std::uint32_t sequence) { return address_message(sequence, Verb::Remove, index, address); });
}

Status KernelLinks::set_default_route(int index, Ipv4 gateway) {
    return ask("the default route through " + to_string(gateway),
               [&](std::uint32_t sequence) { return default_route_message(sequence, Verb::Add, index, gateway); });
}

Status KernelLinks::remove_default_route(int index, Ipv4 gateway) {
    return ask("removing the default route through " + to_string(gateway),
               [&](std::uint32_t sequence) { return default_route_message(sequence, Verb::Remove, index, gateway); });
}

Status KernelLinks::set_sysctl(const std::string& path, const std::string& value) {
    const auto file = "/proc/sys/" + path;
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    const bool is_written = descriptor >= 0 && ::write(descriptor, value.data(), value.size()) == std::ssize(value);
    const int number = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (is_written) return {};
    return std::unexpected{netlink_error(file, number)};
}

Result<LinkWatch> LinkWatch::open() {
    LinkWatch watch{::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)};
    if (watch.descriptor_ < 0) return std::unexpected{netlink_error("watching links", errno)};
    sockaddr_nl groups{};
    groups.nl_family = AF_NETLINK;
    groups.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR;
    const auto* address = static_cast<const sockaddr*>(static_cast<const void*>(&groups));
    if (::bind(watch.descriptor_, address, sizeof groups) != 0) return std::unexpected{netlink_error("watching links", errno)};
    return watch;
}

LinkWatch::LinkWatch(LinkWatch&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
LinkWatch& LinkWatch::operator=(LinkWatch&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}
LinkWatch::~LinkWatch() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void LinkWatch::drain() noexcept {
    std::array<std::byte, 32'768> buffer{};
    // Also past ENOBUFS: what was lost were wake-ups.
    while (::recv(descriptor_, buffer.data(), buffer.size(), 0) > 0 || errno == ENOBUFS) {
    }
}

}  // namespace vivi::firewall
