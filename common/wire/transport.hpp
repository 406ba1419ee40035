// TCP (RFC 9293) and UDP (RFC 768) headers: ports, flags that open and end a flow, payload.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>

#include "common/core/bytes.hpp"
#include "common/wire/parse_error.hpp"

namespace vivi::wire::transport {

/// IANA protocol numbers.
inline constexpr std::uint8_t tcp = 6;
inline constexpr std::uint8_t udp = 17;

struct Segment {
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    std::uint32_t sequence = 0;  ///< TCP only, as the next three: of the first octet of the payload, or of the SYN.
    bool syn = false;
    bool fin = false;
    bool rst = false;
    BytesView payload{};  ///< As far as it was captured.
};

/// RFC 9293 section 3.1; options are skipped.
std::expected<Segment, ParseError> parse_tcp(BytesView bytes) noexcept;
/// RFC 768. A length of zero (a datagram merged by the kernel, RFC 2675 section 4) means: to the end.
std::expected<Segment, ParseError> parse_udp(BytesView bytes) noexcept;

}  // namespace vivi::wire::transport
