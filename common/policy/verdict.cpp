// The layers' names, as events and logs spell them.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/verdict.hpp"

namespace vivi::policy {

std::string_view to_string(Layer layer) noexcept {
    switch (layer) {
        case Layer::Protected: return "protected";
        case Layer::Banned: return "banned";
        case Layer::Essential: return "essential";
        case Layer::NewDevice: return "new_device";
        case Layer::DeviceAllow: return "device_allow";
        case Layer::DeviceDeny: return "device_deny";
        case Layer::GroupAllow: return "group_allow";
        case Layer::GroupDeny: return "group_deny";
        case Layer::EventAllow: return "event_allow";
        case Layer::EventDeny: return "event_deny";
        case Layer::Category: return "category";
        case Layer::List: return "list";
        case Layer::Default: return "default";
    }
    return "default";
}

}  // namespace vivi::policy
