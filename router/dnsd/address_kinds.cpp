// The special-purpose address registries (RFC 6890), as far as they name what is inside a network.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/address_kinds.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace vivi::dnsd {
namespace {

constexpr std::array private_ipv4{
    Ipv4Prefix{{0x00000000}, 8},   // "This network", RFC 791. 0.0.0.0 reaches the asking machine itself: not let through.
    Ipv4Prefix{{0x0a000000}, 8},   // RFC 1918
    Ipv4Prefix{{0x64400000}, 10},  // Shared by carriers, RFC 6598
    Ipv4Prefix{{0x7f000000}, 8},   // Loopback, RFC 1122
    Ipv4Prefix{{0xa9fe0000}, 16},  // Link-local, RFC 3927
    Ipv4Prefix{{0xac100000}, 12},  // RFC 1918
    Ipv4Prefix{{0xc0a80000}, 16},  // RFC 1918
    Ipv4Prefix{{0xe0000000}, 4},   // Multicast, RFC 5771
    Ipv4Prefix{{0xffffffff}, 32},  // Broadcast, RFC 919
};

constexpr IpPrefix ipv6(std::uint8_t first, std::uint8_t second, std::uint8_t length) {
    return {.address = {{first, second}}, .length = length};
}
constexpr std::array private_ipv6{
    ipv6(0, 0, 127),       // Unspecified and loopback, RFC 4291
    ipv6(0xfc, 0, 7),      // Unique local, RFC 4193
    ipv6(0xfe, 0x80, 10),  // Link-local, RFC 4291
    ipv6(0xfe, 0xc0, 10),  // Site-local, RFC 3879
    ipv6(0xff, 0, 8),      // Multicast, RFC 4291
};

/// The IPv4 address at these octets.
Ipv4 at(const Ipv6& address, std::size_t offset) noexcept {
    Ipv4 inner;
    for (std::size_t i = 0; i < 4; ++i) inner.value = inner.value << 8 | address.octets.at(offset + i);
    return inner;
}

/// What an IPv6 address says in IPv4: mapped and compatible (RFC 4291 section 2.5.5), NAT64 (RFC 6052), 6to4 (RFC 3056).
std::optional<Ipv4> inner_ipv4(const Ipv6& address) noexcept {
    static constexpr IpPrefix nat64{.address = {{0x00, 0x64, 0xff, 0x9b}}, .length = 96};
    static constexpr IpPrefix compatible{.address = {}, .length = 96};
    static constexpr IpPrefix six_to_four{.address = {{0x20, 0x02}}, .length = 16};
    if (const auto mapped = from_mapped(address)) return mapped;
    if (nat64.contains(address) || compatible.contains(address)) return at(address, 12);
    if (six_to_four.contains(address)) return at(address, 2);
    return std::nullopt;
}

}  // namespace

bool is_private(const Ipv6& address) noexcept {
    if (const auto inner = inner_ipv4(address))
        return std::ranges::any_of(private_ipv4, [&](const auto& prefix) { return prefix.contains(*inner); });
    return std::ranges::any_of(private_ipv6, [&](const auto& prefix) { return prefix.contains(address); });
}

}  // namespace vivi::dnsd
