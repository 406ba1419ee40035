// One pass over sorted prefixes with a stack.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/prefixes.hpp"

#include <algorithm>
#include <tuple>

namespace vivi::firewall {
namespace {

constexpr std::uint8_t mapped_bits = 96;

bool is_inside(const IpPrefix& inner, const IpPrefix& outer) {
    return outer.length <= inner.length && inner.is_ipv4() == outer.is_ipv4() && outer.contains(inner.address);
}

/// The prefix one bit shorter.
IpPrefix parent(IpPrefix prefix) {
    --prefix.length;
    prefix.address.octets[prefix.length / 8] &= static_cast<std::uint8_t>(~(0x80U >> prefix.length % 8));
    return prefix;
}

bool are_halves(const IpPrefix& left, const IpPrefix& right) {
    const auto shortest = left.is_ipv4() ? mapped_bits : 0;
    return left.length == right.length && left.length > shortest && left.is_ipv4() == right.is_ipv4() && left != right &&
           parent(left) == parent(right);
}

}  // namespace

std::vector<IpPrefix> coalesce(std::vector<IpPrefix> prefixes) {
    // Families apart, or an IPv6 prefix around the mapped range would stand between IPv4 ones.
    std::ranges::sort(prefixes, {}, [](const IpPrefix& p) { return std::tuple{!p.is_ipv4(), p.address, p.length}; });
    std::vector<IpPrefix> least;
    for (const auto& prefix : prefixes) {
        if (!least.empty() && is_inside(prefix, least.back())) continue;
        least.push_back(prefix);
        while (least.size() > 1 && are_halves(least[least.size() - 2], least.back())) {
            least.pop_back();
            least.back() = parent(least.back());
        }
    }
    return least;
}

}  // namespace vivi::firewall
