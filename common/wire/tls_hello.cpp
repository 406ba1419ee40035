// Record, handshake, extensions: three nested lengths, each held to the bytes that are there.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/tls_hello.hpp"

#include <algorithm>

#include "common/core/net.hpp"

namespace vivi::wire::tls {
namespace {

constexpr std::uint8_t record_handshake = 22, version_major = 3, handshake_client_hello = 1, name_type_host = 0;
constexpr std::size_t most_record_bytes = (1 << 14) + 256;
constexpr std::uint16_t extension_server_name = 0, extension_encrypted_client_hello = 0xfe0d;  // RFC 6066, RFC 9849.
constexpr int most_extensions = 128, most_names = 4;

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

}  // namespace

std::expected<ClientHello, ParseError> parse_client_hello(BytesView segment) noexcept {
    Reader in{segment};
    const auto record_type = in.u8();
    const auto major = in.u8();
    in.take(1);  // minor: 0x01 to 0x03 are seen
    const std::size_t record_length = in.u16();
    if (!in.ok()) return std::unexpected{ParseError::Truncated};
    if (record_type != record_handshake || major != version_major) return std::unexpected{ParseError::Unsupported};
    if (record_length == 0 || record_length > most_record_bytes) return std::unexpected{ParseError::Malformed};

    ClientHello hello{.is_complete = true};
    auto record = clipped(in, record_length, hello.is_complete);
    const auto handshake_type = record.u8();
    const std::size_t handshake_length = record.u24();
    if (!record.ok()) return std::unexpected{ParseError::Truncated};
    if (handshake_type != handshake_client_hello) return std::unexpected{ParseError::Unsupported};

    auto body = clipped(record, handshake_length, hello.is_complete);
    body.take(2 + 32);      // legacy_version, random
    body.take(body.u8());   // legacy_session_id
    body.take(body.u16());  // cipher_suites
    body.take(body.u8());   // legacy_compression_methods
    if (!body.ok()) return std::unexpected{ParseError::Truncated};
    if (body.done()) return hello;  // TLS 1.2 without extensions.
    const std::size_t extensions_length = body.u16();
    if (!body.ok()) return std::unexpected{ParseError::Truncated};

    auto extensions = clipped(body, extensions_length, hello.is_complete);
    bool named = false;
    int count = 0;
    for (; count < most_extensions && !extensions.done(); ++count) {
        const auto type = extensions.u16();
        const auto data = extensions.sub(extensions.u16());
        if (!extensions.ok()) break;
        if (type == extension_encrypted_client_hello) hello.has_ech = true;
        if (type == extension_server_name && !named) read_server_name(data, hello.server_name);
        named = named || type == extension_server_name;
    }
    if (!extensions.ok() || extensions.remaining() > 0) hello.is_complete = false;
    return hello;
}

}  // namespace vivi::wire::tls
