// Addresses of public resolvers that answer DNS over HTTPS: refused on port 443 in strict mode.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace vivi::firewall {

/// Prefixes, IPv4 and IPv6; the operator's own page beside each in the .cpp. Addresses that serve nothing but DNS, so that
/// refusing them hurts no web site.
std::span<const std::string_view> public_resolvers() noexcept;

}  // namespace vivi::firewall
