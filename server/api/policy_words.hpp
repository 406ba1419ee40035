// The policy's enumerators as the schema spells them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "common/policy/verdict.hpp"
#include "server/graphql/resolvers.hpp"

namespace vivi::api {

/// "device_allow" and so on, as events and rows spell it; nothing for another word.
std::optional<policy::Layer> layer_of(std::string_view text) noexcept;

/// Decision, PolicyLayer, PolicyMode, DeviceStanding, Transport, TagKind.
void add_policy_words(graphql::Resolvers& resolvers);

}  // namespace vivi::api
