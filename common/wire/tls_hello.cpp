// Record, handshake, extensions: three nested lengths, each held to the bytes that are there.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/tls_hello.hpp"

#include <algorithm>
#include <array>

#include "common/core/net.hpp"

namespace vivi::wire::tls {
namespace {

constexpr std::uint8_t record_handshake = 22, version_major = 3, handshake_client_hello = 1, name_type_host = 0;
constexpr std::size_t most_record_bytes = (1 << 14) + 256, handshake_header_bytes = 4;
constexpr std::uint16_t extension_server_name = 0, extension_encrypted_client_hello = 0xfe0d;  // RFC 6066, RFC 9849.
constexpr int most_extensions = most_hello_bytes / 4, most_names = 4;  // The shortest extension has four bytes.

/// What a length claims, or what is there of it.
Reader clipped(Reader& in, std::size_t claimed, bool& is_complete) noexcept {
    is_complete = is_complete && claimed <= in.remaining();
    return in.sub(std::min(claimed, in.remaining()));
}

/// RFC 6066 section 3: a list of (type, length, name). Literal addresses are not permitted there and name nothing.
void read_server_name(Reader extension, Name& name) noexcept {
    auto list = extension.sub(extension.u16());
    for (int i = 0; i < most_names && !list.done(); ++i) {
        const auto type = list.u8();
        const auto value = list.take(list.u16());
        if (!list.ok() || type != name_type_host) continue;
        if (parse_ipv4(as_text(value)) || !assign_host_name(name, value)) name.clear();
        return;
    }
}

struct Record {
    BytesView fragment{};  ///< As far as it is there.
    bool is_whole = false;
    BytesView rest{};
};

/// RFC 8446 section 5.1.
std::expected<Record, ParseError> parse_record(BytesView stream) noexcept {
    Reader in{stream};
    const auto type = in.u8();
    const auto major = in.u8();
    in.take(1);  // minor: 0x01 to 0x03 are seen
    const std::size_t length = in.u16();
    if (!stream.empty() && type != record_handshake) return std::unexpected{ParseError::Unsupported};
    if (!in.ok()) return std::unexpected{ParseError::Truncated};
    if (major != version_major) return std::unexpected{ParseError::Unsupported};
    if (length == 0 || length > most_record_bytes) return std::unexpected{ParseError::Malformed};
    Record record{.is_whole = length <= in.remaining()};
    record.fragment = in.take(std::min(length, in.remaining()));
    record.rest = in.rest();
    return record;
}

/// The fragments of the records in `stream`, one behind the other, as far as they are there and fit.
BytesView joined(BytesView stream, std::span<std::byte> room) noexcept {
    std::size_t size = 0;
    while (size < room.size()) {
        const auto record = parse_record(stream);
        if (!record) break;
        const auto piece = record->fragment.first(std::min(record->fragment.size(), room.size() - size));
        std::ranges::copy(piece, room.begin() + static_cast<std::ptrdiff_t>(size));
        size += piece.size();
        stream = record->rest;
    }
    return room.first(size);
}

/// All extensions, whatever their order.
void read_extensions(Reader extensions, ClientHello& hello) noexcept {
    bool named = false;
    for (int count = 0; count < most_extensions && !extensions.done(); ++count) {
        const auto type = extensions.u16();
        const auto data = extensions.sub(extensions.u16());
        if (!extensions.ok()) break;
        if (type == extension_encrypted_client_hello) hello.has_ech = true;
        if (type == extension_server_name && !named) read_server_name(data, hello.server_name);
        named = named || type == extension_server_name;
    }
    if (!extensions.ok() || extensions.remaining() > 0) hello.is_complete = false;
}

}  // namespace

std::expected<ClientHello, ParseError> parse_client_hello(BytesView stream) noexcept {
    const auto first = parse_record(stream);
    if (!first) return std::unexpected{first.error()};
    Reader in{first->fragment};
    in.take(1);
    const std::size_t message_bytes = handshake_header_bytes + in.u24();
    // Mostly it is all in one record. In pieces of less than its header it is met by those who hide.
    if (!first->is_whole || (in.ok() && message_bytes <= first->fragment.size()))
        return parse_client_hello_message(first->fragment);
    std::array<std::byte, most_hello_bytes> room;  // NOLINT: not initialised, as only what is copied into it is read.
    return parse_client_hello_message(joined(stream, room));
}

std::expected<ClientHello, ParseError> parse_client_hello_message(BytesView message) noexcept {
    Reader in{message};
    const auto type = in.u8();
    if (in.ok() && type != handshake_client_hello) return std::unexpected{ParseError::Unsupported};
    const std::size_t length = in.u24();
    if (!in.ok()) return std::unexpected{ParseError::Truncated};

    ClientHello hello{.is_complete = true};
    auto body = clipped(in, length, hello.is_complete);
    body.take(2 + 32);      // legacy_version, random
    body.take(body.u8());   // legacy_session_id
    body.take(body.u16());  // cipher_suites
    body.take(body.u8());   // legacy_compression_methods
    if (!body.ok()) return std::unexpected{ParseError::Truncated};
    if (body.done()) return hello;  // TLS 1.2 without extensions.
    const std::size_t extensions_length = body.u16();
    if (!body.ok()) return std::unexpected{ParseError::Truncated};
    read_extensions(clipped(body, extensions_length, hello.is_complete), hello);
    return hello;
}

}  // namespace vivi::wire::tls
