// IPv6 headers and their extension headers (RFC 8200): who, to whom, how many bytes, and what the payload is.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/wire/parse_error.hpp"

namespace vivi::wire::ipv6 {

/// RFC 8200 section 3.
struct Packet {
    Ipv6 source{};
    Ipv6 destination{};
    std::uint8_t protocol = 0;   ///< Of the payload, behind the extension headers.
    std::uint8_t hop_limit = 0;  ///< 255: it came from this link (RFC 4861 section 6.1).
    /// 40 bytes of header and the payload: Payload Length, or, when it is zero and the link carried more than that can say (a
    /// jumbogram, or more than 65,535 bytes merged by the kernel), what the link carried. Never more than the link carried.
    std::size_t total_bytes = 0;
    bool starts_payload = true;  ///< False in a fragment that is not the first, and where the extension headers do not end.
    BytesView payload{};         ///< Behind the extension headers, as far as it was captured.
};

/// `on_wire` is how many bytes followed the link header on the wire; `bytes` may be fewer. A packet whose extension headers are
/// cut off or more than eight is a packet still (it is counted), but its payload is empty.
std::expected<Packet, ParseError> parse(BytesView bytes, std::size_t on_wire) noexcept;

/// The IPv4-mapped form ::ffff:a.b.c.d, RFC 4291 section 2.5.5.2: one type of key for both families.
Ipv6 mapped(Ipv4 address) noexcept;
bool is_mapped(const Ipv6& address) noexcept;
/// The IPv4 address in a mapped one.
Ipv4 unmapped(const Ipv6& address) noexcept;

}  // namespace vivi::wire::ipv6
