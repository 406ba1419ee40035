// What strangers call themselves, made harmless: host names and vendor classes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace vivi::dhcpd {

/// Letters, digits, hyphens and dots; labels of 1 to 63 characters that neither begin nor end with a hyphen, 253 in all (RFC 1123
/// section 2.1, RFC 1035 section 2.3.4). Underscores and spaces become hyphens, everything else goes. Empty when nothing is left.
/// A label, never an identity.
std::string clean_hostname(std::string_view raw);

/// Printable ASCII, at most 64 characters.
std::string clean_text(std::string_view raw);

}  // namespace vivi::dhcpd
