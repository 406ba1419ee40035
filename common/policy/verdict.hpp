// What the policy decides, and which rule decided it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/model/policy.hpp"

namespace vivi::policy {

/// Why. In the order of precedence: the first layer that has something to say decides. Inside a layer the longest name (the most
/// specific prefix, of equal ones the one with a port) decides, and of equal ones Allow.
enum class Layer : std::uint8_t {
    Protected,    ///< The device is protected: allowed.
    Banned,       ///< The device is denied by a DeviceRule.
    Essential,    ///< The dashboard, the hub, time, connectivity checks: allowed for everybody who is not banned.
    NewDevice,    ///< Nobody has admitted the device, and `new_devices` is ask or deny.
    DeviceAllow,  ///< A domain, service or address rule for this device.
    DeviceDeny,
    GroupAllow,  ///< … for its group.
    GroupDeny,
    EventAllow,  ///< … for everybody.
    EventDeny,
    Category,  ///< A CategoryRule: of a device before of a group before of everybody, and there Allow before Deny.
    List,      ///< A ListRule, likewise.
    Default,   ///< Of the mode: block-listed allows, allow-listed denies.
};

/// "protected", "banned", "essential", "new_device", "device_allow", … "default".
std::string_view to_string(Layer layer) noexcept;

/// Index into the rules of one compiled image; Rules::describe() gives its text.
using RuleId = std::uint32_t;
inline constexpr RuleId no_rule = 0xffffffff;

struct Verdict {
    model::Decision decision = model::Decision::Allow;
    Layer layer = Layer::Default;
    RuleId rule = no_rule;  ///< Of the layers with rules; no_rule otherwise.
    bool is_denied() const noexcept { return decision == model::Decision::Deny; }
    bool operator==(const Verdict&) const = default;
};

}  // namespace vivi::policy
