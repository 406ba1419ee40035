// A mail as it travels: addresses, headers, body (RFC 5322, RFC 2045, RFC 2047). Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "common/core/result.hpp"
#include "common/core/time.hpp"

namespace vivi::egress {

/// Plain text to one person.
struct Letter {
    std::string to{};       ///< ann@example.org
    std::string subject{};  ///< UTF-8, any length; control characters become spaces.
    std::string text{};     ///< UTF-8, lines end with \n.
};

/// The dot-atom form of RFC 5321 section 4.1.2 in ASCII, at most 254 octets (section 4.5.3.1), with a domain of two labels or
/// more (or `localhost`); quoted local parts and address literals are refused.
bool is_mail_address(std::string_view text) noexcept;

/// "Vivi <vivi@example.org>", or only the address.
struct Sender {
    std::string name{};
    std::string address{};
};
Result<Sender> parse_sender(std::string_view text);

/// The whole message with CRLF line ends, body in base64. `id` is random and unique. Invalid: `to` is no address.
Result<std::string> render_letter(const Letter& letter, const Sender& from, WallTime at, std::string_view id);

}  // namespace vivi::egress
