// TLS ClientHello (RFC 8446 section 4.1.2) at the front of a stream: the server name asked for in clear.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>

#include "common/core/bytes.hpp"
#include "common/wire/name.hpp"
#include "common/wire/parse_error.hpp"

namespace vivi::wire::tls {

struct ClientHello {
    Name server_name{};    ///< RFC 6066 section 3, host_name; empty when absent, an address literal, or not a name.
    bool has_ech = false;  ///< Extension encrypted_client_hello (0xfe0d): `server_name` is the outer name, not what is visited.
    /// All extensions were seen. False: the rest is in a later segment or record, so has_ech may be yet to come.
    bool is_complete = false;
};

/// What is read of one at most. A post-quantum key share makes 1.2 kB of it, a ticket some hundred bytes more.
inline constexpr std::size_t most_hello_bytes = 8 * 1024;

/// `stream`: the first bytes a client sends on TCP; the ClientHello may be spread over several records (RFC 8446 section 5.1).
/// Truncated: it looks like one but ends before its extensions; Unsupported: something else. Nothing is allocated, and no length
/// in it is believed beyond the bytes that are there.
std::expected<ClientHello, ParseError> parse_client_hello(BytesView stream) noexcept;

/// The same of a handshake message without records: what CRYPTO frames of QUIC carry (RFC 9001 section 4.1.3).
std::expected<ClientHello, ParseError> parse_client_hello_message(BytesView message) noexcept;

}  // namespace vivi::wire::tls
