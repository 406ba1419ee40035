// DNS responses (RFC 1035): which addresses a question's name leads to, and for how long.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/wire/name.hpp"
#include "common/wire/parse_error.hpp"

namespace vivi::wire::dns {

inline constexpr std::uint16_t port = 53;

/// What a device learns from one answer: `question` is at each of `addresses()` for `ttl`.
struct Response {
    static constexpr std::size_t most_addresses = 64;

    Name question{};  ///< Of section "Question": what the device asked, not the alias it was sent to.
    Seconds ttl{};    ///< The smallest of the aliases and addresses used, RFC 1035 section 3.2.1; at most 2^31 - 1 (RFC 2181
                      ///< section 8).
    std::span<const Ipv6> addresses() const noexcept { return std::span{addresses_}.first(count_); }

    /// False when it is full already. IPv4 addresses come mapped (::ffff:a.b.c.d).
    bool add(const Ipv6& address, Seconds record_ttl) noexcept;

private:
    std::array<Ipv6, most_addresses> addresses_{};
    std::size_t count_ = 0;
};

/// A whole message as in a UDP datagram. Follows CNAME chains from the question in whatever order the records stand; takes A,
/// AAAA, and the address hints of HTTPS and SVCB (RFC 9460 section 7.3). Names are decompressed with pointers that only go back.
/// Queries and other opcodes are Unsupported. What is cut off after the question gives the records before the cut.
std::expected<Response, ParseError> parse(BytesView message) noexcept;

/// The first message of a TCP segment that holds all of it, behind its two bytes of length (RFC 1035 section 4.2.2).
std::expected<Response, ParseError> parse_tcp(BytesView segment) noexcept;

}  // namespace vivi::wire::dns
