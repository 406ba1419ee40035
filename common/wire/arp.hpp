// ARP for IPv4 over Ethernet (RFC 826): who has an address.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/wire/parse_error.hpp"

namespace vivi::wire::arp {

enum class Operation : std::uint16_t { Request = 1, Reply = 2 };

/// The payload of a frame of type_arp. A probe (RFC 5227 section 2.1.1) is a request whose sender address is 0.0.0.0.
struct Message {
    Operation operation = Operation::Request;
    Mac sender{};
    Ipv4 sender_address{};
    Mac target{};  ///< Zero in a request.
    Ipv4 target_address{};
    bool operator==(const Message&) const = default;
};

/// Other hardware, protocols and operations are Unsupported. Padding behind it is ignored.
std::expected<Message, ParseError> parse(BytesView bytes) noexcept;
Bytes serialize(const Message& message);

}  // namespace vivi::wire::arp
