// QUIC Initial packets of clients (RFC 9000 section 17.2.2, RFC 9001 section 5, RFC 9369): the CRYPTO data in them. Their keys
// come from the packet itself, so whoever sees it can read it. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "common/core/bytes.hpp"
#include "common/core/crypto.hpp"
#include "common/wire/parse_error.hpp"

namespace vivi::wire::quic {

enum class Version : std::uint32_t { V1 = 0x00000001, V2 = 0x6b3343cf };
enum class Kind : std::uint8_t { Initial, ZeroRtt, Handshake, Retry };

inline constexpr std::size_t most_id_bytes = 20;  ///< RFC 9000 section 17.2; the same in version 2.

/// One packet with a long header, its header still protected. The views are valid for as long as the datagram is.
struct Packet {
    Version version = Version::V1;
    Kind kind = Kind::Initial;
    BytesView destination_id{};
    BytesView bytes{};          ///< All of it, from the first octet of the header.
    std::size_t number_at = 0;  ///< Where in `bytes` the packet number begins.
    BytesView rest{};           ///< What follows in the datagram: coalesced packets (RFC 9000 section 12.2), or padding.
};

/// The packet at the front of `datagram`. Unsupported: a short header, version negotiation, or a version other than 1 and 2. The
/// fixed bit may be 0 (RFC 9287).
std::expected<Packet, ParseError> parse(BytesView datagram) noexcept;

/// How a client's Initial packets are protected, from the destination connection id of its first one (RFC 9001 section 5.2), or
/// of its first one after a Retry.
struct Keys {
    crypto::Aes128::Key key{};
    crypto::Aes128::Nonce iv{};
    crypto::Aes128::Key header{};
    bool operator==(const Keys&) const = default;
};
Keys client_keys(Version version, BytesView destination_id);

/// Removes the protection (RFC 9001 sections 5.3 and 5.4) in `room`, which must be at least as large as the packet. The frames,
/// or Malformed when keys and packet do not belong together, or somebody changed it. Packet numbers are taken as they are
/// written: a client is not yet at 256 when it sends its ClientHello.
std::expected<BytesView, ParseError> open(const Packet& packet, const Keys& keys, crypto::Aes128& aes, std::span<std::byte> room);

/// A piece of the handshake, RFC 9000 section 19.6.
struct CryptoFrame {
    std::uint64_t offset = 0;
    BytesView data{};
};

/// The CRYPTO frames among `frames`, in their order; PADDING, PING, ACK and CONNECTION_CLOSE, which may stand there too (RFC 9000
/// section 17.2.2), are skipped.
class CryptoFrames {
public:
    explicit CryptoFrames(BytesView frames) noexcept : in_{frames} {}
    /// Nothing at the end, and where a frame cannot be read.
    std::optional<CryptoFrame> next() noexcept;

private:
    bool skip_acknowledgement(std::uint64_t type) noexcept;

    Reader in_;
};

}  // namespace vivi::wire::quic
