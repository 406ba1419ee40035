// The registries as tables.
// SPDX-License-Identifier: Apache-2.0
#include "server/egress/address_rules.hpp"

#include <algorithm>
#include <array>

namespace vivi::egress {
namespace {

struct Range {
    std::uint32_t address;
    int length;
};
constexpr std::uint32_t dotted(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) noexcept {
    return a << 24 | b << 16 | c << 8 | d;
}
constexpr std::array special_v4{
    Range{dotted(0, 0, 0, 0), 8},        // RFC 791 section 3.2: this network
    Range{dotted(10, 0, 0, 0), 8},       // RFC 1918
    Range{dotted(100, 64, 0, 0), 10},    // RFC 6598: shared, CGNAT
    Range{dotted(127, 0, 0, 0), 8},      // RFC 1122 section 3.2.1.3: loopback
    Range{dotted(169, 254, 0, 0), 16},   // RFC 3927: link-local, and the clouds' metadata
    Range{dotted(172, 16, 0, 0), 12},    // RFC 1918
    Range{dotted(192, 0, 0, 0), 24},     // RFC 6890: protocol assignments
    Range{dotted(192, 0, 2, 0), 24},     // RFC 5737: documentation
    Range{dotted(192, 88, 99, 0), 24},   // RFC 7526: 6to4 relays
    Range{dotted(192, 168, 0, 0), 16},   // RFC 1918
    Range{dotted(198, 18, 0, 0), 15},    // RFC 2544: benchmarking
    Range{dotted(198, 51, 100, 0), 24},  // RFC 5737
    Range{dotted(203, 0, 113, 0), 24},   // RFC 5737
    Range{dotted(224, 0, 0, 0), 4},      // RFC 5771: multicast
    Range{dotted(240, 0, 0, 0), 4},      // RFC 1112 section 4: reserved, and the broadcast address
};

bool begins_with(const Ipv6& address, std::initializer_list<std::uint8_t> octets) noexcept {
    return std::equal(octets.begin(), octets.end(), address.octets.begin());
}
Ipv4 carried_at(const Ipv6& address, std::size_t place) noexcept {
    const auto octet = [&](std::size_t i) { return std::uint32_t{address.octets[place + i]}; };
    return Ipv4{dotted(octet(0), octet(1), octet(2), octet(3))};
}

}  // namespace

bool is_public(Ipv4 address) noexcept {
    return std::ranges::none_of(special_v4, [&](const Range& range) {
        const auto shift = 32 - range.length;
        return address.value >> shift == range.address >> shift;
    });
}

bool is_public(const Ipv6& address) noexcept {
    // RFC 4291 section 2.5.5.2 (mapped) and RFC 6052 section 2.1 (NAT64's well-known prefix): the last four octets.
    if (begins_with(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}) ||
        begins_with(address, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0}))
        return is_public(carried_at(address, 12));
    if ((address.octets[0] & 0xe0) != 0x20) return false;  // Outside 2000::/3: loopback, unique-local, link-local, multicast, …
    if (begins_with(address, {0x20, 0x02})) return is_public(carried_at(address, 2));            // RFC 3056 section 2: 6to4
    const bool is_assignments = begins_with(address, {0x20, 0x01}) && address.octets[2] < 0x02;  // 2001::/23, RFC 2928; Teredo
    const bool is_documentation = begins_with(address, {0x20, 0x01, 0x0d, 0xb8}) ||              // RFC 3849
                                  (begins_with(address, {0x3f, 0xff}) && address.octets[2] < 0x10);  // RFC 9637
    return !is_assignments && !is_documentation;
}

}  // namespace vivi::egress
