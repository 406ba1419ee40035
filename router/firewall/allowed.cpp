// Elements of allowed4 and allowed6 by raw netlink on a socket that stays open.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/allowed.hpp"

#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "router/firewall/batch.hpp"
#include "router/firewall/dump.hpp"
#include "router/firewall/names.hpp"
#include "router/firewall/netlink.hpp"

namespace vivi::firewall {
namespace {

/// How many elements' ends are remembered; beyond, those that are over are forgotten.
constexpr std::size_t most_remembered = 1 << 17;

struct Hash {
    std::size_t operator()(const Allowed& allowed) const noexcept {
        return std::hash<Ipv6>{}(allowed.address) ^ std::hash<std::uint64_t>{}(allowed.view * 0x9e3779b97f4a7c15ULL);
    }
};

/// mark . address: the mark in the kernel's own byte order.
Bytes key_of(const Allowed& allowed) {
    const auto mark = std::bit_cast<std::array<std::byte, sizeof allowed.view>>(allowed.view);
    Writer key;
    key.put(BytesView{mark});
    const auto v4 = from_mapped(allowed.address);
    if (v4)
        key.u32(v4->value);
    else
        key.put(std::as_bytes(std::span{allowed.address.octets}));
    return key.take_bytes();
}

std::optional<Allowed> allowed_of(BytesView key) {
    Allowed allowed;
    if (key.size() < sizeof allowed.view) return std::nullopt;
    std::memcpy(&allowed.view, key.data(), sizeof allowed.view);
    const auto address = key.subspan(sizeof allowed.view);
    if (address.size() == sizeof(std::uint32_t)) {
        allowed.address = to_mapped(Ipv4{Reader{address}.u32()});
    } else if (address.size() == allowed.address.octets.size()) {
        std::memcpy(allowed.address.octets.data(), address.data(), address.size());
    } else {
        return std::nullopt;
    }
    return allowed;
}

}  // namespace

struct AllowedSets::Link {
    using Clock = std::chrono::steady_clock;

    Result<Netlink*> netlink() {
        if (!open) {
            auto opened = Netlink::open(NETLINK_NETFILTER);
            if (!opened) return std::unexpected{std::move(opened).error()};
            open.emplace(*std::move(opened));
        }
        return &*open;
    }
    /// After an error answers may be left in the socket.
    Error dropped(Error error, std::string_view context) {
        open.reset();
        return std::move(error).in(context);
    }
    void remember(const Allowed& element, Clock::time_point until, Clock::time_point now) {
        if (ends.size() >= most_remembered) std::erase_if(ends, [now](const auto& one) { return one.second <= now; });
        if (ends.size() >= most_remembered) ends.clear();
        ends[element] = until;
    }

    std::optional<Netlink> open{};
    std::unordered_map<Allowed, Clock::time_point, Hash> ends{};  ///< When what was allowed ends, as far as we said.
};

AllowedSets::AllowedSets() : link_{std::make_unique<Link>()} {}
AllowedSets::~AllowedSets() = default;

Status AllowedSets::allow(std::span<const Allowed> elements, Seconds timeout) {
    if (elements.empty()) return {};
    const auto netlink = link_->netlink();
    if (!netlink) return std::unexpected{netlink.error()};
    const auto now = Link::Clock::now();
    std::map<Seconds, std::array<std::vector<Element>, 2>> by_timeout;  // Mostly one.
    std::vector<std::pair<Allowed, Link::Clock::time_point>> ends;
    std::set<Allowed> once;
    for (const auto& element : elements) {
        if (!once.insert(element).second) continue;
        const auto known = link_->ends.find(element);
        const auto until = std::max(now + timeout, known == link_->ends.end() ? now : known->second);
        ends.emplace_back(element, until);
        const bool is_ipv6 = !from_mapped(element.address);
        by_timeout[std::chrono::ceil<Seconds>(until - now)][is_ipv6 ? 1 : 0].push_back({.key = key_of(element)});
    }
    Batch batch{**netlink};
    for (const auto& [seconds, families] : by_timeout) {
        for (const auto ipv6 : {0U, 1U}) {
            const auto set = ipv6 == 1 ? dynamic::allowed6 : dynamic::allowed4;
            // Kernels before 6.12 leave the timeout of what is there as it is. So: there in any case, then anew.
            batch.add(set, families[ipv6], seconds);
            batch.remove(set, families[ipv6]);
            batch.add(set, families[ipv6], seconds);
        }
    }
    if (auto done = batch.commit(); !done) return std::unexpected{link_->dropped(std::move(done).error(), "allowing addresses")};
    for (const auto& [element, until] : ends) link_->remember(element, until, now);
    return {};
}

Status AllowedSets::forbid(std::span<const Allowed> elements) {
    if (elements.empty()) return {};
    const auto netlink = link_->netlink();
    if (!netlink) return std::unexpected{netlink.error()};
    std::array<std::vector<Element>, 2> families;
    const std::set<Allowed> once{elements.begin(), elements.end()};
    for (const auto& element : once) families[from_mapped(element.address) ? 0 : 1].push_back({.key = key_of(element)});
    Batch batch{**netlink};
    for (const auto ipv6 : {0U, 1U}) {
        const auto set = ipv6 == 1 ? dynamic::allowed6 : dynamic::allowed4;
        // Made if need be, so that taking away what is not there is no error.
        batch.add(set, families[ipv6], Seconds{1});
        batch.remove(set, families[ipv6]);
    }
    if (auto done = batch.commit(); !done)
        return std::unexpected{link_->dropped(std::move(done).error(), "forbidding addresses")};
    for (const auto& element : once) link_->ends.erase(element);
    return {};
}

Result<std::vector<Allowed>> AllowedSets::held() {
    const auto netlink = link_->netlink();
    if (!netlink) return std::unexpected{netlink.error()};
    std::vector<Allowed> all;
    for (const auto set : {dynamic::allowed4, dynamic::allowed6}) {
        auto read = each_element(**netlink, set, [&](const ElementView& element) {
            if (const auto allowed = allowed_of(element.key)) all.push_back(*allowed);
        });
        if (!read) return std::unexpected{link_->dropped(std::move(read).error(), "listing allowed addresses")};
    }
    return all;
}

}  // namespace vivi::firewall
