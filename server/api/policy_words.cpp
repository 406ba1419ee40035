// Enumerations of the policy.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/policy_words.hpp"

#include "common/policy/catalogue.hpp"
#include "common/policy/rules.hpp"

namespace vivi::api {

std::optional<policy::Layer> layer_of(std::string_view text) noexcept {
    for (auto i = static_cast<int>(policy::Layer::Protected); i <= static_cast<int>(policy::Layer::Default); ++i) {
        if (to_string(static_cast<policy::Layer>(i)) == text) return static_cast<policy::Layer>(i);
    }
    return std::nullopt;
}

void add_policy_words(graphql::Resolvers& resolvers) {
    using model::Decision;
    using model::Mode;
    using model::Transport;
    using policy::Layer;
    using policy::Standing;
    using policy::TagKind;
    resolvers.enumeration<Decision>("Decision", {{Decision::Allow, "ALLOW"}, {Decision::Deny, "DENY"}});
    resolvers.enumeration<Mode>("PolicyMode", {{Mode::BlockListed, "BLOCK_LISTED"}, {Mode::AllowListed, "ALLOW_LISTED"}});
    resolvers.enumeration<Transport>("Transport", {{Transport::Any, "ANY"}, {Transport::Tcp, "TCP"}, {Transport::Udp, "UDP"}});
    resolvers.enumeration<Standing>("DeviceStanding", {{Standing::Protected, "PROTECTED"},
                                                       {Standing::Banned, "BANNED"},
                                                       {Standing::Admitted, "ADMITTED"},
                                                       {Standing::New, "NEW"}});
    resolvers.enumeration<TagKind>("TagKind",
                                   {{TagKind::Category, "CATEGORY"}, {TagKind::Service, "SERVICE"}, {TagKind::List, "LIST"}});
    resolvers.enumeration<Layer>("PolicyLayer", {{Layer::Protected, "PROTECTED"},
                                                 {Layer::Banned, "BANNED"},
                                                 {Layer::Essential, "ESSENTIAL"},
                                                 {Layer::NewDevice, "NEW_DEVICE"},
                                                 {Layer::DeviceAllow, "DEVICE_ALLOW"},
                                                 {Layer::DeviceDeny, "DEVICE_DENY"},
                                                 {Layer::GroupAllow, "GROUP_ALLOW"},
                                                 {Layer::GroupDeny, "GROUP_DENY"},
                                                 {Layer::EventAllow, "EVENT_ALLOW"},
                                                 {Layer::EventDeny, "EVENT_DENY"},
                                                 {Layer::Category, "CATEGORY"},
                                                 {Layer::List, "LIST"},
                                                 {Layer::Default, "DEFAULT"}});
}

}  // namespace vivi::api
