// Whole Ethernet frames as devices and the router send them, for tests, fuzzing seeds and the bench.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/wire/ipv6.hpp"

namespace vivi::test {

struct FrameOf {
    Mac from{}, to{};
    std::string_view source{}, destination{};  ///< IPv4 or IPv6, both the same.
    std::uint8_t protocol = 17;
    std::uint16_t source_port = 0, destination_port = 0;
    std::optional<std::uint32_t> sequence{};  ///< Absent: 0 of a SYN, 1 of what follows it.
    std::uint8_t tcp_flags = 0x10;            ///< ACK; SYN is 0x02, FIN 0x01, RST 0x04.
    Bytes payload{};
};

inline void put(Writer& out, const Mac& mac) {
    for (const auto octet : mac.octets) out.u8(octet);
}

inline Bytes transport_of(const FrameOf& frame) {
    Writer out;
    if (frame.protocol == 6) {
        out.u16(frame.source_port)
            .u16(frame.destination_port)
            .u32(frame.sequence.value_or((frame.tcp_flags & 0x02) != 0 ? 0 : 1))
            .u32(1)
            .u8(0x50)
            .u8(frame.tcp_flags)
            .u16(0xffff)
            .u32(0);
    } else if (frame.protocol == 17) {
        const auto length = static_cast<std::uint16_t>(8 + frame.payload.size());
        out.u16(frame.source_port).u16(frame.destination_port).u16(length).u16(0);
    }
    return out.put(frame.payload).take_bytes();
}

inline Bytes frame(const FrameOf& frame) {
    const auto transport = transport_of(frame);
    Writer out;
    put(out, frame.to);
    put(out, frame.from);
    if (const auto source = parse_ipv4(frame.source)) {
        out.u16(0x0800)
            .u8(0x45)
            .u8(0)
            .u16(static_cast<std::uint16_t>(20 + transport.size()))
            .u32(0x4000)
            .u8(64)
            .u8(frame.protocol)
            .u16(0);
        out.u32(source->value).u32(parse_ipv4(frame.destination)->value);
    } else {
        out.u16(0x86dd).u32(0x60000000).u16(static_cast<std::uint16_t>(transport.size())).u8(frame.protocol).u8(64);
        for (const auto address : {frame.source, frame.destination}) {
            const auto parsed = *parse_ipv6(address);
            out.put(std::as_bytes(std::span{parsed.octets}));
        }
    }
    return out.put(transport).take_bytes();
}

}  // namespace vivi::test
