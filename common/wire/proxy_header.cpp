// Reading section 2.2 from the top.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/proxy_header.hpp"

#include <algorithm>
#include <array>

namespace vivi::wire::proxy_header {
namespace {

constexpr std::array<std::uint8_t, 12> signature{0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};

enum class Command : std::uint8_t { Local = 0, Proxy = 1 };
/// Family in the upper four bits, transport in the lower: section 2.2.
enum class Family : std::uint8_t { Unspecified = 0x00, TcpOverIpv4 = 0x11, TcpOverIpv6 = 0x21 };

struct Fixed {
    std::uint8_t version = 0;
    std::uint8_t command = 0;
    std::uint8_t family = 0;
    std::uint16_t length = 0;  ///< Of what follows.
};

std::expected<Fixed, ParseError> parse_fixed(Reader& in) noexcept {
    const auto start = in.take(signature.size());
    const auto version_and_command = in.u8();
    const Fixed fixed{.version = static_cast<std::uint8_t>(version_and_command >> 4),
                      .command = static_cast<std::uint8_t>(version_and_command & 0x0f),
                      .family = in.u8(),
                      .length = in.u16()};
    if (!in.ok()) return std::unexpected{ParseError::Truncated};
    const auto is_equal = [](std::byte a, std::uint8_t b) { return std::to_integer<std::uint8_t>(a) == b; };
    if (!std::ranges::equal(start, signature, is_equal)) return std::unexpected{ParseError::Malformed};
    return fixed;
}

std::expected<Header, ParseError> parse_addresses(Reader in, std::uint8_t family) noexcept {
    Header header;
    switch (Family{family}) {
        case Family::Unspecified: return header;
        case Family::TcpOverIpv4:
            header.source = to_mapped(Ipv4{in.u32()});
            in.take(4);  // Where it was sent to.
            break;
        case Family::TcpOverIpv6: {
            Ipv6 source;
            for (auto& octet : source.octets) octet = in.u8();
            header.source = source;
            in.take(16);
            break;
        }
        default: return std::unexpected{ParseError::Unsupported};
    }
    header.port = in.u16();
    in.u16();
    if (!in.ok()) return std::unexpected{ParseError::Malformed};  // Whatever follows are extensions (section 2.2.1).
    return header;
}

}  // namespace

std::expected<std::size_t, ParseError> length_of(BytesView first) noexcept {
    Reader in{first};
    const auto fixed = parse_fixed(in);
    if (!fixed) return std::unexpected{fixed.error()};
    if (fixed_bytes + fixed->length > most_bytes) return std::unexpected{ParseError::Malformed};
    return fixed_bytes + fixed->length;
}

std::expected<Header, ParseError> parse(BytesView bytes) noexcept {
    Reader in{bytes};
    const auto fixed = parse_fixed(in);
    if (!fixed) return std::unexpected{fixed.error()};
    if (fixed->version != 2 || fixed->command > static_cast<std::uint8_t>(Command::Proxy))
        return std::unexpected{ParseError::Unsupported};
    const auto rest = in.sub(fixed->length);
    if (!in.ok()) return std::unexpected{ParseError::Truncated};
    if (!in.done()) return std::unexpected{ParseError::Malformed};
    if (Command{fixed->command} == Command::Local) return Header{};
    return parse_addresses(rest, fixed->family);
}

}  // namespace vivi::wire::proxy_header
