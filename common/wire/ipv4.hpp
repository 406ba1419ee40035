// IPv4 headers (RFC 791): who, to whom, how many bytes, and the payload that was captured.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/wire/parse_error.hpp"

namespace vivi::wire::ipv4 {

/// RFC 791 section 3.1. Checksums are not verified: locally sent packets leave them to the card.
struct Packet {
    Ipv4 source{};
    Ipv4 destination{};
    std::uint8_t protocol = 0;
    /// Header and payload on the wire: Total Length, or, when the kernel left that zero because it merged more than 65,535 bytes
    /// (GRO), what the link carried. Never more than the link carried, whatever the header claims.
    std::size_t total_bytes = 0;
    bool starts_payload = true;  ///< False in a fragment that is not the first: it has no ports.
    BytesView payload{};         ///< As far as it was captured; without the link's padding.
};

/// `on_wire` is how many bytes followed the link header on the wire; `bytes` may be fewer (the snapshot length).
std::expected<Packet, ParseError> parse(BytesView bytes, std::size_t on_wire) noexcept;

}  // namespace vivi::wire::ipv4
