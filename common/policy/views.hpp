// A view: devices for which the same rules hold, as one number that packets, sets and DNS answers share.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "common/core/net.hpp"
#include "common/model/policy.hpp"

namespace vivi::policy {

/// The packet mark of the device's packets and the first part of the key of the allow-only sets. Derived from the group's name or
/// the device's MAC, never from a position: a set filled under one revision means the same under the next.
using ViewId = std::uint32_t;

/// Everybody in no group and without rules of their own.
inline constexpr ViewId everybody = 0;

/// Devices that nobody has admitted yet, while new devices must ask or are denied: they reach what is essential and nothing else.
/// Bit 30, which no group's or device's view has.
inline constexpr ViewId newcomers = 0x40000000;

/// 30 bits of a hash with bit 29 clear, never 0.
ViewId view_of_group(std::string_view name) noexcept;
/// 30 bits of a hash with bit 29 set.
ViewId view_of_device(Mac device) noexcept;

/// Of a device with rules of its own; otherwise of a group, or `everybody`.
constexpr bool is_view_of_device(ViewId view) noexcept { return (view >> 29 & 1) != 0; }

/// Every group's view. As view_of_group() says, but that no two share one.
std::map<std::string, ViewId> group_views(const model::Policy& policy);

/// Every device that is not `everybody`: those with a domain, address, category, service or list rule of their own (whatever its
/// time) have a view of their own, the others of groups their group's. The same for a document and for effective() of it: what
/// is in the allow-only sets stays right when a schedule begins or ends.
std::map<Mac, ViewId> views(const model::Policy& policy);

/// The mode of each view that has devices, and of `everybody`.
std::map<ViewId, model::Mode> modes(const model::Policy& policy);

}  // namespace vivi::policy
