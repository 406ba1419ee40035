// A table of suffixes; whole labels, never substrings.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/special_names.hpp"

#include <algorithm>
#include <array>

#include "common/core/domain_name.hpp"

namespace vivi::dnsd {
namespace {

struct Entry {
    std::string_view suffix;
    Special special;
};

constexpr std::array names{
    Entry{"localhost", Special::Localhost},
    Entry{"invalid", Special::Nowhere},
    Entry{"test", Special::Nowhere},
    Entry{"onion", Special::Nowhere},
    Entry{"local", Special::Nowhere},
    Entry{"alt", Special::Nowhere},
    Entry{"home.arpa", Special::Nowhere},
    Entry{"resolver.arpa", Special::Designation},
    Entry{"use-application-dns.net", Special::BrowserDoh},  // support.mozilla.org/kb/canary-domain-use-application-dnsnet
    Entry{"mask.icloud.com", Special::PrivateRelay},  // developer.apple.com/icloud/prepare-your-network-for-icloud-private-relay
    Entry{"mask-h2.icloud.com", Special::PrivateRelay},
};

/// RFC 6303 section 4, RFC 7793 section 2; what is regular (16-31.172, 64-127.100) is in is_private_reverse().
constexpr std::array<std::string_view, 17> reverse_zones{
    "10.in-addr.arpa",
    "168.192.in-addr.arpa",
    "0.in-addr.arpa",
    "127.in-addr.arpa",
    "254.169.in-addr.arpa",
    "2.0.192.in-addr.arpa",
    "100.51.198.in-addr.arpa",
    "113.0.203.in-addr.arpa",
    "255.255.255.255.in-addr.arpa",
    "d.f.ip6.arpa",
    "8.e.f.ip6.arpa",
    "9.e.f.ip6.arpa",
    "a.e.f.ip6.arpa",
    "b.e.f.ip6.arpa",
    "8.b.d.0.1.0.0.2.ip6.arpa",
    "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa",
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa",
};

/// The number in the label before `suffix`: "5.20.172.in-addr.arpa" and "172.in-addr.arpa" give 20; -1: none.
int octet_before(std::string_view name, std::string_view suffix) noexcept {
    if (name.size() <= suffix.size() || !is_at_or_below(name, suffix)) return -1;
    name.remove_suffix(suffix.size() + 1);
    name.remove_prefix(name.rfind('.') + 1);
    if (name.empty() || name.size() > 3) return -1;
    int value = 0;
    for (const char c : name) {
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

bool is_private_reverse(std::string_view name) noexcept {
    const auto in_172 = octet_before(name, "172.in-addr.arpa");
    const auto in_100 = octet_before(name, "100.in-addr.arpa");
    return (in_172 >= 16 && in_172 <= 31) || (in_100 >= 64 && in_100 <= 127) ||
           std::ranges::any_of(reverse_zones, [&](auto zone) { return is_at_or_below(name, zone); });
}

}  // namespace

Special special_name(std::string_view name) noexcept {
    if (name.ends_with(".arpa") && is_private_reverse(name)) return Special::Reverse;
    for (const auto& [suffix, special] : names) {
        if (is_at_or_below(name, suffix)) return special;
    }
    return Special::None;
}

}  // namespace vivi::dnsd
