// The list, by operator.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/resolvers.hpp"

#include <array>

namespace vivi::firewall {
namespace {

constexpr auto resolvers = std::to_array<std::string_view>(
    {// Cloudflare, with its filtering variants: developers.cloudflare.com/1.1.1.1/ip-addresses
     "1.1.1.1", "1.0.0.1", "1.1.1.2", "1.0.0.2", "1.1.1.3", "1.0.0.3", "2606:4700:4700::1111", "2606:4700:4700::1001",
     "2606:4700:4700::1112", "2606:4700:4700::1002", "2606:4700:4700::1113", "2606:4700:4700::1003",
     // Google: developers.google.com/speed/public-dns/docs/using, DNS64 at docs/dns64
     "8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844", "2001:4860:4860::6464", "2001:4860:4860::64",
     // Quad9: quad9.net/service/service-addresses-and-features
     "9.9.9.9", "9.9.9.10", "9.9.9.11", "149.112.112.112", "149.112.112.10", "149.112.112.11", "2620:fe::fe", "2620:fe::9",
     "2620:fe::10", "2620:fe::fe:10", "2620:fe::11", "2620:fe::fe:11",
     // OpenDNS: support.opendns.com "OpenDNS anycast addresses", FamilyShield, and doh.opendns.com
     "208.67.222.222", "208.67.220.220", "208.67.222.123", "208.67.220.123", "146.112.41.2", "146.112.41.3", "2620:119:35::35",
     "2620:119:53::53", "2620:119:35::123", "2620:119:53::123",
     // AdGuard: adguard-dns.io/en/public-dns.html
     "94.140.14.14", "94.140.15.15", "94.140.14.15", "94.140.15.16", "94.140.14.140", "94.140.14.141", "2a10:50c0::ad1:ff",
     "2a10:50c0::ad2:ff", "2a10:50c0::bad1:ff", "2a10:50c0::bad2:ff", "2a10:50c0::1:ff", "2a10:50c0::2:ff",
     // CleanBrowsing: cleanbrowsing.org/filters
     "185.228.168.9", "185.228.169.9", "185.228.168.10", "185.228.169.11", "185.228.168.168", "185.228.169.168",
     // NextDNS: help.nextdns.io "anycast addresses"
     "45.90.28.0/24", "45.90.30.0/24", "2a07:a8c0::/32", "2a07:a8c1::/32",
     // Control D: docs.controld.com/docs/free-dns
     "76.76.2.0/24", "76.76.10.0/24", "2606:1a40::/48", "2606:1a40:1::/48",
     // Mullvad: mullvad.net/help/dns-over-https-and-dns-over-tls
     "194.242.2.0/24", "2a07:e340::/32",
     // DNS.SB: dns.sb/guide
     "185.222.222.222", "45.11.45.11",
     // CIRA Canadian Shield: cira.ca/en/canadian-shield/configure
     "149.112.121.10", "149.112.122.10", "149.112.121.20", "149.112.122.20",
     // Yandex: dns.yandex.com
     "77.88.8.8", "77.88.8.1",
     // AliDNS: alidns.com
     "223.5.5.5", "223.6.6.6"});

}  // namespace

std::span<const std::string_view> public_resolvers() noexcept { return resolvers; }

}  // namespace vivi::firewall
