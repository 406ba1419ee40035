// TCP and UDP headers, straight down.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/transport.hpp"

#include <algorithm>

namespace vivi::wire::transport {
namespace {

constexpr std::size_t least_tcp_header = 20, udp_header = 8;
constexpr std::uint8_t fin_bit = 0x01, syn_bit = 0x02, rst_bit = 0x04;

}  // namespace

std::expected<Segment, ParseError> parse_tcp(BytesView bytes) noexcept {
    Reader in{bytes};
    Segment segment;
    segment.source_port = in.u16();
    segment.destination_port = in.u16();
    segment.sequence = in.u32();
    in.take(4);                                      // acknowledgement number
    const std::size_t header = (in.u8() >> 4) * 4U;  // Data offset counts 32-bit words.
    const auto flags = in.u8();
    in.take(6);  // window, checksum, urgent pointer
    if (!in.ok()) return std::unexpected{ParseError::Truncated};
    if (header < least_tcp_header) return std::unexpected{ParseError::Malformed};
    in.take(header - least_tcp_header);
    if (!in.ok()) return std::unexpected{ParseError::Truncated};
    segment.syn = (flags & syn_bit) != 0;
    segment.fin = (flags & fin_bit) != 0;
    segment.rst = (flags & rst_bit) != 0;
    segment.payload = in.rest();
    return segment;
}

std::expected<Segment, ParseError> parse_udp(BytesView bytes) noexcept {
    Reader in{bytes};
    Segment segment;
    segment.source_port = in.u16();
    segment.destination_port = in.u16();
    const std::size_t length = in.u16();
    in.take(2);  // checksum
    if (!in.ok()) return std::unexpected{ParseError::Truncated};
    if (length != 0 && length < udp_header) return std::unexpected{ParseError::Malformed};
    segment.payload = length == 0 ? in.rest() : in.rest().first(std::min(in.remaining(), length - udp_header));
    return segment;
}

}  // namespace vivi::wire::transport
