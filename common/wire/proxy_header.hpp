// The PROXY protocol, version 2: what a proxy in front says first about whom it speaks for.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/wire/parse_error.hpp"

namespace vivi::wire::proxy_header {

/// "The PROXY protocol", section 2.2 (haproxy.org, doc/proxy-protocol.txt): signature, version and command, family, length.
inline constexpr std::size_t fixed_bytes = 16;
/// Longest header that is taken: addresses and what a proxy adds of itself; the protocol allows 64 KiB.
inline constexpr std::size_t most_bytes = 4096;

/// Whom the proxy speaks for.
struct Header {
    std::optional<Ipv6> source{};  ///< Nothing for LOCAL (the proxy speaks for itself) and for families without addresses.
    std::uint16_t port = 0;
    bool operator==(const Header&) const = default;
};

/// How many bytes the whole header has, told by its first `fixed_bytes`. Malformed: it is none, or longer than `most_bytes`.
std::expected<std::size_t, ParseError> length_of(BytesView first) noexcept;

/// `bytes` is the whole header and nothing else. Unsupported: a version, a command or a transport that nobody should send here.
std::expected<Header, ParseError> parse(BytesView bytes) noexcept;

}  // namespace vivi::wire::proxy_header
