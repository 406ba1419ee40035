// Ethernet II frames, with up to two VLAN tags skipped.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/wire/parse_error.hpp"

namespace vivi::wire::ethernet {

/// EtherTypes, IEEE 802 numbers registry.
inline constexpr std::uint16_t type_ipv4 = 0x0800;
inline constexpr std::uint16_t type_arp = 0x0806;
inline constexpr std::uint16_t type_ipv6 = 0x86dd;
inline constexpr std::uint16_t type_vlan = 0x8100;          ///< IEEE 802.1Q customer tag.
inline constexpr std::uint16_t type_service_vlan = 0x88a8;  ///< IEEE 802.1ad service tag (QinQ).

/// `payload` views the parsed bytes: it is valid for as long as they are.
struct Frame {
    Mac destination{};
    Mac source{};
    std::optional<std::uint16_t> vlan{};  ///< VLAN identifier of the outermost tag.
    std::uint16_t ethertype = 0;          ///< Of the payload, after the tags.
    BytesView payload{};                  ///< As captured, with the padding of a short frame.
};

/// Reads the header and at most two tags. A third tag, and an IEEE 802.3 length in the place of the type, are Unsupported.
std::expected<Frame, ParseError> parse(BytesView bytes) noexcept;

/// The frame without padding and checksum: the kernel or the card adds them.
Bytes serialize(const Frame& frame);

}  // namespace vivi::wire::ethernet
