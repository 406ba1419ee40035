// Reads the table `inet vivi` back from the kernel by raw netlink.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/core/result.hpp"
#include "router/firewall/changes.hpp"
#include "router/firewall/netlink.hpp"
#include "router/firewall/script.hpp"

namespace vivi::firewall {

/// Rises with every transaction on any table of this network namespace; not with elements that packets add.
Result<std::uint32_t> read_generation(Netlink& netlink);

/// Chains with their number of rules, sets, counters and limits. Empty: there is no table.
Result<Objects> read_objects(Netlink& netlink);

/// What a chain is and does, as one number: hook, priority, policy and all rules in their order.
Result<std::map<std::string, std::uint64_t>> read_chains(Netlink& netlink);

struct ElementView {
    BytesView key{}, data{};
    std::uint32_t flags = 0;  ///< NFT_SET_ELEM_…
    Milliseconds left{};      ///< Until it expires; zero without a timeout.
};
/// NotFound: no such set. While a set is written from elsewhere an element may be missed or come twice.
Status each_element(Netlink& netlink, std::string_view set, const std::function<void(const ElementView&)>& each);

Result<std::set<Element>> read_elements(Netlink& netlink, std::string_view set);
/// All elements as one number, whatever their order.
Result<std::uint64_t> read_sum(Netlink& netlink, std::string_view set);

struct Count {
    std::uint64_t packets = 0, bytes = 0;
};
Result<std::map<std::string, Count>> read_counters(Netlink& netlink);

}  // namespace vivi::firewall
