// Which units of this machine the embedded API may speak of and touch: those that make it a router, and no other. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vivi::openvivi_embedded {

/// "vivi-dhcpd" …, in the order they are listed. deploy/router/polkit has the same names.
std::span<const std::string_view> service_names();

/// "vivi-dhcpd.service" for one of service_names(); nothing for any other text, so that no name of a request reaches systemd.
std::optional<std::string> unit_of(std::string_view service);

/// The service this process is: it cannot be stopped or waited for through itself.
inline constexpr std::string_view own_service = "vivi-openvivi-embedded";

}  // namespace vivi::openvivi_embedded
