// DHCPv4 messages (RFC 2131) with the options Vivi uses (RFC 2132), parsed and serialized.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/core/time.hpp"

namespace vivi::wire::dhcp {

inline constexpr std::uint16_t server_port = 67, client_port = 68;

/// Option 53, RFC 2132 section 9.6. Offer, Ack and Nak are a server's (op 2), the others a client's (op 1).
enum class Type : std::uint8_t { Discover = 1, Offer, Request, Decline, Ack, Nak, Release, Inform };

constexpr bool is_reply(Type type) noexcept { return type == Type::Offer || type == Type::Ack || type == Type::Nak; }

/// The option codes a client may ask for and a server answers, RFC 2132.
namespace option {
inline constexpr std::uint8_t subnet_mask = 1, router = 3, dns = 6, hostname = 12, domain = 15, broadcast = 28, ntp = 42,
                              requested = 50, lease = 51, overload = 52, type = 53, server_id = 54, parameters = 55, message = 56,
                              max_size = 57, renewal = 58, rebinding = 59, vendor_class = 60, client_id = 61, end = 255;
}  // namespace option

/// RFC 2131 section 2, figure 1. Fields Vivi never reads (hops, secs, siaddr, sname, file) are not kept and are sent as zero.
struct Message {
    Type type = Type::Discover;
    std::uint32_t xid = 0;   ///< Chosen by the client, echoed by the server.
    bool broadcast = false;  ///< Top bit of flags, RFC 2131 figure 2: the client cannot take unicast yet.
    Ipv4 ciaddr{};           ///< Set only when the client can already answer ARP.
    Ipv4 yiaddr{};           ///< The address being offered or confirmed.
    Ipv4 giaddr{};           ///< The relay, when there is one.
    Mac chaddr{};            ///< htype 1, hlen 6: nothing else is on an Ethernet.

    std::optional<Ipv4> requested{};          ///< Option 50.
    std::optional<Ipv4> server_id{};          ///< Option 54.
    std::optional<Seconds> lease{};           ///< Option 51; on the wire, whole seconds in 32 bits, as are the next two.
    std::optional<Seconds> renewal{};         ///< Option 58, T1.
    std::optional<Seconds> rebinding{};       ///< Option 59, T2.
    std::optional<std::uint16_t> max_size{};  ///< Option 57: the largest IP datagram the client takes.
    std::optional<Ipv4> subnet_mask{};        ///< Option 1.
    std::optional<Ipv4> broadcast_address{};  ///< Option 28.
    std::vector<Ipv4> routers{};              ///< Option 3.
    std::vector<Ipv4> dns{};                  ///< Option 6.
    std::vector<Ipv4> ntp{};                  ///< Option 42.
    std::vector<std::uint8_t> parameters{};   ///< Option 55: the codes the client wants, the most wanted first.
    Bytes client_id{};                        ///< Option 61, opaque, at most 255 bytes (RFC 2132 section 9.14). Empty: absent.
    std::string hostname{};                   ///< Option 12 as it came: any bytes. Empty: absent, as are the next three.
    std::string domain{};                     ///< Option 15.
    std::string message{};                    ///< Option 56: why a NAK.
    std::string vendor_class{};               ///< Option 60.

    bool operator==(const Message&) const = default;
};

/// Why bytes are not a message Vivi can answer. No text: a stranger's packet must not make us allocate.
enum class ParseError : std::uint8_t {
    Truncated,  ///< Shorter than the fixed part, or an option is longer than its field.
    Cookie,     ///< Not 99.130.83.99: BOOTP or noise.
    Hardware,   ///< Not Ethernet, or hlen is not 6.
    Type,       ///< No option 53 (BOOTP), two of them, an unknown one, or one that contradicts op.
    Option,     ///< An option that decides (50, 54, 61) has a length it cannot have.
};

/// Options of one code are joined over the options field, `file` and `sname` (RFC 3396 section 7, RFC 2132 section 9.3). Options
/// that merely inform are left out when their length is wrong; those that decide make the message an error. A missing End is
/// borne.
std::expected<Message, ParseError> parse(BytesView bytes);

/// How a message is laid out.
struct Layout {
    std::span<const std::uint8_t> order{};  ///< Codes in the order they shall have (a client's option 55); the rest follows.
    std::size_t most_bytes = 576 - 28;      ///< UDP payload, RFC 2131 section 2: every client takes an IP datagram of 576 bytes.
};

/// Options that do not fit go to `file` and `sname` (option 52), those that do not fit there either are left out, the last first.
/// More than 255 bytes are split (RFC 3396). Padded to 300 bytes (RFC 1542 section 2.1).
Bytes serialize(const Message& message, const Layout& layout = {});

}  // namespace vivi::wire::dhcp
