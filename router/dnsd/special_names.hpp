// Names that the DNS at large must not be asked for, and names by which devices leave our DNS.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace vivi::dnsd {

/// What a name is by RFC or by its maker's word. What is done with it: docs/dns.md.
enum class Special : std::uint8_t {
    None,
    Localhost,     ///< RFC 6761 section 6.3: 127.0.0.1 and ::1.
    Nowhere,       ///< invalid, test (RFC 6761), onion (RFC 7686), local (RFC 6762), alt (RFC 9476), home.arpa (RFC 8375).
    Reverse,       ///< Reverse names of private and special addresses, RFC 6303 and 7793.
    Designation,   ///< resolver.arpa, RFC 9462: an invitation to another transport.
    BrowserDoh,    ///< use-application-dns.net: Firefox asks whether it may use DoH by itself.
    PrivateRelay,  ///< mask.icloud.com, mask-h2.icloud.com: iCloud Private Relay.
};

/// `name` is normalised. Linear in its length.
Special special_name(std::string_view name) noexcept;

}  // namespace vivi::dnsd
