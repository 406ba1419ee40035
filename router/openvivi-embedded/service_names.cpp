// The allow-list of units.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/service_names.hpp"

#include <algorithm>
#include <array>

namespace vivi::openvivi_embedded {
namespace {

constexpr std::array<std::string_view, 9> names{"vivi-bridged",           "vivi-dhcpd",      "vivi-dnsd",
                                                "vivi-openvivi-embedded", "vivi-pcapd",      "vivi-redis-state",
                                                "vivi-redis-stream",      "rabbitmq-server", "unbound"};

}  // namespace

std::span<const std::string_view> service_names() { return names; }

std::optional<std::string> unit_of(std::string_view service) {
    if (std::ranges::find(names, service) == names.end()) return std::nullopt;
    return std::string{service} + ".service";
}

}  // namespace vivi::openvivi_embedded
