// Long header, header protection, AEAD, frames.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/quic_initial.hpp"

#include <algorithm>

namespace vivi::wire::quic {
namespace {

//  0 1 2 3 4 5 6 7
// +-+-+-+-+-+-+-+-+
// |1|F|Type |R R|P P|   P P: length of the packet number minus one; the lower four bits are protected.
constexpr std::uint8_t long_header = 0x80;
constexpr std::size_t most_number_bytes = 4;

/// What differs between the versions: RFC 9001 sections 5.1 and 5.2, RFC 9369 section 3.3.
struct Constants {
    std::array<std::uint8_t, 20> salt;
    std::string_view key, iv, header;
};
constexpr Constants version_1{
    {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a},
    "quic key",
    "quic iv",
    "quic hp"};
constexpr Constants version_2{
    {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9},
    "quicv2 key",
    "quicv2 iv",
    "quicv2 hp"};

const Constants& constants_of(Version version) noexcept { return version == Version::V2 ? version_2 : version_1; }

std::optional<Version> known_version(std::uint32_t number) noexcept {
    for (const auto version : {Version::V1, Version::V2}) {
        if (number == static_cast<std::uint32_t>(version)) return version;
    }
    return std::nullopt;
}

/// RFC 9000 section 17.2, table 5; version 2 turns them by one (RFC 9369 section 3.2).
Kind kind_of(Version version, std::uint8_t first) noexcept {
    const auto bits = first >> 4 & 3;
    return static_cast<Kind>(version == Version::V2 ? (bits + 3) & 3 : bits);
}

/// RFC 9000 section 16: the two upper bits say how long it is.
std::uint64_t variable_integer(Reader& in) noexcept {
    const std::uint64_t first = in.u8();
    std::uint64_t value = first & 0x3f;
    for (int more = (1 << (first >> 6)) - 1; more > 0; --more) value = value << 8 | in.u8();
    return value;
}

/// Exactly as many bytes as a length from the packet claims, or none.
BytesView take(Reader& in, std::uint64_t count) noexcept {
    return in.take(static_cast<std::size_t>(std::min<std::uint64_t>(count, SIZE_MAX)));
}

void exclusive_or(std::span<std::byte> bytes, BytesView mask) noexcept {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] ^= mask[i];
}

}  // namespace

std::expected<Packet, ParseError> parse(BytesView datagram) noexcept {
    Reader in{datagram};
    const auto first = in.u8();
    if (datagram.empty()) return std::unexpected{ParseError::Truncated};
    if ((first & long_header) == 0) return std::unexpected{ParseError::Unsupported};
    const auto version = known_version(in.u32());
    if (!in.ok()) return std::unexpected{ParseError::Truncated};
    if (!version) return std::unexpected{ParseError::Unsupported};

    Packet packet{.version = *version, .kind = kind_of(*version, first)};
    for (const bool is_destination : {true, false}) {
        const std::size_t length = in.u8();
        if (length > most_id_bytes) return std::unexpected{ParseError::Malformed};
        const auto id = in.take(length);
        if (is_destination) packet.destination_id = id;
    }
    if (packet.kind == Kind::Retry) {  // It has no length: it is the whole datagram.
        if (!in.ok()) return std::unexpected{ParseError::Truncated};
        packet.bytes = datagram;
        packet.number_at = datagram.size();
        return packet;
    }
    if (packet.kind == Kind::Initial) take(in, variable_integer(in));  // token
    const auto length = variable_integer(in);
    packet.number_at = datagram.size() - in.remaining();
    take(in, length);
    if (!in.ok()) return std::unexpected{ParseError::Truncated};
    packet.rest = in.rest();
    packet.bytes = datagram.first(datagram.size() - packet.rest.size());
    return packet;
}

Keys client_keys(Version version, BytesView destination_id) {
    const auto& constants = constants_of(version);
    const auto initial = crypto::hkdf_extract(std::as_bytes(std::span{constants.salt}), destination_id);
    crypto::Sha256 client{};
    crypto::hkdf_expand_label(initial, "client in", client);
    Keys keys;
    crypto::hkdf_expand_label(client, constants.key, keys.key);
    crypto::hkdf_expand_label(client, constants.iv, keys.iv);
    crypto::hkdf_expand_label(client, constants.header, keys.header);
    return keys;
}

std::expected<BytesView, ParseError> open(const Packet& packet, const Keys& keys, crypto::Aes128& aes,
                                          std::span<std::byte> room) {
    // The sample begins where a packet number of four bytes would end (RFC 9001 section 5.4.2).
    const auto sample_at = packet.number_at + most_number_bytes;
    if (packet.bytes.size() < sample_at + crypto::Aes128::block_bytes) return std::unexpected{ParseError::Truncated};
    if (packet.bytes.size() > room.size()) return std::unexpected{ParseError::Unsupported};
    const auto copy = room.first(packet.bytes.size());
    std::ranges::copy(packet.bytes, copy.begin());

    crypto::Aes128::Block sample{};
    std::copy_n(copy.begin() + static_cast<std::ptrdiff_t>(sample_at), sample.size(), sample.begin());
    const auto mask = aes.encrypt(keys.header, sample);
    copy[0] ^= mask[0] & std::byte{0x0f};
    const auto number_bytes = std::to_integer<std::size_t>(copy[0] & std::byte{0x03}) + 1;
    const auto number = copy.subspan(packet.number_at, number_bytes);
    exclusive_or(number, BytesView{mask}.subspan(1));

    auto nonce = keys.iv;
    exclusive_or(std::span{nonce}.last(number_bytes), number);
    const auto header_bytes = packet.number_at + number_bytes;
    const auto frames = aes.open(keys.key, nonce, copy.first(header_bytes), copy.subspan(header_bytes));
    if (!frames) return std::unexpected{ParseError::Malformed};
    return *frames;
}

std::optional<CryptoFrame> CryptoFrames::next() noexcept {
    // RFC 9000 section 19. Each turn takes at least one byte of the packet.
    constexpr std::uint64_t padding = 0x00, ping = 0x01, ack = 0x02, ack_ecn = 0x03, crypto = 0x06, connection_close = 0x1c;
    while (!in_.done()) {
        const auto type = variable_integer(in_);
        if (type == crypto) {
            CryptoFrame frame{.offset = variable_integer(in_)};
            frame.data = take(in_, variable_integer(in_));
            if (!in_.ok()) return std::nullopt;
            return frame;
        }
        if (type == ack || type == ack_ecn) {
            if (!skip_acknowledgement(type)) return std::nullopt;
        } else if (type == connection_close) {
            variable_integer(in_);             // error code
            variable_integer(in_);             // frame type
            take(in_, variable_integer(in_));  // reason
        } else if (type != padding && type != ping) {
            in_ = Reader{{}};  // Not allowed here, so its length is not known.
        }
    }
    return std::nullopt;
}

bool CryptoFrames::skip_acknowledgement(std::uint64_t type) noexcept {
    variable_integer(in_);  // largest acknowledged
    variable_integer(in_);  // delay
    const auto ranges = variable_integer(in_);
    variable_integer(in_);  // first range
    if (ranges > in_.remaining()) return false;
    for (std::uint64_t i = 0; i < 2 * ranges && in_.ok(); ++i) variable_integer(in_);  // gap, length
    for (int i = 0; i < 3 && type == 0x03; ++i) variable_integer(in_);                 // counts of ECN
    return in_.ok();
}

}  // namespace vivi::wire::quic
